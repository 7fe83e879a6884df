"""What stands behind the image: a command or a binary, seen from a container."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from canarylab.errors import UsageError
from canarylab.starter import images
from canarylab.starter.wish import Wish


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    return made


def program(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


def entry(root: Path, **wish: Any) -> dict[str, Any]:
    (found,) = yaml.safe_load(images.text("example.org/web:1", Wish(**wish), root))["images"]
    assert found.pop("pattern") == "example.org/web:*"
    return dict(found)


def test_python_is_that_of_canarylab(root: Path) -> None:
    made = entry(root, command="python3.12 -m web --port 80")
    assert made == {
        "command": ["python3", "-m", "web", "--port", "80"], "python": True, "files": {"/app": ".."}, "workdir": "/app",
    }  # fmt: skip


def test_a_program_of_the_project_is_named_as_in_its_folder(root: Path) -> None:
    program(root / "bin" / "web")
    made = entry(root, command=f"bin/web --config {root}/web.toml 'two words'")
    assert made["command"] == ["bin/web", "--config", "/app/web.toml", "two words"]


def test_a_program_that_containers_have_anyway_is_named_alone(root: Path) -> None:
    assert entry(root, command="sh run.sh") == {"command": ["sh", "run.sh"], "files": {"/app": ".."}, "workdir": "/app"}


def test_a_program_elsewhere_is_brought_along(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = program(tmp_path / "jdk" / "bin" / "java")
    monkeypatch.setenv("PATH", str(java.parent))
    made = entry(root, command="java -jar build/web.jar")
    assert (made["command"], made["mounts"]) == ([str(java), "-jar", "build/web.jar"], [str(tmp_path / "jdk")])


def test_settings_that_a_program_keeps_in_etc_are_brought_along(tmp_path: Path) -> None:
    java = program(tmp_path / "jdk" / "bin" / "java")
    (tmp_path / "jdk" / "lib").mkdir()
    (tmp_path / "jdk" / "lib" / "security").symlink_to("/etc/java-21/security")
    (tmp_path / "jdk" / "lib" / "cacerts").symlink_to("/etc/ssl/certs/java/cacerts")
    assert images._settings(java) == ["/etc/java-21"]


def test_a_binary_is_named_from_the_images_file(root: Path) -> None:
    assert entry(root, binary=program(root / "target" / "web")) == {"path": "../target/web"}


def test_a_program_of_canarylabs_own_needs_no_entry(root: Path) -> None:
    assert images.text("ghcr.io/stefanprodan/podinfo:6.9.0", Wish(), root) == ""


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({}, "nothing says which program stands behind the image example.org/web:1"),
        ({"command": "nosuchprogram x"}, "there is no program nosuchprogram here"),
        ({"command": "bin/nothing"}, "there is no program that can be run"),
        ({"command": "sh 'x"}, "no command line"),
        ({"command": " "}, "the command is empty"),
        ({"binary": Path("nothing")}, "there is no program that can be run"),
    ],
)
def test_a_program_that_is_not_there_is_told(root: Path, wish: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as told:
        images.text("example.org/web:1", Wish(**wish), root)
    assert said in told.value.what
    assert told.value.next_step
