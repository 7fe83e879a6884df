"""The charts that are pinned: which folder of which Go module each is, and the digest that it has to have.

``provision`` lays the folders into the cache, out of the very modules that the programs are built of. The pins stand in
``fixtures/helm/charts.yaml``; a chart of one's own is named by its folder or archive.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import yaml

from canarylab import paths
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.toolchain import Toolset

_PINS = "charts.yaml"


@dataclass(frozen=True)
class Chart:
    """``folder`` is a file of the toolset's; ``version`` is that of the chart, ``release`` that of its Go module.

    ``values`` is the file of fixtures/helm with which the local rung installs it.
    """

    name: str
    folder: str
    module: str
    release: str
    version: str
    sha256: str
    values: str

    @property
    def settings(self) -> Path:
        """The file of its values."""
        return folder() / self.values


def folder() -> Path:
    """Where values and pins stand."""
    return paths.fixtures() / "helm"


def pinned() -> dict[str, Chart]:
    """Every chart, by name."""
    plain = yaml.safe_load((folder() / _PINS).read_text())["charts"]
    return {name: Chart(name, **each) for name, each in plain.items()}


def find(toolset: Toolset, chart: str) -> Path:
    """The folder of a pinned chart, or whatever folder or archive of a chart is named; UsageError for neither.

    EnvironmentFault for a pinned chart that is not what it was when it was pinned. One of another release of its
    module, such as that of ``--flagger``, has the checksums of that release's build alone.
    """
    charts = pinned()
    if chart in charts:
        return _verified(toolset, charts[chart])
    if (Path(chart) / "Chart.yaml").is_file() or (chart.endswith(".tgz") and Path(chart).is_file()):
        return Path(chart).absolute()
    what = f"there is no chart {chart!r}"
    raise UsageError(what, next_step=f"choose one of {', '.join(charts)}, or name a folder or archive of a chart")


def _verified(toolset: Toolset, chart: Chart) -> Path:
    found = toolset.asset(chart.folder)
    there = next((one.version for one in toolset.programs.values() if one.module == chart.module), chart.release)
    if there == chart.release and (seen := digest(found)) != chart.sha256:
        raise EnvironmentFault(
            f"the chart {chart.name} is not the one that was pinned: its digest is {seen}",
            where=str(found),
            next_step="remove this toolchain's folder from the cache, and run `canarylab provision`",
        )
    return found


def digest(chart: Path) -> str:
    """The SHA-256 of a folder: of each file's path within it and content, in the order of the paths."""
    total = hashlib.sha256()
    for file in sorted(each for each in chart.rglob("*") if each.is_file()):
        name, content = file.relative_to(chart).as_posix().encode(), file.read_bytes()
        total.update(b"%d %s %d " % (len(name), name, len(content)) + content)
    return total.hexdigest()
