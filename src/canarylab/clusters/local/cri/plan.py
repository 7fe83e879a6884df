"""Turns what the kubelet asks for and an image's recipe into a shim's plan: plain data, nothing is started here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canarylab.clusters.local.cri import accounts, identity, signals
from canarylab.clusters.local.cri.accounts import Accounts
from canarylab.clusters.local.cri.images import Recipe
from canarylab.clusters.local.cri.proto import Messages
from canarylab.clusters.local.cri.shelf import Image
from canarylab.clusters.local.cri.store import Sandbox
from canarylab.errors import CanarylabError

SOURCE = str(Path(__file__).resolve().parents[4])
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_STRICT = 1  # the CRI's SupplementalGroupsPolicy: the image's own groups are left out
_NSSWITCH = "passwd: files\ngroup: files\nhosts: files dns\n"


class Invalid(CanarylabError):
    """What is asked for contradicts itself."""


@dataclass(frozen=True)
class Surroundings:
    """What the plan needs to know of the node: its messages, its ids, where a program's file is."""

    messages: Messages
    mapped: Callable[[int], bool]
    program: Callable[[str], str]
    asset: Callable[[str], str]


def make(node: Surroundings, sandbox: Sandbox, config: Any, image: Image, recipe: Recipe) -> dict[str, Any]:
    """The plan of a container but for its folder, holder, log and limits."""
    security = config.linux.security_context
    options = security.namespace_options
    who = user(node, security, recipe)
    host_network = options.network == node.messages.NODE
    hostname = os.uname().nodename if host_network else sandbox.config.hostname
    return {
        "argv": argv(config, recipe),
        "env": environment(config, recipe, hostname, who["uid"]),
        "workdir": os.path.normpath(config.working_dir or recipe.workdir or "/"),
        "who": who,
        "join": joined(node.messages, options),
        "host_pid": options.pid == node.messages.NODE,
        "stdin": config.stdin,
        "stdin_once": config.stdin_once,
        "tty": config.tty,
        "privileged": security.privileged,
        "read_only": security.readonly_rootfs,
        "tree": recipe.root,
        "etc": etc(hostname, resolver(sandbox.config.dns_config), who, of_image=bool(recipe.root)),
        "image": image_files(node, image, recipe),
        "mounts": [mount(node.messages, m) for m in config.mounts],
        "masked_paths": [] if security.privileged else list(security.masked_paths),
        "read_only_paths": [] if security.privileged else list(security.readonly_paths),
        "oom_score_adj": config.linux.resources.oom_score_adj,
    }


def mount(messages: Messages, asked: Any) -> dict[str, Any]:
    """A pod's mount; OSError where there is nothing to mount. Read-only is its top only, unless more is asked for."""
    if not asked.host_path:
        raise OSError(f"an image cannot be a volume here ({asked.container_path}): images have no files")
    private = asked.propagation == messages.PROPAGATION_PRIVATE
    if asked.recursive_read_only and not (asked.readonly and private):
        raise Invalid(f"{asked.container_path} can be recursively read-only only if it is read-only and private")
    return {
        "source": asked.host_path,
        "target": asked.container_path,
        "read_only": asked.readonly,
        "recursive": asked.recursive_read_only,
    }


def argv(config: Any, recipe: Recipe) -> list[str]:
    """A pod's command replaces an image's ENTRYPOINT and CMD, its args only the CMD; Invalid where nothing is left."""
    if config.command:
        return [*config.command, *config.args]
    if words := [*recipe.argv, *(config.args or recipe.args)]:
        return words
    raise Invalid("the image says no command, and neither does the pod", next_step="give the container a command")


def environment(config: Any, recipe: Recipe, hostname: str, uid: int) -> dict[str, str]:
    path = f"{sys.prefix}/bin:{sys.base_prefix}/bin:{PATH}" if recipe.python else PATH
    home = Accounts.of(recipe.files, recipe.root).home(uid) if recipe.root else "/root" if uid == 0 else "/"
    env = {"PATH": path, "HOSTNAME": hostname, "HOME": home}
    if config.tty:
        env["TERM"] = "xterm"
    if recipe.python:
        env["PYTHONPATH"] = SOURCE
    env |= recipe.env
    return env | {pair.key: pair.value.decode() for pair in config.envs}


def user(node: Surroundings, security: Any, recipe: Recipe) -> dict[str, Any]:
    """Who the program runs as. ``real`` is false where the id does not exist in this user namespace."""
    uid, gid, groups = _ids(security, recipe)
    real = all(map(node.mapped, {uid, gid, *groups, accounts.NOBODY}))
    asked = security.capabilities
    return {
        "uid": uid,
        "gid": gid,
        "groups": groups,
        "real": real,
        "no_new_privs": security.no_new_privs,
        "capabilities": identity.capabilities(
            list(asked.add_capabilities), list(asked.drop_capabilities), privileged=security.privileged
        ),
    }


def _ids(security: Any, recipe: Recipe) -> tuple[int, int, list[int]]:
    """User, group and all groups: the pod's, else the image's; the groups that the image has the user in as well."""
    named = security.HasField("run_as_user") or security.run_as_username
    if security.HasField("run_as_group") and not named:
        raise Invalid("runAsGroup is set without runAsUser")
    known = Accounts.of(recipe.files, recipe.root)
    uid, gid = image_user(recipe)
    if named:
        asked = str(security.run_as_user.value) if security.HasField("run_as_user") else security.run_as_username
        chosen, its_group = known.user(asked)
        gid = gid if chosen == uid else its_group or 0
        uid = chosen
    gid = security.run_as_group.value if security.HasField("run_as_group") else gid
    of_image = [] if security.supplemental_groups_policy == _STRICT else known.groups_of(uid)
    return uid, gid, list(dict.fromkeys([gid, *security.supplemental_groups, *of_image]))


def image_user(recipe: Recipe) -> tuple[int, int]:
    """The recipe's ``user`` as numbers; a name that nothing is known of counts as nobody."""
    first, _, second = recipe.user.partition(":")
    known = Accounts.of(recipe.files, recipe.root)
    uid, gid = known.user(first or "0")
    found = known.group_id(second) if second else gid
    return uid, uid if found is None else found


def joined(messages: Messages, options: Any) -> list[str]:
    """The pod's namespaces that a container joins; with ``hostNetwork`` the node's host name is kept as well."""
    kinds = [] if options.network == messages.NODE else ["net", "uts"]
    return kinds if options.ipc == messages.NODE else [*kinds, "ipc"]


def resolver(dns: Any) -> str:
    """The text of /etc/resolv.conf; the node's own where the pod has no setting."""
    lines = [f"nameserver {server}" for server in dns.servers]
    lines += [f"search {' '.join(dns.searches)}"] if dns.searches else []
    lines += [f"options {' '.join(dns.options)}"] if dns.options else []
    if not lines and os.path.exists("/etc/resolv.conf"):
        with open("/etc/resolv.conf") as file:
            return file.read()
    return "".join(f"{line}\n" for line in lines)


def etc(hostname: str, resolv: str, who: Mapping[str, Any], *, of_image: bool = False) -> dict[str, str]:
    """The files in /etc that each container has of its own; the kubelet mounts its ``hosts`` over ours.

    A pulled image keeps its own accounts (``of_image``).
    """
    network = {
        "hostname": f"{hostname}\n",
        "hosts": "127.0.0.1\tlocalhost\n::1\tlocalhost\n",
        "resolv.conf": resolv,
    }
    if of_image:
        return network
    passwd, group = accounts.PASSWD, accounts.GROUP
    if who["uid"] not in (0, accounts.NOBODY):
        passwd += f"app:x:{who['uid']}:{who['gid']}:app:/:/bin/sh\n"
    if who["gid"] not in (0, accounts.NOBODY):
        group += f"app:x:{who['gid']}:\n"
    return {"passwd": passwd, "group": group, "nsswitch.conf": _NSSWITCH, **network}


def image_files(node: Surroundings, image: Image, recipe: Recipe) -> list[tuple[str, str]]:
    """What the image brings: (file or folder of the host, path inside), all read-only."""
    pairs = [(path, path) for path in recipe.mounts]
    if recipe.python:
        pairs += python_files()
    if recipe.inside:
        pairs.append((image.file, recipe.inside))
    pairs += [(file or node.program(name), f"/usr/local/bin/{name}") for name, file in recipe.tools.items()]
    pairs += [(node.asset(source), target) for target, source in recipe.assets.items()]
    return pairs + [(source, target) for target, source in recipe.files.items()]


def python_files() -> list[tuple[str, str]]:
    """The interpreter that runs this, the environment that it belongs to, and this package."""
    prefixes = {os.path.realpath(sys.base_prefix), sys.prefix}
    pairs = [(f"{SOURCE}/canarylab", f"{SOURCE}/canarylab")]
    for prefix in sorted(prefixes):
        if prefix == "/usr":
            continue
        if prefix != "/usr/local":
            pairs.append((prefix, prefix))
            continue
        names = [n for n in os.listdir("/usr/local/bin") if n.startswith("python")]
        pairs += [(f"/usr/local/bin/{n}", f"/usr/local/bin/{n}") for n in names]
    return pairs


def stop_signal(messages: Messages, config: Any, recipe: Recipe) -> int:
    """The signal that asks the program to end: the pod's, else the image's."""
    enum = messages.ContainerConfig.DESCRIPTOR.fields_by_name.get("stop_signal")
    name = recipe.stop_signal
    if enum is not None and config.stop_signal:
        name = enum.enum_type.values_by_number[config.stop_signal].name.removeprefix("SIGNAL_")
    return signals.number(name)
