"""What words say of a figure that its line has to say, too: basic or diluted, before tax, whose. No row beside it is needed to tell."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding import CellEvidence, verify
from finfoundry.binding.sentence.demands import unmet
from finfoundry.binding.sentence.labels import words
from finfoundry.core.answer import DocumentName
from finfoundry.core.document import Fact

PAPER = DocumentName("0" * 64, "report.pdf")
ROWS = (
    (("Revenue",), "1234", "USD", 1_000_000), (("Net income",), "150", "USD", 1_000_000),
    (("Net income attributable to shareholders",), "140", "USD", 1_000_000), (("Earnings per share", "Diluted"), "1.40", "USD/share", 1),
)  # fmt: skip
CELLS = [
    CellEvidence(
        Fact(path, Decimal(text) * scale, unit, "2024-01-01/2024-12-31", text, 1, scale=Decimal(scale), precision=precision), PAPER
    )
    for path, text, unit, scale in ROWS
    for precision in (len(text.partition(".")[2]),)
]
LONE = "| USD million | 2024 | 2023 |\n|---|---|---|\n| Income before tax | 190 | 180 |\n"
PROFIT = """| USD million | 2024 | 2023 |
|---|---|---|
| Profit before taxation | 190 | 180 |
| Profit for the year | 150 | 120 |
| Attributable to: | | |
| Owners of the parent | 140 | 112 |
| Non-controlling interests | 10 | 8 |
| Basic EPS | 1.45 | 1.15 |
| Diluted EPS | 1.40 | 1.10 |
"""
PROSE = "Net income was $150 million in 2024. Earnings per share were $1.40 in 2024."
PROSE_ZH = "2024年公司实现净利润1.5亿元，每股收益1.40元。"
TABLE_ZH = """| 万元 | 2024年 | 2023年 |
|---|---|---|
| 利润总额 | 75 | 60 |
| 归属于母公司股东的净利润 | 55 | 45 |
| 少数股东损益 | 5 | 5 |
| 稀释每股收益（元/股） | 0.55 | 0.45 |
"""


def status(sentence: str, evidence: str | list[CellEvidence]) -> str:
    (checked,) = verify(sentence, [evidence] if isinstance(evidence, str) else evidence).sentences
    return checked.status


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Basic earnings per share were $1.40 in 2024.", CELLS), ("Earnings were $1.40 per basic share in 2024.", CELLS),
        ("Income before tax was $150 million in 2024.", CELLS), ("Profit before taxes was $150 million in 2024.", CELLS),
        ("Net income attributable to non-controlling interests was $140 million in 2024.", CELLS),
        ("Profit attributable to minority shareholders was $140 million in 2024.", CELLS),
        ("Net income of $150 million was attributable to non-controlling interests in 2024.", CELLS),
        ("Net income was $190 million in 2024.", LONE), ("Profit after tax was $190 million in 2024.", LONE),
        ("Income before tax was $150 million in 2024.", PROSE), ("Diluted earnings per share were $1.40 in 2024.", PROSE),
        ("Net income attributable to shareholders was $150 million in 2024.", PROSE),
        ("2024年归母净利润为1.5亿元。", PROSE_ZH), ("2024年利润总额为1.5亿元。", PROSE_ZH), ("2024年基本每股收益为1.40元。", PROSE_ZH),
        ("2024年基本每股收益为0.55元。", TABLE_ZH),
        ("2024年税前利润为55万元。", TABLE_ZH), ("2024年归属于少数股东的净利润为55万元。", TABLE_ZH),
    ],
)  # fmt: skip
def test_what_no_name_says_is_not_so(sentence: str, evidence: str | list[CellEvidence]) -> None:
    assert status(sentence, evidence) == "unsupported"


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Diluted earnings per share were $1.40 in 2024.", CELLS), ("Earnings per share were $1.40 in 2024.", CELLS),
        ("Net income attributable to shareholders was $140 million in 2024.", CELLS), ("Net income was $150 million in 2024.", CELLS),
        ("Earnings were $1.40 per diluted share in 2024.", CELLS),
        ("Income before tax was $190 million in 2024.", LONE), ("Pretax profit was $190 million in 2024.", PROFIT),
        ("Profit attributable to owners of the parent was $140 million in 2024.", PROFIT),
        ("Profit attributable to non-controlling interests was $10 million in 2024.", PROFIT),
        ("Profit for the year was $150 million on profit before taxation of $190 million in 2024.", PROFIT),
        ("Diluted EPS was $1.40 in 2024, compared with basic EPS of $1.45.", PROFIT), ("Profit before taxation rose 5.6% in 2024.", PROFIT),
        ("Diluted EPS rose 27% in 2024.", PROFIT), ("Net income was $150 million in 2024.", PROSE),
        ("2024年净利润为1.5亿元。", PROSE_ZH), ("2024年归母净利润为55万元。", TABLE_ZH), ("2024年少数股东损益为5万元。", TABLE_ZH),
        ("2024年净利润为55万元。", TABLE_ZH),
        ("2024年税前利润为75万元。", TABLE_ZH), ("2024年稀释每股收益为0.55元。", TABLE_ZH), ("2024年每股收益为0.55元。", TABLE_ZH),
    ],
)  # fmt: skip
def test_what_a_name_or_heading_says_holds(sentence: str, evidence: str | list[CellEvidence]) -> None:
    assert status(sentence, evidence) == "supported"


def test_what_a_line_is_known_to_be_says_it_too() -> None:
    fact = Fact(
        ("Earnings per share",),
        Decimal("1.14"),
        "USD/share",
        "2024-01-01/2024-12-31",
        "1.14",
        1,
        precision=2,
        concept="EarningsPerShareBasic",
    )
    told = ("Basic earnings per share were $1.14 in 2024.", "Diluted earnings per share were $1.14 in 2024.")
    assert [status(one, [CellEvidence(fact, PAPER)]) for one in told] == ["supported", "unsupported"]


def test_a_line_before_tax_is_called_net_only_where_it_calls_itself_so() -> None:
    told = words("net profit")
    assert unmet(told, words("profit before tax"), words("profit before tax"))
    assert not unmet(told, words("net profit before tax"), words("net profit before tax"))
