"""Whether an application has the paths of podinfo, which faults of the application ask for unless told otherwise."""

from __future__ import annotations

from canarylab.journey import Application


def lacks(application: Application, fault: str, asked: str, default: str) -> str:
    """Why a path of podinfo is of no use; empty for podinfo, or where another path was given."""
    containers = application.target["spec"]["template"]["spec"]["containers"]
    image = next(one["image"] for one in containers if one["name"] == application.container)
    if asked != default or "podinfo" in image:
        return ""
    return f"the fault {fault} asks for podinfo's {default}, and {image} is not podinfo: give a path of its own"


def filled(path: str, **values: object) -> str:
    """A path with ``{name}`` replaced."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path
