"""Made-up statements of made-up companies with known truth, and sentences about them in both languages.

Nothing here comes from a real filing.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.binding import CellEvidence, Evidence, PassageEvidence
from finfoundry.core.answer import DocumentName, Language
from finfoundry.core.document import Fact, Scope

COMPANIES = {
    "en": [
        ("Larkspur Devices, Inc.", "Larkspur"),
        ("Boreal Foods Corporation", "Boreal Foods"),
        ("Quillon Energy Holdings", "Quillon Energy"),
        ("Marrow & Finch Company", "Marrow & Finch"),
        ("Tessaly Media plc", "Tessaly Media"),
        ("Ostrander Steel Corp.", "Ostrander Steel"),
        ("Halcyra Health Group", "Halcyra Health"),
        ("Pinegate Retail Ltd.", "Pinegate"),
    ],
    "zh": [
        ("华岭精密制造股份有限公司", "华岭精密"),
        ("江澜生物科技股份有限公司", "江澜生物"),
        ("北辰远航物流股份有限公司", "北辰远航"),
        ("云杉食品集团股份有限公司", "云杉食品"),
        ("东屿新能源股份有限公司", "东屿新能"),
        ("瑞泽商业银行股份有限公司", "瑞泽银行"),
        ("青禾农业发展股份有限公司", "青禾农业"),
        ("蓝汀医药股份有限公司", "蓝汀医药"),
    ],
}
STRANGERS = {"en": ["Vantor Industries", "Ridgemere", "Oakhurst Brands", "Solvane"], "zh": ["恒嘉重工", "天穗医疗", "明湖股份", "银桥科技"]}
BALANCE = {
    "en": [
        "Cash and cash equivalents",
        "Accounts receivable, net",
        "Inventories",
        "Prepaid expenses and other current assets",
        "Total current assets",
        "Property, plant and equipment, net",
        "Goodwill",
        "Intangible assets, net",
        "Other assets",
        "Total assets",
        "Accounts payable",
        "Accrued liabilities",
        "Deferred revenue",
        "Total current liabilities",
        "Long-term debt",
        "Total liabilities",
        "Retained earnings",
        "Total stockholders' equity",
    ],
    "zh": [
        "货币资金",
        "应收账款",
        "存货",
        "其他流动资产",
        "流动资产合计",
        "固定资产",
        "在建工程",
        "无形资产",
        "非流动资产合计",
        "资产总计",
        "短期借款",
        "应付账款",
        "流动负债合计",
        "长期借款",
        "非流动负债合计",
        "负债合计",
        "未分配利润",
        "所有者权益合计",
    ],
}
FLOWS = {
    "en": [
        "Net sales",
        "Cost of sales",
        "Gross profit",
        "Research and development",
        "Selling, general and administrative",
        "Operating income",
        "Interest expense",
        "Income before income taxes",
        "Provision for income taxes",
        "Net income",
        "Depreciation and amortization",
        "Net cash provided by operating activities",
        "Dividends paid",
    ],
    "zh": [
        "营业收入",
        "营业成本",
        "税金及附加",
        "销售费用",
        "管理费用",
        "研发费用",
        "财务费用",
        "营业利润",
        "利润总额",
        "所得税费用",
        "净利润",
        "归属于母公司股东的净利润",
        "经营活动产生的现金流量净额",
    ],
}
OUTFLOWS = {"Dividends paid"}
YEARS = (2018, 2019, 2020)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence about one fact: what was filled into its frame."""

    frame: str
    entity: str
    label: str
    year: int
    scope: Scope
    printed: str
    language: Language
    balance: bool
    beside: tuple[tuple[str, str], ...] = ()  # other slots of a frame that states several figures

    @property
    def text(self) -> str:
        """The sentence: the frame with its slots filled."""
        scope = {
            ("en", "consolidated"): "consolidated ",
            ("en", "parent"): "parent company ",
            ("zh", "consolidated"): "合并",
            ("zh", "parent"): "母公司",
        }[self.language, self.scope]
        label = self.label if self.language == "zh" else _spoken(self.label)
        return self.frame.format(
            entity=self.entity,
            label=label,
            Label=label[0].upper() + label[1:],
            year=self.year,
            scope=scope,
            n=self.printed,
            **dict(self.beside),
        )


def _spoken(label: str) -> str:
    head, _, rest = label.partition(" ")
    return label if head.isupper() else f"{head.lower()} {rest}".strip()


FRAMES: dict[tuple[str, bool], list[str]] = {
    ("en", True): [
        "{entity}'s {label} was {n} at the end of FY{year}.",
        "At December 31, {year}, {entity} had {label} of {n}.",
        "As of December 31, {year}, {label} of {entity} stood at {n} [1].",
        "{Label} came to {n} at year-end {year} for {entity}.",
        "{entity} reported {scope}{label} of {n} as of December 31, {year}.",
        "- {Label} ({year}, {entity}): {n}",
    ],
    ("en", False): [
        "{entity}'s {label} was {n} in FY{year}.",
        "In {year}, {entity} reported {label} of {n}.",
        "For the year ended December 31, {year}, {label} of {entity} amounted to {n} [1].",
        "{Label} for fiscal {year} totaled {n} at {entity}.",
        "{entity} recorded {scope}{label} of {n} in fiscal year {year}.",
        "- {Label} ({year}, {entity}): {n}",
    ],
    ("zh", True): [
        "{entity}{year}年末的{label}为{n}。",
        "截至{year}年12月31日，{entity}的{label}为{n}[1]。",
        "{year}年末，{entity}{label}余额为{n}。",
        "根据{year}年年报，{entity}期末{label}共计{n}。",
        "{entity}{year}年末{scope}口径的{label}是{n}。",
    ],
    ("zh", False): [
        "{entity}{year}年的{label}为{n}。",
        "{year}年度，{entity}实现{label}{n}[1]。",
        "{year}年，{entity}的{label}达到{n}。",
        "根据年报，{entity}在{year}年的{label}是{n}。",
        "{entity}{year}年{scope}报表的{label}为{n}。",
    ],
}
PAIRS: dict[tuple[str, bool], list[str]] = {
    ("en", True): [
        "{entity}'s {label} was {n} at the end of FY{year}, compared with {m} at the end of FY{before}.",
        "At December 31, {year}, {entity}'s {label2} was {k} and its {label} was {n}.",
        "{Label} and {label2} of {entity} were {n} and {k}, respectively, at year-end {year}.",
        "{entity}'s {label} {moved} by {g}% to {n} as of December 31, {year}.",
    ],
    ("en", False): [
        "{entity}'s {label} was {n} in FY{year}, compared with {m} in FY{before}.",
        "In {year}, {label2} of {entity} was {k}, while {label} was {n}.",
        "{Label} and {label2} of {entity} were {n} and {k}, respectively, in fiscal {year}.",
        "{entity}'s {label} {moved} {g}% to {n} in {year} from {m} in {before}.",
    ],
    ("zh", True): [
        "{entity}{year}年末{label}为{n}，{before}年末为{m}。",
        "截至{year}年12月31日，{entity}{label2}为{k}，{label}为{n}。",
        "{year}年末，{entity}的{label}和{label2}分别为{n}和{k}。",
        "{entity}{year}年末{label}为{n}，较上年{moved}{g}%。",
    ],
    ("zh", False): [
        "{entity}{year}年{label}为{n}，{before}年为{m}。",
        "{year}年，{entity}{label2}为{k}，{label}为{n}。",
        "{year}年度，{entity}的{label}和{label2}分别为{n}和{k}。",
        "{entity}{year}年实现{label}{n}，同比{moved}{g}%。",
    ],
}
QUESTIONS = {
    "en": ["What was {entity}'s {label} in FY{year}?", "How much {label} did {entity} report for {year}?"],
    "zh": ["{entity}{year}年的{label}是多少？", "请问{year}年{entity}{label}是多少元？"],
}


@dataclass(frozen=True, slots=True)
class StatementCompany:
    name: str
    alias: str
    language: Language
    facts: tuple[Fact, ...]

    def find(self, label: str, year: int, scope: Scope = "consolidated") -> Fact:
        return next(
            fact for fact in self.facts if fact.metric[-1] == label and fact.period.endswith(f"{year}-12-31") and fact.scope == scope
        )


def company(name: tuple[str, str], language: Language, chance: random.Random) -> StatementCompany:
    """A company with three years of statements; in Chinese also those of the parent."""
    unit, scale = ("USD", Decimal(10**6) if chance.random() < 0.5 else Decimal(1000)) if language == "en" else ("CNY", Decimal(1))
    size = chance.uniform(7.5, 10.5)
    facts = []
    for balance, labels in ((True, BALANCE[language]), (False, FLOWS[language])):
        for label in labels:
            base = 10 ** (size - chance.uniform(0, 1.5))
            scopes: tuple[Scope, ...] = ("consolidated", "parent") if language == "zh" else ("consolidated",)
            for scope in scopes:
                for year in YEARS:
                    value = base * chance.uniform(0.75, 1.3) * (0.7 if scope == "parent" else 1.0) * (-1 if label in OUTFLOWS else 1)
                    places = 2 if scale == 1 else 0
                    facts.append(
                        _fact(name[0], label, Decimal(f"{value / float(scale):.{places}f}"), scale, places, year, unit, scope, balance)
                    )
    return StatementCompany(name[0], name[1], language, tuple(facts))


def _fact(
    entity: str, label: str, printed: Decimal, scale: Decimal, places: int, year: int, unit: str, scope: Scope, balance: bool
) -> Fact:
    period = f"{year}-12-31" if balance else f"{year}-01-01/{year}-12-31"
    text = f"({-printed:,})" if printed < 0 else f"{printed:,}"
    return Fact(
        (label,), printed * scale, unit, period, text, 40, entity, None, scope, scale=scale, precision=places, box=(72, 300, 540, 312)
    )


WORDS = (("billion", 10**9), ("million", 10**6), ("mn", 10**6), ("thousand", 10**3), ("百万", 10**6), ("亿", 10**8), ("万", 10**4))
STYLES = {
    "en": [
        "${:,.0f} million",
        "${:,.1f} million",
        "US${:,.0f}mn",
        "${:,.2f} billion",
        "${:,.0f}",
        "${:,.0f} thousand",
        "USD {:,.1f} million",
    ],
    "zh": ["{:,.2f}亿元", "{:,.2f}万元", "{:,.2f}元", "人民币{:,.2f}亿元", "{:.4f}亿元", "约{:,.0f}万元", "{:,.2f}百万元"],
}


def printed_as(value: Decimal, language: Language, chance: random.Random) -> str:
    """The value in one of the ways in which people write money, with two digits that mean something at least."""
    fine = [
        style for style in STYLES[language] if abs(value) / _unit_of(style) * 10 ** int((re.search(r"\.(\d)f", style) or "00")[1]) >= 10
    ]
    style = chance.choice(fine or STYLES[language][4:5])
    return style.format(abs(value) / _unit_of(style))


def tell(firm: StatementCompany, fact: Fact, chance: random.Random) -> Told:
    """A sentence about the fact, in four of ten cases one that states other figures too."""
    balance, year = "/" not in fact.period, int(fact.period[-10:-6])
    entity = firm.alias if chance.random() < 0.7 else firm.name
    printed = printed_as(fact.value, firm.language, chance)
    if fact.scope == "consolidated" and year > YEARS[0] and fact.value > 0 and chance.random() < 0.4:
        frame, beside = chance.choice(PAIRS[firm.language, balance]), _beside(firm, fact, year, chance)
        return Told(frame, entity, fact.metric[-1], year, fact.scope, printed, firm.language, balance, beside)
    frames = [frame for frame in FRAMES[firm.language, balance] if fact.scope == "consolidated" or "{scope}" in frame]
    return Told(chance.choice(frames), entity, fact.metric[-1], year, fact.scope, printed, firm.language, balance)


def _beside(firm: StatementCompany, fact: Fact, year: int, chance: random.Random) -> tuple[tuple[str, str], ...]:
    """What the year before and another row hold, and the growth."""
    before = firm.find(fact.metric[-1], year - 1)
    other = chance.choice(
        [one for one in firm.facts if one.period == fact.period and one.scope == fact.scope and one.value > 0 and one != fact]
    )
    growth = (fact.value - before.value) / before.value * 100
    moved = ("rose", "增长") if growth > 0 else ("fell", "下降")
    return (
        ("before", str(year - 1)),
        ("m", printed_as(before.value, firm.language, chance)),
        ("label2", other.metric[-1] if firm.language == "zh" else _spoken(other.metric[-1])),
        ("k", printed_as(other.value, firm.language, chance)),
        ("moved", moved[firm.language == "zh"]),
        ("g", f"{abs(growth):.1f}"),
    )


def cells(firm: StatementCompany) -> list[Evidence]:
    document = DocumentName(firm.name, f"{firm.alias} annual report")
    return [CellEvidence(fact, document, (firm.alias,)) for fact in firm.facts]


def passage(firm: StatementCompany, chance: random.Random) -> Evidence:
    """A paragraph that states three of the consolidated facts."""
    told = [tell(firm, fact, chance) for fact in chance.sample([fact for fact in firm.facts if fact.scope == "consolidated"], 3)]
    return PassageEvidence(
        " ".join(one.text for one in told), DocumentName(firm.name, "report"), 12, entity=firm.name, aliases=(firm.alias,)
    )


def reprinted(printed: str, value: Decimal) -> str:
    """Another value printed in the way of this one."""
    digits = next(re.finditer(r"[\d,]*\d(?:\.\d+)?", printed))
    places, unit = len(digits[0].partition(".")[2]), _unit_of(printed)
    style = f"{{:,.{places}f}}" if "," in digits[0] or abs(value) / unit >= 1000 else f"{{:.{places}f}}"
    return printed.replace(digits[0], style.format(abs(value) / unit))


def _unit_of(printed: str) -> int:
    return next((unit for word, unit in WORDS if word in printed), 1)


def changed(told: Told, **fields: object) -> Told:
    return replace(told, **fields)  # type: ignore[arg-type]
