"""A client of one repository: manifests and blobs by the OCI distribution API, each held against its digest.

What takes long is bounded by progress and never as a whole: a blob may take an hour if something comes every half
minute. Where a connection is cut the client goes on from the byte that it had.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

import requests

from canarylab.images import tokens
from canarylab.images.credentials import Credential
from canarylab.images.manifest import ACCEPT, Blob
from canarylab.images.problem import Cut, PullFault, of_connection
from canarylab.images.reference import Reference

CONNECT = 10.0  # seconds until a registry takes a connection
STALL = 30.0  # seconds in which something has to come
_TRIES = 4  # in a row without a byte
_LARGEST_MANIFEST = 4 << 20
_CHUNK = 1 << 13  # what is lost at most where a connection is cut


def digest_of(data: bytes) -> str:
    """``sha256:HEX``."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Repository:
    """A repository of a registry, asked with one credential."""

    def __init__(
        self,
        reference: Reference,
        credential: Credential,
        *,
        stall: float = STALL,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reference, self._credential = reference, credential
        self._stall, self._pause = stall, pause
        self._session = requests.Session()
        self._authorization = f"Bearer {credential.registry_token}" if credential.registry_token else ""

    def manifest(self, asked: str) -> bytes:
        """The manifest under a tag or digest, held against the digest."""
        fruitless, data = 0, b""
        while not data:
            try:
                data = self._small(f"manifests/{asked}", {"Accept": ACCEPT})
            except Cut as cut:
                fruitless += 1
                self._rest(fruitless, cut)
        if asked.startswith("sha256:") and digest_of(data) != asked:
            raise _other(self._reference.host, f"the manifest {asked}", digest_of(data))
        return data

    def blob(self, wanted: Blob, target: BinaryIO) -> None:
        """Writes a blob to ``target``; raises where it cannot be had whole, or is not the one that was asked for."""
        seen, done, fruitless = hashlib.sha256(), 0, 0
        while done < wanted.size:
            before = done
            try:
                for chunk in self._from(wanted, done):
                    target.write(chunk)
                    seen.update(chunk)
                    done += len(chunk)
            except Cut as cut:
                fruitless = 1 if done > before else fruitless + 1
                self._rest(fruitless, cut)
        if done > wanted.size or f"sha256:{seen.hexdigest()}" != wanted.digest:
            raise _other(self._reference.host, f"the blob {wanted.digest}", f"sha256:{seen.hexdigest()}, {done} bytes")

    def _rest(self, fruitless: int, cut: Cut) -> None:
        """Waits before the next try; after the last one there is none."""
        if fruitless >= _TRIES:
            raise cut
        self._pause(0.25 * 2**fruitless)

    def _small(self, path: str, headers: Mapping[str, str]) -> bytes:
        with self._answer(path, headers) as answer:
            data = b""
            for chunk in answer.iter_content(_CHUNK):
                data += chunk
                if len(data) > _LARGEST_MANIFEST:
                    raise PullFault(f"{self._reference.host} answers more than a manifest can be")
        if not data:
            raise Cut(f"{self._reference.host} answers nothing")
        return data

    def _from(self, wanted: Blob, done: int) -> Iterator[bytes]:
        """The blob's bytes from ``done`` on; one more than its size at most, whatever comes."""
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
        with self._answer(f"blobs/{wanted.digest}", headers) as answer:
            skip = 0 if answer.status_code == requests.codes.partial else done
            left = wanted.size - done + 1
            for chunk in answer.iter_content(_CHUNK):
                fresh = chunk[skip:][:left]
                skip, left = max(0, skip - len(chunk)), left - len(fresh)
                yield fresh
                if not left:
                    return
        if left > 1:  # a server that ends early without a word of how much there would have been
            raise Cut(f"{self._reference.host} sent less of {wanted.digest} than there is")

    @contextmanager
    def _answer(self, path: str, headers: Mapping[str, str]) -> Iterator[requests.Response]:
        """An answer that carries what was asked for; a challenge is answered once."""
        url = f"{self._reference.url}/{path}"
        try:
            answer = self._get(url, headers)
            if answer.status_code == requests.codes.unauthorized:
                asked = tokens.challenge(answer.headers.get("WWW-Authenticate", ""))
                answer.close()
                self._authorization = tokens.authorization(asked, self._credential, url, self._send)
                answer = self._get(url, headers)
            with answer:
                self._refuse(answer)
                yield answer
        except requests.RequestException as error:
            raise of_connection(error, self._reference.host, self._stall) from None

    def _get(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        own = {"Authorization": self._authorization} if self._authorization else {}
        return self._send("GET", url, headers={**headers, **own}, stream=True)

    def _send(self, method: str, url: str, **given: object) -> requests.Response:
        """``auth`` keeps requests from putting a password of ~/.netrc in our header's place."""
        return self._session.request(method, url, timeout=(CONNECT, self._stall), auth=_as_it_is, **given)  # type: ignore[arg-type]

    def _refuse(self, answer: requests.Response) -> None:
        code, host = answer.status_code, self._reference.host
        if code in (401, 403):
            raise self._forbidden()
        if code == 404:
            raise PullFault(f"{self._reference} is not there", next_step="look at its name and tag; was it pushed?")
        if code == 429:
            raise PullFault(f"{host} lets no more pulls by for now", next_step="wait, or pull as a user who may more")
        if code >= 500:
            raise Cut(f"{host} answers {code}", next_step="look at the registry, or try again later")
        if not answer.ok:
            raise PullFault(f"{host} answers {code} to {answer.request.method} of {self._reference}")

    def _forbidden(self) -> PullFault:
        reference = self._reference
        if not self._credential.given:
            fix = (
                f"give the pod an imagePullSecret for {reference.registry}, or run `docker login {reference.registry}`"
            )
            return PullFault(
                f"{reference.host} gives {reference.repository} to nobody without credentials", next_step=fix
            )
        fix = "look at the pull secret's user and password, and at what that user may"
        return PullFault(
            f"{reference.host} does not give {reference.repository} to the user of these credentials", next_step=fix
        )


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _other(host: str, what: str, came: str) -> PullFault:
    return PullFault(
        f"what {host} sent is not {what}: it is {came}",
        next_step="nothing of it is kept; the registry, or a mirror before it, is broken",
    )
