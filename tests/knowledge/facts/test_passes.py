"""The passes by which a paper is read for facts: their order is data, each says why it stands where it stands, and none changes a draft."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields, replace
from typing import Any

import pytest
from tests.knowledge.facts.papers import COVER_ZH, document, table

from finfoundry.core.document import Block, Document
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.draft import Draft, Pass
from finfoundry.knowledge.facts.passes import PASSES, read

ORDER = [
    "simplified characters", "full years", "profile", "calendar", "tables", "footnotes", "usual measure", "complete measures", "rows",
    "told apart", "two years", "own result", "operating income", "lines by place", "reading order", "shares in full",
    "counts among cents", "subjects", "parent", "single statement", "known lines", "dashes", "sentences", "own year", "as printed",
]  # fmt: skip
FIELDS = [one.name for one in fields(Draft)]


class Forbidden:
    """What stands in the place of a field that a pass does not name among those that it reads."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"looked at: {name}")

    def _refuse(self, *_: object) -> Any:
        raise AssertionError("looked at")

    __iter__ = __len__ = __bool__ = __getitem__ = __contains__ = _refuse


def papers() -> dict[str, Document]:
    """A form with statements, highlights and footnotes; a report in Chinese with sentences; one in traditional characters."""
    income = table(
        [["", "2024", "2023"], ["Revenue", "900", "800"], ["Operating income", "40", "30"], ["Operating profit", "90", "—"],
         ["Net income", "60", "50"], ["Net income attributable to non-controlling interests", "5", "4"],
         ["Net income attributable to the owners", "55", "46"]],
        title="Consolidated statements of income", note="(in millions)",
    )  # fmt: skip
    starred = table([["EUR*", "Dec 23", "Dec 22"], ["Deposits", "7", "6"], ["Loans", "3", "2"]], title="Balances")
    twice = table([["", "EUR m"], ["Year ended December 31, 2024"], ["Plan A", "5"], ["2022", "3"], ["Other", "7"]])
    apart = table([["", "2024", "2024"], ["Claims", "5", "6"]], title="Claims")
    note = Block("paragraph", "* All amounts in thousands.")
    employees = Block("paragraph", "截至2020年末，本公司共有员工1,234人。前五名客户销售额12,345.67万元，占年度销售总额10.5%。")
    zh = table([["项目", "2020年", "2019年"], ["营业收入", "900", "800"], ["净利润", "60", "50"]], title="利润表", note="单位：元")
    tw = table([["項目", "113年", "112年"], ["營業收入", "900", "800"], ["營業利益", "60", "50"]], title="綜合損益表")
    lines = [Block("paragraph", "民國一一三年度財務報告，會計師查核簽證，資產負債表與損益表均經董事會通過。")]
    return {
        "form": document([income, starred, note, twice], [apart]),
        "chinese": document([zh, employees], cover=COVER_ZH),
        "traditional": document([*lines, tw], cover=[Block("heading", "範例股份有限公司"), Block("heading", "113年度財務報告")]),
        "nothing": document([Block("paragraph", "There is no table.")]),
    }


def before_each(paper: Document) -> list[tuple[Pass, Draft]]:
    """Each pass with the draft that it is given."""
    draft, found = Draft(paper, paper), []
    for one in PASSES:
        found.append((one, draft))
        draft = one.run(draft)
    return found


def test_the_order_of_the_passes_is_this() -> None:
    assert [one.name for one in PASSES] == ORDER


def test_each_pass_says_why_it_stands_where_it_stands() -> None:
    assert [one.name for one in PASSES if len(one.why.split()) < 10] == []
    assert len({one.name for one in PASSES}) == len({one.why for one in PASSES}) == len(PASSES)


def test_what_a_pass_reads_is_there_by_then() -> None:
    there = {"document"}
    for one in PASSES:
        assert set(one.reads) <= there, one.name
        there |= set(one.adds)
    assert there == set(FIELDS)


@pytest.mark.parametrize("name", papers())
def test_a_pass_changes_nothing_that_it_is_given(name: str) -> None:
    for one, draft in before_each(papers()[name]):
        kept = deepcopy(draft)
        one.run(draft)
        assert draft == kept, one.name


@pytest.mark.parametrize("name", papers())
def test_a_pass_gives_anew_only_what_it_says_that_it_adds(name: str) -> None:
    for one, draft in before_each(papers()[name]):
        after = one.run(draft)
        assert {field for field in FIELDS if getattr(after, field) is not getattr(draft, field)} <= set(one.adds), one.name


@pytest.mark.parametrize("name", papers())
def test_a_pass_looks_at_nothing_but_what_it_says_that_it_reads(name: str) -> None:
    for one, draft in before_each(papers()[name]):
        hidden: dict[str, Any] = {field: Forbidden() for field in FIELDS if field not in one.reads}
        after = one.run(replace(draft, **hidden))
        assert {field: getattr(after, field) for field in one.adds} == {field: getattr(one.run(draft), field) for field in one.adds}


def test_the_document_stays_as_it_is_until_profile_and_doubts_are_filled_in() -> None:
    paper, kept = papers()["form"], papers()["form"]
    draft = read(paper)
    assert paper == kept
    assert extract(paper) == list(draft.facts)
    assert (paper.profile, paper.doubts) == (draft.profile, draft.doubts)


def test_what_is_in_doubt_is_told_by_table() -> None:
    doubts = read(papers()["form"]).doubts
    assert (dict(doubts.of_two_years), dict(doubts.not_told_apart)) == ({2: 1}, {3: 2})
