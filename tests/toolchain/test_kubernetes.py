"""Another release of Kubernetes is built in a module made of its own go.mod, with the checksums that ours has of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from canarylab import paths
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.toolchain import kubernetes, profiles, recipe, spec
from canarylab.toolchain.gobuild import Shell
from canarylab.toolchain.progress import silent
from canarylab.toolchain.provision import recipes
from canarylab.toolchain.versions import Pins, known, numbers, read_pins

if TYPE_CHECKING:
    from tests.toolchain.conftest import Workshop

SOURCE = paths.toolchain_source() / "_kubernetes"
OURS = read_pins(paths.toolchain_source() / "go.mod")
OTHERS = [each for each in profiles.kubernetes() if f"v{each.release}" != OURS.version(spec.KUBERNETES)]
THEIRS = """module k8s.io/kubernetes

go 1.25.0

godebug default=go1.25

require (
\tgo.etcd.io/etcd/server/v3 v3.6.5 // indirect
\tk8s.io/api v0.0.0
\tk8s.io/utils v0.0.0-20251002143259-bc988d571ff4
)

replace (
\tk8s.io/api => ./staging/src/k8s.io/api
)
"""


def test_a_staged_module_is_the_published_one_of_the_release_and_nothing_else_changes() -> None:
    made = kubernetes.go_mod(THEIRS, "1.35.4")
    changed = THEIRS.replace("module k8s.io/kubernetes", "module canarylab.dev/kubernetes")
    changed = changed.replace("k8s.io/api v0.0.0\n", "k8s.io/api v0.35.4\n")
    changed = changed.replace("./staging/src/k8s.io/api", "k8s.io/api v0.35.4")
    assert made == f"{changed}\nrequire k8s.io/kubernetes v1.35.4\n"


@pytest.fixture
def shell(workshop: Workshop, tmp_path: Path) -> Shell:
    """A go that downloads a Kubernetes of three files."""
    module = tmp_path / "kubernetes@v1.35.4"
    module.mkdir()
    (module / "go.mod").write_text(THEIRS)
    (module / "go.sum").write_text("k8s.io/utils v0 h1:theirs\n")
    told = {"Path": spec.KUBERNETES, "Dir": str(module), "Sum": "h1:right"}
    (workshop.folder / "modules").write_text(json.dumps(told))
    (tmp_path / "1.35.4.sum").write_text("k8s.io/kubernetes v1.35.4 h1:right\n")
    (tmp_path / "main.go").write_text("package main\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Shell(workshop.go, {}, tmp_path, scratch, workshop.folder / "log", silent)


def test_the_module_has_our_files_and_the_checksums_of_both(shell: Shell, tmp_path: Path) -> None:
    made = kubernetes.folder(shell, tmp_path, Pins("1.25.0", {spec.ETCD: "v3.6.5"}), "1.35.4")
    assert sorted(each.name for each in made.iterdir()) == ["go.mod", "go.sum", "main.go"]
    sums = "k8s.io/utils v0 h1:theirs\nk8s.io/kubernetes v1.35.4 h1:right\n"
    assert (made / "go.sum").read_text() == sums


def test_another_kubernetes_than_the_pinned_one_is_refused(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "1.35.4.sum").write_text("k8s.io/kubernetes v1.35.4 h1:other\n")
    with pytest.raises(EnvironmentFault, match=r"kubernetes@v1\.35\.4 is not the one that is pinned"):
        kubernetes.folder(shell, tmp_path, Pins("1.25.0", {spec.ETCD: "v3.6.5"}), "1.35.4")


def test_a_profile_that_names_another_etcd_is_told(shell: Shell, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"pins etcd v3\.6\.5, and its profile says v3\.5\.0"):
        kubernetes.folder(shell, tmp_path, Pins("1.25.0", {spec.ETCD: "v3.5.0"}), "1.35.4")


@pytest.mark.parametrize("profile", OTHERS, ids=lambda each: each.release)
def test_a_profile_has_the_checksums_of_its_release(profile: profiles.Profile) -> None:
    lines = (SOURCE / f"{profile.release}.sum").read_text().splitlines()
    staged = f"v0.{profile.release.partition('.')[2]}"
    names = {line.split()[0] for line in lines if line.split()[1] == staged}
    assert {"k8s.io/api", "k8s.io/apiserver", "k8s.io/kubelet", "k8s.io/kubectl"} <= names
    assert any(line.startswith(f"{spec.KUBERNETES} v{profile.release} h1:") for line in lines)


def test_there_are_no_checksums_without_a_profile() -> None:
    assert {each.stem for each in SOURCE.glob("*.sum")} == {each.release for each in OTHERS}


def test_the_toolchains_own_release_has_the_profile_that_its_module_pins() -> None:
    own = profiles.kubernetes()[0]
    assert (OURS.version(spec.KUBERNETES), OURS.version(spec.ETCD)) == (f"v{own.release}", f"v{own.etcd}")
    assert recipes(kubernetes_version=own.release) == recipes()


@pytest.mark.parametrize("words", ["1.36.3", "v1.36.3", "1.36"])
def test_a_release_is_meant_by_its_number_or_its_minor(words: str) -> None:
    assert profiles.chosen(words).release == "1.36.3"


@pytest.mark.parametrize(("words", "what"), [("1.29", "is not pinned here"), ("new", "is not a release of Kubernetes")])
def test_a_release_that_is_not_pinned_is_wrong_usage(words: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as told:
        profiles.chosen(words)
    assert "1.36.3" in told.value.next_step


def test_a_release_brings_its_own_etcd_and_kubectl_and_takes_none_of_the_machines() -> None:
    _, made = recipes(kubernetes_version="1.36")
    assert {"etcd", "kubectl", "kubelet", "kube-apiserver"} <= {each.name for each in made.programs}
    assert not any(each.ask for each in made.programs)
    assert made.pins.version(spec.ETCD) == f"v{known()['kubernetes']['1.36.3']['etcd']}"
    assert "k8s.io/component-base/version.gitMinor=36" in made.ldflags


def test_its_checksums_and_our_main_change_a_releases_key_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "_kubernetes").mkdir()
    for file in SOURCE.iterdir():
        (tmp_path / "_kubernetes" / file.name).write_bytes(file.read_bytes())
    one, other = profiles.chosen("1.36"), profiles.chosen("1.35")
    before = recipe.kubernetes(tmp_path, one), recipe.kubernetes(tmp_path, other)
    (tmp_path / "_kubernetes" / f"{one.release}.sum").write_text("changed\n")
    assert recipe.kubernetes(tmp_path, one).key != before[0].key
    assert before[0].changed()
    assert not before[1].changed()


def test_every_profile_says_which_go_builds_it() -> None:
    assert all(len(numbers(each.go)) == 3 for each in profiles.kubernetes())
