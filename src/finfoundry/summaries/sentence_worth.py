"""How much of a paper each of its sentences carries: by words, place, figures and form, weighed by ``data/summary.json``.

The weights are fitted by ``benchmarks/summaries.py --fit`` on texts whose summaries people wrote; those of headings, which these texts do
not have, are set by hand. Nothing is read by a model: a paper of 500
pages takes a second.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.rules import DOWN, UP
from finfoundry.ask.retrieve.evidence_ranking import of_auditor, refers
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core.language import has_han
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.knowledge.search.terms import terms

_SIGNS = {  # feature → how a sentence shows it
    "money": r"[$€£¥]\s?\d|\d\s?(?:[万亿千百]+)?[美港欧]?元",
    "outlook": r"\b(?:expects?|anticipates?|guidance|outlook|forecasts?)\b|预计|展望|目标|计划|拟",
    "cause": r"\b(?:due\s+to|driven\s+by|because|attributable|result(?:ed|ing)?\s+(?:of|from)|reflecting|owing\s+to|primarily)\b"
    r"|由于|系|所致|受益于|因",
    "speech": r"\b(?:thank|thanks|welcome|good (?:morning|afternoon|evening)|operator|questions?|slide|call|join\w*)\b|\?|？",
    "we": r"\b(?:I|you|let's|let me)\b",
    "may": r"\b(?:could|might|may|would)\b|可能",
    "usual": r"\b(?:pursuant to|in accordance with|forward-looking|incorporated by reference|registrant|hereby|indicate by check mark)\b"
    r"|保证|真实、?准确|不存在|按照.{0,12}规定|适用",
}
_HEADINGS = {  # feature → how the headings above it show it
    "telling": r"discussion|overview|results of operations|highlights|outlook|summary|letter to"
    r"|经营情况|业务概要|管理层讨论|概述|摘要|展望|致辞",
    "notes": r"\bnotes?\b|financial statements|accounting|policies|exhibits?|controls and procedures|governance|part iv"
    r"|附注|财务报告|会计政策|会计估计|公司治理|备查|释义",
}
_TEXT = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _SIGNS.items()}
_PATH = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _HEADINGS.items()}
_LEAD = 40  # sentences over which the worth of standing in front fades
LONG, SHORT = 320, 45  # characters of a sentence, of one in Chinese half as many


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, float]:
    """Feature → weight, ``bias`` among them."""
    held: dict[str, float] = json.loads((files("finfoundry.summaries") / "data" / "summary.json").read_text(encoding="utf-8"))["weights"]
    return held


def worths(found: Sequence[Quotable], weights: Mapping[str, float] | None = None) -> list[float]:
    """From 0 to 1 each, for the sentences of one paper in their order."""
    weights = shipped() if weights is None else weights
    return [1 / (1 + math.exp(-sum(weights.get(name, 0.0) * value for name, value in row.items()))) for row in features(found)]


def features(found: Sequence[Quotable]) -> list[dict[str, float]]:
    """Of each sentence, about 0 to 1 each.

    lead, front: it is the first of its section, it stands near the front of it · central: its words are those of the whole, the rarer
    counting more · titled: its heading's words are in it · figures, percent, money: what it counts · metric: it names one · moved: it
    tells a rise or a fall · outlook: it looks ahead · news: it counts, moves or looks ahead · cause: it gives a reason · speech, we: it
    talks to listeners · may, usual, elsewhere, opinion: it says what such papers always say · telling, notes: it stands where papers tell
    of their year, or in their notes · short, long, item: its form.
    """
    own = [frozenset(terms(one.text)) for one in found]
    rarity = _rarity(own)
    whole = Counter(stem for stems in own for stem in stems)
    centre = _scaled([sum(whole[stem] * rarity[stem] for stem in stems) / math.sqrt(len(stems) + 1) for stems in own])
    places = _places(found)
    return [
        {"bias": 1.0, "lead": 1 / (1 + place), "front": math.exp(-place / _LEAD), "central": central, **_said(one, stems)}
        for place, one, stems, central in zip(places, found, own, centre, strict=True)
    ]


def _places(found: Sequence[Quotable]) -> list[int]:
    """Of each sentence the number of those before it under its heading."""
    before: Counter[tuple[str, ...]] = Counter()
    places = []
    for one in found:
        places.append(before[one.heading])
        before[one.heading] += 1
    return places


def _said(one: Quotable, stems: frozenset[str]) -> dict[str, float]:
    text, heading, path = one.text, frozenset(terms(one.title)), " / ".join(one.heading)
    numbers = find_numbers(text)
    size = len(text) * (2 if has_han(text) else 1)
    tests: dict[str, object] = {name: sign.search(text) for name, sign in _TEXT.items()}
    tests |= {name: sign.search(path) for name, sign in _PATH.items()}
    tests |= {"percent": any(number.percent for number in numbers), "metric": vocabulary().find(text)}
    tests |= {"moved": UP.search(text) or DOWN.search(text), "elsewhere": refers(one), "opinion": of_auditor(one)}
    tests |= {"short": size < SHORT, "long": size > LONG, "item": one.form == "item"}
    return {
        "news": float(bool(numbers or tests["moved"] or tests["outlook"])),
        "titled": len(stems & heading) / len(heading) if heading else 0.0,
        "figures": min(len(numbers), 4) / 4,
        **{name: float(bool(value)) for name, value in tests.items()},
    }


def _rarity(texts: Sequence[frozenset[str]]) -> Mapping[str, float]:
    held = Counter(stem for stems in texts for stem in stems)
    return {stem: math.log(1 + len(texts) / count) for stem, count in held.items()}


def _scaled(values: Sequence[float]) -> list[float]:
    """As shares of the largest."""
    most = max(values, default=0.0) or 1.0
    return [value / most for value in values]
