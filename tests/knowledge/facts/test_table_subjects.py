"""Sheets with the same rows, each on another subject: the subject heads the rows, and the bank of the title has them."""

from __future__ import annotations

import io

import openpyxl
import pytest
from tests.knowledge.facts.papers import table

from finfoundry.core.document import Block, Document, Fact, Page
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.ingest.parse_file import parse

MONTHS = ["片区", "分行", "2025年1月", "2025年2月"]
SHEETS = {
    "存款余额": ("青屿城市商业银行 各分行存款余额（月末）", "单位：亿元", (207.3, 96.4)),
    "贷款余额": ("青屿城市商业银行 各分行贷款余额（月末）", "单位：亿元", (181.5, 88.9)),
    "代销收入": ("青屿城市商业银行 各分行代销净收入", "单位：万元", (930, 415)),
}


def workbook() -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for name, (title, unit, (first, second)) in SHEETS.items():
        sheet = book.create_sheet(name)
        for row in ([title], [unit], MONTHS, ["河西片区", "芦汀分行", first, first + 1], ["", "石浦分行", second, second + 1]):
            sheet.append(row)
    del book["Sheet"]
    book.save(stream)
    return stream.getvalue()


def read(name: str = "青屿银行_分行月报.xlsx") -> tuple[Document, list[Fact]]:
    parsed = parse(workbook(), name)
    return parsed.document, parsed.facts


def test_facts_of_sheets_with_the_same_rows_bear_the_subjects_of_their_sheets() -> None:
    facts = read()[1]
    first = {fact.metric: (str(fact.value), fact.period) for fact in facts if fact.metric[-1] == "芦汀分行" and fact.column == 2}
    assert first == {
        ("存款余额", "河西片区", "芦汀分行"): ("20730000000.0", "2025-01-31"),
        ("贷款余额", "河西片区", "芦汀分行"): ("18150000000.0", "2025-01-31"),
        ("代销净收入", "河西片区", "芦汀分行"): ("9300000", "2025-01-01/2025-01-31"),
    }
    assert len({(fact.metric, fact.period) for fact in facts}) == len(facts)


def test_the_bank_whose_name_begins_the_title_reports_and_the_short_name_of_the_file_is_its_alias() -> None:
    profile = read()[0].profile
    assert (profile.entity, profile.aliases) == ("青屿城市商业银行", ("青屿银行",))
    assert {fact.entity for fact in read("月报.xlsx")[1]} == {"青屿城市商业银行"}


def test_lines_of_statements_and_rows_of_one_table_alone_need_no_subject() -> None:
    rows = [["", "2024", "2023"], ["Revenue", "5", "4"], ["Net income", "3", "2"]]
    blocks = [Block("heading", "Example Holdings, Inc."), Block("heading", "North"), Block("heading", "South")]
    for block, heading in ((table(rows), "North"), (table(rows), "South")):
        block.section = (heading,)
        blocks.append(block)
    flow = Document("paper.html", "0" * 64, "text/html", 1, [Page(1, 0, 0, blocks, source="flow")])
    assert {fact.metric for fact in extract(flow)} == {("Revenue",), ("Net income",)}


def below(*headings: tuple[str, str]) -> set[tuple[str, ...]]:
    """The labels of tables of two branches, one below each heading, of which the first figure is given."""
    blocks: list[Block] = []
    for heading, first in headings:
        block = table([["Branch", "2024", "2023"], ["North Quay", first, "44"], ["Mill Lane", "33", "27"]])
        block.section = ("Annual review", heading)
        blocks += [Block("heading", heading), block]
    flow = Document("paper.html", "0" * 64, "text/html", 1, [Page(1, 0, 0, blocks, source="flow")])
    return {fact.metric for fact in extract(flow)}


def test_tables_below_headings_of_a_text_are_told_apart_by_the_headings() -> None:
    headings = ("Deposits by branch", "Loans by branch")
    assert below((headings[0], "51"), (headings[1], "47")) == {
        (heading, branch) for heading in headings for branch in ("North Quay", "Mill Lane")
    }


@pytest.mark.parametrize(
    ("headings", "why"),
    [
        ((("Deposits by branch", "51"), ("Deposits again", "51")), "the same figures"),
        ((("Half-year 2024 and half-year 2023", "51"), ("Year 2024 compared with year 2023", "47")), "headings of times"),
    ],
)
def test_headings_above_rows_that_need_no_telling_apart_stay_headings(headings: tuple[tuple[str, str], ...], why: str) -> None:
    assert below(*headings) == {("North Quay",), ("Mill Lane",)}, why
