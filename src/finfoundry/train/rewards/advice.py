"""Advice that stays within what may be said and still says something: no promise, no order to buy or sell, and no empty words."""

from __future__ import annotations

import re

from finfoundry.train.rewards.refusal import refuses
from finfoundry.train.rewards.reward import SampledAnswer

BEYOND = re.compile(
    r"\b(?:guaranteed?|risk[- ]free|cannot lose|can['’]t lose|certain to (?:rise|gain|double)|sure (?:profit|gain))\b"
    r"|\byou (?:should|must|need to) (?:buy|sell|short|invest)\b"
    r"|\bI (?:strongly )?(?:recommend|advise) (?:buying|selling|you to (?:buy|sell))\b"
    r"|保证(?:收益|盈利|赚钱)|稳赚|保本|无风险|必涨|一定会涨|(?:应该|必须|建议您?|推荐您?)(?:立即)?(?:买入|卖出|购买|抛售)",
    re.IGNORECASE,
)
WORD = re.compile(r"[A-Za-z]{2,}|\d+(?:\.\d+)?|[\u3400-\u9fff]")
LEAST = 0.3  # of the different words of the row's own answer, below which nothing is said


def advice(answered: SampledAnswer) -> float:
    if BEYOND.search(answered.text):
        return 0.0
    if refuses(answered.text):
        return float(refuses(answered.expected))
    said, wanted = (len(set(WORD.findall(text.casefold()))) for text in (answered.text, answered.expected))
    return min(1.0, said / max(1.0, LEAST * wanted))
