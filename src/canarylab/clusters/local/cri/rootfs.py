"""A container's file system: a tmpfs with the host's programs and libraries read-only, then the pod's mounts.

Only what a program needs of the host is there: /usr, the certificates, the loader's cache. A container of a pulled
image has nothing of the host, but the image's own tree with a tmpfs over it. The plan is data that the server made
(``spec.py``); this runs in the container's own mount namespace, before the program.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

from canarylab.clusters.local.cri import kernel
from canarylab.images import inside

_FOLDERS = ("etc", "proc", "sys", "tmp", "dev", "run", "root", "home", "var/run", "var/tmp", "var/log", "opt", "srv")
_KERNELS = ("etc", "proc", "sys", "dev")  # where something is put, in whatever image
_LINKED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC = (
    "alternatives", "ca-certificates", "java", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
    "mime.types", "pki", "protocols", "services", "ssl/certs", "ssl/openssl.cnf", "terminfo",
)  # fmt: skip
_NODES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}


def bind(source: str, target: str, *, read_only: bool = False, recursive: bool = True) -> None:
    """Binds a file or folder, making the mount point and its parents first."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.lexists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    kernel.mount(source, target, None, kernel.MS_BIND | (kernel.MS_REC if recursive else 0))
    if read_only:
        kernel.make_read_only(target, recursive=recursive)


def enter(root: str, plan: dict[str, Any]) -> None:
    """Builds the file system at ``root`` and makes it this process's own; nothing of the host's is left."""
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_SLAVE)
    kernel.mount("tmpfs", root, "tmpfs", kernel.MS_NODEV, "mode=755")
    if plan["tree"]:
        _image(root, plan["tree"])
    else:
        _host(root)
    _etc(root, plan["etc"])
    _devices(root, plan["shm"])
    _kernel_views(root, privileged=plan["privileged"])
    for source, target in plan["image"]:
        bind(source, inside.resolve(root, target), read_only=True)
    for one in plan["mounts"]:
        _volume(one, inside.resolve(root, one["target"]))
    inside.folder(root, plan["workdir"])
    _pivot(root)
    _cover(plan["masked_paths"], plan["read_only_paths"])
    if plan["read_only"]:
        kernel.make_read_only("/")


def _host(root: str) -> None:
    """What a container has of the host."""
    for folder in _FOLDERS:
        os.makedirs(f"{root}/{folder}", exist_ok=True)
    for folder in ("tmp", "var/tmp"):
        os.chmod(f"{root}/{folder}", 0o1777)  # noqa: S103 - as /tmp is
    _host_programs(root)
    for name in _ETC:
        source, target = f"/etc/{name}", f"{root}/etc/{name}"
        if os.path.islink(source) and os.path.exists(source):
            os.symlink(os.path.realpath(source), target)
        elif os.access(source, os.R_OK):
            bind(source, target, read_only=True)


def _image(root: str, tree: str) -> None:
    """An image's tree, which many containers share, with what this one changes in the tmpfs at ``root``."""
    for name in ("tree", "changed", "work"):
        os.mkdir(f"{root}/{name}")
    bind(tree, f"{root}/tree")
    about = os.stat(tree)
    os.chown(f"{root}/changed", about.st_uid, about.st_gid)
    os.chmod(f"{root}/changed", about.st_mode & 0o7777)
    options = f"lowerdir={root}/tree,upperdir={root}/changed,workdir={root}/work,userxattr"
    try:
        kernel.mount("overlay", root, "overlay", kernel.MS_NODEV, options)
    except OSError as error:
        said = f"{error.strerror}; a pulled image needs overlayfs, in Linux 5.11 or newer"
        raise OSError(error.errno, said) from error
    for name in _KERNELS:
        inside.folder(root, name)
    kernel.mount("tmpfs", inside.resolve(root, "dev"), "tmpfs", kernel.MS_NOSUID, "mode=755")


def _volume(one: dict[str, Any], target: str) -> None:
    """A read-only volume may have writable mounts below it, unless it is read-only recursively."""
    bind(one["source"], target)
    if one["read_only"]:
        kernel.make_read_only(target, recursive=one["recursive"])


def _host_programs(root: str) -> None:
    bind("/usr", f"{root}/usr", read_only=True)
    for name in _LINKED:
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
        elif os.path.isdir(f"/{name}"):
            bind(f"/{name}", f"{root}/{name}", read_only=True)
    if os.path.isdir(f"{root}/usr/local"):  # the machine's own additions: libraries only
        kernel.mount("tmpfs", f"{root}/usr/local", "tmpfs", kernel.MS_NODEV, "mode=755")
        os.mkdir(f"{root}/usr/local/bin")
        if os.path.isdir("/usr/local/lib"):
            bind("/usr/local/lib", f"{root}/usr/local/lib", read_only=True)


def _etc(root: str, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        target = inside.resolve(root, f"etc/{name}")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w") as file:
            file.write(text)


def _devices(root: str, shm: str) -> None:
    dev = inside.resolve(root, "dev")
    for name in _NODES:
        if os.path.exists(f"/dev/{name}"):
            bind(f"/dev/{name}", f"{dev}/{name}")
    for name, goal in _LINKS.items():
        os.symlink(goal, f"{dev}/{name}")
    bind(shm, f"{dev}/shm")
    os.mkdir(f"{dev}/pts")
    options = "newinstance,ptmxmode=0666,mode=620"
    kernel.mount("devpts", f"{dev}/pts", "devpts", kernel.MS_NOSUID | kernel.MS_NOEXEC, options)


def _kernel_views(root: str, *, privileged: bool) -> None:
    """/proc of the container's own process namespace, and /sys read-only."""
    safe = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    _mount_or_bind("proc", inside.resolve(root, "proc"), safe)
    _mount_or_bind("sysfs", inside.resolve(root, "sys"), safe if privileged else safe | kernel.MS_RDONLY)


def _cover(masked: list[str], read_only: list[str]) -> None:
    """Hides paths, and makes others read-only; the kubelet names them, most of them in /proc."""
    for path in filter(os.path.exists, read_only):
        bind(path, path, read_only=True)
    for path in filter(os.path.exists, masked):
        if os.path.isdir(path):
            kernel.mount("tmpfs", path, "tmpfs", kernel.MS_RDONLY)
        else:
            kernel.mount("/dev/null", path, None, kernel.MS_BIND)


def _mount_or_bind(kind: str, target: str, flags: int) -> None:
    """Where the machine is itself a container with parts of /proc or /sys covered, a fresh mount is refused."""
    try:
        kernel.mount(kind, target, kind, flags)
    except PermissionError:
        kernel.mount("/proc" if kind == "proc" else "/sys", target, None, kernel.MS_BIND | kernel.MS_REC)
        if flags & kernel.MS_RDONLY:
            with contextlib.suppress(PermissionError):
                kernel.make_read_only(target, recursive=True)


def _pivot(root: str) -> None:
    os.chdir(root)
    kernel.pivot_root(".", ".")  # the old root then lies over the new one
    kernel.detach(".")
    os.chdir("/")
