"""What the local rung runs agrees with the module file, with versions.yaml and with itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from canarylab import paths
from canarylab.toolchain import PODINFO_VERSION, recipe, spec
from canarylab.toolchain.recipe import pinned
from canarylab.toolchain.versions import accepted, known

NAMES = {
    *("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "cri-stream", "coredns"),
    *("flagger", "loadtester", "prometheus", "istiod", "podinfo", "podcli", "hey", "jq", "helm", "kubectl", "envoy"),
}


def test_every_program_that_clusters_ask_for_is_there_once() -> None:
    names = [each.name for each in spec.PROGRAMS]
    assert set(names) == NAMES
    assert len(names) == len(NAMES)


@pytest.mark.parametrize("program", spec.PROGRAMS, ids=lambda each: each.name)
def test_a_program_is_built_from_a_pinned_module_or_brought_by_a_wheel(program: spec.Program) -> None:
    if program.package:
        assert pinned(paths.toolchain_source()).pins.version(program.module).startswith("v")
    else:
        assert spec.WHEELS[program.name].distribution == program.module


@pytest.mark.parametrize("asset", spec.ASSETS, ids=lambda each: each.target)
def test_an_asset_is_of_a_pinned_module(asset: spec.Asset) -> None:
    assert pinned(paths.toolchain_source()).pins.version(asset.module).startswith("v")


def test_a_program_can_be_asked_its_version_exactly_if_versions_yaml_accepts_one() -> None:
    every = [*spec.PROGRAMS, *(each for extra in spec.EXTRAS.values() for each in extra.programs)]
    assert {each.name for each in every if each.ask} == set(known()["programs"])


@pytest.mark.parametrize("wheel", spec.WHEELS.values(), ids=lambda each: each.distribution)
def test_a_wheel_has_a_range_and_a_measured_cost(wheel: spec.Wheel) -> None:
    assert accepted("wheels", wheel.distribution).at_least
    assert known()["cost"]["of"][wheel.distribution]["download"] > 0


def test_every_main_package_is_kept_in_the_module_file() -> None:
    go_mod = (paths.toolchain_source() / "go.mod").read_text()
    packages = {each.package for each in spec.PROGRAMS if each.package}
    assert {each for each in packages if not each.startswith("./") and f"\t{each}\n" not in go_mod} == set()
    assert all((paths.toolchain_source() / each).is_dir() for each in packages if each.startswith("./"))


@pytest.mark.parametrize("extra", spec.EXTRAS.values(), ids=lambda each: each.name)
def test_an_extra_is_pinned_by_a_module_of_its_own_and_has_a_measured_cost(extra: spec.Extra) -> None:
    made = recipe.for_extra(paths.toolchain_source(), extra)
    assert made.pins.version(extra.module).startswith("v")
    assert all(made.pins.version(each.module) for each in (*extra.programs, *extra.assets))
    assert {each.target.partition("/")[0] for each in extra.assets} <= {extra.name}
    assert made.source
    tools = (made.source / "go.mod").read_text()
    packages = {each.package for each in extra.programs if not each.package.startswith("./")}
    assert all((made.source / each.package).is_dir() for each in extra.programs if each.package not in packages)
    assert {each for each in packages if f"tool {each}\n" not in tools and f"\t{each}\n" not in tools} == set()
    assert known()["cost"]["of"][extra.name]["seconds"] > 0


def test_no_program_is_brought_by_two() -> None:
    names = [each.name for each in spec.PROGRAMS]
    names += [program.name for extra in spec.EXTRAS.values() for program in extra.programs]
    assert len(names) == len(set(names))


def test_an_extra_never_changes_the_key_of_the_toolchain(tmp_path: Path) -> None:
    source = tmp_path / "toolchain"
    shutil.copytree(paths.toolchain_source(), source)
    before = pinned(source).key
    shutil.rmtree(source / "extra")
    assert pinned(source).key == before
    (source / "extra" / "another" / "cmd").mkdir(parents=True)
    (source / "extra" / "another" / "cmd" / "main.go").write_text("package main")
    assert pinned(source).key == before


def test_podinfos_placeholder_has_room_for_the_longest_tag() -> None:
    assert len(PODINFO_VERSION) == 128
    assert not set(PODINFO_VERSION) & set(" '\"")


def test_the_kubernetes_programs_answer_a_semantic_version() -> None:
    flags = spec.ldflags("v1.37.2").split()
    assert "-X=k8s.io/component-base/version.gitVersion=v1.37.2" in flags
    assert "-X=k8s.io/component-base/version.gitMinor=37" in flags
