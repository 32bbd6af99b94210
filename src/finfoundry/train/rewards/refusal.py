"""Right refusal and right answer near it: what the row refuses is refused, what it answers is answered."""

from __future__ import annotations

import re

from finfoundry.train.rewards.reward import SampledAnswer

REFUSES = re.compile(
    r"\b(?:cannot|can ?not|can['’]t|unable to|am not able to|may not|must not|will not|won['’]t) (?:\w+ ){0,2}?"
    r"(?:answer|help|tell|say|provide|give|advise|assist|disclose|share|do that)\b|\bno (?:evidence|answer)\b"
    r"|\bnot (?:permitted|allowed|enough evidence)\b|\bI (?:refuse|decline)\b"
    r"|无法(?:回答|提供|告知|给出|判断)|不能(?:回答|提供|告知|透露|给出)|没有(?:证据|依据|权限)|拒绝(?:回答|提供)|不便(?:透露|提供)",
    re.IGNORECASE,
)


def refusal(answered: SampledAnswer) -> float:
    return float(bool(answered.text.strip()) and refuses(answered.text) == refuses(answered.expected))


def refuses(text: str) -> bool:
    """Whether a text says that it does not answer."""
    return bool(REFUSES.search(text))
