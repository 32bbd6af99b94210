"""What is answered of a metric that the papers do not hold: which operand is missing, or, where the question allows for it, that the
metric means nothing for the company, or that its statement lists none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from finfoundry.agent import evidence
from finfoundry.agent.compose import unlisted
from finfoundry.agent.compute import carry_out
from finfoundry.agent.focus import keywords
from finfoundry.agent.formula import MissingOperandError, formulas
from finfoundry.agent.items import Item
from finfoundry.agent.labels import plan_by_words
from finfoundry.agent.metrics import metrics, title
from finfoundry.agent.plan import Plan, spans_of
from finfoundry.agent.sources import FactQuery
from finfoundry.agent.subject import Subject
from finfoundry.agent.understand import Intent
from finfoundry.core.answer import Answer
from finfoundry.core.errors import PlanError

if TYPE_CHECKING:
    from finfoundry.agent.inquiry import Inquiry

ALIKE = 50  # lines looked through for one that bears the metric's name among other words
_IF_USELESS = re.compile(
    r"\bif\b[^.?]*\b(?:not|isn['’]t)\b[^.?]*\b(?:useful|relevant|meaningful|applicable|something)\b|如果.{0,20}(?:没有意义|不适用|无意义)",
    re.I,
)
_IF_NONE = re.compile(
    r"\bif\b[^.?]*\b(?:not|aren['’]t|isn['’]t|no)\b[^.?]*\b(?:state|say|answer|return|give|respond(?: with)?)\s+(?:a\s+)?(?:0|zero)\b"
    r"|(?:没有|未).{0,12}(?:填|答|回答|写|则为)(?:0|零)",
    re.I,
)
_SHOWN = {"income": "revenue", "balance": "total_assets", "cash flow": "operating_cash_flow"}  # by which a statement is known to be there


def missing(inquiry: Inquiry, error: MissingOperandError, plan: Plan, intent: Intent, subject: Subject) -> Answer | None:
    """Name what is missing, or say what its absence means where the question allows it; a plain lookup may stand in running text."""
    if (answer := _unlisted(inquiry, error.metric, plan.items[0].title, intent, subject)) is not None:
        return answer
    if plan.source == "rule" and len(plan.items) == 1 and plan.items[0].expression == error.metric:
        return None
    if (words := plan_by_words(plan, error.metric)) and (answer := inquiry._from_facts(words, intent, subject)) is not None:
        return answer  # a ratio that the papers print themselves
    label = plan.labels.get(error.metric) or title(error.metric, inquiry.language)
    name = "missing" if error.span.year else "missing_any"
    text = inquiry.words[name].format(metric=label, entity=subject.name, span=error.span.words(inquiry.language))
    return inquiry._nothing(text, intent)


def useless(inquiry: Inquiry, intent: Intent, subject: Subject) -> Answer | None:
    """That a metric means nothing, to a question about the reasons of its change."""
    for mention in intent.mentions if subject.name and _IF_USELESS.search(intent.question) else ():
        plan = Plan("value", (Item(mention.text, mention.name, None),), tuple(spans_of(intent, subject.calendar)[-1:]))
        try:
            carry_out(plan, inquiry._operands(plan, intent, subject), formulas())
        except MissingOperandError as error:
            return _unlisted(inquiry, error.metric, mention.text, intent, subject)
        except PlanError:
            continue
    return None


def _mentioned(inquiry: Inquiry, metric: str, subject: Subject) -> bool:
    """Whether a line of the statement bears the metric's name among other words: then it is there, in a form that is not read."""
    name, statement = title(metric, "en"), metrics()[metric].statement
    query = FactQuery(entity=subject.name, metric=name, statement=statement, collection=inquiry.collection, limit=ALIKE)
    words = keywords(name)
    return any(words <= keywords(label) for stored in inquiry.store.facts(inquiry.principal, query) for label in stored.fact.metric)


def _unlisted(inquiry: Inquiry, metric: str, name: str, intent: Intent, subject: Subject) -> Answer | None:
    """The answer to "… if the metric is not useful, say so" and "… if there is none, state 0", where the statement is there and has no
    such line; a figure that must be there shows that it is.
    """
    key = "not_meaningful" if _IF_USELESS.search(intent.question) else "none_listed" if _IF_NONE.search(intent.question) else None
    known = metrics().get(metric)
    if key is None or known is None or known.statement not in _SHOWN:
        return None
    if _mentioned(inquiry, metric, subject):
        return None
    anchor = _SHOWN[known.statement]
    shown = Plan("value", (Item(title(anchor, inquiry.language), anchor, None),), tuple(spans_of(intent, subject.calendar)[-1:]))
    try:
        ((computed,),) = carry_out(shown, inquiry._operands(shown, intent, subject), formulas())
    except PlanError:
        return None
    part = unlisted(key, computed, name, title(metric, inquiry.language), known.statement, subject.name or "", inquiry.language)
    return inquiry._released(inquiry._bind([(part.text, evidence.of_part(part, (*subject.names, *inquiry.spoken), subject.calendar))]))
