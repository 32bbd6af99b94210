"""What a recipe draws by a seed: a company, a year, lines of a statement, amounts; in English or Chinese."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from finfoundry.evals.silent_errors.expected import Figure

Lang = Literal["en", "zh"]
INCOME = {
    "en": (
        "Revenue",
        "Cost of sales",
        "Personnel expenses",
        "Marketing expenses",
        "Administrative expenses",
        "Research costs",
        "Net profit",
    ),
    "zh": ("营业收入", "营业成本", "销售费用", "管理费用", "研发费用", "财务费用", "净利润"),
}
BALANCE = {
    "en": ("Inventories", "Trade receivables", "Cash at bank", "Total assets", "Trade payables", "Total liabilities", "Total equity"),
    "zh": ("存货", "应收账款", "货币资金", "资产总计", "应付账款", "负债合计", "所有者权益合计"),
}
COMPANIES = {
    "en": ("Nordfjord", "Alderbank", "Quaymont", "Vesterholm", "Brackenfield", "Tarnwick", "Ostrava Glass", "Linden Foods"),
    "zh": ("北岭重工", "澜溪化学", "云陵食品", "松岗电子", "青麓制药", "临江水泥", "禾川纺织", "远泊航运"),
}
CURRENCIES = {"en": ("EUR", "USD", "GBP", "CHF"), "zh": ("CNY", "CNY", "HKD")}
MONEY = {  # how a unit line writes a currency
    ("en", "EUR"): "EUR", ("en", "USD"): "USD", ("en", "GBP"): "GBP", ("en", "CHF"): "CHF",
    ("zh", "CNY"): "人民币", ("zh", "HKD"): "港币",
}  # fmt: skip
SCALES = {"en": (("million", 10**6), ("thousand", 10**3)), "zh": (("百万元", 10**6), ("万元", 10**4), ("千元", 10**3))}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its label and, for each column, the number in the table's scale."""

    label: str
    numbers: tuple[Decimal, ...]


@dataclass(slots=True)
class Draw:
    """One variant of a kind, in one format. All formats of a variant draw the same."""

    kind: str
    variant: int
    format: str
    lang: Lang
    seed: int
    rng: random.Random = field(init=False)
    company: str = field(init=False)
    year: int = field(init=False)
    currency: str = field(init=False)
    scale_word: str = field(init=False)
    scale: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{self.seed}/{self.kind}/{self.variant}")  # noqa: S311  made papers, no secret
        name = self.rng.choice(COMPANIES[self.lang])
        self.company = f"{name}股份有限公司" if self.zh else f"{name} {self.rng.choice(('plc', 'Inc.', 'AG', 'Group plc'))}"
        self.year = self.rng.randint(2022, 2024)
        self.currency = self.rng.choice(CURRENCIES[self.lang])
        self.scale_word, scale = self.rng.choice(SCALES[self.lang])
        self.scale = Decimal(scale)

    @property
    def zh(self) -> bool:
        return self.lang == "zh"

    @property
    def years(self) -> tuple[int, int]:
        return self.year, self.year - 1

    def say(self, en: str, zh: str) -> str:
        """The words in the language of the paper."""
        return zh if self.zh else en

    def amount(self, low: int = 1000, high: int = 9899) -> Decimal:
        """A whole number that is no year: its last digit but one is 3 at least, and 19xx and 20xx are passed over."""
        while True:
            number = self.rng.randint(low, high)
            if not 1890 <= number <= 2110 and number % 100 >= 11:
                return Decimal(number)

    @property
    def unit_line(self) -> str:
        """ "EUR million", "Amounts in EUR thousand", "单位：人民币万元"."""
        money = MONEY[self.lang, self.currency]
        if self.zh:
            return f"单位：{money}{self.scale_word}"
        return self.rng.choice((f"in {money} {self.scale_word}", f"Amounts in {money} {self.scale_word}", f"{money} {self.scale_word}"))

    def income(self, count: int = 4, columns: int = 2) -> list[Row]:
        """Lines over stretches of time."""
        return self._rows(INCOME, count, columns)

    def balance(self, count: int = 4, columns: int = 2) -> list[Row]:
        """Lines at a day."""
        return self._rows(BALANCE, count, columns)

    def _rows(self, names: Mapping[str, tuple[str, ...]], count: int, columns: int) -> list[Row]:
        chosen = sorted(self.rng.sample(range(len(names[self.lang])), count))
        return [Row(names[self.lang][at], tuple(self.amount() for _ in range(columns))) for at in chosen]

    def heads(self) -> list[str]:
        """The years as columns are headed by them."""
        return [f"{year}年" if self.zh else str(year) for year in self.years]

    def days(self) -> list[str]:
        """The last days of the years, as balance sheets are headed by them."""
        return [self.say(f"31 December {year}", f"{year}年12月31日") for year in self.years]


def grouped(number: Decimal) -> str:
    """ "2,500", "(1,250)", "12.5": as statements print a number."""
    text = f"{abs(number):,}"
    return f"({text})" if number < 0 else text


def whole_year(year: int) -> str:
    return f"{year}-01-01/{year}-12-31"


def year_end(year: int) -> str:
    return f"{year}-12-31"


def figures(rows: Sequence[Row], draw: Draw, *, instant: bool = False) -> tuple[Figure, ...]:
    """The figures of a plain statement: a column a year, all in the currency and the scale drawn."""
    time = year_end if instant else whole_year
    return tuple(
        Figure((row.label,), number * draw.scale, draw.currency, time(year), grouped(number), number)
        for row in rows
        for year, number in zip(draw.years, row.numbers, strict=False)
    )
