"""What a question asks and its answer does not say: a metric, a year, a company, what is to be done with them. It is named, not dropped.

Only what the question asks for counts: its instructions, definitions and lead-ins do not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import permutations

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.movements import moves
from finfoundry.ask.lexicon.polarity import turned
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.lexicon.vocabulary import Mention, holds
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.rules import is_movement, offers_both
from finfoundry.ask.understand.intent import Intent, named_statements
from finfoundry.ask.understand.question_text import asked_of, masked_out, parted
from finfoundry.ask.understand.stored_labels import labelled
from finfoundry.core.answer import Answer, Figure
from finfoundry.core.language import simplified
from finfoundry.core.names.spoken_names import short_name
from finfoundry.core.periods import FiscalYear, parse_iso
from finfoundry.knowledge.search.terms import terms

MOST = 0.35  # of the terms of a Chinese question, pairs of characters, of which its asking makes many
MOST_CELLS = 8  # of one line that are held against each other
_SPAN = re.compile(r"_fy\d{4}\w*$")
_OPERATIONS = (
    re.compile(
        r"\b(?:differ(?:s|ed|ence)?|gap\s+between|how\s+(?:much|many)\s+(?:more|less|fewer|higher|lower|larger|smaller|greater|bigger)"
        r"|by\s+how\s+(?:much|many)|exceed(?:s|ed)?\s+(?=.*\bhow\b))\b|相差|之差|差额|差多少|差距|[高低多少大小]出?(?:了)?多少",
        re.I,
    ),
    re.compile(
        r"\b(?:growth\s+rate|rate\s+of\s+growth|percentage\s+change|percent\s+change|year[- ]over[- ]year|yoy)\b|增长率|增速|增幅|同比",
        re.I,
    ),
)
_COMPARES = re.compile(r"year[- ]over[- ]year|yoy|同比", re.I)  # with what: of a direction that is told nothing more is asked
_WHY = re.compile(
    r"\b(?:why|reasons?\s+for|what\s+(?:drove|caused|explains))\b[^?.;]*|为什么[^？。；，]*|为何[^？。；，]*|[^？。；，]{0,40}原因(?:是什么)?",
    re.I,
)
_ASKING_ZH = re.compile(  # what asks, and names nothing
    r"(?:各|分别)?[是为]?从?(?:多少|几(?!何))(?:[变升降]?[到至为]|[钱元])?|^(?:其(?![他它中余])|又|另外|还有|如果有?[,，]?)|又有?$"
)
_HOW_FAR_ZH = re.compile(
    r"[和跟与比]?(?:相?差了?)?(?:变[动化]|增减|涨跌|升降)?(?:幅度|百分比|金额)?(?:[是有为]?多[大高]|[由从]?变?[到至为]?)"
)  # of what moved
_QUOTE = re.compile(r"[“”\"「」]")


def left_out(
    intent: Intent, text: str, figures: Sequence[Figure], names: Mapping[str, Sequence[str]], calendar: FiscalYear, *, written: bool,
    explained: bool = False, lines: bool = True,
) -> list[str]:  # fmt: skip
    """The parts of the question that the answer does not hold, in the words of the question; empty where it holds all.

    ``names`` are the other names of each company asked about; ``written``: the model wrote the answer from passages;
    ``explained``: a chain of figures tells why; without ``lines`` it is of papers of no company, which have none by such names.
    """
    asked = asked_of(intent.question)
    mentions = [] if intent.definitions or not lines else _metrics(intent, asked)
    found = [mention.text for mention in mentions if not _says(mention, _without_longer(text, mention, mentions), figures, intent)]
    found += _sentences(intent, text, figures)
    found += _years(intent, asked, text, figures, calendar)
    found += [name for name in intent.entities if len(intent.entities) > 1 and not _names(name, names, text)]
    if not written:
        found += _operations(intent, asked, figures)
        why = () if explained or _QUOTE.search(text) else _WHY.finditer(asked)
        found += [match[0].strip() for match in why if match[0].strip()][:1]
    return list(dict.fromkeys(" ".join(part.split()) for part in found))


_OF_PARTS = re.compile(  # asks for a figure of each part, which no total is
    r"(?<!ed\s)\bby\s+(?!the\b)(?:\w+\s+)?(?:segment|region|product|country|business|category|geography|division)\b"
    r"|\beach\b(?!\s+(?:year|quarter|share|month|of\s+the\s+(?:last|past)))|各(?:分部|业务|地区|产品|板块|条线)",
    re.I,
)


def is_of_another(intent: Intent, answer: Answer, named: str, *, metric: bool) -> bool:
    """Whether an answer in figures is of something else than a question of one part: it is one figure where one of each part is asked for
    or, where the ``metric`` may be another, it speaks of none that is named. ``named`` begins what says that something is not answered.
    """
    if not answer.figures or intent.definitions or parted(intent.question, intent.language, sure=False):
        return False
    if len(answer.figures) == 1 and _OF_PARTS.search(intent.core):
        return True
    text, mentions = answer.text.partition(named)[0], _metrics(intent, asked_of(intent.question))
    said = any(_says(one, _without_longer(text, one, mentions), answer.figures, intent) for one in mentions)
    return metric and bool(mentions) and not said


def _without_longer(text: str, mention: Mention, mentions: Sequence[Mention]) -> str:
    """The text without the longer terms of the question that hold this one: "other liabilities" says nothing of "liabilities"."""
    for other in mentions:
        if len(other.text) > len(mention.text) and holds(other.text, mention.text):
            text = re.sub(re.escape(other.text), " ", text, flags=re.I)
    return text


def _sentences(intent: Intent, text: str, figures: Sequence[Figure]) -> Iterator[str]:
    """Of several questions in a row, those of which the answer speaks with no figure of that name and not all of their words."""
    shown = simplified(" | ".join([text, *(figure.reference.metric or "" for figure in _all(figures))])).lower()
    used = {_SPAN.sub("", name) for figure in _all(figures) for name in (figure.reference.operands or {})}
    named = [intent.question[start:end] for start, end in intent.named]
    moved = any(figure.source == "calculation" for figure in figures)
    for part in parted(intent.question, intent.language, sure=True):
        about = _ASKING_ZH.sub("", simplified(_without(part.about, named))) if intent.language == "zh" else part.about
        if not _without(about, named) or (moved and _HOW_FAR_ZH.fullmatch(about)):
            continue  # a company alone asks for nothing, nor does 从多少到多少
        mentions = intent.vocabulary.find(part.about)
        own = [mention.text for mention in mentions] or [about]  # without the company before it, or 其
        words = own if intent.language == "zh" else re.findall(r"[A-Za-z][\w-]{3,}", _unnamed(part.about, named))
        structure = word_list("structure")
        said = all(word.lower() in shown for word in words if word.lower() not in structure)
        said = said or (intent.language == "zh" and not mentions and _mostly_said(about, shown))
        named_otherwise = intent.language == "zh" and bool(mentions) and not _besides(about, [mention.text for mention in mentions])
        said = said or (named_otherwise and all(_says(mention, text, figures, intent) for mention in mentions))
        if not (said or {mention.name for mention in mentions} & used or (moved and _asks_how_it_moved(words))):
            yield part.about or part.words


def _besides(asked: str, names: Sequence[str]) -> str:
    """What a part of a Chinese question says besides the metrics that it names."""
    return re.sub(r"[的有是为又呢帐账上还了\W]|同期|当年|期末|年末|各", "", _unnamed(asked, [simplified(name) for name in names]))


def _mostly_said(asked: str, shown: str) -> bool:
    """Whether an answer has most of the terms of a Chinese question: its own words it never has."""
    own = set(terms(simplified(asked)))
    return len(own & set(terms(simplified(shown)))) >= MOST * len(own)


def _asks_how_it_moved(words: Sequence[str]) -> bool:
    """Whether words say that something moved, and no more: what is computed answers them."""
    idle = word_list("structure") | word_list("empty") | word_list("paces")
    return any(map(is_movement, words)) and all(is_movement(word) or word.lower() in idle for word in words)


def _without(text: str, names: Sequence[str]) -> str:
    return re.sub(r"[\W_]", "", _unnamed(text, names))


def _unnamed(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = text.replace(name, "")
    return text


def _metrics(intent: Intent, asked: str) -> list[Mention]:
    """The metrics that the question asks for, in any of its sentences."""
    masked = "".join(" " if blank == " " else character for character, blank in zip(asked, _without_companies(intent, asked), strict=True))
    masked = masked_out(masked, named_statements(masked))
    return labelled(intent.vocabulary.find(masked), masked, list(intent.labels.values()), asked_periods(masked))


def _without_companies(intent: Intent, asked: str) -> str:
    """The text with the companies blanked out that the intent blanks out of its core."""
    for start, end in intent.named:
        asked = asked[:start] + " " * (end - start) + asked[end:]
    return asked


def _says(mention: Mention, text: str, figures: Sequence[Figure], intent: Intent) -> bool:
    """Whether an answer speaks of a metric: by one of its names, as the loss or outflow that it is, as an operand of what is computed."""
    used = {_SPAN.sub("", name) for figure in _all(figures) for name in (figure.reference.operands or {})}
    formula = intent.vocabulary.library[mention.name] if mention.formula else None
    if mention.name in used or (formula and names_in(formula.expression) <= used):
        return True
    said = " | ".join([text, *(figure.reference.metric or "" for figure in _all(figures))])
    known = metrics().get(mention.name)
    phrases = (*formula.en, *formula.zh) if formula else ()
    names = (mention.text, *(known.say if known else ()), *phrases)
    return any(holds(said, name) for name in (*names, *filter(None, map(turned, names))))


def _all(figures: Sequence[Figure]) -> Iterator[Figure]:
    for figure in figures:
        yield figure
        yield from _all(list((figure.reference.operands or {}).values()))


def _years(intent: Intent, asked: str, text: str, figures: Sequence[Figure], calendar: FiscalYear) -> list[str]:
    """Of several years asked for, those that an answer in figures does not speak of."""
    dated = [found for found in intent.periods if found.fiscal_year and asked[found.start : found.end].strip()]
    years = dict.fromkeys(found.fiscal_year for found in dated if found.fiscal_year)
    held = {calendar.year_of(parse_iso(figure.period).end) for figure in _all(figures) if figure.period}
    held |= {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)}
    if len(years) < 2 or not held & set(years):
        return []
    return [str(year) for year in years if year not in held]


def _names(name: str, names: Mapping[str, Sequence[str]], text: str) -> bool:
    known = (name, *names.get(name, ()))
    return any(said.lower() in text.lower() for said in (*known, *map(short_name, known)))


def _operations(intent: Intent, asked: str, figures: Sequence[Figure]) -> Iterator[str]:
    """What is to be computed, where nothing was: no difference is two amounts, or two percentages, next to each other."""
    computed = any(figure.source in ("calculation", "sql", "specialist") for figure in figures)
    told = computed or any(figure.unit == "ratio" and _of_a_change(figure) for figure in figures)
    computed = computed or _tells_a_difference(figures)
    plain = asked
    for mention in _metrics(intent, asked):
        plain = plain[: mention.start] + " " * (mention.end - mention.start) + plain[mention.end :]
    for pattern, done in zip(_OPERATIONS, (computed, told), strict=True):
        if not done and (match := pattern.search(plain)) and not (_COMPARES.fullmatch(match[0]) and offers_both(intent)):
            yield match[0]


def _tells_a_difference(figures: Sequence[Figure]) -> bool:
    """Whether a cell that is told is the difference of two others of its line, printed beside the later: the paper computed it."""
    lines: dict[tuple[str | None, str | None], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.source == "cell" and figure.period:
            lines[figure.reference.metric, figure.unit].append(figure)
    return any(_is_difference(*three) for cells in lines.values() for three in permutations(cells[:MOST_CELLS], 3))


def _is_difference(one: Figure, later: Figure, earlier: Figure) -> bool:
    beside = one.period == later.period != earlier.period
    return beside and Decimal(one.value) == Decimal(later.value) - Decimal(earlier.value)


def _of_a_change(figure: Figure) -> bool:
    """Whether a percentage is printed as one of a change: in a sentence, or under a label that says so."""
    return figure.source == "span" or moves(figure.reference.metric or "")
