"""What a family of specialists is: its name, its options, and what it does with a specialist of its own, from training to replay.

``Family`` declares it and loads nothing: the command line reads the options of all families. ``Lifecycle`` does the work; its libraries
are loaded when a specialist of the family is. To add one: a file here, or in a package of its own, and a name in ``families``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report, silent

if TYPE_CHECKING:
    import pandas as pd

    from finfoundry.core.protocols import TextReader
    from finfoundry.core.tasks.fingerprints import Fingerprints
    from finfoundry.runtime.database import Connection, Database
    from finfoundry.specialists.inputs.table import TableSource
    from finfoundry.specialists.lifecycle.outcomes import Noted
    from finfoundry.specialists.lifecycle.registry import Registry
    from finfoundry.specialists.lifecycle.shadow import ChallengerDifference, Shadow
    from finfoundry.specialists.lifecycle.validate import Monitoring
    from finfoundry.specialists.models.classifier import Classifier
    from finfoundry.specialists.models.metrics import MeasuredFigure
    from finfoundry.specialists.models.specialist import Lineage, TrainingRequest
    from finfoundry.specialists.reports.pages import Card

Command = Literal["train", "validate", "sign", "score", "raise", "monitor", "explain", "serve"]  # raise: alerts
Options = Mapping[str, Any]  # what was given besides the data, by the names of ``Option``; None where it was not
JUDGING: tuple[Command, ...] = ("validate", "score", "raise", "monitor", "explain")


@dataclass(frozen=True)
class Option:
    """An option that a family brings to commands: ``--name``.

    ``kind``: texts may be repeated, columns are parted by commas. ``field``: where training keeps it in ``TrainingRequest``, if not under
    its own name; an option that has no field there is kept among ``TrainingRequest.own``. In service an option is a part of the request.
    """

    name: str
    help: str
    metavar: str | None = None
    kind: Literal["text", "number", "file", "texts", "columns"] = "text"
    default: Any = None
    choices: tuple[str, ...] = ()
    field: str = ""
    on: tuple[Command, ...] = ("train",)
    beside_rows: bool = False  # what it adds to the scores is given next to the rows, not in them


OUTCOME_DAYS = Option(
    "outcome_days",
    "from a row until its outcome is known: forward in time no row is fitted on whose outcome was not.",
    "DAYS",
    "number",
    0.0,
)


@dataclass(frozen=True)
class Family:
    """``lifecycle``: the class, or "module:name" of it. ``audience``: for whom a score is explained unless another is named."""

    name: str
    lifecycle: str | Callable[[Family, FamilyServices], Lifecycle[Any]]
    options: tuple[Option, ...] = ()
    needs_target: bool = True
    about_people: bool = False  # its scores support decisions on people, which a person makes
    audience: str = "customer"

    def brings(self, command: Command) -> list[Option]:
        """The options of a command."""
        return [option for option in self.options if command in option.on]

    def check(self, command: Command, options: Options) -> None:
        """Raises InputError where an option is given that the family does not take."""
        taken = {option.name for option in self.brings(command)}
        for name, value in options.items():
            given = value is not None and not (isinstance(value, str | list) and not value)
            if given and name not in taken:
                shown = name if command == "serve" else f"--{name.replace('_', '-')}"
                raise InputError(f"The family {self.name} takes no {shown}")


class Encoders(Protocol):
    """Tuned encoders that were released in one home, by the names of their tasks and their SHA-256."""

    def serving(self, task: str) -> str:
        """The SHA-256 of the one that serves. Raises NotFound."""

    def serves(self, task: str, sha256: str) -> bool:
        """Whether this one serves."""

    def classifier(self, task: str, sha256: str) -> TextReader:
        """One that serves or did. Raises ModelError; InputError where its task has not one class a text."""

    def learned(self, sha256: str) -> Fingerprints:
        """The fingerprints of the rows that it was tuned on. Raises IntegrityError."""


@dataclass(frozen=True)
class FamilyServices:
    """What a family works with in one home. ``served`` loads a version of the registry."""

    database: Database
    registry: Registry
    served: Callable[[str], Any]
    encoders: Encoders | None = None


class SpecialistData(Protocol):
    """A table that was given: a file, the rows of a query or of a request."""

    def table(self, text: Collection[str] = ()) -> TableSource:
        """All of it. ``text``: columns that are read as text. Raises InputError."""

    def blocks(self, text: Collection[str] = ()) -> tuple[Iterator[pd.DataFrame], str]:
        """The table as ``table`` reads it, a file in blocks, and its SHA-256."""


@dataclass(frozen=True)
class ScoringOrder:
    """Who wants a table scored, by the specialist called ``name``, and how. ``out``: the file that the rows go to, where one is given."""

    principal: Principal
    name: str
    reasons: bool
    out: Path | None = None
    report: Report = silent


@dataclass(frozen=True)
class ServedRows:
    """Rows of a request. ``connection``: the transaction in which the version in use was found; ``about``: for the record."""

    principal: Principal
    name: str
    rows: Sequence[Mapping[str, Any]]
    table: pd.DataFrame
    reasons: bool
    connection: Connection
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordedBatch:
    """A batch of scores on record. ``step`` reads a further step of the record; None where there is none."""

    head: Mapping[str, Any]
    rows: list[dict[str, Any]]
    step: Callable[[str], Any]


@dataclass(frozen=True)
class Recomputed:
    """Ids that came out otherwise; what was computed again, and what was not."""

    different: list[str]
    covered: list[str]
    left_out: list[str]


@dataclass(frozen=True)
class ScoreEvidence:
    """What a score rests on besides its inputs: ``told`` says where it is shown. ``kind``: of pattern, None where there is none."""

    told: str
    kind: str | None = None
    collector: str = ""
    figures: Mapping[str, Decimal] = field(default_factory=dict)


class Trained(Protocol):
    """What every trained specialist has."""

    request: TrainingRequest
    version: str
    lineage: Lineage
    figures: dict[str, dict[str, MeasuredFigure]]
    warnings: list[str]

    @property
    def event(self) -> str | None: ...
    @property
    def inputs(self) -> list[str]: ...


class FamilyScores(Protocol):
    """What the scores of every family have."""

    @property
    def specialist(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def rows(self) -> Sequence[Any]: ...
    @property
    def record(self) -> str | None: ...
    @property
    def root(self) -> str | None: ...
    @property
    def warnings(self) -> list[str]: ...


class FamilyValidation(Protocol):
    """What the back-tests of every family have. ``models``: the figures of each."""

    @property
    def specialist(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def models(self) -> dict[str, dict[str, MeasuredFigure]]: ...
    @property
    def warnings(self) -> list[str]: ...


class FamilyBackTest(Protocol):
    """What the back-tests in production of every family have."""

    @property
    def specialist(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def known(self) -> int: ...
    @property
    def warnings(self) -> list[str]: ...


class FamilyComparison(Protocol):
    """What the comparisons of every family have: the version in use and a challenger, by what both said and what came."""

    @property
    def specialist(self) -> str: ...
    @property
    def in_use(self) -> str: ...
    @property
    def challenger(self) -> str: ...
    @property
    def known(self) -> int: ...
    @property
    def figures(self) -> dict[str, ChallengerDifference]: ...
    @property
    def warnings(self) -> list[str]: ...


Made = TypeVar("Made")


class Lifecycle(Protocol[Made]):
    """A family at work in one home. ``made`` is what ``train`` and ``load`` return, ``options`` are those that the family declares.

    ``classifier``: None where its scores are not of rows by a scorecard and trees: there are no bins, cut-offs or reasons to ask for.
    """

    family: Family
    classifier: Classifier | None
    champion: str  # the model whose figures are kept, where the specialist's file does not name it

    def train(self, request: TrainingRequest, folder: Path, report: Report, source: TableSource) -> Made:
        """Train, and write the specialist into the folder. Raises InputError."""
        ...

    def load(self, folder: Path) -> Made:
        """Read a specialist back, unaltered. Raises NotFound, IntegrityError."""
        ...

    def write_card(self, folder: Path, made: Made) -> Card:
        """Write ``card.html`` and ``card.md`` into the folder."""
        ...

    def demands(self, made: Made) -> list[tuple[str, str, str, str, str]]:
        """The validator's checklist: demand, what is shown, verdict, section of the card, source."""
        ...

    def text_columns(self, made: Made) -> Collection[str]:
        """Columns of its data that are read as text."""
        ...

    def validate(self, made: Made, name: str, data: SpecialistData, options: Options) -> FamilyValidation:
        """Back-test on other data. Raises InputError."""
        ...

    def monitor(self, made: Made, name: str, data: SpecialistData, options: Options) -> Monitoring:
        """What has moved since training. Raises InputError."""
        ...

    def score(self, made: Made, order: ScoringOrder, data: SpecialistData, options: Options) -> FamilyScores:
        """Score a table and audit the batch. Raises InputError."""
        ...

    def ready(self, made: Made) -> None:
        """Prepare what was loaded for service, once."""

    def promoted(self, name: str, version: str) -> None:
        """Called when a version came into use."""

    def serve(self, made: Made, served: ServedRows, options: Options, past: Any = None) -> FamilyScores:
        """Score and audit rows in the transaction of ``served``. ``past``: what they look back on, where the caller has made it."""
        ...

    def check_challenger(self, used: Made, other: Made) -> None:
        """Raises InputError where a candidate cannot be compared with the version in use."""

    def challenge(self, challenger: Shadow, answered: Any, served: ServedRows, options: Options) -> None:
        """Let a challenger score what was answered, on what the version in use was given."""
        ...

    def note_file(self, principal: Principal, name: str, made: Made, path: Path) -> Noted:
        """Record what came of scores, from a file. Raises InputError."""
        ...

    def note_rows(self, principal: Principal, name: str, made: Made, rows: Sequence[Mapping[str, Any]]) -> Noted:
        """Record what came, from rows as they are given for scoring. Raises InputError where outcomes are not rows."""
        raise InputError(f"{name!r} forecasts no series", remedy="Record what came of its rows as outcomes")

    def back_test(self, principal: Principal, name: str, made: Made) -> FamilyBackTest:
        """The version in use against what came of its own recorded scores. Raises NotFound, InputError: too little."""
        ...

    def compare(self, principal: Principal, name: str, made: Made) -> FamilyComparison:
        """The latest challenger against the version in use. Raises NotFound, InputError: too little."""
        ...

    def again(self, made: Made, batch: RecordedBatch) -> Recomputed:
        """Compute recorded rows again from what the record keeps of them."""
        ...

    def evidence(self, folder: Path, made: Made, row: str, options: Options) -> ScoreEvidence | None:
        """What a row's score rests on besides its inputs, written into the folder. None where the family has nothing of the kind."""
        return None
