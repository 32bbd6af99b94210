"""Which of two rows is the part, which is the larger, at which time, of which metric, and whose: against one made paper on a quarter."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding import Checker
from finfoundry.core.document import Block, Certificate, Document, Fact, Page, Parsed, Profile

NAME = "Larkspur, Inc."
MILLION = Decimal(1_000_000)
NOW, BEFORE = "2023-07-01/2023-09-30", "2022-07-01/2022-09-30"
FLOWS = {
    ("Net sales",): (1000, 800, "income", "Revenues"),
    ("Research and development",): (150, 100, "income", "ResearchAndDevelopmentExpense"),
    ("Operating income (loss)",): (-60, 90, "income", "OperatingIncomeLoss"),
    ("Income before income taxes",): (240, 200, "income", "IncomeLossBeforeIncomeTaxes"),
    ("Income tax expense",): (48, 50, "income", "IncomeTaxExpenseBenefit"),
    ("Net cash provided by operating activities",): (300, 280, "cash flow", "NetCashProvidedByUsedInOperatingActivities"),
    ("Purchases of property and equipment",): (-120, -70, "cash flow", "PaymentsToAcquirePropertyPlantAndEquipment"),
    ("Net sales", "Cakes"): (400, 350, None, None),
    ("Net sales", "Larkspur Cafes"): (250, 200, None, None),
    ("Operating income", "Cakes"): (90, 70, None, None),
    ("Operating income", "Larkspur Cafes"): (40, 45, None, None),
}
STOCKS = {
    ("Total assets",): (5000, 4500, "Assets"),
    ("Inventories",): (75, 84, "InventoryNet"),
    ("Receivables",): (130, 110, "AccountsReceivableNetCurrent"),
}


def _fact(path: tuple[str, ...], value: int, period: str, statement: str | None, concept: str | None) -> Fact:
    text = f"{value:,}"
    return Fact(path, value * MILLION, "USD", period, text, 1, entity=NAME, scale=MILLION, statement=statement, concept=concept)


@pytest.fixture(scope="module")
def checker() -> Checker:
    facts = [
        _fact(path, value, period, statement, concept)
        for path, (now, before, statement, concept) in FLOWS.items()
        for period, value in ((NOW, now), (BEFORE, before))
    ]
    facts += [
        _fact(path, value, day, "balance", concept)
        for path, (now, before, concept) in STOCKS.items()
        for day, value in (("2023-09-30", now), ("2023-06-30", before))
    ]
    profile = Profile(entity=NAME, aliases=("Larkspur",), period=NOW, fiscal_year=2024)
    page = Page(1, 612, 792, [Block("paragraph", "Larkspur sells cakes. It was founded in Texas and uses financial instruments.")])
    return Checker([Parsed(Document("q.pdf", "0" * 64, "application/pdf", 1, [page], profile), facts, Certificate())])


TRUE = [
    # a balance sheet tells when the year before ended, and so which quarter this is
    "Larkspur's net sales were $1,000 million in the first quarter of fiscal 2024.",
    # two rows of one time, compared
    "On September 30, 2023 Larkspur's receivables, at $130 million, were larger than its inventories, at $75 million.",
    # balances since the year's end, with no other base told
    "Larkspur's inventories fell 10.7% to $75 million on September 30, 2023.",
    # shares: the part first, or the whole behind "of"
    "Research and development took 15% of Larkspur's net sales in the first quarter of fiscal 2024.",
    "Larkspur paid 20% of its income before income taxes in tax in the first quarter of fiscal 2024.",
    # what is spent is printed as a negative amount
    "Purchases of property and equipment swallowed 40% of Larkspur's operating cash flow in the first quarter of fiscal 2024.",
    # a computed share at another time, and by how much it moved
    "In the first quarter of fiscal 2024 Larkspur's research and development as a share of net sales rose from 12.5% to 15%.",
    "Research and development as a share of net sales widened by 2.5 percentage points to 15% in the first quarter of fiscal 2024.",
    # what something was of itself
    "In the first quarter of fiscal 2024 Larkspur's income tax expense was 96% of what it had been a year earlier.",
    # a part that is called by the company's name
    "Larkspur Cafes had net sales of $250 million in the first quarter of fiscal 2024.",
    # a heading by its other name
    "Sales of Larkspur's Cakes came to $400 million in the first quarter of fiscal 2024.",
]
FALSE = [
    # a share of the same row at another time needs that time said
    "In the first quarter of fiscal 2024, 125% of net sales came from Europe.",
    "Larkspur's net sales reached 125% of the target that management had set for the first quarter of fiscal 2024.",
    "Larkspur's net sales in the first quarter of fiscal 2024 were 125% of what Wren Mills reported.",
    # a balance's change since the last close is no yearly one, and none since another day that is told
    "Larkspur's inventories fell 10.7% year over year as of September 30, 2023.",
    "Larkspur's inventories fell 10.7% annually by September 30, 2023.",
    "Larkspur's inventories fell 10.7% on an annual basis as of September 30, 2023.",
    "Larkspur's inventories fell 10.7% compared with September 2022.",
    "Larkspur's net sales were $1,000 million in the third quarter of fiscal 2024.",
    "Research and development took 667% of Larkspur's net sales in the first quarter of fiscal 2024.",
    "In the first quarter of fiscal 2024 Larkspur's research and development as a share of net sales fell from 12.5% to 15%.",
    # another metric of a part
    "Larkspur's Cakes had operating income of $400 million in the first quarter of fiscal 2024.",
    "Cakes brought in 167% of Larkspur's income before income taxes in the first quarter of fiscal 2024.",
    # a profit that was none
    "Larkspur had operating income of $60 million in the first quarter of fiscal 2024.",
    "Larkspur's pre-tax loss was $240 million in the first quarter of fiscal 2024.",
    # the larger told as the smaller
    "Larkspur's inventories exceeded its receivables by $55 million on September 30, 2023.",
    # adjusted, of what is computed
    "Larkspur's adjusted net sales exceeded its research and development by $850 million in the first quarter of fiscal 2024.",
    # another company, of whose name each word is known
    "Texas Instruments's net sales were $1,000 million in the first quarter of fiscal 2024.",
    "Cakes brought in 40% of Texas Instruments's net sales in the first quarter of fiscal 2024.",
]


@pytest.mark.parametrize("text", TRUE)
def test_rows_that_a_sentence_sets_beside_each_other_are_computed(checker: Checker, text: str) -> None:
    (sentence,) = checker.check(text).sentences
    assert sentence.status == "supported", sentence.reason


@pytest.mark.parametrize("text", FALSE)
def test_the_wrong_part_metric_company_or_order_is_not_supported(checker: Checker, text: str) -> None:
    (sentence,) = checker.check(text).sentences
    assert sentence.status == "unsupported"
