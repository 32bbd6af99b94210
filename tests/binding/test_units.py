"""Signs that words carry: what is told without the sign that its row has, and what is not."""

from __future__ import annotations

import pytest

from finfoundry.binding.verify import verify

ROWS = (
    ("Payments for plant", "(35)"), ("Interest expense", "(36)"), ("Depreciation and amortization", "(37)"), ("Income taxes paid", "(38)"),
    ("Net income", "(39)"), ("Total equity", "(41)"), ("Provision for losses", "(42)"), ("Operating profit", "43"),
    ("Income tax benefit (expense)", "(44)"), ("支付的股利", "(45)"), ("营业利润", "(46)"),
    ("资产减值损失", "(47)"), ("Allowance for returns", "(48)"),
    ("Translation differences", "(49)"), ("Net (decrease) increase in cash", "(51)"), ("(Increase) decrease in inventories", "(52)"),
    ("本期现金及约当现金(减少)增加数", "(53)"),
)  # fmt: skip
TABLE = "<p>Heron Mills Inc. (in millions)</p><table><tr><th></th><th>2020</th></tr>" + "".join(
    f"<tr><td>{label}</td><td>{number}</td></tr>" for label, number in ROWS
)


def holds(text: str) -> bool:
    return all(figure.bound for figure in verify(text, [TABLE + "</table>"]).figures)


@pytest.mark.parametrize(
    "text",
    [
        "Payments for plant were $35 million in 2020.", "Interest expense was $36 million in 2020.",
        "Depreciation and amortization were $37 million in 2020.", "Income taxes paid were $38 million in 2020.",
        "The provision for losses was $42 million in 2020.", "2020年支付的股利为4500万元。", "2020年资产减值损失为4700万元。",
        "The allowance for returns was $48 million in 2020.",
    ],
)  # fmt: skip
def test_money_that_goes_out_is_told_without_its_brackets(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Net income was $39 million in 2020.", "Total equity was $41 million in 2020.", "2020年营业利润为4600万元。",
        "Translation differences were $49 million in 2020.",
        "Operating profit was a loss of $(43) million in 2020.", "Operating profit was a loss of $43 million in 2020.",
    ],
)  # fmt: skip
def test_a_loss_is_not_told_as_a_profit(text: str) -> None:
    assert not holds(text)


def test_a_loss_that_is_called_one_is_told_without_its_sign() -> None:
    assert holds("Operating profit was $43 million in 2020, after a loss of the year before.")
    page = TABLE.partition("<tr><td>Total equity")[0] + "</table>"
    assert all(figure.bound for figure in verify("Net income was a loss of $39 million in 2020.", [page]).figures)
    assert holds("Net income was $(39) million in 2020.")


@pytest.mark.parametrize("verb", ["fell to", "rose to", "declined to", "was", "increased to"])
def test_an_amount_has_no_direction_of_its_own(verb: str) -> None:
    assert holds(f"Operating profit {verb} $43 million in 2020.")


@pytest.mark.parametrize(
    ("currency", "any_dollar"),
    [("USD", True), ("HKD", True), ("CAD", True), ("AUD", True), ("SGD", True), ("NZD", True), ("TWD", True), ("EUR", False)],
)
def test_a_bare_dollar_sign_is_any_dollar(currency: str, any_dollar: bool) -> None:
    rows = "<tr><th></th><th>2020</th></tr><tr><td>Revenue</td><td>35</td></tr>"
    page = f"<p>Heron Mills Inc. (in millions of {currency})</p><table>{rows}</table>"
    (figure,) = verify("Revenue was $35 million in 2020.", [page]).figures
    assert figure.bound is any_dollar
    (named,) = verify("Revenue was US$35 million in 2020.", [page]).figures
    assert named.bound is (currency == "USD")


@pytest.mark.parametrize(
    "text",
    ["Cash decreased by $51 million in 2020.", "Inventories increased by $52 million in 2020.", "2020年现金及约当现金减少5300万元。"],
)
def test_the_sign_of_a_movement_is_read_by_its_name(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    ["Cash increased by $51 million in 2020.", "Inventories decreased by $52 million in 2020.", "2020年现金及约当现金增加5300万元。"],
)
def test_a_movement_the_other_way_is_none_of_it(text: str) -> None:
    assert not holds(text)
