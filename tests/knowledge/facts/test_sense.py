"""Lines that name a loss, or cash used: the value of their concept is below zero, with brackets and without."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts.sense import side_of
from finfoundry.knowledge.facts.table.concepts import find_concept
from finfoundry.knowledge.ingest.parse_file import parse


def facts_of(
    *rows: tuple[str, str, str], heading: str = "(in millions)", title: str = "CONSOLIDATED STATEMENTS OF OPERATIONS"
) -> list[Fact]:
    lines = "".join(f"<tr><td>{label}</td><td>{now}</td><td>{before}</td></tr>" for label, now, before in rows)
    years = ("2024年度", "2023年度") if any("\u4e00" <= letter <= "\u9fff" for letter in title) else ("2024", "2023")
    head = "".join(f"<td>{year}</td>" for year in years)
    page = f"<html><body><p>{title}</p><table><tr><td>{heading}</td>{head}</tr>{lines}</table></body></html>"
    return parse(page.encode(), "f.html").facts


def values(facts: list[Fact], concept: str) -> list[int]:
    return [int(fact.value) // 1_000_000 for fact in facts if fact.concept == concept]


@pytest.mark.parametrize(
    ("label", "concept"),
    [
        ("Operating loss", "OperatingIncomeLoss"), ("Loss from operations", "OperatingIncomeLoss"), ("Net loss", "NetIncomeLoss"),
        ("Net loss for the year", "ProfitLoss"), ("Loss before income taxes", "IncomeLossBeforeIncomeTaxes"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("printed", ["300", "(300)"])
def test_a_line_that_names_a_loss_is_below_zero_with_brackets_and_without(label: str, concept: str, printed: str) -> None:
    found = facts_of(("Revenue", "1,000", "900"), (label, printed, printed.replace("3", "2")))
    assert values(found, concept) == [-300, -200]
    assert values(found, "Revenues") == [1000, 900]


@pytest.mark.parametrize(
    ("label", "concept"), [("营业亏损", "OperatingIncomeLoss"), ("净亏损", "ProfitLoss"), ("亏损总额", "IncomeLossBeforeIncomeTaxes")]
)
def test_a_line_in_chinese_that_names_a_loss_is_that_of_the_profit_below_zero(label: str, concept: str) -> None:
    rows = (("营业收入", "1,000", "900"), ("营业成本", "800", "700"), (label, "300", "200"))
    assert values(facts_of(*rows, heading="单位：百万元", title="合并利润表"), concept) == [-300, -200]


@pytest.mark.parametrize(
    ("label", "printed", "value"),
    [
        ("Net income", "300", 300), ("Net income (loss)", "300", 300), ("Net (loss) income", "(300)", -300), ("Net income", "(300)", -300),
        ("Operating profit", "300", 300),
    ],
)  # fmt: skip
def test_a_line_that_names_a_profit_or_either_is_as_printed(label: str, printed: str, value: int) -> None:
    found = facts_of(("Revenue", "1,000", "900"), (label, printed, printed))
    assert [int(fact.value) // 1_000_000 for fact in found if fact.metric == (label,)] == [value, value]


@pytest.mark.parametrize("label", ["Impairment loss", "Loss on disposal", "Credit losses", "Other comprehensive loss", "减值损失"])
def test_a_loss_that_is_no_result_is_as_printed(label: str) -> None:
    found = facts_of(("Revenue", "1,000", "900"), (label, "300", "200"))
    assert [int(fact.value) // 1_000_000 for fact in found if fact.metric == (label,)] == [300, 200]


def test_a_row_with_brackets_and_without_stays_as_printed_and_is_said() -> None:
    page = (
        "<html><body><p>CONSOLIDATED STATEMENTS OF OPERATIONS</p><table><tr><td>(in millions)</td><td>2024</td><td>2023</td></tr>"
        "<tr><td>Revenue</td><td>1,000</td><td>900</td></tr><tr><td>Net loss</td><td>300</td><td>(50)</td></tr></table></body></html>"
    )
    parsed = parse(page.encode(), "f.html")
    assert values(parsed.facts, "NetIncomeLoss") == [300, -50]
    (said,) = parsed.document.contradicted
    assert "'300'" in said
    assert "'(50)'" in said


def test_cash_used_is_below_zero_with_brackets_and_without() -> None:
    rows = (("Net cash used in operating activities", "88", "130"), ("Net cash provided by financing activities", "90", "140"))
    found = facts_of(*rows, title="CONSOLIDATED STATEMENTS OF CASH FLOWS")
    assert values(found, "NetCashProvidedByUsedInOperatingActivities") == [-88, -130]
    assert values(found, "NetCashProvidedByUsedInFinancingActivities") == [90, 140]


@pytest.mark.parametrize(
    ("label", "side"),
    [
        ("Loss before income tax", "loss"), ("Net (loss) income", "either"), ("净利润（亏损以“－”号填列）", "either"), ("净亏损", "loss"),
        ("Net cash used in operating activities", "loss"), ("Net cash provided by (used in) operating activities", "either"),
        ("Profit for the year", "gain"), ("Total", None), ("Income tax expense", None),
    ],
)  # fmt: skip
def test_the_side_of_a_label_is_what_it_names(label: str, side: str | None) -> None:
    assert side_of((label,)) == side


@pytest.mark.parametrize("label", ["Tax loss", "Accumulated loss", "未弥补亏损", "Segment loss", "累计亏损", "Loss on sale"])
def test_a_loss_of_another_kind_has_no_concept_of_a_result(label: str) -> None:
    assert find_concept((label,), "income") is None
