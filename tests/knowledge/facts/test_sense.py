"""The side that a label names, and rows of losses that print figures with and without brackets."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts.tags.sense import side_of
from finfoundry.knowledge.ingest.parse_file import parse


def values(facts: list[Fact], concept: str) -> list[int]:
    return [int(fact.value) // 1_000_000 for fact in facts if fact.concept == concept]


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


@pytest.mark.parametrize(
    ("label", "side"),
    [
        ("Loss before income tax", "loss"), ("Net (loss) income", "either"), ("净利润（亏损以“－”号填列）", "either"), ("净亏损", "loss"),
        ("Net cash used in operating activities", "loss"), ("Net cash provided by (used in) operating activities", "either"),
        ("Profit for the year", "gain"),
        ("Cash from (used for) operating activities", "either"), ("Total", None), ("Income tax expense", None),
    ],
)  # fmt: skip
def test_the_side_of_a_label_is_what_it_names(label: str, side: str | None) -> None:
    assert side_of((label,)) == side


@pytest.mark.parametrize("row", [("300", "50"), ("(300)", "(50)"), ("300", "—")])
def test_a_row_of_losses_of_one_sign_is_no_contradiction(row: tuple[str, str]) -> None:
    page = (
        "<html><body><p>CONSOLIDATED STATEMENTS OF OPERATIONS</p><table><tr><td>(in millions)</td><td>2024</td><td>2023</td></tr>"
        f"<tr><td>Revenue</td><td>1,000</td><td>900</td></tr><tr><td>Net loss</td><td>{row[0]}</td><td>{row[1]}</td></tr></table>"
        "</body></html>"
    )
    assert parse(page.encode(), "f.html").document.contradicted == []
