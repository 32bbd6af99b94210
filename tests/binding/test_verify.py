"""Someone else's answer against texts, tables and documents."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.binding import from_text, verify
from finfoundry.binding.given.tables import read_rows
from finfoundry.core.document import Block, Cell, Certificate, Document, Fact, Page, Parsed, Profile
from finfoundry.core.errors import InputError

HTML = """<h2>Balance Sheets (in millions)</h2><table>
<tr><th></th><th colspan="2">December 31,</th></tr><tr><th></th><th>2019</th><th>2018</th></tr>
<tr><td>Total current assets</td><td>$ 6,178</td><td>9,694</td></tr>
<tr><td>Accumulated deficit</td><td>(1,250)</td><td>—</td></tr></table>
<p>Revenue increased 28% to $20.2 billion in 2019.</p>"""
MARKDOWN = """单位：万元

| 项目 | 2020年 | 2019年 |
|---|---|---|
| 营业收入 | 158,234.50 | 112,743.21 |
| 毛利率（%） | 61.57 | 60.02 |

报告期末，公司共有员工3,456人。"""


@pytest.mark.parametrize(
    ("answer", "evidence", "outcomes"),
    [
        ("Total current assets were $6,178 million at the end of 2019.", HTML, [None]),
        ("Total current assets were $9.7 billion at the end of 2018.", HTML, [None]),
        ("Total current assets were $9.7 billion at the end of 2019.", HTML, ["other year"]),
        ("Total current assets were $6,178 thousand at the end of 2019.", HTML, ["wrong scale"]),
        ("The accumulated deficit was $1,250 million in 2019.", HTML, [None]),
        ("Revenue rose 28% to $20.2 billion in 2019.", HTML, [None, None]),
        ("2020年营业收入为15.82亿元，同比增长40.35%。", MARKDOWN, [None, None]),
        ("2020年毛利率为61.57%，员工3456人。", MARKDOWN, [None, None]),
        ("2020年毛利率为60.02%。", MARKDOWN, ["other year"]),
    ],
)
def test_figures_hold_or_say_why_not(answer: str, evidence: str, outcomes: list[str | None]) -> None:
    report = verify(answer, [evidence])
    assert [figure.reason for figure in report.figures] == outcomes
    assert report.holds is (outcomes.count(None) == len(outcomes))
    assert report.bound + report.unbound == len(report.figures)
    assert all(answer[figure.start : figure.end] == figure.text for figure in report.figures)


def test_a_parsed_document_gives_facts_tables_and_prose() -> None:
    cells = [Cell(0, 0, ""), Cell(0, 1, "2017"), Cell(1, 0, "Stores"), Cell(1, 1, "412")]
    blocks = [Block("paragraph", "Same-store sales rose 4.1% in 2017."), Block("table", "", cells=cells)]
    document = Document("r.pdf", "0" * 64, "application/pdf", 1, [Page(1, 612, 792, blocks)], Profile(entity="Larkspur, Inc."))
    fact = Fact(
        ("Net sales",), Decimal(5_000_000), "USD", "2017-01-01/2017-12-31", "5,000", 2, entity="Larkspur, Inc.", scale=Decimal(1000)
    )
    report = verify(
        "Net sales were $5 million in 2017. Same-store sales rose 4.1%. There were 412 stores.", [Parsed(document, [fact], Certificate())]
    )
    assert [figure.figure and figure.figure.source for figure in report.figures] == ["cell", "span", "cell"]
    assert {citation.document.name for citation in report.citations} == {"r.pdf"}
    assert verify("There were 412 stores in 2017.", [document]).holds


def test_a_table_keeps_spans_signs_shares_and_sections() -> None:
    markup = """<table><caption>(in thousands, except per share data)</caption>
    <tr><th rowspan=2></th><th colspan=2>Year ended December 31,</th></tr>
    <tr><th>2019</th><th>2018</th></tr><tr><td>Operating expenses:</td></tr><tr><td>Marketing</td><td>1,234</td><td>(56)</td></tr>
    <tr><td>Basic earnings per share</td><td>$</td><td>1.25</td></tr></table>"""
    rows = read_rows(markup)
    assert [(row.path, row.value, row.unit) for row in rows[:2]] == [
        (("Operating expenses:", "Marketing"), Decimal(1_234_000), None),
        (("Operating expenses:", "Marketing"), Decimal(-56_000), None),
    ]
    assert (rows[2].value, rows[2].unit) == (Decimal("1.25"), "USD/share")
    assert [period.fiscal_year for period in rows[0].periods] == [2019]


def test_limits_are_refused_with_a_message() -> None:
    with pytest.raises(InputError, match="characters"):
        verify("1" * 200_001, [])
    with pytest.raises(InputError, match="cells"):
        verify("5%", ["<table><tr><td colspan=1000 rowspan=1000>1</td></tr></table>"])


@given(st.text(max_size=300))
def test_any_evidence_is_read_without_error(text: str) -> None:
    verify("Revenue was $5 million in 2019.", [text])


@given(st.text(alphabet="<>table/trdh |-\n\t12,.()%$年a", max_size=300))
def test_table_like_evidence_is_read_without_error(text: str) -> None:
    from_text(text)
    read_rows(text)
