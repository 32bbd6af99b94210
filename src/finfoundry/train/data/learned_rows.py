"""What a model learned before a run begins from it: the fingerprints that its own training left beside its weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from finfoundry.core.errors import IntegrityError
from finfoundry.core.tasks.fingerprints import Fingerprint, read_fingerprints

FINGERPRINTS, MANIFEST = "data-fingerprints.npz", "manifest.json"  # of the folder of a run, or of a light model


def learned_before(*paths: Path) -> list[Fingerprint]:
    """Of the rows that the models at these paths learned: a release must know them of all that comes of these models as well.

    A path is a file of weights, their folder, or the folder of the run that made them; of a model that was tuned elsewhere nothing is
    known. Raises IntegrityError for fingerprints that are broken.
    """
    return [one for file in _beside(FINGERPRINTS, paths) for one in read_fingerprints(file)]


def spent_before(*paths: Path) -> list[str]:
    """The suites whose graded answers these models learned from, by their manifests: no exam of what comes of them has these. Raises
    IntegrityError for a manifest that is broken.
    """
    return sorted({suite for file in _beside(MANIFEST, paths) for suite in _spent(file)})


def _beside(name: str, paths: tuple[Path, ...]) -> list[Path]:
    found = (next(filter(Path.is_file, (path / name, path.parent / name)), None) for path in paths)
    return list(dict.fromkeys(file.resolve() for file in found if file))


def _spent(file: Path) -> list[str]:
    try:
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return [str(suite) for suite in (told.get("data") or {}).get("spent") or ()]
    except (ValueError, AttributeError, TypeError) as error:
        raise IntegrityError(f"{file} does not tell what its model learned from ({error})", remedy="Train the model again") from error
