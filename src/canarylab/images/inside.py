"""Paths inside a root file system that is not this process's own: links lead within it, and nothing leads out.

For trees that nobody else changes meanwhile: an image's, while it is unpacked, and a container's before it starts.
"""

from __future__ import annotations

import errno
import os

_LINKS = 40  # as many as the kernel follows


def resolve(root: str, path: str, *, follow_last: bool = True) -> str:
    """Where ``path`` of the tree at ``root`` really is; what does not exist is taken as it is written.

    Without ``follow_last`` the last part is not followed if it is a link. OSError where links go in a circle.
    """
    done, links = root, 0
    todo = path.split("/")[::-1]
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            done = done if done == root else os.path.dirname(done)
            continue
        here = f"{done}/{part}"
        last = not any(todo)
        if not os.path.islink(here) or (last and not follow_last):
            done = here
            continue
        links += 1
        if links > _LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        target = os.readlink(here)
        done = root if target.startswith("/") else done
        todo += target.split("/")[::-1]
    return done


def folder(root: str, path: str, mode: int = 0o755) -> str:
    """A folder of the tree, made with all above it where it is missing."""
    real = resolve(root, path)
    os.makedirs(real, mode, exist_ok=True)
    return real
