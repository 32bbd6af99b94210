"""A metric of several companies side by side: "Did A or B have the higher margin?", "Compare A's and B's revenue", A和B哪家的净利润更高; or
of one company's group and parent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import AnswerPart
from finfoundry.ask.compose.sentences import compose
from finfoundry.ask.compute.results import Computed, carry_out, worth
from finfoundry.ask.context import endings, fetch, reading
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.formula import MissingOperandError
from finfoundry.ask.lexicon.metric_terms import title
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.plan.rules import Plan, growth, plan_by_rule
from finfoundry.ask.understand.intent import Intent, names_both_scopes
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.evidence import Evidence
from finfoundry.core.answer import Answer
from finfoundry.core.document import Scope
from finfoundry.core.errors import PlanError

MOST = 5  # companies of one question
_MORE = re.compile(
    r"\b(?:higher|highest|larger|largest|greater|greatest|bigger|biggest|more|most|better|best|faster|fastest|stronger|strongest)\b"
    r"|[更较最](?:高|大|多|好|快|强)|(?:高|大|多|快)于|谁[高大多]|比[^，。？?]{2,20}?[高大多快](?=[吗？?]|$)",
    re.I,
)
_LESS = re.compile(
    r"\b(?:lower|lowest|smaller|smallest|less|least|fewer|fewest|worse|worst|slower|slowest|weaker|weakest)\b"
    r"|[更较最](?:低|小|少|差|慢|弱)|(?:低|小|少|慢)于|谁[低小少]|比[^，。？?]{2,20}?[低小少慢](?=[吗？?]|$)",
    re.I,
)
_ASKING = re.compile(
    r"\b(?:did|does|do|is|are|was|were|has|have|had|which|who|whose|company|companies|firm|firms|compare[ds]?|comparison|comparing|between|than|versus"
    r"|vs|or|one|each|respectively|both)\b|(?:哪|那)(?:一)?(?:家|个)(?:公司|企业)?|谁|相比|比较|对比|分别|各自|是否|吗|还是"
    r"|(?:按|由|从)?(?:高到低|大到小|多到少|低到高|小到大|少到多)(?:的顺序)?|排序|排列|排名|依次|\brank(?:ed|ing)?\b|\border(?:ed)?\b",
    re.I,
)
_FALLING = re.compile(r"(?:高到低|大到小|多到少)|\b(?:rank(?:ed)?|descending)\b", re.I)  # the order in which they are listed
_RISING = re.compile(r"(?:低到高|小到大|少到多)|\bascending\b", re.I)
_EXCLUDED = re.compile(r"\b(?:exclude|leave\s+(?:it|them)\s+out|ignore|skip)\b|剔除|排除|不计入", re.I)  # companies without data
_QUOTED = re.compile(r"[\"“‘']([^\"”’']{2,60})[\"”’']")
_YES_NO = re.compile(r"^\W*(?:is|are|was|were|do|does|did|has|have|had)\b.*\bthan\b|(?:是否|吗)", re.I | re.S)


@dataclass(frozen=True, slots=True)
class _Told:
    """The values of one company from its filings."""

    name: str
    subject: Subject
    plan: Plan
    rows: Sequence[Sequence[Computed]]


def of_companies(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """Each company's values, and whose is the higher or lower where that is asked; None where no metric of several companies is asked for.

    A company whose filings lack it is named, and no value of the others is given, unless the question says to leave such companies out.
    """
    told: list[_Told] = []
    sides = _sides(intent, subject) if not intent.definitions else []
    for company, scope in sides:
        own_subject, own = reading.read_for(context, company)
        own = replace(own, scope=scope)
        plan = plan_by_rule(_plain(own), own_subject.calendar, own.vocabulary.library)
        if plan is None or plan.ask not in ("value", "change"):
            return None
        plan = _comparable(plan, own)
        try:
            name = context.called(own_subject, scope)
            rows = carry_out(plan, fetch.operands(context, plan, own, own_subject), own.vocabulary.library)
            told.append(_Told(name, own_subject, plan, rows))
        except MissingOperandError as missing:
            if _EXCLUDED.search(context.question):
                continue
            key, metric = "missing" if missing.span.year else "missing_any", title(missing.metric, context.language)
            named = context.called(own_subject)
            text = context.words[key].format(metric=metric, entity=named, span=missing.span.words(context.language))
            return endings.nothing(context, text, intent)
        except PlanError:
            return None
    if not told:
        return None
    if len({one.rows[0][-1].unit for one in told}) == 1 and (_FALLING.search(intent.core) or _RISING.search(intent.core)):
        told.sort(key=lambda one: worth(one.rows[0][-1]), reverse=_RISING.search(intent.core) is None)
    parts = [*_verdict(context, intent, told), *(part for one in told for part in _values(context, intent, one))]
    context.trace.add("plan", [one.plan for one in told])
    bound = endings.bind(context, parts)
    return endings.release(context, bound)


def _sides(intent: Intent, subject: Subject) -> list[tuple[str, Scope | None]]:
    """The companies that are compared, each with its scope; empty where there are not two sides."""
    if 2 <= len(intent.entities) <= MOST:
        return [(name, intent.scope) for name in intent.entities]
    return [(subject.name, "consolidated"), (subject.name, "parent")] if subject.name and names_both_scopes(intent) else []


def _plain(intent: Intent) -> Intent:
    """The question without the words that set companies against each other."""
    core, masked = intent.core, intent.masked  # of equal length, so that offsets agree
    for pattern in (_ASKING, _MORE, _LESS):
        for match in pattern.finditer(core):
            if not any(mention.start < match.end() and match.start() < mention.end for mention in intent.mentions):
                core, masked = (text[: match.start()] + " " * len(match[0]) + text[match.end() :] for text in (core, masked))
    unheard = _QUOTED.findall(intent.core) if _EXCLUDED.search(intent.question) else []  # names that no document knows are left out
    stray = {token.text for name in unheard for token in tokens(name)}
    bare = [(word, _LESS.sub("", _MORE.sub("", _ASKING.sub("", word.text)))) for word in intent.left]
    left = tuple(replace(word, text=text) for word, text in bare if text.strip("否高低大小多少快慢按顺序") and text not in stray)
    return replace(intent, core=core, masked=masked, left=left, entities=intent.entities[:1])


def _comparable(plan: Plan, intent: Intent) -> Plan:
    """The plan with values to compare: a plan for a change becomes one for the growth in its last span."""
    if plan.ask == "value":
        return plan
    grown = [growth(item, plan.spans[-1:], intent) for item in plan.items]
    return replace(plan, ask="value", items=tuple(one for one in grown if one), spans=plan.spans[-1:])


def _values(context: QuestionContext, intent: Intent, told: _Told) -> list[tuple[str, list[Evidence]]]:
    parts = compose(told.plan, told.rows, told.name, intent.wish, context.language)
    return [(part.text, _evidence(part, told.subject, context)) for part in parts]


def _evidence(part: AnswerPart, subject: Subject, context: QuestionContext) -> list[Evidence]:
    used = [operand for computed in part.computed for operand in computed.operands.values()]
    context.trace.add("evidence", [operand.stored.id for operand in used], [operand.stored.document_id for operand in used])
    return answer_evidence.of_part(part, (*subject.names, *context.spoken), subject.calendar)


def _verdict(context: QuestionContext, intent: Intent, told: Sequence[_Told]) -> list[tuple[str, list[Evidence]]]:
    """Whose value is the higher or lower, of values in one unit; no sentence where neither is asked for."""
    high, low = _MORE.search(intent.core) is not None, _LESS.search(intent.core) is not None
    last = [one.rows[0][-1] for one in told if len(one.rows) == 1]
    if high == low or len(last) < len(told):
        return []
    if len({one.unit for one in last}) > 1:
        context.warn(context.words["currencies"])
        return []
    values = [worth(one) for one in last]
    extreme = max(values) if high else min(values)
    if values.count(extreme) > 1:
        return []
    two, words = len(told) == 2, context.words
    most = words[("higher" if two else "highest") if high else ("lower" if two else "lowest")]
    name = told[values.index(extreme)].name
    said = words["company_most"].format(entity=name, title=last[0].item.title, most=most)
    if two and _YES_NO.search(intent.core.strip()):
        said = words["company_verdict"].format(verdict=words["yes" if values[0] == extreme else "no"], said=said)
    return [(said, [])]
