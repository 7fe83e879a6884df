"""Functions of the user's own, called by name; whatever they raise becomes the project's error with its place."""

from __future__ import annotations

import importlib
import importlib.util
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from canarylab.errors import CanarylabError, UsageError

Call = Annotated[str, Field(pattern=r"^[\w./-]+:\w+$", examples=["checks.py:measure"])]


def call(name: str, folder: Path, subject: object, given: Mapping[str, Any]) -> object:
    """Calls ``package.module:function`` or ``file.py:function``, the file being in ``folder``; what it returns."""
    wanted = _function(name, folder)
    try:
        return wanted(subject, **given)
    except CanarylabError:
        raise
    except Exception as error:
        raise CanarylabError(f"{type(error).__name__}: {error}", where=_place(error)) from error


def _function(name: str, folder: Path) -> Callable[..., object]:
    where, _, attribute = name.rpartition(":")
    try:
        module = _file(folder / where) if where.endswith(".py") else importlib.import_module(where)
        found: Callable[..., object] = getattr(module, attribute)
    except (ImportError, OSError, AttributeError, SyntaxError) as error:
        raise UsageError(f"`{name}` cannot be called: {error}", where=str(folder)) from error
    return found


def _place(error: Exception) -> str:
    """Where it was raised: ``file:line``."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}"


def _file(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
