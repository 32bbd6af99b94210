"""The vocabulary of statements is consistent, bilingual, and found by labels as papers print them."""

from __future__ import annotations

from collections import Counter

import pytest

from finfoundry.knowledge.facts.table.concepts import concepts, find_concept, label_key, nature_of


def test_the_list_is_large_bilingual_and_without_doubles() -> None:
    names = [concept.name for concept in concepts()]
    assert len(names) > 200
    assert len(set(names)) == len(names)
    assert sum(any("\u4e00" <= character <= "\u9fff" for label in concept.labels for character in label) for concept in concepts()) > 100
    assert {concept.nature for concept in concepts()} == {"instant", "duration"}


def test_in_one_statement_a_label_means_one_thing() -> None:
    pairs = Counter((concept.statement, key) for concept in concepts() for key in {label_key(label) for label in concept.labels})
    assert [pair for pair, count in pairs.items() if count > 1 and pair[1]] == []


@pytest.mark.parametrize(
    ("path", "statement", "name"),
    [
        (("Total current assets",), "balance", "AssetsCurrent"),
        (("Total stockholders’ equity",), "balance", "StockholdersEquity"),
        (("Income (loss) before income taxes (Note 5)",), "income", "IncomeLossBeforeIncomeTaxes"),
        (("Provision/(benefit) for taxes on income",), "income", "IncomeTaxExpenseBenefit"),
        (("Deferred income taxes",), "balance", "DeferredIncomeTaxAssetsNet"),
        (("Deferred income taxes",), "cash flow", "DeferredIncomeTaxExpenseBenefit"),
        (("Capital expenditures, net of construction payable",), "cash flow", "PaymentsToAcquirePropertyPlantAndEquipment"),
        (("Net income per share", "Basic"), "income", "EarningsPerShareBasic"),
        (("截止报告期末普通股股东总数(户)",), None, "CommonShareholdersNumber"),
        (("境内会计师事务所报酬",), None, "AuditFees"),
        (("公司研发人员的数量",), None, "ResearchStaff"),
        (("Current liabilities", "Debt"), "balance", "LongTermDebtCurrent"),
        (("Long-term liabilities", "Debt"), "balance", "LongTermDebtNoncurrent"),
        (("Long-term liabilities", "Deferred revenue"), "balance", "ContractWithCustomerLiabilityNoncurrent"),
        (("Non-current liabilities", "Income taxes payable"), "balance", "LongTermTaxesPayable"),
        (("Current liabilities", "Accounts payable"), "balance", "AccountsPayableCurrent"),
        (("Current liabilities", "Long-term debt"), "balance", "LongTermDebtNoncurrent"),
        (("三、营业利润（亏损以“－”号填列）",), "income", "OperatingIncomeLoss"),
        (("减：所得税费用",), None, "IncomeTaxExpenseBenefit"),
        (("1.归属于母公司股东的净利润（净亏损以“-”号填列）",), "income", "NetIncomeLoss"),
        (("所有者权益（或股东权益）合计",), "balance", "StockholdersEquityIncludingNoncontrollingInterest"),
        (("Accounts receivable, trade, less allowances of $14 and $16, respectively",), "balance", "AccountsReceivableNetCurrent"),
        (("Trade accounts receivable, net of doubtful accounts - $40 and $42",), "balance", "AccountsReceivableNetCurrent"),
        (("Treasury stock, at cost — 2,738 and 2,732 shares, respectively",), "balance", "TreasuryStockValue"),
        (("Dividends — common and preferred",), "cash flow", "PaymentsOfDividends"),
        (("Basic earnings per share attributable to Example Inc.",), "income", "EarningsPerShareBasic"),
        (("Net earnings attributable to Example & Sons",), "income", "NetIncomeLoss"),
        (("Weighted-average shares of common stock outstanding", "Basic"), "income", "WeightedAverageNumberOfSharesOutstandingBasic"),
        (("Average shares outstanding (Note 15)", "Diluted"), "income", "WeightedAverageNumberOfDilutedSharesOutstanding"),
        (("TOTALASSETS",), "balance", "Assets"),
        (("经营活动产生的现金流量净额",), None, "NetCashProvidedByUsedInOperatingActivities"),
    ],
)
def test_labels_find_their_concept(path: tuple[str, ...], statement: str | None, name: str) -> None:
    concept = find_concept(path, statement)
    assert concept is not None
    assert concept.name == name


def test_unknown_and_ambiguous_labels_find_none() -> None:
    assert find_concept(("Earnings from discontinued operations attributable to Example Inc.",), "income") is None
    assert find_concept(("Net earnings, including those of noncontrolling interests",), "income") is None
    assert find_concept(("Streaming content obligations",), "balance") is None
    assert find_concept(("Deferred income taxes",), None) is None
    assert find_concept((), None) is None


def test_words_tell_stocks_from_flows() -> None:
    assert nature_of("Content liabilities") == "instant"
    assert nature_of("Marketing expenses") == "duration"
    assert nature_of("North America") is None
