"""A trial over one paper: its bytes are read as ingestion reads them, and judged by the judge of the suite of silent errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fault_recipes.book import Seen, Trial
from finfoundry.core.document import Fact, Parsed
from finfoundry.core.errors import FinfoundryError
from finfoundry.evals.silent_errors.expected import Figure, NoFigure, Truth
from finfoundry.evals.silent_errors.paper_blocks import Block, CellRow, Heading, Line, Table
from finfoundry.evals.silent_errors.verdicts import Reading, judge, reading_of
from finfoundry.evals.silent_errors.written_files import written
from finfoundry.knowledge.ingest.parse_file import parse

MILLION, THOUSAND = 10**6, 10**3
MOST = 3  # faults that are named
Also = Callable[[Parsed], str | None]  # what is wrong besides, in words; None where nothing is


@dataclass(frozen=True, slots=True)
class Column:
    """What all figures of a column have in common; ``words`` stand in its heading."""

    period: str
    unit: str | None = "EUR"
    scale: Decimal | int = MILLION
    words: tuple[str, ...] = ()


def number(printed: str) -> Decimal:
    """ "1,234", "(5.1)", "-7" as they are meant by a paper in English; a percent sign and the like are left to the scale."""
    text = printed.strip().strip("%x").strip().replace(",", "").replace("−", "-")
    return -Decimal(text.strip("()")) if text.startswith("(") else Decimal(text)


def figure(label: str, printed: str, column: Column, value: Decimal | int | str | None = None) -> Figure:
    """One figure; ``value`` in base units where the printed characters do not tell it."""
    shown = number(printed) if value is None else Decimal(value)
    base = shown * Decimal(column.scale) if value is None else Decimal(value)
    return Figure((label, *column.words), base, column.unit, column.period, printed, shown)


def figures(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> tuple[Figure, ...]:
    """The figures of plain rows: a label, then a figure a column, or blank."""
    return tuple(figure(row[0], cell, column) for row in rows for cell, column in zip(row[1:], columns, strict=True) if cell)


def paper(
    name: str,
    data: bytes | Callable[[], bytes],
    suffix: str,
    found: Sequence[Figure],
    *,
    no: Sequence[NoFigure] = (),
    told: Sequence[str] = (),
    tell: Sequence[str] = (),
    issuer: str | None = None,
    also: Also | None = None,
) -> Trial:
    """A trial over a file that ends in ``.suffix``. ``issuer``: whose it is; "" where no company may be told, and that must be said."""
    truth = Truth(tuple(found), tuple(no), tuple(told), tuple(tell), issuer or None)

    def run() -> Seen:
        made = data if isinstance(data, bytes) else data()
        try:
            read = parse(made, f"paper.{suffix}")
        except FinfoundryError as error:
            return Seen("said", f"refused: {error}") if error.remedy else Seen("silent", str(error))
        wrong = [text for text in (also(read) if also else None, _nobody(read, issuer)) if text]
        return seen(truth, reading_of([read]), wrong)

    return Trial(name, run)


def seen(truth: Truth, reading: Reading, wrong: Sequence[str] = ()) -> Seen:
    """The verdict in words."""
    verdict = judge(truth, reading)
    named = [*wrong, *(str(one) for one in verdict.faults)]
    words = "; ".join(named[:MOST]) + (f" … {len(named)} in all" if len(named) > MOST else "")
    if wrong or verdict.outcome == "silent":
        return Seen("silent", words)
    if verdict.outcome == "said":
        return Seen("said", f"{words} | told: {next(iter([*reading.marks, *reading.losses]), '')[:150]}")
    return Seen("right")


def _nobody(read: Parsed, issuer: str | None) -> str | None:
    """Where a paper is of no company: the name that was told in its place, or that nobody says that there is none."""
    if issuer != "":
        return None
    names = sorted({fact.entity for fact in read.facts if fact.entity})
    if names:
        return f"issuer: {', '.join(names)}, and the paper names none"
    said = any(loss.startswith("no issuer") for loss in read.certificate.losses)
    return None if said or not read.facts else "issuer: none, and nothing says so"


def quiet(*words: str) -> Also:
    """That no loss and no mark has one of the words: a false alarm."""

    def look(read: Parsed) -> str | None:
        told = [*read.certificate.losses, *([read.certificate.mark] if read.certificate.mark else [])]
        return next((f"false alarm: {text[:120]}" for text in told if any(word in text for word in words)), None)

    return look


def with_identity(least: int) -> Also:
    """That so many identities at least were tried, and all hold."""

    def look(read: Parsed) -> str | None:
        tried = read.certificate.identities
        if len(tried) < least:
            return f"{len(tried)} identities tried"
        return None if all(one.held for one in tried) else "an identity is broken"

    return look


def facts_where(read: Parsed, keep: Callable[[Fact], bool]) -> list[Fact]:
    return [fact for fact in read.facts if keep(fact)]


def statement(company: str, title: str, line: str | Sequence[str], rows: Sequence[CellRow], *, ruled: bool = False) -> list[Block]:
    """Company, title, lines above the table, and the table, its heads first."""
    lines = [line] if isinstance(line, str) else line
    over: list[Block] = [Heading(company), *([Heading(title, 2)] if title else [])]
    return [*over, *(Line(text) for text in lines if text), Table(list(rows), ruled=ruled)]


def formats(
    name: str,
    blocks: Sequence[Block],
    kinds: str,
    found: Sequence[Figure],
    *,
    no: Sequence[NoFigure] = (),
    told: Sequence[str] = (),
    tell: Sequence[str] = (),
    issuer: str | None = None,
    also: Also | None = None,
) -> Iterator[Trial]:
    """The same blocks as a file of each kind ("pdf html docx")."""
    for kind in kinds.split():

        def made(kind: str = kind) -> bytes:
            return written(blocks, kind)

        yield paper(f"{name}, {kind}", made, kind, found, no=no, told=told, tell=tell, issuer=issuer, also=also)
