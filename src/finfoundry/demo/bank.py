"""The books of a bank that does not exist: figures drawn from a seed, every total computed, every identity exact.

Amounts are whole millions of renminbi, signed as printed: an expense is negative. Ratios are fractions.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from finfoundry.core.document import Scope

NAME = "Yunzhou Commercial Bank Co., Ltd."
NAME_ZH = "云洲商业银行股份有限公司"
SHORT, SHORT_ZH = "Yunzhou Commercial Bank", "云洲商业银行"
YEAR = 2024
YEARS = tuple(range(YEAR - 4, YEAR + 1))
SCOPES: tuple[Scope, Scope] = ("consolidated", "parent")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a statement in both languages. ``total`` names the lines that it sums."""

    key: str
    en: str
    zh: str
    total: tuple[str, ...] = ()
    note: str = ""


INCOME = (
    StatementLine("interest_income", "Interest income", "利息收入", note="3"),
    StatementLine("interest_expense", "Interest expense", "利息支出", note="3"),
    StatementLine("net_interest_income", "Net interest income", "利息净收入", ("interest_income", "interest_expense")),
    StatementLine("fee_income", "Fee and commission income", "手续费及佣金收入"),
    StatementLine("fee_expense", "Fee and commission expense", "手续费及佣金支出"),
    StatementLine("net_fee_income", "Net fee and commission income", "手续费及佣金净收入", ("fee_income", "fee_expense")),
    StatementLine("trading_gain", "Net trading gain", "投资收益"),
    StatementLine("other_income", "Other operating income", "其他业务收入"),
    StatementLine(
        "operating_income",
        "Operating income",
        "营业收入",
        ("net_interest_income", "net_fee_income", "trading_gain", "other_income"),
        note="1",
    ),
    StatementLine("surcharges", "Taxes and surcharges", "税金及附加"),
    StatementLine("administrative_expenses", "General and administrative expenses", "业务及管理费"),
    StatementLine("impairment", "Credit impairment losses", "信用减值损失", note="2"),
    StatementLine("operating_expenses", "Total operating expenses", "营业支出", ("surcharges", "administrative_expenses", "impairment")),
    StatementLine("operating_profit", "Operating profit", "营业利润", ("operating_income", "operating_expenses")),
    StatementLine("non_operating", "Net non-operating income", "营业外收支净额"),
    StatementLine("profit_before_tax", "Profit before tax", "利润总额", ("operating_profit", "non_operating"), note="1"),
    StatementLine("income_tax", "Income tax expense", "所得税费用"),
    StatementLine("net_profit", "Net profit", "净利润", ("profit_before_tax", "income_tax")),
    StatementLine("attributable_profit", "Net profit attributable to shareholders of the Bank", "归属于母公司股东的净利润"),
    StatementLine("minority_profit", "Net profit attributable to non-controlling interests", "少数股东损益"),
)
ASSETS = (
    StatementLine("central_bank", "Cash and balances with the central bank", "现金及存放中央银行款项"),
    StatementLine("due_from_banks", "Due from banks and other financial institutions", "存放同业及拆出资金"),
    StatementLine("loans", "Loans and advances to customers", "发放贷款和垫款", note="2"),
    StatementLine("investments", "Financial investments", "金融投资"),
    StatementLine("subsidiaries", "Investments in subsidiaries", "长期股权投资"),
    StatementLine("fixed_assets", "Property and equipment", "固定资产"),
    StatementLine("deferred_tax", "Deferred tax assets", "递延所得税资产"),
    StatementLine("other_assets", "Other assets", "其他资产"),
)
LIABILITIES = (
    StatementLine("central_bank_loans", "Borrowings from the central bank", "向中央银行借款"),
    StatementLine("due_to_banks", "Due to banks and other financial institutions", "同业及其他金融机构存放款项"),
    StatementLine("deposits", "Customer deposits", "吸收存款"),
    StatementLine("bonds", "Debt securities issued", "应付债券"),
    StatementLine("taxes_payable", "Taxes payable", "应交税费"),
    StatementLine("other_liabilities", "Other liabilities", "其他负债"),
)
OWN_EQUITY = (
    StatementLine("share_capital", "Share capital", "股本"),
    StatementLine("capital_reserve", "Capital reserve", "资本公积"),
    StatementLine("surplus_reserve", "Surplus reserve", "盈余公积"),
    StatementLine("general_reserve", "General reserve", "一般风险准备"),
    StatementLine("retained_earnings", "Retained earnings", "未分配利润"),
)


def _keys(items: Iterable[StatementLine]) -> tuple[str, ...]:
    return tuple(item.key for item in items)


BALANCE = (
    *ASSETS,
    StatementLine("total_assets", "Total assets", "资产总计", _keys(ASSETS)),
    *LIABILITIES,
    StatementLine("total_liabilities", "Total liabilities", "负债合计", _keys(LIABILITIES)),
    *OWN_EQUITY,
    StatementLine("own_equity", "Equity attributable to shareholders of the Bank", "归属于母公司股东权益合计", _keys(OWN_EQUITY)),
    StatementLine("minority", "Non-controlling interests", "少数股东权益"),
    StatementLine("total_equity", "Total equity", "股东权益合计", ("own_equity", "minority")),
    StatementLine("liabilities_and_equity", "Total liabilities and equity", "负债和股东权益总计", ("total_liabilities", "total_equity")),
)
CASH_FLOW = (
    StatementLine("deposits_taken", "Net increase in customer deposits", "客户存款净增加额"),
    StatementLine("interest_received", "Interest, fees and commissions received", "收取利息、手续费及佣金的现金"),
    StatementLine("loans_made", "Net increase in loans and advances", "客户贷款及垫款净增加额"),
    StatementLine("interest_paid", "Interest, fees and commissions paid", "支付利息、手续费及佣金的现金"),
    StatementLine("staff_paid", "Cash paid to and for employees", "支付给职工以及为职工支付的现金"),
    StatementLine(
        "operating_cash",
        "Net cash flows from operating activities",
        "经营活动产生的现金流量净额",
        ("deposits_taken", "interest_received", "loans_made", "interest_paid", "staff_paid"),
    ),
    StatementLine("investments_sold", "Proceeds from disposal of investments", "收回投资收到的现金"),
    StatementLine("investments_bought", "Purchase of investments", "投资支付的现金"),
    StatementLine("equipment_bought", "Purchase of property and equipment", "购建固定资产支付的现金"),
    StatementLine(
        "investing_cash",
        "Net cash flows used in investing activities",
        "投资活动使用的现金流量净额",
        ("investments_sold", "investments_bought", "equipment_bought"),
    ),
    StatementLine("bonds_issued", "Proceeds from debt securities issued", "发行债券收到的现金"),
    StatementLine("bonds_repaid", "Repayment of debt securities", "偿还债券支付的现金"),
    StatementLine("dividends_paid", "Dividends paid", "分配股利支付的现金"),
    StatementLine(
        "financing_cash",
        "Net cash flows from financing activities",
        "筹资活动产生的现金流量净额",
        ("bonds_issued", "bonds_repaid", "dividends_paid"),
    ),
    StatementLine("exchange_effect", "Effect of exchange rate changes on cash", "汇率变动对现金的影响"),
    StatementLine(
        "cash_change",
        "Net increase in cash and cash equivalents",
        "现金及现金等价物净增加额",
        ("operating_cash", "investing_cash", "financing_cash", "exchange_effect"),
    ),
    StatementLine("opening_cash", "Cash and cash equivalents at the beginning of the year", "年初现金及现金等价物余额"),
    StatementLine(
        "closing_cash", "Cash and cash equivalents at the end of the year", "年末现金及现金等价物余额", ("cash_change", "opening_cash")
    ),
)
LOANS = (
    StatementLine("corporate_loans", "Corporate loans", "公司贷款"),
    StatementLine("discounted_bills", "Discounted bills", "票据贴现"),
    StatementLine("mortgages", "Personal mortgages", "个人住房贷款"),
    StatementLine("consumer_loans", "Personal consumer loans", "个人消费贷款"),
    StatementLine("business_loans", "Personal business loans", "个人经营贷款"),
)
LOAN_NOTE = (
    *LOANS,
    StatementLine("gross_loans", "Gross loans and advances to customers", "发放贷款和垫款总额", _keys(LOANS)),
    StatementLine("allowance", "Allowance for impairment losses", "贷款损失准备"),
    StatementLine("loans", "Loans and advances to customers", "发放贷款和垫款", ("gross_loans", "allowance")),
)
CAPITAL = (
    StatementLine("core_capital", "Net common equity tier 1 capital", "核心一级资本净额"),
    StatementLine("tier_one", "Net tier 1 capital", "一级资本净额"),
    StatementLine("net_capital", "Net capital", "资本净额"),
    StatementLine("risk_weighted", "Risk-weighted assets", "风险加权资产"),
)
SEGMENTS = (("Corporate banking", "公司银行"), ("Retail banking", "零售银行"), ("Treasury", "资金业务"), ("Others", "其他"))
STATEMENTS = {"income": INCOME, "balance": BALANCE, "cash flow": CASH_FLOW}

# Millions of renminbi in YEAR for the group, growth a year, and the parent's share; all moved a little by the seed.
_DRAWN = {
    "interest_income": (38_400, 0.05, 0.93),
    "interest_expense": (-19_600, 0.04, 0.93),
    "fee_income": (4_900, 0.07, 0.95),
    "fee_expense": (-760, 0.05, 0.94),
    "trading_gain": (2_350, 0.03, 0.97),
    "other_income": (410, 0.02, 0.80),
    "surcharges": (-290, 0.04, 0.94),
    "administrative_expenses": (-7_700, 0.04, 0.93),
    "impairment": (-6_100, 0.03, 0.92),
    "non_operating": (38, 0.01, 0.90),
    "central_bank": (61_000, 0.05, 0.95),
    "due_from_banks": (34_500, 0.06, 0.96),
    "fixed_assets": (5_200, 0.03, 0.92),
    "deferred_tax": (6_900, 0.06, 0.94),
    "other_assets": (7_400, 0.04, 0.90),
    "central_bank_loans": (27_000, 0.05, 0.97),
    "due_to_banks": (88_000, 0.04, 0.98),
    "deposits": (640_000, 0.08, 0.94),
    "bonds": (92_000, 0.06, 0.99),
    "taxes_payable": (1_900, 0.03, 0.93),
    "other_liabilities": (9_800, 0.04, 0.91),
    "corporate_loans": (298_000, 0.09, 0.95),
    "discounted_bills": (27_500, 0.03, 0.96),
    "mortgages": (96_000, 0.02, 0.97),
    "consumer_loans": (58_000, 0.07, 0.78),
    "business_loans": (49_000, 0.12, 0.94),
    "allowance": (-15_900, 0.08, 0.94),
    "staff_paid": (-4_600, 0.04, 0.93),
    "investments_sold": (182_000, 0.05, 0.96),
    "equipment_bought": (-690, 0.02, 0.92),
    "bonds_issued": (61_000, 0.05, 0.99),
    "bonds_repaid": (-52_000, 0.05, 0.99),
    "exchange_effect": (64, 0.02, 0.95),
    "closing_cash": (46_000, 0.06, 0.95),
    "risk_weighted": (566_000, 0.07, 0.95),
}
_FIRST_EQUITY = {
    "share_capital": 6_800,
    "capital_reserve": 8_900,
    "surplus_reserve": 4_100,
    "general_reserve": 7_300,
    "retained_earnings": 14_600,
}
_SHARES = Decimal(6_800)  # millions of shares of one yuan each


def half_up(value: Decimal, digits: int = 0) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


@dataclass(slots=True)
class Bank:
    """All amounts by line, scope and year, in millions of renminbi; the same seed gives the same bank."""

    seed: int = 20_241_231
    amounts: dict[tuple[str, Scope, int], Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._draw()
        for scope in SCOPES:
            self._roll_equity(scope)
            for year in YEARS:
                self._balance(scope, year)
            for year in YEARS[1:]:
                self._cash(scope, year)

    def amount(self, key: str, scope: Scope = "consolidated", year: int = YEAR) -> Decimal:
        return self.amounts[key, scope, year]

    def ratio(self, name: str, scope: Scope = "consolidated", year: int = YEAR) -> Decimal:
        """A printed ratio as a fraction, to the four digits that the report prints."""
        top, bottom = {
            "cost_to_income": ("administrative_expenses", "operating_income"),
            "provision_ratio": ("allowance", "gross_loans"),
            "core_capital_ratio": ("core_capital", "risk_weighted"),
            "tier_one_ratio": ("tier_one", "risk_weighted"),
            "capital_ratio": ("net_capital", "risk_weighted"),
        }[name]
        return half_up(abs(self.amount(top, scope, year)) / self.amount(bottom, scope, year), 4)

    def earnings_per_share(self, year: int = YEAR) -> Decimal:
        """Basic earnings per share in yuan."""
        return half_up(self.amount("attributable_profit", year=year) / _SHARES, 2)

    def segments(self, key: str) -> list[Decimal]:
        """How a line of the group's income statement of YEAR divides among SEGMENTS; the parts add up."""
        whole = self.amount(key)
        parts = [half_up(whole * share) for share in (Decimal("0.46"), Decimal("0.37"), Decimal("0.15"))]
        return [*parts, whole - sum(parts)]

    def _draw(self) -> None:
        source = random.Random(self.seed)  # noqa: S311  figures of a story, not secrets
        for key, (base, growth, share) in _DRAWN.items():
            amount = base * (1 + source.uniform(-0.05, 0.05))
            parent = share * (1 + source.uniform(-0.01, 0.01))
            for year in reversed(YEARS):
                self.amounts[key, "consolidated", year] = half_up(Decimal(amount))
                self.amounts[key, "parent", year] = half_up(Decimal(amount * parent))
                amount /= 1 + growth + source.uniform(-0.015, 0.015)

    def _total(self, items: Iterable[StatementLine], scope: Scope, year: int) -> None:
        for item in items:
            if item.total:
                self.amounts[item.key, scope, year] = sum((self.amount(key, scope, year) for key in item.total), Decimal(0))

    def _income(self, scope: Scope, year: int) -> None:
        self._total(INCOME[:-4], scope, year)
        tax = half_up(self.amount("profit_before_tax", scope, year) * Decimal("-0.19"))
        self.amounts["income_tax", scope, year] = tax
        net = self.amount("profit_before_tax", scope, year) + tax
        minority = half_up(net * Decimal("0.021")) if scope == "consolidated" else Decimal(0)
        self.amounts["net_profit", scope, year] = net
        self.amounts["minority_profit", scope, year] = minority
        self.amounts["attributable_profit", scope, year] = net - minority

    def _roll_equity(self, scope: Scope) -> None:
        """Each year's profit is appropriated (10 % surplus, 12 % general reserve), 28 % paid out, the rest retained."""
        equity = {key: Decimal(value) for key, value in _FIRST_EQUITY.items()}
        minority = Decimal(840 if scope == "consolidated" else 0)
        for year in YEARS:
            self._income(scope, year)
            profit = self.amount("attributable_profit", scope, year)
            surplus, general, dividend = (half_up(profit * Decimal(share)) for share in ("0.10", "0.12", "0.28"))
            equity["surplus_reserve"] += surplus
            equity["general_reserve"] += general
            equity["retained_earnings"] += profit - surplus - general - dividend
            minority += self.amount("minority_profit", scope, year)
            moved = {
                "to_surplus": surplus,
                "to_general": general,
                "dividends": -dividend,
                "dividends_paid": -dividend,
                "minority": minority,
            }
            self.amounts.update({(key, scope, year): value for key, value in (equity | moved).items()})

    def _balance(self, scope: Scope, year: int) -> None:
        """Financial investments take up what the other lines leave, so that the sheet balances."""
        self._total(LOAN_NOTE, scope, year)
        self.amounts["subsidiaries", scope, year] = Decimal(2_150 if scope == "parent" else 0)
        self._total(BALANCE[len(ASSETS) + 1 :], scope, year)
        others = sum((self.amount(item.key, scope, year) for item in ASSETS if item.key != "investments"), Decimal(0))
        self.amounts["investments", scope, year] = self.amount("liabilities_and_equity", scope, year) - others
        self._total(BALANCE, scope, year)
        equity = self.amount("own_equity", scope, year)
        self.amounts["core_capital", scope, year] = half_up(equity * Decimal("0.985"))
        self.amounts["tier_one", scope, year] = self.amount("core_capital", scope, year) + 5_000
        self.amounts["net_capital", scope, year] = self.amount("tier_one", scope, year) + 12_000

    def _cash(self, scope: Scope, year: int) -> None:
        """Purchases of investments take up what the other flows leave, so that cash rolls forward."""
        flows = {
            "deposits_taken": self.amount("deposits", scope, year) - self.amount("deposits", scope, year - 1),
            "loans_made": self.amount("gross_loans", scope, year - 1) - self.amount("gross_loans", scope, year),
            "interest_received": half_up(
                (self.amount("interest_income", scope, year) + self.amount("fee_income", scope, year)) * Decimal("0.97")
            ),
            "interest_paid": half_up(
                (self.amount("interest_expense", scope, year) + self.amount("fee_expense", scope, year)) * Decimal("0.96")
            ),
            "opening_cash": self.amount("closing_cash", scope, year - 1),
            "investments_bought": Decimal(0),
        }
        self.amounts.update({(key, scope, year): value for key, value in flows.items()})
        closing = self.amount("closing_cash", scope, year)
        self._total(CASH_FLOW, scope, year)
        self.amounts["investments_bought", scope, year] = closing - self.amount("closing_cash", scope, year)
        self._total(CASH_FLOW, scope, year)
