"""Rows of which a model learns conclusions together with the chains that lead to them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finfoundry.ask.asker import Agent
from finfoundry.ask.chains.checked_chain import CheckedChain, checked_chain
from finfoundry.ask.chains.made_memos import MadeMemo, made_memos
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.core.answer import Answer, ChainStep
from finfoundry.core.errors import InputError
from finfoundry.core.formulas import formulas
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.usecases.chains.told_causes import ARROW, told_causes

CONCLUSIONS, LINKS = "chain-conclusion.jsonl", "chain-links.jsonl"
_MARKER = re.compile(r"\s?\[\d+\]")
_BETTER_LOWER = {"debt_to_assets"}  # which the library of formulas leaves open


@dataclass(frozen=True, slots=True)
class ChainData:
    """What was written: memos with a right chain; those without are left out; causes and effects that others labelled."""

    memos: int
    left_out: int
    pairs: int
    folder: str


class _NoSearch:
    """Papers of statements alone are searched for nothing."""

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG002
        return ()

    def search(self, principal: object, query: object) -> Sequence[Any]:  # noqa: ARG002
        return ()


def answered(memo: MadeMemo) -> Answer:
    """A memo's question over its own statements, without a model."""
    papers = given_papers([parse(memo.paper().encode(), "memo.md")], _NoSearch())
    return Agent(None, papers, papers).ask(ADMINISTRATOR, memo.question)[0]


def is_right(memo: MadeMemo, chain: Sequence[ChainStep]) -> bool:
    """Whether a chain begins with the planted cause and ends with what was asked, both moved as they did."""
    ends = [(one.metric, one.moved) for one in (*chain[:1], *chain[-1:])]
    return ends == [(memo.root, memo.moved), (memo.asked, memo.asked_moved)]


def write_rows(out: Path, each: int = 40, seed: int = 0, data: Path | None = None) -> ChainData:
    """Write the rows of both tasks. ``data``: the folder with the rows of ``fincqa``. Raises InputError where files cannot be used."""
    memos = made_memos(each, seed)
    told = [(memo, chain) for memo in memos if is_right(memo, chain := answered(memo).chain)]
    pairs = list(told_causes(data)) if data else []
    conclusions = [_row(memo, conclusion_of(memo, chain)) for memo, chain in told]
    links = [_row(memo, ARROW.join(bare(step.text) for step in chain)) for memo, chain in told] + pairs
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, lines in ((CONCLUSIONS, conclusions), (LINKS, links)):
            (out / name).write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}", remedy="Give another folder") from error
    return ChainData(len(told), len(memos) - len(told), len(pairs), str(out))


def conclusion_of(memo: MadeMemo, chain: Sequence[ChainStep]) -> str:
    """What moved, and what that means for credit."""
    better = "lower" if memo.asked in _BETTER_LOWER else formulas()[memo.asked].better if memo.asked in formulas() else "higher"
    stronger = (chain[-1].moved == "up") == (better != "lower")
    if memo.language == "zh":
        return f"{bare(chain[-1].text)}仅就该指标而言，信用状况{'增强' if stronger else '减弱'}。"
    return f"{bare(chain[-1].text)} By this measure alone, credit is {'stronger' if stronger else 'weaker'}."


def bare(text: str) -> str:
    """A sentence without its markers."""
    return _MARKER.sub("", text).strip()


def _row(memo: MadeMemo, target: str) -> dict[str, str]:
    return {"text": memo.paper(), "question": memo.question, "target": target, "group": memo.company, "case": memo.case}


def check_chain(chain: str, papers: Sequence[Path]) -> CheckedChain:
    """A chain of somebody held against papers. Raises InputError, ParseError."""
    return checked_chain(chain, [parse(path.read_bytes(), path.name) for path in papers])
