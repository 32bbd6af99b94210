"""How sure it is that what is to be quoted answers: signs of the question and of the sentences, weighed as fitted.

What must not be is decided elsewhere (another company's sentence, another year's, no figure where one is asked for); here stand the signs
that only tell how likely: that a name of the question is not in the sentence may be a synonym, or another matter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from finfoundry.ask.plan.rules import asks_openly, wants_number
from finfoundry.ask.retrieve.evidence_ranking import Evidence, asks_an_amount, concepts_of, coverage, holds_all, shipped
from finfoundry.ask.retrieve.model_opinion import log_odds
from finfoundry.ask.retrieve.query import search_text
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.retrieve.said_again import names_asked_about, said_by, say
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.language import simplified
from finfoundry.core.periods import undated
from finfoundry.core.quantities.numbers import find_numbers

SURE = 0.65  # from which on what is quoted answers (benchmarks/quotation_sureness.py)
# The same of rows of tables, chosen on 285 questions by hand, 40 of which no paper answers: in Chinese rows are told right for 15 and wrong
# for 1, where at .65 they are for 8 and 1; in English for none, where at .5 they are right for 2 and wrong for 8.
SURE_OF_ROWS = {"zh": 0.5, "en": 0.8}
COMPARED = 60  # of what was found, the likeliest: which words of the question are rare among them
MANNER = re.compile(  # a question for the way in which something is done: an amount is no answer to it
    r"\bhow (?:do|does|is|are)\b.{0,80}?\b(?:valued?|account(?:ed)? for|measured?|recogni[sz]ed?|treat(?:ed)?|test(?:ed)?|carried"
    r"|depreciated?|amorti[sz]ed?|managed?|protect(?:ed)?|hedged?|handled?)\b|(?:如何|怎样|怎么).{0,4}(?:计价|核算|确认|计量|计提|处理|测试|折旧|摊销|管理|应对)",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(
    r"[一二两三四五六七八九零十百千万亿仟佰拾]+(?:元|成|倍|周?岁|年|个?月|[日天](?!期))|[一二两三四五六七八九]?[十百千万仟佰拾]+[次人家户]|百分之[一二三四五六七八九十百]"
)
_OTHERWISE = re.compile(  # asked of a line: whether, who, when, which, what there is
    r"(?:^|[,;]\s)\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b"
    r"|\b(?:who|when|where|which|whether|list|name)\b|谁|哪|何时|是否|吗|有没有|列[出示举]|怎[么样]",
    re.IGNORECASE,
)


def sureness(signs: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """The probability that what is quoted answers, by the signs of ``signs_of``, weighed as shipped or by ``weights``."""
    weights = weights or shipped(_fitted(signs))
    return 1 / (1 + math.exp(-sum(weight * signs[name] for name, weight in weights.items())))


def bar_of(signs: Mapping[str, float]) -> float:
    """How sure what has these signs must be to be told."""
    return SURE_OF_ROWS["zh" if signs["zh"] else "en"] if signs.get("cells") else SURE


def _fitted(signs: Mapping[str, float]) -> Literal["told", "told_by_states", "rows_told"]:
    """Which weights the signs are weighed by."""
    if "quoted" not in signs:
        return "told"
    return "rows_told" if signs["cells"] else "told_by_states"


def signs_of(
    question: str,
    intent: Intent,
    subject: Subject,
    best: Sequence[Evidence],
    chosen: Sequence[Quotable],
    told: float,
    whole: float,
    quoted: float | None = None,
    *,
    of_papers: bool = False,
) -> dict[str, float]:
    """Of what is to be quoted, about 0 to 1 each but for worth, again, whole, state and quoted, which are log-odds.

    worth: of the likeliest · again: how much likelier all that tells the same is (``told``) · whole: of all of it, read in one piece ·
    covered, rare: share of the question's words that the
    sentences have, under their headings, the rarer counting more, and whether the rarest is among them · figure: one is asked for · line,
    line_told: nothing but a figure of a line is asked for, and a sentence tells it by its name, or stands in a paper without lines ·
    names, names_said: the question has names besides the company's, and all are said · papers: it names the paper, or the rule, that it is
    asked of (``of_papers``) · item, row: form of the likeliest · zh: language · state: log-odds that the
    likeliest answers by the base model's states alone, where they were read · quoted: the same of all of it, and of all that is asked for
    (``quoted``); where nothing reads that, of the likeliest · cells: a row of a table is told by its figures.
    """
    first, names, line = best[0], names_asked_about(question, intent), asks_a_line(intent)
    covered, rare = coverage(concepts_of(search_text(intent)), said_by(chosen, subject), [one.quotable for one in best[:COMPARED]])
    return {
        "bias": 1.0,
        "worth": log_odds(first.worth),
        "again": log_odds(told) - log_odds(first.worth),
        "whole": log_odds(whole),
        "covered": covered,
        "rare": float(rare),
        "figure": float(asks_a_number(intent)),
        "line": float(line),
        "line_told": float(line and any(_tells_line(one, intent, subject) for one in chosen)),
        "names": float(bool(names)),
        "names_said": float(bool(names) and say(chosen, names, subject)),
        "papers": float(of_papers),
        "item": float(first.quotable.form == "item"),
        "row": float(first.quotable.form == "row"),
        "zh": float(intent.language == "zh"),
        **({} if first.state is None else _by_states(first.state, quoted, chosen)),
    }


def _by_states(state: float, quoted: float | None, chosen: Sequence[Quotable]) -> dict[str, float]:
    cells = float(any(one.cells for one in chosen))
    return {"state": state, "quoted": state if quoted is None else log_odds(quoted), "cells": cells}


def asks_a_number(intent: Intent) -> bool:
    """Whether an answer must print a figure."""
    return wants_number(intent) or asks_an_amount(intent.core)


def asks_a_line(intent: Intent) -> bool:
    """Whether a question names a line and asks nothing of it but its figure."""
    return bool(intent.mentions) and not (asks_openly(intent) or MANNER.search(intent.core) or _OTHERWISE.search(intent.core))


def prints_a_figure(one: Quotable) -> bool:
    """Whether a sentence has a number that belongs to no date, in digits or as contracts write it: 五仟元, 百分之二十."""
    return bool(find_numbers(undated(one.text))) or _IN_WORDS.search(simplified(one.text)) is not None


def _tells_line(one: Quotable, intent: Intent, subject: Subject) -> bool:
    """Whether it prints a figure and speaks of every line that the question names, in its words or in those of papers; in a rule, a policy
    or a product, which have no lines that metrics name, whether it prints one.
    """
    by_name = one.hit.document_id in subject.nameless or all(holds_all(one, mention.text) for mention in intent.mentions)
    return by_name and prints_a_figure(one)
