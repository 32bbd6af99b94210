"""Words of a question that neither vocabulary nor structure explains, and which of them can change what is asked.

Where a word stands decides first. It belongs to the figure where it is next to a metric, in a phrase that a preposition or 的 ties to it,
in what the metric does ("revenue doubled"), or in what is said of it ("the volatility of revenue"). It does not where the speaker talks of
himself ("I need for my slides"), in an aside between stops, in what the company did to report a flow ("revenue that it booked"), and in
Chinese before the company's name. Of the latter words those still count that lines of the company print, names, numbers, and the few
qualifiers of the field (``qualifiers``). Anything that is left says nothing of the figure: politeness, reasons for asking, layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import Literal

from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.vocabulary import Mention, Token, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.expressions import from_to, is_part
from finfoundry.ask.plan.yes_no import explains
from finfoundry.ask.understand.intent import Intent, asks_yes_no
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.core.language import has_han, simplified

NAMED = 2  # characters at least of the name of a part

# ``tied`` to the figure; in the ``predicate`` of the company; ``loose`` in its clause; of the ``speaker`` or in an ``aside``.
Place = Literal["tied", "predicate", "loose", "speaker", "aside"]


def unexplained(intent: Intent) -> list[str]:
    """The words left that can change what is asked. Without a look at the company's lines (``intent.printed``) each of them can."""
    found = list(_content(intent)) if intent.left else []
    loose = set(_doubtful(intent, found)) if intent.printed is not None else set()
    return [word.text for word in found if word not in loose or word.text in (intent.printed or ())]


def doubtful(intent: Intent) -> list[str]:
    """The words left that by their places say nothing of the figure, unless a line of the company has them."""
    return [word.text for word in _doubtful(intent, list(_content(intent)))]


def beside(intent: Intent) -> frozenset[str]:
    """The doubtful words of who asks, and of asides: only where a line of the metric itself has them do they change what is asked."""
    found = list(_content(intent))
    places = _places_zh(intent, found) if intent.language == "zh" else _places_en(intent)
    return frozenset(word.text for word in _doubtful(intent, found) if places.get(word.start) in ("speaker", "aside"))


def _doubtful(intent: Intent, found: Sequence[Token]) -> list[Token]:
    if not (intent.mentions and found):
        return []
    places = _places_zh(intent, found) if intent.language == "zh" else _places_en(intent)
    return [word for word in found if not _counts(word, places.get(word.start, "tied"), intent)]


def _counts(word: Token, place: Place, intent: Intent) -> bool:
    """Whether a word can change what is asked by its place or by itself, whatever lines are printed."""
    if word.text in word_list("documents"):
        return place == "tied" and _next_to_metric(word, intent)
    if place == "tied" or (place not in ("speaker", "aside") and not intent.entities) or _is_marked(word, intent):
        return True
    if place == "aside" and word.text in word_list("limits"):
        return True  # "Excluding disposals: …"
    if place == "predicate" and any(mention.name in metrics() and metrics()[mention.name].instant for mention in intent.mentions):
        return True  # what is done to a balance is a movement: "how much debt did it repay"
    return place in ("predicate", "loose") and (asks_yes_no(intent) or _BY_HOW.search(intent.core) is not None)


def _next_to_metric(word: Token, intent: Intent) -> bool:
    between = (intent.core[min(one.end, word.end) : max(one.start, word.start)] for one in intent.mentions)
    return any(not text.strip() for text in between)


_BY_HOW = re.compile(r"\b(?:by\s+how|how\s+(?!much\b|many\b))", re.I)


def _is_marked(word: Token, intent: Intent) -> bool:
    """A qualifier of the field, a part of a company, a name or a number."""
    if has_han(word.text[:1]):
        return word.text in word_list("qualifiers_zh") or (names_a_part(word.text) and not _of_the_asker(word, intent))
    return _is_name(word, intent) or word.text in word_list("qualifiers")


def names_a_part(run: str) -> bool:
    """Whether a run of Chinese characters names a part of a company: 零售业务; not who works there, 零售业务的同事."""
    return _part_zh().search(simplified(run)) is not None


@lru_cache(maxsize=1)
def _part_zh() -> re.Pattern[str]:
    parts = "|".join(sorted(word_list("parts_of_companies_zh"), key=len, reverse=True))
    return re.compile(rf"\S{{{NAMED},}}?(?:{parts})(?![的部员人])")


def _of_the_asker(word: Token, intent: Intent) -> bool:
    """Whether a run stands behind a word for who asks, in its clause, or says who does: 我做零售业务, 零售业务的同事."""
    clause = _STOP_ZH.split(intent.core[: word.end])[-1]
    return re.search("[我咱您你]", clause) is not None or intent.core.startswith(("的", "部", "员", "人"), word.end)


def _is_name(word: Token, intent: Intent) -> bool:
    written = intent.core[word.start : word.end]
    named = written[:1].isupper() and not _BEGINS.search(intent.core[: word.start])
    return named or any(c.isdigit() for c in written)


def names_a_line_of_its_own(intent: Intent, asking: tuple[int, int]) -> bool:
    """Whether a word left, a name or a qualifier, or one right before a metric, makes another line of it: "Converse sales" are not all.
    Those that ask are none ("what caused revenue to fall"): they stand at ``asking``, from and to a character.
    """
    words = [word for word in _content(intent) if word.end <= asking[0] or word.start >= asking[1]]
    return any(_leads(word, intent) or (_is_marked(word, intent) and not any(c.isdigit() for c in word.text)) for word in words)


def _leads(word: Token, intent: Intent) -> bool:
    return any(word.end <= one.start and not intent.core[word.end : one.start].strip() for one in intent.mentions)


def names_left(intent: Intent) -> list[str]:
    """The words left that are names or numbers: "At what price did it float Kenvue?"."""
    return [word.text for word in _content(intent) if not has_han(word.text[:1]) and _is_name(word, intent)]


_BEGINS = re.compile(r"(?:^|[.?!:;,—–-])\W*$")


# --- what explains a word -------------------------------------------------------------------------------------------------------


def _content(intent: Intent) -> Iterator[Token]:
    """The words left that no other rule reads."""
    yield from _qualifiers_zh(intent)
    asked, ends = _imperative(intent), from_to(intent) or (0, 0)
    for word in intent.left:
        if word.start == asked or ends[0] <= word.start < ends[1]:
            continue
        if has_han(word.text[:1]):
            bare = masked_out(word.text, [found.span() for found in _STRUCTURE_ZH.finditer(word.text)])
            for part in re.finditer(r"\S{2,}", bare):
                if not (explains(part[0], intent) or (part[0] in _LESS_ZH and _of_one_metric(intent))):
                    yield Token(part[0], word.start + part.start(), word.start + part.end())
        elif word.text not in word_list("structure") and not _is_explained(word.text, intent):
            yield word


_LESS_ZH = frozenset({"减去", "减掉", "扣去"})


def _of_one_metric(intent: Intent) -> bool:
    """Whether one metric is named at several times: 2023年负债合计减去2022年负债合计 asks how it moved."""
    return len(intent.mentions) > 1 and len({one.name for one in intent.mentions}) == 1 and len(intent.periods) > 1


def _imperative(intent: Intent) -> int | None:
    """Where the verb is by which a request begins: "Work out the …", "Pull up Example's …". It asks, and names no line."""
    first, second = (*tokens(intent.masked)[:2], None, None)[:2]
    if first is None or second is None or has_han(first.text[:1]) or intent.masked[: first.start].strip():
        return None
    return first.start if second.text in word_list("particles") or second.text in (*_ARTICLES, "me", "us") else None


def _qualifiers_zh(intent: Intent) -> Iterator[Token]:
    """The qualifiers of the field that a Chinese question has outside its terms, whole: 子公司, though 公司 says nothing."""
    taken = [(one.start, one.end) for one in intent.mentions] + [(one.start, one.end) for one in intent.periods]
    text = masked_out(intent.masked, taken)
    for word in word_list("qualifiers_zh"):
        yield from (Token(word, found.start(), found.end()) for found in re.finditer(word, text))


_STRUCTURE_ZH = re.compile(
    r"处于|水平|除以|增长|增速|增幅|(?:如何|怎样|怎么)变[动化的了]?|变[动化](?:如何|怎样|怎么样|情况)?|[由从][亏盈]转[亏盈]|平均|同比|比例|比重|比率|比值|之比|值|对比|相比|比较|较|所|您能|查|增加|减少|上升|下降|提高|是否"
    r"|余额|例|等|保|持|改善|企业|额|需|被|该|披露|公布|简要|介绍|总计|给出|数字|代码|股票|证券|加起来|加在一起|相加|加总|之和|之差|总和|合计|差额|相差|列示|您|你|提供|以上|合并|口径|母公司|母行|会计|财务|依据|答案|几何|期间|究竟|到底|多大|规模|财报|钱|整体|只有|多出|同季|几个?(?:百分)?[点成趴]|[呀啊呢吧嘛哦啦]|来着|增减|报表|比起来|比起|起来|还有|列出|整理"
)

_AS_WELL = re.compile(r"\bas\s+well\s+as\b", re.I)
_UP_OR_DOWN = re.compile(r"\b(?:up\s+or\s+down|down\s+or\s+up|above\s+or\s+below|below\s+or\s+above)\b", re.I)
_AS_SHARE = re.compile(r"\bas\s+an?\s+(?:share|proportion|fraction)\s+(?:of|to)\b", re.I)


def _is_explained(word: str, intent: Intent) -> bool:
    """ "As a share of" asks for a quotient; the "expense" of what is one, or that it was paid, adds nothing."""
    if explains(word, intent) or word.lower() in _behind_how(intent.core):
        return True  # "how high was it" asks for an amount
    if word in word_list("sized") and re.search(rf"\bhow\s+(?:much|many)\s+{re.escape(word)}\b", intent.core, re.I):
        return True
    if (word == "well" and _AS_WELL.search(intent.core)) or (word in ("up", "down", "above", "below") and _UP_OR_DOWN.search(intent.core)):
        return True
    if word == "against":
        return _between_times(word, intent)  # "2024 against 2023"
    if word in word_list("parts"):
        return bool(_AS_SHARE.search(intent.core) or (len(intent.mentions) == 2 and is_part(intent, *intent.mentions)))
    return word in word_list("paid") and any(_is_outflow(mention) for mention in intent.mentions)


def _between_times(word: str, intent: Intent) -> bool:
    """Whether a word stands right between two times of the question, wherever it is said."""
    ends = sorted((one.start, one.end) for one in intent.periods)
    between = [intent.core[before:after].strip().lower() for (_, before), (after, _) in pairwise(ends)]
    return word in between and len(re.findall(rf"\b{word}\b", intent.core, re.I)) == between.count(word)


@lru_cache(maxsize=64)
def _behind_how(core: str) -> frozenset[str]:
    """The words between "how" and a verb, in small letters: looked for once, as each word of a question may be one."""
    return frozenset(re.findall(r"\bhow\s+(?=(\S+)\s+(?:is|are|was|were|did|does)\b)", core.lower()))


def _is_outflow(mention: Mention) -> bool:
    """Whether a metric is money that goes out, or what a printed line of the company says is bought or paid."""
    if mention.name in metrics():
        return metrics()[mention.name].outflow
    return any(token.text in word_list("paid") for token in tokens(mention.text))


# --- English --------------------------------------------------------------------------------------------------------------------

_STOP = re.compile(r"[,;:?!()\"“”—–]|\s-\s|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a clause in order: a name, a metric, a period or a word."""

    kind: Literal["entity", "owner", "metric", "period", "word"]
    start: int
    end: int
    text: str = ""


def _places_en(intent: Intent) -> dict[int, Place]:
    """Where each word of an English question stands, by its first character."""
    stops = [(0, 0), *(found.span() for found in _STOP.finditer(intent.masked)), (len(intent.core), len(intent.core))]
    pieces = sorted(_pieces(intent), key=lambda piece: piece.start)
    places: dict[int, Place] = {}
    for (left, start), (end, right) in pairwise(stops):
        clause = [piece for piece in pieces if start <= piece.start < end]
        weak = {intent.masked[left:start].strip(), intent.masked[end:right].strip()} & {",", "(", ")"}
        aside = not weak and all(piece.kind == "word" for piece in clause)
        kinds = {piece.kind for piece in clause}
        opens = bool(kinds & {"entity", "owner"}) and not kinds & {"metric", "period"}  # "A liquidity check on Example, …"
        spoken = dict(_of_clause(clause, "speaker" if opens else "loose"))
        if opens and intent.masked[end:right].strip() == ".":  # that says of what the next one asks: "Freight looks ugly at Example."
            spoken = dict.fromkeys((piece.start for piece in clause), "loose")
        places |= dict.fromkeys((piece.start for piece in clause), "aside") if aside else spoken
    return places


def _pieces(intent: Intent) -> Iterator[_Piece]:
    taken = [(mention.start, mention.end) for mention in intent.mentions]
    for start, end in taken:
        yield _Piece("metric", start, end)
    for start, end in ((found.start, found.end) for found in intent.periods if intent.masked[found.start : found.end].strip()):
        yield _Piece("period", start, end)
        taken.append((start, end))
    for start, end in intent.named:
        if intent.core[start:end].strip():
            yield _Piece("owner" if re.match("['’]", intent.core[end:]) else "entity", start, end)
    for word in tokens(_CONTRACTED.sub(lambda found: " " * len(found[0]), masked_out(intent.masked, taken))):
        yield _Piece("word", word.start, word.end, word.text)


_CONTRACTED = re.compile(r"['’](?:s|m|re|ve|ll|d)\b", re.I)


def _of_clause(clause: Sequence[_Piece], place: Place) -> Iterator[tuple[int, Place]]:
    """The places of the words of one clause, which begins with ``place``: what came last before a word, and what follows it."""
    for number, piece in enumerate(clause):
        if piece.kind != "word":
            place = "predicate" if piece.kind == "entity" else "tied"
            continue
        place = _after(piece.text, place, clause[number + 1 :])
        yield piece.start, "tied" if _leads_to_metric(clause, number, place) else place


def _after(word: str, place: Place, following: Sequence[_Piece]) -> Place:
    """The place that a word of grammar opens for itself and what follows; any other word leaves it as it is."""
    if word in word_list("speaker"):
        return "speaker"
    if word in word_list("asking"):
        return "loose"
    if word in _OWN and place == "loose":
        return "speaker"  # "our memo needs"
    if word in word_list("copula") or word == "as":
        return "speaker" if place == "speaker" else "loose"
    if word in word_list("auxiliary") | word_list("modal") | word_list("restricting"):
        # of a subject that is not the company ("did analysts expect"), or of a phrase; "could you", "before I", "for the memo I write"
        said = following if word == "for" and place == "loose" else following[:1]
        spoken = any(piece.text in word_list("speaker") for piece in takewhile(lambda piece: piece.kind == "word", said))
        return "speaker" if spoken or place == "speaker" else "tied"
    return "tied" if word in ("and", "or") and place == "predicate" else place


def _leads_to_metric(clause: Sequence[_Piece], number: int, place: Place) -> bool:
    """Whether a word is in a run that ends at a metric, or is one of which the metric or the company is said to be."""
    return _in_its_run(clause, number, place) or _heads(clause, number, place)


def _in_its_run(clause: Sequence[_Piece], number: int, place: Place) -> bool:
    """Whether nothing but words of content are between a word and the metric: "tobacco revenue"; not of a verb: "I want to see revenue"."""
    ends = next((at for at in range(number, len(clause)) if not _is_content(clause[at])), None)
    begins = next((at for at in range(number, -1, -1) if not _is_content(clause[at])), -1)
    if ends is None or clause[ends].kind != "metric":
        return False
    verb = place == "speaker" and begins >= 0 and clause[begins].text in word_list("speaker") | {"to"}
    said = [piece for piece in clause[begins + 1 : ends] if piece.text not in word_list("particles") and not piece.text.endswith("ly")]
    return not (verb and len(said) == 1)


def _is_content(piece: _Piece) -> bool:
    return piece.kind == "word" and piece.text not in _no_content()


@lru_cache(maxsize=1)
def _no_content() -> frozenset[str]:
    return word_list("empty") | word_list("modal") | word_list("limits")


def _heads(clause: Sequence[_Piece], number: int, place: Place) -> bool:
    """Whether a word is a noun of which the metric or the company is said to be: "the volatility of revenue"; not a verb: "asked for"."""
    word, after = clause[number].text, clause[number + 1 :]
    if word in word_list("documents") or not after or after[0].text not in word_list("restricting") | {"as"}:
        return False
    before = clause[number - 1].text if number else ""
    if place in ("speaker", "predicate") and after[0].text not in _OF and before not in _ARTICLES:
        return False
    first = next((piece for piece in after[1:] if piece.text not in _ARTICLES), None)
    return first is not None and first.kind in ("metric", "entity", "owner")


_OWN = ("our", "my")
_OF = ("of", "in", "on", "behind", "between")
_ARTICLES = ("the", "a", "an", "its", "their")


# --- Chinese --------------------------------------------------------------------------------------------------------------------

_STOP_ZH = re.compile(r"[,，。；;：:？?！!（）()、]")
_VERB_END = re.compile("[到得了出过下成]")  # what a verb ends with: 录得, 拿到了, 交出
_BRINGS_ZH = re.compile("[带帶]来|[带帶]來|贡献|貢獻|创造|創造|[赚賺挣掙]")  # of no asker is what does: 中间体给青禾带来的毛利
_MOVES = re.compile("[增减升降涨跌扩缩翻亏多少超]")
_ASKS = re.compile("多少|几|何|什么")


def _places_zh(intent: Intent, found: Sequence[Token]) -> dict[int, Place]:
    """Where each run of characters of a Chinese question stands, by its first one."""
    core = intent.core
    stops = [(0, 0), *(stop.span() for stop in _STOP_ZH.finditer(intent.masked)), (len(core), len(core))]
    places: dict[int, Place] = {}
    for (_, start), (end, _) in pairwise(stops):
        marks = sorted(
            [(a, b, "entity") for a, b in intent.named if start <= a < end and core[a:b].strip()]
            + [(one.start, one.end, "metric") for one in intent.mentions if start <= one.start < end]
            + [(one.start, one.end, "period") for one in intent.periods if start <= one.start < end and core[one.start : one.end].strip()]
        )
        for word in found:
            if start <= word.start < end:
                places[word.start] = _place_zh(core[start:end], word, start, marks)
    return places


def _place_zh(clause: str, word: Token, start: int, marks: Sequence[tuple[int, int, str]]) -> Place:
    """``clause`` begins at ``start`` of the question; ``marks`` are the names, metrics and periods in it, in order."""
    if not marks:
        return "aside"
    before = [mark for mark in marks if mark[1] <= word.start]
    after = [mark for mark in marks if mark[0] >= word.end]
    since = before[-1][1] if before else start
    if re.search("[我咱您你]", clause[since - start : word.start - start]):
        return "speaker"
    if any(kind == "entity" for _, _, kind in after) and not any(kind == "metric" for _, _, kind in before):
        name = next(mark for mark in after if mark[2] == "entity")
        brings = clause[: name[0] - start].endswith(("给", "給")) and _BRINGS_ZH.match(clause[name[1] - start :])
        return "speaker" if not (before or brings) else "tied"
    verb = _VERB_END.match(word.text[-1]) or _VERB_END.match(clause[word.end - start :])
    if verb and not _MOVES.search(word.text) and (after or _ASKS.search(clause[word.end - start :])):
        return "predicate"
    return "tied"
