"""What a model learned before a run begins from it: the fingerprints that its own training left beside its weights."""

from __future__ import annotations

from pathlib import Path

from finfoundry.core.tasks.fingerprints import Fingerprint, read_fingerprints

FINGERPRINTS = "data-fingerprints.npz"


def learned_before(*paths: Path) -> list[Fingerprint]:
    """Of the rows that the models at these paths learned: a release must know them of all that comes of these models as well.

    A path is a file of weights, their folder, or the folder of the run that made them; of a model that was tuned elsewhere nothing is
    known. Raises IntegrityError for fingerprints that are broken.
    """
    beside = (next(filter(Path.is_file, (path / FINGERPRINTS, path.parent / FINGERPRINTS)), None) for path in paths)
    files = dict.fromkeys(file.resolve() for file in beside if file)
    return [one for file in files for one in read_fingerprints(file)]
