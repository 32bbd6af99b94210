"""Generated Chinese questions with known answers over wide tables of annual reports, in varied wording.

    python benchmarks/zh_generated.py [--data ../shared/data] [--count 5000] [--limit N] [--seed S] [--out FILE]

Needs a home (FINFOUNDRY_HOME) into which the tables are imported with --missing -1. Truth is computed here, from the workbooks, by code of
its own. Kinds: lookups, unit requests, aliases and codes, colloquial, ratios, growth, two-step, texts, rankings, counts and statistics, and
questions that the tables cannot answer (a company, a year, a metric that is not there).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl

from finfoundry.app import open_app
from finfoundry.core.answer import Answer
from finfoundry.core.numbers import find_numbers

Row = dict[str, str]
MISSING = "-1.0"

# how people say a column
SAY: dict[str, tuple[str, ...]] = {
    "营业收入": ("营业收入", "营收", "收入", "销售收入"),
    "营业成本": ("营业成本",),
    "净利润": ("净利润", "净利"),
    "营业利润": ("营业利润",),
    "利润总额": ("利润总额", "税前利润"),
    "研发费用": ("研发费用", "研发开支", "研发支出"),
    "销售费用": ("销售费用",),
    "管理费用": ("管理费用",),
    "财务费用": ("财务费用",),
    "投资收益": ("投资收益",),
    "所得税费用": ("所得税费用", "所得税"),
    "营业外收入": ("营业外收入",),
    "营业外支出": ("营业外支出",),
    "综合收益总额": ("综合收益总额",),
    "利息收入": ("利息收入",),
    "税金及附加": ("税金及附加", "营业税金及附加"),
    "经营活动产生的现金流量净额": ("经营活动产生的现金流量净额", "经营性现金流净额", "经营现金流净额", "经营活动现金流量净额"),
    "投资活动产生的现金流量净额": ("投资活动产生的现金流量净额", "投资活动现金流量净额"),
    "筹资活动产生的现金流量净额": ("筹资活动产生的现金流量净额", "筹资活动现金流量净额"),
    "期末现金及现金等价物余额": ("期末现金及现金等价物余额", "现金及现金等价物"),
    "流动资产合计": ("流动资产", "流动资产合计", "流动资产总额"),
    "流动负债合计": ("流动负债", "流动负债合计"),
    "非流动资产合计": ("非流动资产", "非流动资产合计"),
    "其他收益": ("其他收益",),
    "少数股东损益": ("少数股东损益",),
    "职工人数": ("职工人数", "员工人数", "职工总数", "员工总数"),
    "研发人员": ("研发人员数", "研发人员人数"),
    "销售人员": ("销售人员数", "销售人员"),
    "技术人员": ("技术人员数", "技术人员"),
    "基本每股收益": ("基本每股收益", "每股收益"),
}
COUNTS = frozenset({"职工人数", "研发人员", "销售人员", "技术人员"})
TEXTS: dict[str, tuple[str, ...]] = {
    "法定代表人": ("法定代表人", "法人代表", "法人"),
    "注册地址": ("注册地址", "注册地"),
    "办公地址": ("办公地址", "办公地点"),
    "公司邮箱": ("电子信箱", "公司邮箱", "邮箱", "电子邮箱"),
    "公司网址": ("公司网址", "官网", "网址"),
}
# ratio: names, numerator, denominator, percent
RATIOS: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str], ...] = (
    (("毛利率", "销售毛利率"), ("营业收入", "-营业成本"), ("营业收入",), "percent"),
    (("净利率", "净利润率", "销售净利率"), ("净利润",), ("营业收入",), "percent"),
    (("营业利润率",), ("营业利润",), ("营业收入",), "percent"),
    (("研发费用率", "研发费用占营业收入的比例", "研发投入强度"), ("研发费用",), ("营业收入",), "percent"),
    (("销售费用率", "销售费用占营业收入的比例"), ("销售费用",), ("营业收入",), "percent"),
    (("管理费用率", "管理费用占收入的比重"), ("管理费用",), ("营业收入",), "percent"),
    (("财务费用率",), ("财务费用",), ("营业收入",), "percent"),
    (("营业成本率",), ("营业成本",), ("营业收入",), "percent"),
    (("三费比重", "三费占比"), ("销售费用", "管理费用", "财务费用"), ("营业收入",), "percent"),
    (("流动比率",), ("流动资产合计",), ("流动负债合计",), "ratio"),
    (("资产负债率", "资产负债比率"), ("流动负债合计", "非流动负债合计"), ("流动资产合计", "非流动资产合计"), "percent"),
    (("流动负债比率", "流动负债占总负债的比例"), ("流动负债合计",), ("流动负债合计", "非流动负债合计"), "percent"),
    (("研发人员占职工人数的比例", "研发人员占比"), ("研发人员",), ("职工人数",), "either"),
    (("实际税率", "实际所得税率"), ("所得税费用",), ("利润总额",), "percent"),
)
LOOKUP = (
    "{y}年{c}的{m}是多少？",
    "{c}{y}年{m}是多少元？",
    "请问{c}在{y}年的{m}为多少？",
    "{c}{y}年度{m}有多少",
    "我想知道{c}{y}年的{m}是多少。",
    "根据{c}{y}年年报，{m}是多少？",
    "{y}年度，{c}实现{m}多少元？",
    "帮我查一下{c}{y}年的{m}",
    "麻烦查询{y}年{c}{m}的具体金额",
    "{c}{y}年年报中披露的{m}是多少",
)
COLLOQUIAL = (
    "{c}{y}年{m}到底有多少啊？",
    "想问下{c}在{y}那年的{m}大概是多少呢",
    "{y}年{c}的{m}怎么样，具体多少？",
    "你好，能告诉我{c}{y}年{m}是多少吗？",
    "老板要{c}{y}年的{m}，是多少？",
    "{c}{y}年那会儿的{m}是多少",
)
HEADS = ("{y}年{c}的{m}是多少人？", "{c}{y}年{m}有多少人？", "请问{c}在{y}年的{m}是多少？", "{c}{y}年末的{m}是多少？")
UNITS = (("万元", 10**4), ("亿元", 10**8), ("百万元", 10**6))
UNIT = ("{y}年{c}的{m}是多少{u}？保留两位小数。", "以{u}为单位，{c}{y}年的{m}是多少？保留2位小数", "{c}{y}年{m}为多少{u}（保留两位小数）？")
RATIO = (
    "{y}年{c}的{m}是多少？保留两位小数。",
    "{c}{y}年{m}为多少？请保留2位小数",
    "请计算{c}{y}年的{m}，保留两位小数。",
    "{c}在{y}年的{m}具体是多少，结果保留2位小数？",
)
GROWTH = (
    "{c}{y}年{m}增长率是多少？保留2位小数。",
    "{y}年{c}的{m}同比增长了百分之多少？保留两位小数",
    "{c}{y}年的{m}增速是多少，保留两位小数？",
    "与上年相比，{c}{y}年的{m}增长率为多少？保留2位小数",
    "{c}{y}年{m}比{z}年增长了多少个百分比？保留两位小数",
)
TEXT = (
    "{y}年{c}的{m}是什么？",
    "请问{c}{y}年的{m}是？",
    "{c}在{y}年年报中的{m}是什么",
    "告诉我{c}{y}年的{m}",
    "根据{y}年年报，{c}的{m}是什么？",
)
SUM2 = ("{c}{y}年的{m}与{n}之和是多少元？", "{y}年{c}{m}和{n}加起来一共多少元？")
BOTH = ("{c}{y}年的{m}和{n}分别是多少？", "{y}年{c}的{m}、{n}各是多少元？", "请问{c}在{y}年的{m}和{n}分别为多少？")
MEAN2 = ("{c}{z}年和{y}年{m}的平均值是多少？", "{c}{z}年至{y}年{m}的平均值是多少元？")
TOPN = (
    "{y}年{m}最高的前{k}家公司是哪些？",
    "{y}年{m}排名前{k}的公司有哪些",
    "请列出{y}年{m}最大的{k}家上市公司",
    "{y}年{m}从高到低排名前{k}位的公司是？",
    "哪{k}家公司{y}年的{m}最高？",
)
BOTTOM = ("{y}年{m}最低的{k}家公司是哪些？", "{y}年{m}排名倒数{k}名的公司有哪些？", "{y}年{m}最少的{k}家公司是哪几家")
NTH = ("{y}年{m}排名第{k}的公司是哪家？", "{y}年{m}第{k}高的上市公司是哪家？", "在{y}年，{m}位列第{k}名的企业是谁？")
MOST = ("{y}年{m}最高的公司是哪家？", "哪家公司{y}年的{m}最高？{m}是多少？", "{y}年{m}最多的上市公司是谁？")
IN_PLACE = (
    "{y}年注册地址在{p}的公司中，{m}最高的前{k}家是哪些？",
    "注册地在{p}的上市公司里，{y}年{m}排名前{k}的是哪些公司？",
    "{y}年注册在{p}的企业中{m}最大的{k}家公司是？",
)
COUNT = (
    "{y}年{m}超过{t}的公司有多少家？",
    "{y}年有多少家公司的{m}高于{t}？",
    "{y}年{m}大于{t}的上市公司有几家？",
    "{y}年，{m}在{t}以上的公司共有多少家",
)
COUNT_NEG = ("{y}年{m}为负的公司有多少家？", "{y}年有多少家公司{m}小于0元？")
PLACE_COUNT = ("{y}年注册地址在{p}的公司有多少家？", "{y}年有多少家公司的注册地在{p}？")
MEAN = ("{y}年所有公司的平均{m}是多少元？", "{y}年上市公司{m}的平均值是多少？", "{y}年全部公司{m}的均值是多少")
SUM = ("{y}年所有公司的{m}总和是多少？", "{y}年全部上市公司{m}合计多少元？")
MEDIAN = ("{y}年所有公司{m}的中位数是多少？", "{y}年上市公司{m}中位数为多少元")
ABSENT = (
    "{c}{y}年的商誉是多少？",
    "{c}{y}年的每股净资产是多少元？",
    "{y}年{c}的外文名称是什么？",
    "{c}{y}年应付职工薪酬是多少？",
    "{y}年{c}的固定资产是多少元？",
    "{c}1998年的营业收入是多少？",
    "{c}2035年净利润是多少元？",
)
STRANGER = ("{y}年星汉天枢科技股份有限公司的净利润是多少？", "{y}年北冥鲲鹏实业股份有限公司的营业收入是多少元？")
PLACES = ("上海", "北京", "浙江", "江苏", "广东", "深圳", "山东", "四川", "福建", "湖北", "杭州", "苏州", "安徽", "湖南")
DIGITS = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Question:
    kind: str
    text: str
    check: Callable[[str], bool] | None  # of an answer's text; None: must not be answered


class Truth:
    """The workbooks as dictionaries: (code, year) -> column -> text."""

    def __init__(self, folder: Path) -> None:
        self.rows: dict[tuple[str, int], Row] = defaultdict(dict)
        for file in sorted(folder.glob("*.xlsx")):
            lines = openpyxl.load_workbook(file, read_only=True).worksheets[0].iter_rows(values_only=True)
            header = [str(name) for name in next(lines)]
            code = next(i for i, name in enumerate(header) if name in ("股票代码", "stock_code"))
            year = next(i for i, name in enumerate(header) if name in ("报告年份", "report_year"))
            for line in lines:
                key = (str(line[code]), int(str(line[year])[:4]))
                self.rows[key] |= {name: str(value).strip() for name, value in zip(header, line, strict=True) if value is not None}

    def number(self, key: tuple[str, int], column: str) -> Decimal | None:
        text = self.rows.get(key, {}).get(column)
        return None if text in (None, "", "nan", MISSING, "-1") else Decimal(text)

    def total(self, key: tuple[str, int], columns: tuple[str, ...]) -> Decimal | None:
        """The sum of columns, those with a minus taken away."""
        signs = [(-1 if name.startswith("-") else 1, self.number(key, name.removeprefix("-"))) for name in columns]
        return (
            None
            if any(value is None for _, value in signs)
            else sum((sign * value for sign, value in signs if value is not None), Decimal(0))
        )

    def text(self, key: tuple[str, int], column: str) -> str | None:
        value = self.rows.get(key, {}).get(column)
        return None if value in (None, "", "nan", MISSING, "-1") else value

    def year(self, year: int, column: str) -> list[tuple[Decimal, str, str]]:
        """(value, name, code) of all companies of one year, the highest first."""
        found = [
            (value, row["股票简称"], key[0])
            for key, row in self.rows.items()
            if key[1] == year and "股票简称" in row and (value := self.number(key, column)) is not None
        ]
        return sorted(found, reverse=True)


def plain(text: str) -> str:
    return re.sub(r"\[\d+\]", "", text)


def near(value: Decimal, text: str, decimals: int = 2, *, ratio: bool = False) -> bool:
    """Whether a figure of the answer's first part is the value, at so many decimals."""
    step = Decimal(1).scaleb(-decimals) * (Decimal("0.01") if ratio else 1)
    return any(
        abs(number.value - value) <= step * Decimal("0.51") + number.step / 2 for number in find_numbers(plain(text).split("其中")[0])
    )


def names_in_order(names: list[str], text: str) -> bool:
    places = [plain(text).find(name) for name in names]
    return all(place >= 0 for place in places) and places == sorted(places)


class Maker:
    def __init__(self, truth: Truth, seed: int) -> None:
        self.truth = truth
        self.random = random.Random(seed)
        self.keys = sorted(key for key, row in truth.rows.items() if "股票简称" in row and "company_full_name" in row)

    def pick(self) -> tuple[tuple[str, int], str]:
        key = self.random.choice(self.keys)
        row = self.truth.rows[key]
        return key, self.random.choice([row["股票简称"], row["company_full_name"], row["股票简称"]])

    def make(self, count: int) -> list[Question]:
        kinds = (
            [self.lookup] * 18
            + [self.colloquial] * 10
            + [self.unit] * 10
            + [self.code] * 4
            + [self.ratio] * 16
            + [self.growth] * 12
            + [self.text] * 6
            + [self.two] * 6
            + [self.ranking] * 10
            + [self.counting] * 5
            + [self.statistic] * 5
            + [self.absent] * 6
        )
        found: dict[str, Question] = {}
        while len(found) < count:
            question = self.random.choice(kinds)()
            if question is not None:
                found.setdefault(question.text, question)
        return list(found.values())

    def lookup(self, templates: tuple[str, ...] = LOOKUP, kind: str = "lookup", name: str | None = None) -> Question | None:
        key, company = self.pick()
        column = self.random.choice(list(SAY))
        value = self.truth.number(key, column)
        if value is None:
            return None
        templates = HEADS if column in COUNTS else templates
        text = self.random.choice(templates).format(
            c=f"代码为{key[0]}的公司" if name == "code" else company, y=key[1], m=self.random.choice(SAY[column])
        )
        return Question(kind, text, lambda answer: near(value, answer))

    def colloquial(self) -> Question | None:
        return self.lookup(COLLOQUIAL, "colloquial")

    def code(self) -> Question | None:
        return self.lookup(LOOKUP, "code", "code")

    def unit(self) -> Question | None:
        key, company = self.pick()
        column = self.random.choice([c for c in SAY if c not in COUNTS and "每股" not in c])
        value = self.truth.number(key, column)
        word, scale = self.random.choice(UNITS)
        if value is None or abs(value) < scale:
            return None
        text = self.random.choice(UNIT).format(c=company, y=key[1], m=self.random.choice(SAY[column]), u=word)
        printed = (value / scale).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return Question("unit", text, lambda answer: f"{printed:,}" in plain(answer))

    def ratio(self) -> Question | None:
        key, company = self.pick()
        names, above, below, form = self.random.choice(RATIOS)
        one, other = self.truth.total(key, above), self.truth.total(key, below)
        if one is None or not other:
            return None
        value = one / other
        text = self.random.choice(RATIO).format(c=company, y=key[1], m=self.random.choice(names))
        forms = {"percent": (True,), "ratio": (False,), "either": (True, False)}[form]
        return Question("ratio", text, lambda answer: any(near(value, answer, ratio=percent) for percent in forms))

    def growth(self) -> Question | None:
        key, company = self.pick()
        column = self.random.choice([c for c in SAY if c not in COUNTS and "每股" not in c])
        now, before = self.truth.number(key, column), self.truth.number((key[0], key[1] - 1), column)
        if now is None or before is None or before <= 0:
            return None
        value = (now - before) / before
        text = self.random.choice(GROWTH).format(c=company, y=key[1], z=key[1] - 1, m=self.random.choice(SAY[column]))
        return Question("growth", text, lambda answer: near(value, answer, ratio=True))

    def text(self) -> Question | None:
        key, company = self.pick()
        column = self.random.choice(list(TEXTS))
        value = self.truth.text(key, column)
        if value is None:
            return None
        text = self.random.choice(TEXT).format(c=company, y=key[1], m=self.random.choice(TEXTS[column]))
        return Question("text", text, lambda answer: value in plain(answer))

    def two(self) -> Question | None:
        key, company = self.pick()
        one, other = self.random.sample([c for c in SAY if c not in COUNTS and "每股" not in c], 2)
        way = self.random.choice(["sum", "both", "mean"])
        first, second = (
            self.truth.number(key, one),
            self.truth.number(key if way != "mean" else (key[0], key[1] - 1), other if way != "mean" else one),
        )
        if first is None or second is None:
            return None
        templates = {"sum": SUM2, "both": BOTH, "mean": MEAN2}[way]
        text = self.random.choice(templates).format(c=company, y=key[1], z=key[1] - 1, m=SAY[one][0], n=SAY[other][0])
        if way == "both":
            return Question("two metrics", text, lambda answer: near(first, answer) and near(second, answer))
        value = first + second if way == "sum" else (first + second) / 2
        return Question("two-step", text, lambda answer: near(value, answer))

    def _ranked(self) -> tuple[int, str, str, list[tuple[Decimal, str, str]]]:
        year, column = self.random.choice((2019, 2020, 2021)), self.random.choice([c for c in SAY if "每股" not in c])
        return year, column, self.random.choice(SAY[column]), self.truth.year(year, column)

    def ranking(self) -> Question | None:
        year, _, said, found = self._ranked()
        number = self.random.choice((3, 5, 10))
        way = self.random.choice(["top", "bottom", "nth", "most", "place"])
        spoken = self.random.choice([str(number), DIGITS[number]])
        if way == "place":
            place = self.random.choice(PLACES)
            found = [one for one in found if in_place(self.truth.text((one[2], year), "注册地址"), place)]
            templates: tuple[str, ...] = IN_PLACE
            names = [name for _, name, _ in found[:number]]
        elif way == "bottom":
            found = sorted(found)
            templates, names = BOTTOM, [name for _, name, _ in found[:number]]
        elif way == "nth":
            templates, names = NTH, [found[number - 1][1]]
        else:
            templates, names = (TOPN, [name for _, name, _ in found[:number]]) if way == "top" else (MOST, [found[0][1]])
        if (
            len(found) <= number
            or len({value for value, _, _ in found[: number + 1]}) <= number
            or (way in ("nth", "bottom") and not names)
        ):
            return None
        text = self.random.choice(templates).format(y=year, m=said, k=spoken, p=locals().get("place", ""))
        return Question("ranking", text, lambda answer: names_in_order(names, answer))

    def counting(self) -> Question | None:
        year, column, said, found = self._ranked()
        way = self.random.choice(["over", "over", "negative", "place"])
        if way == "place":
            place = self.random.choice(PLACES)
            number = sum(1 for key in self.keys if key[1] == year and in_place(self.truth.text(key, "注册地址"), place))
            return Question(
                "count", self.random.choice(PLACE_COUNT).format(y=year, p=place), lambda answer: near(Decimal(number), answer, 0)
            )
        if way == "negative":
            number = sum(1 for value, _, _ in found if value < 0)
            if column in COUNTS or not number:
                return None
            return Question("count", self.random.choice(COUNT_NEG).format(y=year, m=said), lambda answer: near(Decimal(number), answer, 0))
        limit, word = (
            (self.random.choice((1000, 5000, 10000)), "{}人")
            if column in COUNTS
            else (self.random.choice((1, 5, 10, 50)) * 10**8, "{}亿元")
        )
        number = sum(1 for value, _, _ in found if value > limit)
        if not number or any(value == limit for value, _, _ in found):
            return None
        text = self.random.choice(COUNT).format(y=year, m=said, t=word.format(limit if column in COUNTS else limit // 10**8))
        return Question("count", text, lambda answer: near(Decimal(number), answer, 0))

    def statistic(self) -> Question | None:
        year, column, said, found = self._ranked()
        if column in COUNTS:
            return None
        values = [value for value, _, _ in found]
        way = self.random.choice(["mean", "sum", "median"])
        value = sum(values) / len(values) if way == "mean" else sum(values, Decimal(0)) if way == "sum" else statistics.median(values)
        text = self.random.choice({"mean": MEAN, "sum": SUM, "median": MEDIAN}[way]).format(y=year, m=said)
        return Question("statistic", text, lambda answer: near(Decimal(value), answer))

    def absent(self) -> Question | None:
        key, company = self.pick()
        return Question("absent", self.random.choice(ABSENT + STRANGER).format(c=company, y=key[1]), None)


def in_place(address: str | None, place: str) -> bool:
    """Whether an address lies in a place: it begins with it, perhaps after the country or the province."""
    return bool(
        address
        and re.match(
            rf"^(?:中国|[\u4e00-\u9fff]{{2,3}}省|[（(\s])*(?:[\u4e00-\u9fff]{{2,3}}省)?{place}(?!湾|[\u4e00-\u9fff]?[路街道])", address
        )
    )


def verdict(question: Question, answer: Answer) -> str:
    if answer.status != "answered":
        return "right" if question.check is None and answer.status == "no_evidence" else answer.status
    return "right" if question.check is not None and question.check(answer.text) else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    folder = arguments.data / "zh_filings/tables"
    if not folder.exists():
        raise SystemExit(f"{folder} is not here: nothing was measured")
    questions = Maker(Truth(folder), arguments.seed).make(arguments.count)[: arguments.limit]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    seconds, lines = [], []
    with open_app() as app:
        app.agent.engine = None
        for question in questions:
            started = time.perf_counter()
            answer, _ = app.agent.ask(app.administrator, question.text)
            seconds.append(time.perf_counter() - started)
            found = verdict(question, answer)
            counts[question.kind][found] += 1
            lines.append({"kind": question.kind, "verdict": found, "question": question.text, "text": answer.text, "reason": answer.reason})
    groups = {
        "lookups, ratios, growth": ("lookup", "colloquial", "unit", "code", "ratio", "growth", "text", "two metrics", "two-step"),
        "rankings and statistics": ("ranking", "count", "statistic"),
    }
    for kind in sorted(counts):
        show(kind, counts[kind])
    for name, kinds in groups.items():
        show(name, sum((counts[kind] for kind in kinds), Counter()))
    show("all", sum(counts.values(), Counter()))
    print(f"seconds a question: median {statistics.median(seconds):.2f}, longest {max(seconds):.2f}")
    if arguments.out:
        arguments.out.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")


def show(name: str, counts: Counter[str]) -> None:
    total = sum(counts.values()) or 1
    print(f"{name}: n = {total}  " + "  ".join(f"{verdict} {count} ({count / total:.1%})" for verdict, count in counts.most_common()))


if __name__ == "__main__":
    main()
