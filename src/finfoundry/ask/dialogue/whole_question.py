"""A topic as a question that says everything: whose figure, which, of when, and what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from finfoundry.ask.dialogue.topic import Topic
from finfoundry.core.answer import Language

Measure = Literal["amount", "percent", "points"]
_DAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\b(?!\s*(?:months|weeks))")
_MEASURE = {"amount": "By how much", "percent": "By how many percent", "points": "By how many percentage points"}
_MEASURE_ZH = {"amount": "增长了多少", "percent": "增长了百分之几", "points": "变动了多少个百分点"}


def value(topic: Topic, language: Language) -> str:
    """ "What was Nike's revenue in fiscal 2023?", 云洲银行2023年的净利润是多少？"""
    if language == "zh":
        between = "的" if topic.company or topic.periods else ""
        return f"{topic.company}{_and(topic.periods, language)}{between}{topic.line}是多少？"
    return f"What was {_owned(topic)}{_when(topic.periods)}?"


def scaled(topic: Topic, unit: str, language: Language) -> str:
    """The same in a unit: "What was Nike's revenue in fiscal 2023, in billions?"."""
    asked = value(topic, language)
    if language == "zh":
        return asked.replace("是多少？", f"是多少{unit if unit.endswith('元') else unit + '元'}？")
    return f"{asked.removesuffix('?')}, in {unit if unit.endswith('s') else unit + 's'}?"


def part_of_whole(topic: Topic, language: Language) -> str:
    """What part of a line one of its parts is."""
    metric = topic.line.removeprefix(topic.member).strip()
    if language == "zh":
        return f"{topic.company}{_and(topic.periods, language)}{topic.member}占{metric}的比例是多少？"
    owned = f"{_possessive(topic.company)} {metric}" if topic.company else f"the {metric}"
    return f"What percentage of {owned} did {topic.member} account for{_when(topic.periods)}?"


def change(topic: Topic, first: str, last: str, measure: Measure, language: Language) -> str:
    """By how much a line changed from one period to another."""
    if language == "zh":
        return f"{topic.company}{last}{topic.line}比{first}{_MEASURE_ZH[measure]}？"
    return f"{_MEASURE[measure]} did {_owned(topic)} change from {first} to {last}?"


def share(topic: Topic, whole: str, language: Language) -> str:
    """What part of another line one is."""
    if language == "zh":
        return f"{topic.company}{_and(topic.periods, language)}{topic.line}占{whole}的比例是多少？"
    return f"What was {_owned(topic)} as a percentage of {whole}{_when(topic.periods)}?"


def proportion(topic: Topic) -> str:
    """What part of its whole a part is, as Chinese papers print it: 本科以上员工占比."""
    return f"{topic.company}{_and(topic.periods, 'zh')}{topic.line}占比是多少？"


def together(topic: Topic, other: str, language: Language) -> str:
    """The sum of two lines."""
    if language == "zh":
        return f"{topic.company}{_and(topic.periods, language)}{topic.line}与{other}之和是多少？"
    return f"What was {_owned(topic)} plus {other}{_when(topic.periods)}?"


def reason(topic: Topic, language: Language) -> str:
    """Why a line changed."""
    if language == "zh":
        return f"{topic.company}{_and(topic.periods[-1:], language)}{topic.line}变动的原因是什么？"
    return f"Why did {_owned(topic)} change{_when(topic.periods[-1:])}?"


def higher(topic: Topic, companies: Sequence[str], language: Language) -> str:
    """A line of several companies side by side."""
    if language == "zh":
        return f"{'和'.join(companies)}{_and(topic.periods, language)}的{topic.line}哪个高？"
    return f"Which was higher{_when(topic.periods)}, {' or '.join(_possessive(one) for one in companies)} {topic.line}?"


def _owned(topic: Topic) -> str:
    return f"{_possessive(topic.company)} {topic.line}" if topic.company else f"the {topic.line}"


def _possessive(company: str) -> str:
    return f"{company}'" if company.endswith("s") else f"{company}'s"


def _when(periods: Sequence[str]) -> str:
    if not periods:
        return ""
    return f" {'on' if _DAY.search(periods[0]) else 'in'} {_and(periods, 'en')}"


def _and(periods: Sequence[str], language: Language) -> str:
    return ("和" if language == "zh" else " and ").join(periods)
