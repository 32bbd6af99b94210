"""Chains of causes over credit memos that were written by hand: what the product shows, and what it makes of the chains written in them.

    python benchmarks/chains_by_hand.py [--part read|blind] [--show] [--json]

``by_hand/memos.jsonl`` holds memos about companies that do not exist, one hand's, each with the chain that its writer holds for right and a
second hand's review. Nothing but rules answers. Counted over memos, unless another unit is named:

*shown*: the answer has a chain. *bound*: every step of it cites cells. *ends*: its last step has both figures of the written conclusion
and goes its way. *begins*: its first step has the figures of the row that is the written cause; *on the way*: a later step has, or the
first has those of a later step of the written chain. *right*: it begins and ends so. *premises*: rows that the writer names and the chain
cites, each taken out of the paper, one that is a sum of rows above it with one of these, since they say it again: is the chain another
then, or none? (*lines*: the row taken out by itself; *others*: the same of a row that the chain does not cite.)
*accepted*: the written chain is sound by the check of chains. *false*: chains that are the written one but for a figure, the order of two
figures, or the cause, for which another row stands that moved; *of accepted* counts those whose true chain was accepted: where it was not,
a refusal says little.

``--show`` tells of the part read what is not as written, never of the blind one.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from finfoundry import terminal
from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.core.answer import Answer, ChainStep
from finfoundry.core.document import Parsed
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.progress import Progress
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.usecases.chains.checked_chain import CheckedChain, checked_chain
from hand_rows import rows
from measures import carried_out

FILE = Path(__file__).parent / "by_hand/memos.jsonl"
_CELL = re.compile(r"\(?[-−]?[\d,]*\d(?:\.\d+)?\)?|[-–—]")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?(?!\d*[年月-])")
Memo = dict[str, Any]
Ends = tuple[Decimal, Decimal]


class _NoMeaning:
    """A search that compares nothing: chains need none."""

    def likeness(self, question: str, texts: object) -> list[float]:  # noqa: ARG002
        return []


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row of a memo's statements: its table and line in the paper, its label, its two printed amounts without a sign, the earlier year
    first.
    """

    table: int
    line: str
    label: str
    printed: tuple[str, str]
    ends: Ends
    years: tuple[str, str]


def paper_rows(paper: str) -> list[PaperRow]:
    """The rows of the tables of two years; the column of the lower year is the earlier."""
    found = list[PaperRow]()
    heads = list[str]()
    table = 0
    for line in paper.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if len(cells) != 3 or not line.startswith("|"):
            heads = []
        elif not heads:
            heads, table = cells, table + 1
        elif all(_CELL.fullmatch(cell) for cell in cells[1:]) and not set(cells[1]) <= set(":-"):
            (one, first), (other, last) = sorted(zip(heads[1:], cells[1:], strict=True), key=lambda pair: _when(pair[0]))
            found.append(PaperRow(table, line, cells[0], (first, last), (_amount(first), _amount(last)), (one, other)))
    return found


def summed(row: PaperRow, every: Sequence[PaperRow]) -> Sequence[PaperRow]:
    """The rows right above a row that it is the sum of, or the first less the others, in both years; none where there are none."""
    above = [one for one in every[: every.index(row)] if one.table == row.table]
    for parts in (above[-size:] for size in range(2, len(above) + 1)):
        for sign in (1, -1):
            if all(parts[0].ends[end] + sign * sum(one.ends[end] for one in parts[1:]) == row.ends[end] for end in (0, 1)):
                return parts
    return ()


def _when(head: str) -> tuple[str, bool]:
    years = re.findall(r"(?:19|20)\d\d|\d{2,3}(?=年)|(?<=FY)\d\d", head)
    return (years[0] if years else "", "本" in head)


def _amount(cell: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", cell) or 0)


def asked(memo: Memo, *without: PaperRow) -> Answer:
    """The memo's question over its paper, perhaps without some rows."""
    text = memo["paper"]
    for row in without:
        text = text.replace(f"{row.line}\n", "", 1)
    papers = given_papers([parse(text.encode(), "memo.md")], _NoMeaning())  # type: ignore[arg-type]
    return Agent(None, papers, papers).ask(ADMINISTRATOR, memo["question"])[0]


def is_of(step: ChainStep, ends: Ends) -> bool:
    """Whether both figures of a step are these, at one scale of a power of ten."""
    first, last = abs(Decimal(step.first)), abs(Decimal(step.last))
    return any((first, last) == (ends[0] * scale, ends[1] * scale) for scale in map(Decimal, (1, 1_000, 10_000, 1_000_000, 100_000_000)))


def is_told(step: ChainStep, sentence: str) -> bool:
    """Whether a written sentence prints both figures of a step, each at the precision at which it prints it."""
    numbers = [(abs(one.value), one.scale.scaleb(-one.precision) / 2) for one in find_numbers(sentence)]
    ends = (abs(Decimal(step.first)), abs(Decimal(step.last)))
    return all(any(abs(end * by - value) <= step_of for value, step_of in numbers for by in (1, 100)) for end in ends)


def begins(memo: Memo, chain: Sequence[ChainStep]) -> str:
    """Where the written cause stands in a chain: at its beginning, on the way, or nowhere."""
    cause = next(row.ends for row in paper_rows(memo["paper"]) if row.label == memo["cause"])
    if is_of(chain[0], cause):
        return "begins"
    later = any(is_told(chain[0], sentence) for sentence in memo["chain"][1:-1])
    return "on the way" if later or any(is_of(step, cause) for step in chain[1:]) else "elsewhere"


def premises(memo: Memo, answer: Answer) -> Iterator[tuple[str, bool]]:
    """The named rows that the chain cites, and a row that it does not: whether the chain is another, or none, without it."""
    told = {marker for step in answer.chain for marker in step.citations}
    quotes = [citation.quote for citation in answer.citations if citation.marker in told]
    every = paper_rows(memo["paper"])
    cited = [row for row in every if any(quote.startswith(row.label) for quote in quotes)]
    for row in (row for row in cited if row.label in memo["premises"]):
        alone = _is_another(answer, asked(memo, row))
        parts = summed(row, every)
        said_again = next((part for part in parts if part not in cited), next(iter(parts), None))
        yield "lines", alone
        yield "premises", alone or (said_again is not None and _is_another(answer, asked(memo, row, said_again)))
    if other := next((row for row in every if row not in cited and row.label not in memo["premises"]), None):
        yield "others", _is_another(answer, asked(memo, other))


def _is_another(answer: Answer, other: Answer) -> bool:
    return _figures(answer) != _figures(other)


def _figures(answer: Answer) -> list[tuple[str, str, str]]:
    return [(step.metric, step.first, step.last) for step in answer.chain]


def false_chains(memo: Memo) -> Iterator[tuple[str, list[str]]]:
    """The written chain made wrong: a figure altered, the figures of a step in the other order, another cause that moved."""
    first, *others = memo["chain"]
    figures = list(_FIGURE.finditer(first))
    shown = [cell.strip("()-") for row in paper_rows(memo["paper"]) if row.label == memo["cause"] for cell in row.printed]
    found = [one for one in figures if one[0] in shown]
    if found:
        digit = found[0].start()
        yield "figure", [f"{first[:digit]}{int(first[digit]) % 9 + 1}{first[digit + 1 :]}", *others]
    if len(found) == 2:
        one, two = found
        yield "direction", [f"{first[: one.start()]}{two[0]}{first[one.end() : two.start()]}{one[0]}{first[two.end() :]}", *others]
    if swapped := _another_cause(memo, found):
        yield "cause", [swapped, *others]


def _another_cause(memo: Memo, figures: Sequence[re.Match[str]]) -> str | None:
    """The first step told of the row that moved most of those that the writer does not name, of the cause's direction and another table."""
    held = paper_rows(memo["paper"])
    cause = next(row for row in held if row.label == memo["cause"])
    up = cause.ends[1] > cause.ends[0]
    tables = [table for table in re.split(r"\n\s*\n", memo["paper"]) if cause.line not in table]
    moved = [
        row for row in held
        if all(row.ends) and (row.ends[1] > row.ends[0]) == up and row.label not in memo["premises"]
        and any(row.line in one for one in tables)
    ]  # fmt: skip
    if not moved or len(figures) != 2 or cause.label not in memo["chain"][0]:
        return None
    row = max(moved, key=lambda one: abs(one.ends[1] / one.ends[0] - 1))
    by_value = dict(zip((cell.strip("()-") for cell in cause.printed), (cell.strip("()-") for cell in row.printed), strict=True))
    return _FIGURE.sub(lambda found: by_value.get(found[0], found[0]), memo["chain"][0].replace(cause.label, row.label, 1))


def why_not(checked: CheckedChain) -> str:
    """The first thing that a check holds against a chain."""
    for number, step in enumerate(checked.steps, 1):
        if step.status != "supported":
            return f"step {number} {step.status}: {step.reason}"
    at = next(number for number, step in enumerate(checked.steps, 1) if not step.leads)
    return f"step {at} leads nowhere" if checked.steps[at - 1].leads is False else f"step {at}: not known whether it leads"


def measured(memo: Memo, counts: Counter[str]) -> list[str]:
    """Count one memo; what of it is not as written."""
    paper, answer = parse(memo["paper"].encode(), "memo.md"), asked(memo)
    notes, chain = list[str](), answer.chain
    counts["memos"] += 1
    counts["shown"] += bool(chain)
    if chain:
        at = begins(memo, chain)
        ends = is_told(chain[-1], memo["chain"][-1]) and chain[-1].moved == memo["moved"]
        counts["bound"] += all(step.citations for step in chain)
        counts["ends"] += ends
        counts[at] += 1
        counts["right"] += ends and at == "begins"
        for kind, changed in premises(memo, answer):
            counts[kind] += 1
            counts[f"{kind} changed"] += changed
        notes += [] if ends and at == "begins" else [f"{at}, {'ends as written' if ends else 'ends otherwise'}", *_told(chain)]
    else:
        notes.append(f"no chain: {answer.status} {answer.text[:200]}")
    return [*notes, *_checked(memo, paper, counts)]


def _checked(memo: Memo, paper: Parsed, counts: Counter[str]) -> list[str]:
    """Count what the check says of the written chain, and of the false ones."""
    told = checked_chain(" -> ".join(memo["chain"]), [paper])
    counts["accepted"] += told.sound
    counts["steps"] += len(told.steps)
    counts["steps supported"] += sum(step.status == "supported" for step in told.steps)
    notes = [] if told.sound else [f"written chain: {why_not(told)}"]
    for kind, chain in false_chains(memo):
        refused = not checked_chain(" -> ".join(chain), [paper]).sound
        for name in ("false", f"false {kind}", *(("false of accepted",) if told.sound else ())):
            counts[name] += 1
            counts[f"{name} refused"] += refused
        notes += [] if refused else [f"false chain ({kind}) accepted: {chain[0]}"]
    return notes


def _told(chain: Sequence[ChainStep]) -> list[str]:
    return [f"  {step.text} ({step.share})" for step in chain]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("read", "blind"), help="only memos of this part")
    parser.add_argument("--memos", nargs="*", help="only these, by their id")
    parser.add_argument("--show", action="store_true", help="what of the part read is not as written")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    memos = [memo for memo in rows(FILE) if given.part in (None, memo["part"]) and (not given.memos or memo["id"] in given.memos)]
    counts = Counter[str]()
    with terminal.progress(quiet=given.json) as report:
        for number, memo in enumerate(memos, 1):
            notes = measured(memo, counts)
            report(Progress("chains", number, len(memos), "memos"))
            if given.show and notes and memo["part"] == "read":
                print("\n  ".join([f"{memo['id']} {memo['question']}", *notes]), file=sys.stderr)
    print(json.dumps(counts) if given.json else table(counts))


def table(counts: Counter[str]) -> str:
    """The counts as lines."""
    lines = [
        *((name, counts[name], counts["memos"]) for name in ("shown", "bound", "ends", "begins", "on the way", "right", "accepted")),
        *((name, counts[f"{name} changed"], counts[name]) for name in ("premises", "lines", "others")),
        ("steps supported", counts["steps supported"], counts["steps"]),
        *(
            (f"{name} refused", counts[f"{name} refused"], counts[name])
            for name in counts
            if re.fullmatch(r"false(?: \w+)*(?<!refused)", name)
        ),
    ]
    return "\n".join(f"{name:<28}{part:>4} of {whole}" for name, part, whole in lines)


if __name__ == "__main__":
    carried_out(main)
