"""Where the package's data is."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarylab import paths


def test_data_may_be_elsewhere_as_in_the_image_of_supergloo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (paths.fixtures() / "images.yaml").is_file()
    monkeypatch.setenv("CANARYLAB_DATA", str(tmp_path))
    assert paths.fixtures() == tmp_path / "fixtures"
