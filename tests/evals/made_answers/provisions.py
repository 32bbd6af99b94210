"""Answers about a rule: quoted, shortened and with numerals in the other script; and false in one respect each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random

from tests.evals.made_answers.made import TRUE, Made

from finfoundry.evals.judging.provisions import Provision
from finfoundry.evals.rows import Item

_AMOUNT = re.compile(
    r"(?P<number>\d+|[一二三四五六七八九十百]+)(?P<rest>[万亿]?)(?P<counted>个)?(?P<unit>工作日|日|天|月|年|美元|元|%|人|次)"
)
_OTHER_UNIT = {
    "工作日": "个月",
    "日": "年",
    "天": "年",
    "月": "天",
    "年": "天",
    "美元": "日元",
    "元": "美元",
    "%": "倍",
    "人": "家",
    "次": "年",
}
_DIGITS = "零一二三四五六七八九"
_TO_MOST = (("不得低于", "不得高于"), ("最低", "最高"), ("最短", "最长"), ("以上", "以下"))
_TO_LEAST = (("不得超过", "不得少于"), ("不超过", "不少于"), ("最长", "最短"), ("工作日内", "工作日后"), ("日内", "日后"), ("以下", "以上"))
_REFUSAL = ("不得", "不予", "无偿", "不收")
OTHER_WORDS = ("总经理", "口头通知", "保证金", "抵押物", "互联网", "鉴定中心", "审计报告", "次年")
OTHER_RULES = (
    "第四条 承租人拖欠租金的，出租人不予退还押金",
    "检查人员离职后两年内不得在原单位任职",
    "开工前应当公示图纸，逾期的不得收取订金",
)
OTHER_ARTICLES = ("第七十七条", "第九十一条", "第六条")


def answers(item: Item, random: Random) -> Iterator[Made]:
    """Right and wrong answers made of the article and of the facts written down for the question."""
    provision: Provision = item.meta["provision"]
    first = [forms[0] for forms in provision.facts]
    sentence = _sentence(provision, first)
    whole = "；".join(first)
    yield Made(f"{provision.article} {provision.body}", TRUE)
    yield Made(f"{sentence}。", TRUE)
    yield Made(f"按照{provision.article}，{sentence}。", TRUE)
    if provision.refused:
        yield from _refusal(provision, sentence, random)
        return
    yield Made(f"答案是{whole}。", TRUE)
    yield Made(f"{whole}。", TRUE)
    other = random.choice([one for one in OTHER_ARTICLES if one != provision.article])
    yield Made(f"《办法》{other}规定：{whole}。", "other article")
    yield Made(f"没有规定{whole}。", "denied")
    if len(first) > 1:
        yield Made(f"{first[0]}。", "left out")
    for form in first:
        amount = _AMOUNT.fullmatch(form)
        yield from _amount(form, amount, sentence, first, random) if amount else _words(form, sentence, first, random)


def _sentence(provision: Provision, facts: Sequence[str]) -> str:
    """The part of the article that states everything; the article where no single part does."""
    parts = [part for part in re.split(r"[。]", provision.body) if part]
    wanted = facts or [next((one for one in _REFUSAL if one in provision.body), "")]
    return next((part for part in parts if all(fact in part for fact in wanted)), provision.body.rstrip("。"))


def _amount(form: str, amount: re.Match[str], sentence: str, facts: Sequence[str], random: Random) -> Iterator[Made]:
    yield Made(_instead(facts, form, _in_other_script(amount)), TRUE)
    number = _number(amount["number"])
    unit = f"{amount['rest']}{amount['counted'] or ''}{amount['unit']}"
    for wrong in (number + random.choice((2, 3, 7)), number * 10):
        other = f"{wrong}{unit}"
        yield Made(f"{sentence.replace(form, other)}。", "value" if wrong < number * 10 else "x10")
        yield Made(f"{_instead(facts, form, other)}。", "value" if wrong < number * 10 else "x10")
    counted_otherwise = f"{number}{amount['rest']}{_OTHER_UNIT[amount['unit']]}"
    yield Made(f"{_instead(facts, form, counted_otherwise)}。", "unit")
    yield Made(f"不是{form}，而是{number + 4}{unit}。", "denied")
    yield Made(f"{form}或者{number + 4}{unit}。", "both")
    yield Made(f"{_instead(facts, form, form)}。另一处规定为{number + 6}{unit}。", "extra figure")
    for one, other in (*_TO_MOST, *_TO_LEAST):
        if one in sentence and (f"{one}{form}" in sentence or f"{form}{one}" in sentence or one.endswith(form[-2:])):
            yield Made(f"{sentence.replace(one, other)}。", "bound")
            break


def _words(form: str, sentence: str, facts: Sequence[str], random: Random) -> Iterator[Made]:
    other = random.choice([one for one in OTHER_WORDS if one not in sentence])
    yield Made(f"应为{_instead(facts, form, form)}。", TRUE)
    yield Made(f"{sentence.replace(form, other)}。", "other item")
    yield Made(f"{_instead(facts, form, other)}。", "other item")
    yield Made(f"并非{form}，而是{other}。", "denied")
    yield Made(f"{form}或者{other}。", "both")


def _refusal(provision: Provision, sentence: str, random: Random) -> Iterator[Made]:
    yield from (Made(text, TRUE) for text in ("不可以。", f"不能，{sentence}。", f"否。{sentence}。", "规定不允许这样做。"))
    allowed = sentence
    for word, other in zip(_REFUSAL, ("可以", "应当", "有偿", "收取"), strict=True):
        allowed = allowed.replace(word, other)
    yield from (Made(text, "opposite") for text in ("可以。", "是的。", f"{allowed}。", f"可以，{allowed}。", f"能。{sentence}。"))
    yield Made(f"{provision.article}对此未作规定。", "left out")
    yield Made(f"{random.choice(OTHER_RULES)}。", "other item")


def _instead(facts: Sequence[str], form: str, other: str) -> str:
    return "，".join(other if one == form else one for one in facts)


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for sign in text:
        power = {"十": 10, "百": 100}.get(sign)
        total, digit = (total + max(digit, 1) * power, 0) if power else (total, _DIGITS.index(sign))
    return total + digit


def _in_other_script(amount: re.Match[str]) -> str:
    """5个工作日 as 五个工作日, 六十日 as 60日."""
    rest = amount[0][len(amount["number"]) :]
    if not amount["number"].isdecimal():
        return f"{_number(amount['number'])}{rest}"
    number = int(amount["number"])
    if number > 99 or amount["unit"] == "%":
        return amount[0]
    tens, ones = divmod(number, 10)
    head = f"{_DIGITS[tens] if tens > 1 else ''}十" if tens else ""
    return f"{head}{_DIGITS[ones] if ones else ''}{rest}"
