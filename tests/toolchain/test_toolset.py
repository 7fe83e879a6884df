"""A toolset answers where things are, and can be handed to another process as text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.errors import EnvironmentFault, UsageError
from canarylab.toolchain import ProgramInfo, Toolset
from canarylab.toolchain.toolset import nowhere

words = st.text(min_size=1, max_size=20)
infos = st.builds(
    ProgramInfo, name=words, path=st.just(Path("/x/y")), module=words, version=words, sha256=words, origin=words
)


@given(words, st.lists(infos), st.lists(st.sampled_from([Path("/a"), Path("/b/c")])))
def test_a_toolset_survives_being_told(key: str, programs: list[ProgramInfo], shares: list[Path]) -> None:
    toolset = Toolset(key, {each.name: each for each in programs}, tuple(shares))
    assert Toolset.from_json(toolset.to_json()) == toolset


def test_an_unknown_program_is_refused_with_those_that_are_known() -> None:
    toolset = Toolset("k", {"etcd": ProgramInfo("etcd", Path("/x/etcd"), "m", "v1", "0", "built")}, ())
    assert toolset.program("etcd") == Path("/x/etcd")
    with pytest.raises(UsageError, match=r"choose one of etcd"):
        toolset.program("etc")


def test_the_first_share_that_has_an_asset_wins(tmp_path: Path) -> None:
    for name in ("release", "ours"):
        (tmp_path / name / "flagger").mkdir(parents=True)
    (tmp_path / "ours" / "api.proto").write_text("")
    toolset = Toolset("k", {}, (tmp_path / "release", tmp_path / "ours"))
    assert toolset.asset("flagger") == tmp_path / "release" / "flagger"
    assert toolset.asset("api.proto") == tmp_path / "ours" / "api.proto"
    with pytest.raises(EnvironmentFault, match="canarylab provision"):
        toolset.asset("istio")


def test_an_extra_is_asked_for_only_when_its_program_or_its_files_are(tmp_path: Path) -> None:
    (tmp_path / "contour" / "manifests").mkdir(parents=True)
    contour, asked = ProgramInfo("contour", Path("/x/contour"), "m", "v1", "0", "built"), list[str]()

    def further(name: str) -> Toolset:
        asked.append(name)
        return Toolset(name, {"contour": contour}, (tmp_path,))

    toolset = Toolset("k", {"etcd": replace(contour, name="etcd")}, (), further)
    assert (toolset.describe("etcd").name, asked) == ("etcd", [])
    assert toolset.program("contour") == Path("/x/contour")
    assert toolset.asset("contour/manifests") == tmp_path / "contour" / "manifests"
    assert asked == ["contour", "contour"]
    assert toolset == replace(toolset, further=nowhere)


def test_a_toolset_without_a_way_to_extras_tells_the_command_that_gets_one() -> None:
    with pytest.raises(EnvironmentFault, match="canarylab provision --with metrics-server"):
        Toolset("k", {}, ()).program("metrics-server")
