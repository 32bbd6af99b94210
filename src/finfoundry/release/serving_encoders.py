"""Encoders of tasks that serve: each in the slot of its task, and asked by that name. Where none was released, none serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.errors import InputError, IntegrityError, NotFound
from finfoundry.core.protocols import FoundSpan
from finfoundry.core.tasks.fingerprints import Fingerprints, read_fingerprints
from finfoundry.release.candidate import ENCODES, sha256_of
from finfoundry.release.register import serving_digest
from finfoundry.release.serving import approved_folder, learned_place
from finfoundry.runtime.database import Database
from finfoundry.runtime.settings import Settings

LOADED = 4  # encoders that stay in memory
ALONE = ("spans", "vector")  # kinds of heads that are asked of one text
_FINGERPRINTS = (  # of the release that served last with these bytes, which two people approved: who only proposes them again says nothing
    "SELECT r.manifest #>> '{data,fingerprints,sha256}' FROM release_moves m JOIN releases r ON r.id = m.release"
    " WHERE r.sha256 = %s ORDER BY m.id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class EncoderReading:
    """What an encoder tells of a text. ``labels``: probabilities; of a task of kind score its one score. ``spans``: of token classes;
    ``vector``: of unit length.
    """

    task: str
    sha256: str
    labels: dict[str, float] = field(default_factory=dict)
    spans: list[FoundSpan] = field(default_factory=list)
    vector: list[float] = field(default_factory=list)


def encoder_of(slot: str, settings: Settings, released: str) -> TextEncoder:
    """The encoder with this SHA-256, its weights read. Raises ModelError for other bytes than were approved."""
    return TextEncoder(approved_folder(settings, released, slot)).loaded()


def read(encoder: TextEncoder, task: str, texts: Sequence[str]) -> EncoderReading:
    """What an encoder tells of a text, or, where it tells labels or a score, of several side by side; of a vector's task the text is
    embedded as it is given. Raises InputError for a text that is too long, and for several of which one alone would be read.
    """
    kind, sha256 = encoder.heads[task].kind, encoder.identity
    if kind in ALONE and len(texts) != 1:
        raise InputError(f"The task {task!r} is asked of one text, and {len(texts)} were given", remedy="Ask it of each by itself")
    if kind == "spans":
        return EncoderReading(task, sha256, spans=encoder.spans(task, texts[0]))
    if kind == "vector":
        return EncoderReading(task, sha256, vector=encoder.vectors(task, texts)[0].tolist())
    told = encoder.labels(task, [texts])[0]
    return EncoderReading(task, sha256, dict(zip(encoder.labels_of(task), map(float, told), strict=True)))


class ReleasedEncoders:
    """The encoders of one home by their tasks. What was loaded stays: a digest names the same bytes for ever."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._loaded = lru_cache(maxsize=LOADED)(partial(encoder_of, settings=settings))

    def serving(self, task: str) -> str:
        """The SHA-256 of the encoder that serves for a task. Raises NotFound."""
        found = serving_digest(self._database, ENCODES + task)
        if found is None:
            raise NotFound(
                f"No encoder of the task {task!r} serves",
                remedy="Tune one by a recipe with method: encode, and release it: finfoundry release propose DIR --form onnx",
            )
        return found

    def serves(self, task: str, sha256: str) -> bool:
        """Whether it is this one."""
        return serving_digest(self._database, ENCODES + task) == sha256

    def classifier(self, task: str, sha256: str) -> TextEncoder:
        """``reader`` of a task whose texts have one class each. Raises ModelError, InputError for another task."""
        found = self.reader(task, sha256)
        if found.heads[task].kind != "one":
            raise InputError(f"The task {task!r} has not one class a text", remedy="Take an encoder of a task of kind choice")
        return found

    def reader(self, task: str, sha256: str) -> TextEncoder:
        """The encoder of a task with this SHA-256, whether it serves now or did. Raises ModelError."""
        return self._loaded(ENCODES + task, released=sha256)

    def learned(self, sha256: str) -> Fingerprints:
        """The fingerprints of the rows that it was tuned on. Raises IntegrityError where they are not those with which it was promoted."""
        with self._database.owner() as connection:
            row = connection.execute(_FINGERPRINTS, (sha256,)).fetchone()
        if row is None or not row[0]:
            raise IntegrityError(f"The encoder {sha256[:12]}… was never promoted with the rows that it learned", remedy="Propose it again")
        path = learned_place(self._settings, row[0])
        found = read_fingerprints(path)
        if row[0] != sha256_of(path):
            raise IntegrityError(f"{path} holds other fingerprints than {sha256[:12]}… was promoted with", remedy="Propose it again")
        return found

    def read(self, task: str, texts: Sequence[str]) -> EncoderReading:
        """Ask the encoder that serves for a task of a text, or of several side by side. Raises NotFound, ModelError, InputError."""
        sha256 = self.serving(task)
        return read(self.reader(task, sha256), task, texts)
