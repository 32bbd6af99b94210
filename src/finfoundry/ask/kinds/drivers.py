"""Questions about drivers of change: compute the change from facts, then quote the sentences of the filing that explain it, and tell the
figures that lead to it as a chain (``ask/chains``).

Management explains a movement in a sentence of its own kind: the line, that it moved, and what it was "due to", "driven by", 主要系.
A question that takes a rise for a fall is put right by the figures, and no reasons are given for what did not happen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Literal

from finfoundry.ask.chains.causes import chain_of
from finfoundry.ask.chains.moves import MetricMove, Moves
from finfoundry.ask.chains.told_chain import ToldChain, chain_steps, holds, in_answer, told_chain
from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.sentences import compose
from finfoundry.ask.compute.results import Computed, carry_out
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.formula import on_closing
from finfoundry.ask.lexicon.metric_terms import metrics, title
from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.expressions import PlannedExpression, items_named
from finfoundry.ask.plan.rules import DOWN, UP, Plan
from finfoundry.ask.plan.unexplained import names_a_line_of_its_own, unexplained
from finfoundry.ask.retrieve.passage_trimming import keywords
from finfoundry.ask.retrieve.passages import REASONS
from finfoundry.ask.retrieve.query import lines_of, search_query
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.evidence import Evidence
from finfoundry.core.answer import Answer, Language
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Formula
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.knowledge.facts.table.concepts import concepts

PAGES, PASSAGES = 8, 6  # of the search: nothing of it goes into a prompt, so that it may be wide
QUOTES = 2
EARLY = 2  # months: a fiscal year that ends in January is mostly of the year before
LONGEST = 1000  # characters of a quote
_CAUSE_WORDS: dict[Language, str] = {
    "en": "increased decreased primarily due to driven by reflecting",
    "zh": "变动原因 主要系 所致 同比增加 同比减少",
}
_CAUSE = re.compile(
    r"\b(?:due\s+(?:\w+\s+)?to|driven\s+(?:\w+\s+)?by|because\s+of|attribut(?:able|ed)\s+(?:\w+\s+)?to|caused\s+(?:\w+\s+)?by|owing\s+to"
    r"|(?:as\s+a\s+)?result(?:ed|ing)?\s+(?:\w+\s+)?(?:of|from)|reflect(?:s|ed|ing)|drivers?\s+of|impacted\s+by)\b"
    r"|主要系|主要是|主要由于|主要因|是由于|系因|所致|原因",
    re.I,
)
_ROSE = re.compile(r"\b(?:increas\w+|grew|grow\w*|rose|improv\w+|expand\w+|higher|up)\b|增加|增长|上升|提高|上涨", re.I)
_FELL = re.compile(r"\b(?:decreas\w+|fell|declin\w+|contract(?:ed|ion)|drop\w*|lower|reduc\w+|down)\b|减少|下降|降低|下滑|下跌", re.I)
_CHANGED = re.compile(r"\b(?:chang\w+|flat|was|were)\b|变动", re.I)
_AGAIN = re.compile(
    r"^(?:The|This|These|That)\s+(?:\w+\s+){0,2}?(?:increase|decrease|decline|growth|change|reduction|improvement|rise|drop)\b|^(?:主要|该变动)"
)
_SENTENCE = re.compile(r"(?<=[.!?;])(?<![A-Z]\.[A-Z]\.)(?<!Inc\.)(?<!Corp\.)(?<!No\.)\s+(?=[A-Z\"“$]|(?:19|20)\d\d\s+v)|(?<=[。！？；])")
_NUMBERED = re.compile(r"^\s*(?:\d+\s*(?:[、．)）]|\.(?!\d))\s*|[(（]\d+[)）]\s*)")
_POINT = re.compile(r"\s*[•●▪]\s*")
_PART_OF_YEAR = re.compile(r"\b(?:quarter|three\s+months|six\s+months|nine\s+months|half)\b|季度", re.I)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_THAN_BEFORE = re.compile(r"\b(?:compared|from|versus|than|over)\b|较", re.I)
_NAMED = re.compile(r"\b(?:U\.S\.|Fiscal|COVID-19|Year)")  # capitals that name no part
_LOSS = re.compile(r"^(?!.*(?:income|profit|earnings)).*\bloss", re.I)
# "higher than expected" compares with something other than the prior period: no question about a change
_BESIDE = re.compile(
    r"\b(?:higher|lower|greater|less|larger|smaller)\s+than\b(?!\s+(?:in\s+)?(?:the\s+)?(?:(?:fiscal|FY|year|prior|previous|last)|\d{4}))",
    re.I,
)
_PART = re.compile(r"\bsegments?\b|分部|板块")
_NEUTRAL = re.compile(
    r"\b(?:consolidated|total|overall|worldwide|our|basis|points?|first|percentage|percent|increased?|decreased?|change[ds]?|decline[ds]?|growth"
    r"|higher|lower|approximately|also|both|additionally|favorably|unfavorably)\b",
    re.I,
)
_NEUTRAL_ZH = re.compile(
    r"(?:19|20)\d\d\s*年度?|报告期末?内?|本集团|本公司|本行|公司|本期末?|合并|本年度?|全年|年度|同比|较|比|上年度?末?|去年|同期|期初|期末|有所|分别|实现|累计|共|的|为|亿|万|千|百|元"
)


@dataclass(frozen=True, slots=True)
class DriverQuote:
    """A quote that gives the reasons of a change, and the passage that it is from."""

    hit: Hit
    text: str


@dataclass(frozen=True, slots=True)
class DriverQuery:
    """The line whose change is explained: its labels in filings, the names that may be next to it, the values between which it moved.

    ``names`` are words that leave the line what it is: those of the company, and of the question. "Emerging markets revenues" are others.
    """

    labels: Sequence[str]
    names: frozenset[str]
    years: frozenset[int] = frozenset()  # as filings may name the one asked about
    values: tuple[Decimal, Decimal] | None = None  # the first and the last; None where the facts do not hold them
    part_of_year: bool = False


def of_causes(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The change and its reasons as printed; None where no reasons are asked for, or where the filings give none in such a sentence."""
    asking = REASONS.search(intent.core)
    if asking is None or _BESIDE.search(intent.core) or subject.name is None or len(intent.entities) > 1:
        return None
    items = items_named(intent, intent.vocabulary.library) if intent.mentions else []
    if len(items) != 1 or names_a_line_of_its_own(intent, asking.span()):
        return None  # it may be another line that moved so: 理财业务手续费收入 is not 收入
    with context.timed("retrieve"):
        plan, row = _movement(context, intent, subject, items[0])
        contrary = plan.yes_no
        if contrary and not all(REASONS.search(word) for word in unexplained(intent)):
            return None
        found = [] if contrary else _found(context, intent, subject, row)
        chain = None if contrary else _chain(context, intent, subject, plan, row)
    if not found and not contrary and not chain:
        return None
    told = compose(plan, [row], context.called(subject), intent.wish, context.language) if row else []
    names = _names(context, subject)
    parts: list[tuple[str, Sequence[Evidence]]] = [(part.text, answer_evidence.of_part(part, names, subject.calendar)) for part in told]
    said = context.words["reason"]
    parts += [(f"{said.format(text=one.text)} [1]", answer_evidence.of_hits([one.hit], subject, fetch.facts_on(context))) for one in found]
    if chain:
        parts += in_answer(chain, context.language)
        context.explained = True
        if not found:
            context.warn(context.words["chain_alone"])
    bound = endings.bind(context, parts)
    if bound.unbound:
        return None
    context.trace.add("evidence", [one.hit.chunk_id for one in found], [one.hit.document_id for one in found])
    context.conversation.entity = subject.name
    answer = endings.release(context, bound)
    answer.chain = chain_steps(chain, bound, context.question, context.language) if chain else []
    return answer


def _names(context: QuestionContext, subject: Subject) -> tuple[str, ...]:
    return (*subject.names, *context.spoken)


def _chain(context: QuestionContext, intent: Intent, subject: Subject, plan: Plan, row: Sequence[Computed]) -> ToldChain | None:
    """The chain of figures that leads to the movement; None where the facts give none, or a part of the plan is labelled by hand."""
    if not row or not (name := row[-1].item.expression).isidentifier():
        return None
    held = fetch.operands(context, plan, intent, subject)
    on_page = partial(fetch.facts_of_page, context)
    moves = Moves(held, row[0].span, row[-1].span, intent.vocabulary.library, context.language, on_page)
    effect = MetricMove(name, row[0], row[-1])
    chain = told_chain(chain_of(effect, moves), subject, _names(context, subject), context.called(subject), context.language)
    return chain if chain and holds(chain, context.question, context.language) else None


def _movement(context: QuestionContext, intent: Intent, subject: Subject, item: PlannedExpression) -> tuple[Plan, Sequence[Computed]]:
    """How the item moved; a verdict is asked of the plan where that is not what the question takes for granted."""
    up, down = UP.search(intent.core), DOWN.search(intent.core)
    wanted: Literal["up", "down"] | None = None if bool(up) == bool(down) else "up" if up else "down"
    plan = Plan("direction", (item,), tuple(spans_of(intent, subject.calendar)[-1:]), wanted=wanted)
    row = _row(context, intent, subject, plan, intent.vocabulary.library)
    formula = intent.vocabulary.library.get(item.expression)
    if not row and formula and (closing := on_closing(formula)) != formula:  # balances of two years have one mean
        plan = replace(plan, items=(replace(item, title=context.words["on_closing"].format(title=item.title)),))
        row = _row(context, intent, subject, plan, {**intent.vocabulary.library, formula.name: closing})
    if not row:
        return plan, ()
    rise = row[-1].value - row[0].value
    contrary = (wanted == "up" and rise <= 0) or (wanted == "down" and rise >= 0)
    told: Literal["up", "down"] = "up" if rise > 0 else "down"  # rose or fell, not better or worse
    return replace(plan, wanted=wanted or (told if rise else None), yes_no=contrary), row


def _row(context: QuestionContext, intent: Intent, subject: Subject, plan: Plan, library: Mapping[str, Formula]) -> Sequence[Computed]:
    """The values between which a plan's item moved; none where operands are not there."""
    try:
        (row,) = carry_out(plan, fetch.operands(context, plan, intent, subject), library)
    except PlanError:
        return ()
    return row


def _found(context: QuestionContext, intent: Intent, subject: Subject, row: Sequence[Computed]) -> list[DriverQuote]:
    """What is said of the line itself; else of what it is computed from, sales apart: a margin moves with costs."""
    years = _years(intent, subject)
    query = search_query(intent, subject, context.collection, PAGES, PASSAGES)
    names = frozenset(keywords(" ".join([*subject.names, *context.spoken, context.question])))
    part_of_year = _PART_OF_YEAR.search(context.question) is not None

    def quotes(what: str, labels: Sequence[str], row: Sequence[Computed]) -> list[DriverQuote]:
        values = (row[0].value, row[-1].value) if row else None
        asked = DriverQuery(labels, names, years, values, part_of_year)
        text = f"{what} {_CAUSE_WORDS[context.language]}"
        return given(context.search.search(context.principal, replace(query, text=text, question=None)), asked)

    said = [mention.text for mention in intent.mentions]
    if len(said) > 1:
        return quotes(query.text, said, row)
    (main,) = (mention.name for mention in intent.mentions)
    if found := quotes(query.text, [*said, *_labels(main, context.language)], row):
        return found
    lines = lines_of(intent)
    for name in (name for name in lines if "revenue" in lines and name not in ("revenue", main)):
        _, behind = _movement(context, intent, subject, PlannedExpression(title(name, context.language), name, None))
        if behind and (line := behind[-1].lookup):
            printed = line.stored.fact.metric[-1]
            if found := quotes(printed, [printed, *_labels(name, context.language)], behind):
                return found
    return []


def _years(intent: Intent, subject: Subject) -> frozenset[int]:
    """The last year asked about; of one that ends in its first weeks also the year before, by which its company may call it."""
    spans, calendar = spans_of(intent, subject.calendar), subject.calendar
    early = calendar.end.month <= EARLY and calendar.year == calendar.end.year
    return frozenset(year for span in spans[-1:] for year in (span.year, span.year - 1)[: 1 + early])


def _labels(name: str, language: Language) -> list[str]:
    """The labels under which filings of a language print a metric."""
    wanted = metrics()[name].concepts if name in metrics() else ()
    labels = [label for concept in concepts() if concept.name in wanted for label in concept.labels]
    return [label for label in labels if (re.search(r"[\u4e00-\u9fff]", label) is not None) == (language == "zh")]


def given(hits: Sequence[Hit], asked: DriverQuery) -> list[DriverQuote]:
    """The first quotes that give reasons for the change and print its amounts; else a quote without amounts, if it is the only one. Of
    several without amounts each may be about a part.
    """
    worth: dict[str, tuple[int, DriverQuote]] = {}
    for hit in hits:
        of_rows = ((2, text) for line in hit.text.split("\n") if (text := _of_row(line, asked)))
        for found, text in (*of_rows, *((_explains(text, asked), text) for text in _units(hit.text))):
            if found and text not in worth:
                worth[text] = (found, DriverQuote(hit, text))
    sure = [reason for found, reason in worth.values() if found == 2]
    return sure[:QUOTES] if sure or len(worth) != 1 else [reason for _, reason in worth.values()]


def _of_row(line: str, asked: DriverQuery) -> str | None:
    """The line's label and the reason that its table row gives next to the two values (重大变动说明); None where the row is of another
    line, or lacks a value.
    """
    label, *cells = (cell.strip() for cell in line.split("|"))
    reason = next((cell for cell in cells if _CAUSE.search(cell)), None)
    if reason is None or asked.values is None or label.lower() not in {one.lower() for one in asked.labels}:
        return None
    printed = {abs(number.value) for cell in cells for number in find_numbers(cell)}
    scales = (1, 1_000, 10_000, 1_000_000, 100_000_000)  # of the table: its cells print none
    return f"{label}：{reason}" if all(any(abs(value) / scale in printed for scale in scales) for value in asked.values) else None


def _units(text: str) -> Iterator[str]:
    """Sentences; one that ends in a colon with the points below it, and one with the next that begins "The increase was due to …"."""
    for paragraph in _paragraphs(text):
        found = _SENTENCE.split(_NUMBERED.sub("", paragraph))
        sentences = [" ".join(sentence.split()) for sentence in found if sentence and sentence.strip()]
        for at, sentence in enumerate(sentences):
            following = sentences[at + 1] if at + 1 < len(sentences) else ""
            yield f"{sentence} {following}" if _AGAIN.search(following) and not _CAUSE.search(sentence) else sentence


def _paragraphs(text: str) -> list[str]:
    joined: list[str] = []
    for line in text.split("\n"):
        if joined and _POINT.match(line) and (joined[-1].rstrip().endswith(":") or "•" in joined[-1]):
            joined[-1] += f" • {_POINT.sub('', line, count=1)}"
        else:
            joined.append(_POINT.sub("", line, count=1) if _POINT.match(line) else line)
    return joined


def _explains(text: str, asked: DriverQuery) -> int:
    """How surely a sentence explains the movement: 2 where it prints its amounts, 1 where it prints none, 0 where it does not."""
    whole = len(text) <= LONGEST and ("•" in text or re.search(r"[.;)。；）”\"]$", text)) and "|" not in text
    if not whole:
        return 0
    return max(_about(text, label, asked) for label in asked.labels)


def _of_year(text: str, asked: DriverQuery) -> bool:
    """Whether the sentence is about the year: by the last that it names, or, where facts give the line's change, by naming none, or only
    the one before as what it is compared with.
    """
    told = {int(found) for found in _YEAR.findall(text)}
    if not asked.years or (told and max(told) in (asked.years if asked.values else {max(asked.years)})):
        return True
    if told:
        return len(told) == 1 and told <= {year - 1 for year in asked.years} and _THAN_BEFORE.search(text) is not None
    return asked.values is not None


def _about(text: str, label: str, asked: DriverQuery) -> int:
    """``_explains`` for one label: the sentence is about the line, no part of it, says that it moved as it did, and gives a cause."""
    place = re.search(rf"(?<![\w-]){re.escape(label)}(?:s|es)?(?![\w-])" if label.isascii() else re.escape(label), text, re.I)
    cause = _CAUSE.search(text, place.end()) if place else None
    if place is None or cause is None or (_LOSS.search(place[0]) and not (asked.values and asked.values[-1] < 0)):
        return 0
    before, between, effect = text[: place.start()], text[place.end() : cause.start()], text[: cause.start()]
    if (_PART_OF_YEAR.search(effect) and not asked.part_of_year) or not _of_year(effect, asked):
        return 0
    moves = [found.start() for pattern in (_ROSE, _FELL, _CHANGED) if (found := pattern.search(between))]
    if not moves and not (_ROSE.search(before) or _FELL.search(before)):
        return 0
    moved = min(moves, default=len(between))
    if _others(f"{before} {between[:moved]}") - asked.names:
        return 0
    sure = _agreement(effect, asked.values)
    of_part = _NAMED.sub(" ", between[moved:])
    return sure if sure != 1 or not (_PART.search(of_part) or _strangers(of_part, asked.names)) else 0


def _strangers(text: str, names: frozenset[str]) -> bool:
    """Whether the text has other names than the company's: "sales growth of BRAND" is not that of all sales."""
    return any(not keywords(found) <= names for found in re.findall(r"(?<=\s)[A-Z][\w&’'-]+", text))


def _others(beside: str) -> set[str]:
    """Content words of the text next to a line's label, without figures; of Chinese each stretch that is left."""
    left = _NEUTRAL.sub(" ", _NEUTRAL_ZH.sub(" ", beside))
    words = {word for word in keywords(left) if word.isascii() and not any(letter.isdigit() for letter in word)}
    return words | set(re.findall(r"[\u4e00-\u9fff]+", left))


def _agreement(text: str, values: tuple[Decimal, Decimal] | None) -> int:
    """How a sentence agrees with the change between two values: 2 where it prints one of its amounts, 1 where it prints none (or there are
    no values), 0 where direction or amounts differ.

    Where money is printed, a percentage that fits does not suffice: segments grow at like rates.
    """
    if values is None:
        return 1
    first, last = values
    rose, fell = _ROSE.search(text), _FELL.search(text)
    if bool(rose) != bool(fell) and (last > first) != bool(rose):
        return 0
    numbers = [number for number in find_numbers(text) if not _YEAR.fullmatch(number.text)]
    printed = [number for number in numbers if number.unit not in ("years", "months", "days")]
    money = [number for number in printed if not number.percent]
    change = abs(last - first)
    known = [abs(first), abs(last), change, *([change / abs(first)] if first else [])]
    said = any(abs(abs(one.value) - value) <= one.scale.scaleb(-one.precision) for one in money or printed for value in known)
    return 2 if said else 0 if printed else 1
