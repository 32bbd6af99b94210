"""Labels of the company's own rows as terms of a question: what a document prints is one term, whole, whether a vocabulary knows it or not.

"Other operating income" is no operating income, 净利差 no 净利: the longest label that the question has is what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from finfoundry.ask.lexicon.definitions import label_name
from finfoundry.ask.lexicon.metric_terms import Metric
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.lexicon.vocabulary import LISTED, Mention, Token, telling, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.language import has_han, simplified
from finfoundry.core.periods import FiscalYear, FoundPeriod, parse_iso

PIECES = 8  # of a question, for which labels are looked up
SHORTEST_HAN = 3  # characters of a Chinese label
LONG_HAN = 8  # characters from which a Chinese label may be matched more loosely
LONGEST = 16  # words, or Chinese characters, of a label
_NOTE = re.compile(r"[（(][^()（）]*[）)]")
_OF_ANOTHER = re.compile(r"^(?:占|较|比|同比|环比|其中|of\s+which\b|as\s+an?\s|(?:in\s+)?(?:%|percent\w*)\s+of\b)", re.I)
_PARTS = re.compile(r"[,，、。？?；;：:()（）]|\b(?:and|or|as well as|versus|vs|than|compared)\b|以及|和|与|及|还有|比", re.I)
_BREAK = re.compile(r"[,，、。？?；;]")
_AND = re.compile(r"\s*(?:and|&|和|与|及)\s*", re.I)
# What joins two terms that are both asked for; a label next to a term without one of these may be a part of it.
_JOIN = re.compile(
    r"[,，、;；?？。]|\b(?:and|or|as|plus|minus|less|than|versus|vs|divided|exceeds?|exceeded)\b|和|与|及|或|比|占|减|加", re.I
)


def pieces(text: str) -> list[str]:
    """The pieces of a question that may be labels: its clauses whole, and the words between their commas and conjunctions."""
    for found in reversed(asked_periods(text)):
        text = f"{text[: found.start]} {text[found.end :]}"
    whole = [part for part in re.split(r"[。？?；;]", text) if part.strip()]
    parts = [part for part in _PARTS.split(text) if len(part.strip()) > 1]
    return list(dict.fromkeys(part.strip() for part in (*whole, *parts)))


def labels_in(text: str, rows: Iterable[StoredFact], years: set[int], calendar: FiscalYear) -> list[str]:
    """The labels of rows of the whole company that the text has word for word, of rows with a figure for one of the years (empty: any)."""
    words = [token.text for token in telling(text)]
    found: dict[str, None] = {}
    for stored in rows:
        fact = stored.fact
        if not fact.metric or fact.dimensions or stored.structured:
            continue
        if years and calendar.year_of(parse_iso(fact.period).end) not in years:
            continue
        label = _NOTE.sub("", fact.metric[-1]).strip()
        own = [token.text for token in telling(label)]
        tells = _tells(own, label) or (fact.concept is not None and _is_line(own))
        if label not in found and 0 < len(own) <= LONGEST and tells and _within(own, words):
            found[label] = None
    return list(found)


def labelled(mentions: Sequence[Mention], text: str, labels: Sequence[str], periods: Sequence[FoundPeriod]) -> list[Mention]:
    """The mentions with the labels that say more than they do, or that nothing else explains; from left to right."""
    dated = [(found.start, found.end) for found in periods if found.offset is None]
    places = list(_places(text, labels))
    mentions = [part for one in mentions for part in _two_lines(text, one, mentions, places) or (one,)]
    taken: list[Mention] = []
    for one in sorted(places, key=lambda one: (one.start - one.end, one.start)):
        inside = [mention for mention in mentions if mention.start < one.end and one.start < mention.end]
        longer = all(one.start <= mention.start and mention.end <= one.end for mention in inside) and not any(
            (mention.start, mention.end) == (one.start, one.end) for mention in inside
        )
        free = not any(one.start < end and start < one.end for start, end in (*dated, *((other.start, other.end) for other in taken)))
        if longer and free and not _ends_a_list(text, one, inside, mentions) and _stands_alone(text, one, mentions):
            taken.append(one)
    kept = [mention for mention in mentions if not any(mention.start < one.end and one.start < mention.end for one in taken)]
    bare = {one.start for one in taken if not any(m.start < one.end and one.start < m.end for m in mentions)}
    return _side_by_side(text, sorted([*kept, *taken], key=lambda mention: mention.start), bare)


def _two_lines(text: str, mention: Mention, mentions: Sequence[Mention], places: Sequence[Mention]) -> tuple[Mention, ...]:
    """The two lines of the company that the last mention of a list is made of, where it prints them apart; none for any other mention."""
    if not any(LISTED.fullmatch(text, one.end, mention.start) for one in mentions if one.end < mention.start):
        return ()
    first, last = (
        next((one for one in places if one.start == mention.start and one.end < mention.end), None),
        next((one for one in places if one.end == mention.end and one.start > mention.start), None),
    )
    return (first, last) if first and last and _AND.fullmatch(text, first.end, last.start) else ()


def _ends_a_list(text: str, label: Mention, inside: Sequence[Mention], mentions: Sequence[Mention]) -> bool:
    """Whether a label is just the last two things of a list: "total assets, total liabilities and equity" are three."""
    whole = len(inside) == 2 and (inside[0].start, inside[1].end) == (label.start, label.end)
    return whole and any(LISTED.fullmatch(text, one.end, label.start) for one in mentions if one.end < label.start)


def _side_by_side(text: str, mentions: list[Mention], bare: set[int]) -> list[Mention]:
    """The mentions without labels that are next to another term and not joined to it: the "Data center" of "data center revenue"."""
    tied = set()
    for one, other in pairwise(mentions):
        if not _JOIN.search(text[one.end : other.start]):
            tied |= {mention.start for mention in (one, other)} & bare
    return [mention for mention in mentions if mention.start not in tied]


def joined(text: str, terms: Sequence[str]) -> bool:
    """Whether a text joins terms that it names one after another: "A and B", A与B. True where it has not all of them word for word."""
    plain = text.casefold()
    at = [(plain.find(term.casefold()), len(term)) for term in terms]
    if any(start < 0 for start, _ in at):
        return True
    return all(_JOIN.search(text[start + size : after]) for (start, size), (after, _) in pairwise(sorted(at)))


def _places(text: str, labels: Sequence[str]) -> Iterable[Mention]:
    """Each place where the text has one of the labels word for word, as a mention."""
    words = telling(text)
    for label in labels:
        own = [token.text for token in telling(label)]
        for place in range(len(words) - len(own) + 1):
            found = words[place : place + len(own)]
            if [token.text for token in found] == own and not _broken(text, found, label):
                start, end = found[0].start, found[-1].end
                yield Mention(label_name(label), False, start, end, text[start:end])


def _broken(text: str, found: Sequence[Token], label: str) -> bool:
    """Whether a comma or a stop parts the words in the text that the label does not have."""
    return len(_BREAK.findall(text[found[0].start : found[-1].end])) > len(_BREAK.findall(label))


def whole_term(text: str, mention: Mention) -> int:
    """Where the Chinese term ends that a mention begins: 净利差 is one, though 净利 is known; the mention's own end for any other."""
    end = mention.end
    while has_han(text[end : end + 1]) and has_han(mention.text) and not _asks(text[end:]):
        end += 1
    return end


def _asks(after: str) -> bool:
    """Whether a Chinese text goes on with a word that is no part of the term before it."""
    return any(after.startswith(word) for word in word_list("around_zh"))


def _stands_alone(text: str, one: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether no Chinese term goes on before or after: 产品收入 is not asked for by 理财产品收入."""
    if not has_han(one.text):
        return True
    asking = word_list("around_zh")
    before, after = text[: one.start].rstrip(), text[one.end :].lstrip()
    begins = not has_han(before[-1:]) or any(before.endswith(word) for word in asking) or any(m.end == len(before) for m in mentions)
    return begins and (not has_han(after[:1]) or _asks(after) or _VERB_THEN_ASKS.match(after) is not None)


# 未分配盈余剩多少: what is said of the line is no part of its name.
_VERB_THEN_ASKS = re.compile(r"[\u3400-\u9fff]{1,2}(?:多少|几[元万亿个])")


def parts_of(word: str) -> list[str]:
    """What a word of a question may have in common with a label: itself; of a run of Chinese characters every two in a row."""
    return [word[at : at + 2] for at in range(len(word) - 1)] if has_han(word[:1]) else [word]


def names_word(stored: StoredFact, word: str) -> bool:
    """Whether a row's label, its headings or its dimensions have a word, or a run of Chinese characters."""
    return says_word(" ".join((*stored.fact.metric, *(member for _, member in stored.fact.dimensions))), word)


def says_word(text: str, word: str) -> bool:
    """Whether a text has a word, or a run of Chinese characters."""
    return word in text if has_han(word[:1]) else word in {token.text for token in tokens(text)}


def _tells(own: Sequence[str], label: str) -> bool:
    """Whether a label means something by itself. "Total", "Other" and "Change" without their table do not, nor does what is said of the
    line above, nor what two characters name: 占营业收入的比例, 法人.
    """
    if _OF_ANOTHER.search(label) or sum(map(has_han, label)) in range(1, SHORTEST_HAN):
        return False
    common = word_list("empty") | word_list("structure") | word_list("movements") | (word_list("untelling") if len(own) == 1 else set())
    of_units = len(own) > 1 and "per" in own[1:-1]  # "net income per unit" is no net income
    return of_units or any(word not in common and not word.isdigit() for word in own)


def _is_line(own: Sequence[str]) -> bool:
    """Whether the label of a line that is known names it, though its words say little by themselves: "Total income"."""
    return len(own) > 1 and not set(own) <= word_list("empty")


def _within(own: Sequence[str], words: Sequence[str]) -> bool:
    return any(list(words[place : place + len(own)]) == list(own) for place in range(len(words) - len(own) + 1))


# --- what the label of a row says next to the name of a metric ------------------------------------------------------------------
# That minorities are in it, or another of the metric's names.

_WITH_MINORITIES = re.compile(
    r"\b(?:including|before)\b.*\b(?:non-?\s?controlling|minority|minorities)\b|(?:含|未扣除?|扣除前)[^，。]{0,4}少数股东", re.I
)


def key(text: str) -> str:
    """The words of a text in the form in which labels are compared."""
    return " ".join(token.text for token in tokens(text))


@lru_cache(maxsize=4096)
def keys_of(metric: Metric) -> tuple[str, ...]:
    """The ``key`` of each of a metric's names: of the vocabulary, not of any document, so that they are kept."""
    return tuple(map(key, metric.say))


def label_key(stored: StoredFact) -> str:
    """The ``key`` of a row's own label; empty where it has none."""
    return key(stored.fact.metric[-1] if stored.fact.metric else "")


def differs(one: StoredFact, other: StoredFact) -> bool:
    """Whether two facts differ by more than the rounding of the coarser one (and not by sign alone, which prints differ in)."""
    a, b = one.fact, other.fact
    step = max(a.scale.scaleb(-a.precision), b.scale.scaleb(-b.precision))
    return abs(abs(a.value) - abs(b.value)) > step


def with_minorities(stored: StoredFact) -> bool:
    """Whether a row says of itself that it includes what belongs to minorities."""
    return bool(stored.fact.metric) and _WITH_MINORITIES.search(stored.fact.metric[-1]) is not None


def namesakes(best: StoredFact, found: Sequence[StoredFact], metric: Metric) -> list[StoredFact]:
    """Facts of the document and the period of ``best`` that have another value under another name of the metric, where the document has
    more than one value of their concept (the certificate lists that as a conflict): the "Operating profit" of a bank whose "Operating
    income" is its revenue. Those of the same table first. ``found`` are the facts of the metric for the period.
    """
    names, own = keys_of(metric), label_key(best)
    alike = [stored for stored in found if _comparable(stored, best)]
    other = [stored for stored in alike if differs(stored, best) and own != label_key(stored) and {own, label_key(stored)} <= {*names}]
    listed = [one for one in other if any(one.fact.concept == two.fact.concept and differs(one, two) for two in alike)]
    return sorted(listed, key=lambda stored: stored.fact.table != best.fact.table)


def _comparable(stored: StoredFact, best: StoredFact) -> bool:
    """Whether a fact is of the whole company, as ``best`` is, in the same document and unit."""
    fact = stored.fact
    plain = bool(fact.statement) and not fact.dimensions and not stored.structured
    return plain and stored.document_id == best.document_id and (fact.scope, fact.unit) == (best.fact.scope, best.fact.unit)


def without_notes(label: str) -> str:
    """A label without what it says in brackets."""
    return _NOTE.sub("", label)


def finest(best: StoredFact, found: Sequence[StoredFact]) -> StoredFact:
    """The same figure as the same document prints it to most digits: in thousands in a note, in billions among the highlights."""
    own = (best.document_id, best.fact.scope, best.fact.unit, best.fact.period, best.fact.dimensions, best.fact.concept, label_key(best))
    same = [
        one for one in found
        if own == (one.document_id, one.fact.scope, one.fact.unit, one.fact.period, one.fact.dimensions, one.fact.concept, label_key(one))
        and not differs(one, best)
    ]  # fmt: skip
    return min((best, *same), key=lambda one: one.fact.scale.scaleb(-one.fact.precision))


def in_order(stored: StoredFact, label: str) -> bool:
    """Whether a line has the characters of a short Chinese label in their order: 代理人 is no 个人代理渠道."""
    if not has_han(label) or len(label) >= LONG_HAN:
        return True
    held = iter(simplified("".join((*stored.fact.metric, *(member for _, member in stored.fact.dimensions)))))
    return all(character in held for character in simplified(label) if not character.isspace())
