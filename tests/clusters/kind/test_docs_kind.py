"""``docs/kind.md`` names every node image that is pinned, with the release of kind that names it."""

from __future__ import annotations

import re
from pathlib import Path

from canarylab.clusters.kind import asked
from canarylab.toolchain.versions import known

PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "kind.md"


def test_the_table_of_node_images_is_what_is_pinned() -> None:
    told = re.findall(r"^\| (\d+\.\d+\.\d+) \| `(kindest/\S+)` \| (v\S+) \|$", PAGE.read_text(), flags=re.MULTILINE)
    pinned = [(asked.version_in(one["image"]), one["image"], one["of"]) for one in known()["kind"]["nodes"].values()]
    assert told == pinned
