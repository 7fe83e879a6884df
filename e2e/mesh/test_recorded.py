"""Flagger's queries find what the recording rules make of Istio's metrics, in a real Prometheus and without a cluster.

A made-up proxy counts a bad answer in ten for the canary, and 100 ms for each; none for the primary, and 10 ms.
"""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import tenacity
import yaml

from canarylab import toolchain
from canarylab.clusters.ways import Direct
from canarylab.errors import EnvironmentFault
from canarylab.flagger import queries
from canarylab.journey import played
from canarylab.journey.application import podinfo
from canarylab.journey.steady import Prometheus
from canarylab.meshes import providers, served
from canarylab.meshes.provider import Provider
from canarylab.meshes.queries import DURATION, RATE
from canarylab.model.canary import Canary

BOUND = 60.0  # seconds until Prometheus has two values of each metric, on a busy machine
RECORDED = [one for one in providers.every().values() if one.records]
# Some metrics count both revisions as one; Knative's name a revision of its own, which nothing here has.
TOLD_APART = pytest.mark.parametrize(
    "provider",
    [one for one in RECORDED if one.told_by[0] not in {one.told_by[1], "{{ route }}"}],
    ids=lambda one: one.name,
)
# How the translator calls the routes of those whose metrics tell them.
ROUTES = (
    "appmesh/podinfo",
    "gloo/podinfo",
    "nginx/podinfo",
    "skipper/kube_shop__podinfo_canary__podinfo_example_com_____podinfo",
    "traefik/podinfo",
    "apisix/shop_podinfo-podinfo-canary_method",
)
STARTED = time.monotonic()

LABELS = (
    'reporter="destination",destination_workload="{workload}",destination_workload_namespace="shop",'
    'destination_service_name="podinfo-{role}",destination_service_namespace="shop",destination_port="9898",'
    'route="{route}",response_code="{code}"'
)
COUNTED = """\
istio_requests_total{{{labels}}} {count}
istio_request_duration_milliseconds_bucket{{{labels},le="5"}} 0
istio_request_duration_milliseconds_bucket{{{labels},le="50"}} {quick}
istio_request_duration_milliseconds_bucket{{{labels},le="500"}} {count}
istio_request_duration_milliseconds_bucket{{{labels},le="+Inf"}} {count}
istio_request_duration_milliseconds_count{{{labels}}} {count}
istio_request_duration_milliseconds_sum{{{labels}}} {taken}
"""
# Workload, role, status, share of its answers, milliseconds that one takes.
ANSWERS = (
    ("podinfo", "canary", 200, 0.9, 100),
    ("podinfo", "canary", 500, 0.1, 100),
    ("podinfo-primary", "primary", 200, 1.0, 10),
)


def page(total: float) -> str:
    """What the proxy shows after so many answers of each revision, by each route."""
    shown = []
    for route in ("", *ROUTES):
        for workload, role, code, share, took in ANSWERS:
            labels = LABELS.format(workload=workload, role=role, code=code, route=route)
            count = share * total
            shown.append(COUNTED.format(labels=labels, count=count, quick=count * (took <= 50), taken=count * took))
    return "".join(shown)


class Proxy(BaseHTTPRequestHandler):
    """Answers with a page that counts a hundred answers a second."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(page(100 * (time.monotonic() - STARTED)).encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def prometheus(proxy: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """The real one, with the rules of every provider, as a cluster of all of them has it."""
    folder = tmp_path_factory.mktemp("prometheus")
    [part] = served.rules(RECORDED)
    (folder / "rules.yml").write_text(part.objects[0]["data"]["providers.yml"])
    often = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    jobs = [{"job_name": "proxy", "static_configs": [{"targets": [proxy]}]}]
    config = {"global": often, "rule_files": ["rules.yml"], "scrape_configs": jobs}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    with running(folder, free_port()) as made:
        yield made


@contextmanager
def running(folder: Path, port: int) -> Iterator[Prometheus]:
    """A Prometheus on that port of the loopback, with the configuration of a folder."""
    options = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", "--log.level=error"]
    command = [toolchain.installed().program("prometheus"), *options, f"--web.listen-address=127.0.0.1:{port}"]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            yield Prometheus(Direct(f"http://127.0.0.1:{port}"))
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def value(prometheus: Prometheus, provider: Provider, metric: str, workload: str) -> float:
    """What Flagger would read of a workload, as soon as there is something."""
    canary = Canary.parse(played.by(provider, podinfo("shop")).canary)
    query = queries.queries(canary, provider.name, workload)[metric]

    def asked() -> float:
        found = prometheus.value(query)
        if found is None:
            raise EnvironmentFault(f"no values found: {query}")
        return found

    until = tenacity.stop_after_delay(BOUND)
    patient = tenacity.Retrying(
        stop=until,
        wait=tenacity.wait_fixed(0.2),
        retry=tenacity.retry_if_exception_type(EnvironmentFault),
        reraise=True,
    )
    return float(patient(asked))


@TOLD_APART
def test_a_success_rate_is_that_of_one_revision(prometheus: Prometheus, provider: Provider) -> None:
    assert value(prometheus, provider, RATE, "podinfo") == pytest.approx(90, abs=1)
    assert value(prometheus, provider, RATE, "podinfo-primary") == 100


@TOLD_APART
def test_a_duration_is_that_of_one_revision_in_milliseconds(prometheus: Prometheus, provider: Provider) -> None:
    assert 50 < value(prometheus, provider, DURATION, "podinfo") <= 500
    assert 5 < value(prometheus, provider, DURATION, "podinfo-primary") <= 50
