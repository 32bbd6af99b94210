"""Rows of which a model learns conclusions together with the chains that lead to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.core.answer import Answer, ChainStep, Language
from finfoundry.core.errors import InputError
from finfoundry.core.formulas import formulas
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.usecases.chains.checked_chain import CheckedChain, checked_chain
from finfoundry.usecases.chains.made_memos import MadeMemo, made_memos
from finfoundry.usecases.chains.told_causes import ARROW, told_causes

CONCLUSIONS, LINKS = "chain-conclusion.jsonl", "chain-links.jsonl"
_MARKER = re.compile(r"\s?\[\d+\]")
_CREDIT: Mapping[Language, Mapping[str, str]] = {
    "en": {way: f" By this measure alone, credit is {way}." for way in ("stronger", "weaker")},
    "zh": {way: f"仅就该指标而言，信用状况{zh}。" for way, zh in (("stronger", "增强"), ("weaker", "减弱"))},
}
_BETTER_LOWER = {"debt_to_assets"}  # which the library of formulas leaves open


@dataclass(frozen=True, slots=True)
class ChainData:
    """What was written: memos with a right chain; those without are left out; causes and effects that others labelled; memos that people
    wrote, with their own chains.
    """

    memos: int
    left_out: int
    pairs: int
    written: int
    folder: str


class _NoSearch:
    """Papers of statements alone are searched for nothing."""

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG002
        return ()

    def search(self, principal: object, query: object) -> Sequence[Any]:  # noqa: ARG002
        return ()

    def behind(self, principal: object, hit: object, most: int) -> Sequence[Any]:  # noqa: ARG002
        return ()


def answered(memo: MadeMemo) -> Answer:
    """A memo's question over its own statements, without a model."""
    papers = given_papers([parse(memo.paper().encode(), "memo.md")], _NoSearch())
    return Agent(None, papers, papers).ask(ADMINISTRATOR, memo.question)[0]


def is_right(memo: MadeMemo, chain: Sequence[ChainStep]) -> bool:
    """Whether a chain begins with the planted cause and ends with what was asked, both moved as they did."""
    ends = [(one.metric, one.moved) for one in (*chain[:1], *chain[-1:])]
    return ends == [(memo.root, memo.moved), (memo.asked, memo.asked_moved)]


def write_rows(out: Path, each: int = 40, seed: int = 0, data: Path | None = None, written: Path | None = None) -> ChainData:
    """Write the rows of both tasks. ``data``: the folder with the rows of ``fincqa``; ``written``: memos of people, one a line. Raises
    InputError where files cannot be used.
    """
    memos = made_memos(each, seed)
    told = [(memo, chain) for memo in memos if is_right(memo, chain := answered(memo).chain)]
    pairs = list(told_causes(data)) if data else []
    by_hand = list(written_memos(written)) if written else []
    conclusions = [_row(memo, conclusion_of(memo, chain)) for memo, chain in told] + [_written(one, one.conclusion) for one in by_hand]
    links = [_row(memo, ARROW.join(bare(step.text) for step in chain)) for memo, chain in told] + pairs
    links += [_written(one, ARROW.join(one.chain)) for one in by_hand]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, lines in ((CONCLUSIONS, conclusions), (LINKS, links)):
            (out / name).write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}", remedy="Give another folder") from error
    return ChainData(len(told), len(memos) - len(told), len(pairs), len(by_hand), str(out))


def conclusion_of(memo: MadeMemo, chain: Sequence[ChainStep]) -> str:
    """What moved, and what that means for credit."""
    better = "lower" if memo.asked in _BETTER_LOWER else formulas()[memo.asked].better if memo.asked in formulas() else "higher"
    stronger = (chain[-1].moved == "up") == (better != "lower")
    return f"{bare(chain[-1].text)}{_CREDIT[memo.language]['stronger' if stronger else 'weaker']}"


def bare(text: str) -> str:
    """A sentence without its markers."""
    return _MARKER.sub("", text).strip()


class WrittenMemo(BaseModel):
    """A memo that somebody wrote: its text, a question about it, and the chain that they hold for right, the conclusion last."""

    paper: str
    question: str
    company: str
    lang: Language
    chain: list[str] = Field(min_length=2)
    credit: Literal["stronger", "weaker"]

    @property
    def conclusion(self) -> str:
        return f"{self.chain[-1]}{_CREDIT[self.lang][self.credit]}"


def written_memos(file: Path) -> Iterator[WrittenMemo]:
    """The memos of a file, one a line. Raises InputError with the line that is none."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}", remedy="Give a file of memos, one JSON object a line") from error
    for number, line in enumerate(lines, 1):
        try:
            yield WrittenMemo.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            raise InputError(
                f"{file}, line {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}",
                remedy="Each line has paper, question, company, lang, chain and credit",
            ) from error


def _written(memo: WrittenMemo, target: str) -> dict[str, str]:
    return {"text": memo.paper, "question": memo.question, "target": target, "group": memo.company, "case": "written"}


def _row(memo: MadeMemo, target: str) -> dict[str, str]:
    return {"text": memo.paper(), "question": memo.question, "target": target, "group": memo.company, "case": memo.case}


def check_chain(chain: str, papers: Sequence[Path]) -> CheckedChain:
    """A chain of somebody held against papers. Raises InputError, ParseError."""
    return checked_chain(chain, [parse(path.read_bytes(), path.name) for path in papers])
