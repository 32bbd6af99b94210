"""Chinese answers about figures: true in several hands' wording, and false in one respect each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from finfoundry.evals.judging.truth import Figure, Truth
from finfoundry.evals.rows import Item
from finfoundry.evals.trials.made import TRUE, Made
from finfoundry.evals.trials.printing import off, printed, share

OTHER_COMPANIES = ("临江重工股份有限公司", "云岭药业股份有限公司", "东湖港务", "北原银行", "海澜物流集团")
OTHER_METRICS = ("应付账款", "商誉", "固定资产", "利息支出", "存货", "应交税费")
LEVEL = (
    "{who}{y}年的{m}为{v}。", "{y}年度，{who}{m}是{v}。", "年报显示，{y}年{who}实现{m}{v}。", "{who}在{y}年录得{m}{v}。",
    "{m}：{v}（{who}，{y}年）。", "查{who}{y}年年报，{m}合计{v}。", "{who}{y}年{m}达{v}，{x}年则为{w}。", "{y}年为{v}。",
)  # fmt: skip
PLAIN = ("{v}。", "为{v}。", "答案是{v}。", "应为{v}。", "年报披露的数字是{v}。")
RISES = ("{who}{y}年{m}比上年增长{v}。", "{y}年{m}上升了{v}。", "{m}同比提高{v}。", "{who}的{m}增加{v}。")
FALLS = ("{who}{y}年{m}比上年下滑{v}。", "{y}年{m}下降了{v}。", "{m}同比减少{v}。", "{who}的{m}回落{v}。")
CHANGES = ("{who}{y}年{m}的变动为{v}。", "{y}年{who}{m}增长率为{v}。", "{v}。", "{m}同比变动{v}（{who}，{y}年）。")
ALSO = (
    "{s}另一处写作{w}。", "为{v}或{w}。", "{s}但正确的数字是{w}。", "{w}，也有{v}的说法。", "{s}附注中同一项目为{w}。",
    "可能是{v}，也可能是{w}。",
)  # fmt: skip


def figures(truth: Truth, item: Item, random: Random) -> Iterator[Made]:
    """Nothing where the truth is no figure."""
    if not truth.figures or truth.words or truth.chosen or truth.rises is not None or truth.yes is not None:
        return
    if len(truth.figures) > 1:
        yield from _pairs(truth, random)
        return
    teller = _Teller(truth, item, random)
    yield from teller.true()
    yield from teller.false()


class _Teller:
    def __init__(self, truth: Truth, item: Item, random: Random) -> None:
        self.truth, self.item, self.random = truth, item, random
        self.figure = truth.figures[0]
        self.year = max(truth.years, default=0)
        self.who = truth.entity[0] if truth.entity else ""
        self.metric = truth.labels[0] if truth.labels else ""

    def say(self, figure: Figure, value: str, *, who: str | None = None, metric: str | None = None, year: int | None = None) -> str:
        """One sentence that states ``value`` as the figure; ``figure`` tells whether it is a movement and which way."""
        given = {"who": who or self.who, "m": metric or self.metric, "y": year or self.year, "x": (year or self.year) - 1}
        if figure.change and self.metric and self.random.random() < 0.6:
            sentences: Sequence[str] = FALLS if figure.value < 0 else RISES
        else:
            whole = self.metric and self.who and self.year
            sentences = CHANGES if figure.change and whole else LEVEL if whole else PLAIN
            value = f"{self.random.choice(('-', '-', '负'))}{value}" if figure.value < 0 and not figure.signless else value
        if who or metric or year:
            key = "{who}" if who else "{m}" if metric else "{y}"
            sentences = [one for one in sentences if key in one and "{x}" not in one] or [f"{key}为{{v}}。"]
        return self.random.choice(sentences).format(v=value, w=printed(figure, self.random, True, factor=off(figure, self.random)), **given)

    def true(self) -> Iterator[Made]:
        for _ in range(3):
            yield Made(self.say(self.figure, printed(self.figure, self.random, True)), TRUE)

    def false(self) -> Iterator[Made]:
        figure, random = self.figure, self.random
        if figure.value == 0:
            return
        right = printed(figure, random, True)
        yield Made(self.say(figure, printed(figure, random, True, factor=off(figure, random))), "value")
        if not figure.signless and figure.form != "count":
            turned = replace(figure, value=-figure.value)
            yield Made(self.say(turned, printed(turned, random, True)), "direction" if figure.change else "sign")
        yield Made(self.say(figure, printed(figure, random, True, factor=Decimal(random.choice(("100", "0.01"))))), "x100")
        if figure.form == "money":
            yield Made(self.say(figure, _other_scale(right, random)), "scale")
        if figure.form in ("percent", "points"):
            word = "%" if figure.form == "points" else "个百分点"
            yield Made(self.say(figure, share(figure, random, True, word=word)), "percent for points")
        if figure.form == "ratio":
            yield Made(self.say(figure, f"{right.rstrip('倍')}%"), "percent for ratio")
        if self.year:
            yield Made(self.say(figure, right, year=self.year - random.choice((3, 4, 6))), "period")
        if self.who:
            strangers = sorted(self.truth.strangers)
            yield Made(
                self.say(figure, right, who=random.choice(strangers if strangers and random.random() < 0.5 else OTHER_COMPANIES)), "entity"
            )
        if self.metric:
            others = [one for one in self.truth.others or OTHER_METRICS if one not in self.item.question and one not in self.metric]
            yield Made(self.say(figure, right, metric=random.choice(others)), "other item")
        said = self.say(figure, right)
        minus = "-" if figure.value < 0 and not figure.signless else ""
        wrong = minus + printed(figure, random, True, factor=off(figure, random))
        yield Made(random.choice(ALSO).format(s=said, v=minus + right, w=wrong), "extra figure")


def _pairs(truth: Truth, random: Random) -> Iterator[Made]:
    """Two figures: both right, one of them wrong, one of them left out."""
    values = [_with_sign(one, random) for one in truth.figures]
    yield Made(f"分别为{'和'.join(values)}。", TRUE)
    yield Made(f"依次是{'、'.join(values)}。", TRUE)
    wrong = list(values)
    wrong[-1] = _with_sign(truth.figures[-1], random, off(truth.figures[-1], random))
    yield Made(f"分别为{'和'.join(wrong)}。", "value")
    yield Made(f"为{values[0]}。", "left out")


def _with_sign(figure: Figure, random: Random, factor: Decimal = Decimal(1)) -> str:
    return f"{'-' if figure.value < 0 else ''}{printed(figure, random, True, factor=factor)}"


def _other_scale(amount: str, random: Random) -> str:
    """The amount with another scale word, or with none."""
    for word in ("百万", "亿", "万"):
        if amount.endswith(f"{word}元"):
            other = random.choice(["", *(one for one in ("万", "亿", "百万", "千") if one != word)])
            return f"{amount[: -len(word) - 1]}{other}元"
    return f"{amount[:-1]}{random.choice(('万', '亿'))}元"
