"""Yes/no questions that want a judgement of figures: by a norm of the field, or of one metric against a number or against another one."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.understand.intent import Intent, asks_yes_no, without_mentions
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.core.language import has_han, simplified
from finfoundry.governance.own_terms import OwnTerm

NormAsked = Literal["kept", "broken", "more", "less"]

_SOUND = re.compile(
    r"\b(?:healthy|sound|adequate|sufficient|strong|satisfactory)\b(?:\s+(?:financial|liquidity|solvency|coverage))*(?:\s+(?:position|level))?"
    r"|健康|稳健|良好|充足|充裕",
    re.I,
)
MORE = re.compile(r"\b(?:more|greater|higher|larger|bigger|above|exceed(?:s|ed)?|outweigh(?:s|ed)?)\b|大于|高于|多于|超过|更[大高多]", re.I)
LESS = re.compile(r"\b(?:less|fewer|lower|smaller|below)\b|小于|低于|少于|更[小低少]", re.I)
_THAN = re.compile(r"\b(?:than|exceed(?:s|ed)?|outweigh(?:s|ed)?|above|below)\b|大于|高于|多于|超过|小于|低于|少于", re.I)


_NUMBER = re.compile(
    r"(?:\b(?:more|greater|higher|larger|less|lower|smaller|fewer)\s+than|\babove|\bbelow|\bunder|\bover|\bexceed(?:s|ed)?|大于|高于|多于|超过|小于|低于|少于|不足)"
    r"\s*(?:US)?\$?\s*(?P<number>\d[\d,]*(?:\.\d+)?)(?!\d)\s*(?P<scale>%|percent\b|thousand\b|million\b|billion\b|万元?|亿元?)?(?!\s*(?:years?|年|quarters?))",
    re.I,
)
_SCALES = {
    "%": "0.01",
    "percent": "0.01",
    "thousand": "1000",
    "million": "1000000",
    "billion": "1000000000",
    "万": "10000",
    "亿": "100000000",
}


def of_number(intent: Intent) -> tuple[Literal["more", "less"], Decimal] | None:
    """Whether a metric is asked to be more or less than a number, and which; None where it is compared with none."""
    found = _NUMBER.search(intent.core)
    if found is None or (found["number"].isdigit() and len(found["number"]) == 4 and found["number"].startswith(("19", "20"))):
        return None
    less = bool(LESS.search(found[0])) or re.search(r"\bunder\b|不足", found[0], re.I) is not None
    scale = Decimal(_SCALES.get((found["scale"] or "").lower().removesuffix("元"), "1"))
    return "less" if less else "more", Decimal(found["number"].replace(",", "")) * scale


def without_number(core: str) -> str:
    """A question less the number that it compares with, and how."""
    return _NUMBER.sub(" ", core)


def by_norm(intent: Intent) -> bool:
    """Whether a question asks if something is sound or strong."""
    return _SOUND.search(intent.core) is not None


# --- a level that the institution set for a metric ------------------------------------------------------------------------------

_OVER = re.compile(r"\b(?:over|beyond)\b|超出", re.I)
_UNDER = re.compile(r"\bunder\b|不足", re.I)
_AT_MOST = re.compile("(?:不|未|没有?)(?:超过|超出|高于|大于|突破)")
_AT_LEAST = re.compile("(?:不|未|没有?)(?:低于|少于|小于|跌破)")
_EITHER_WAY = re.compile(r"([\u4e00-\u9fff])[不没]\1")  # 达不达标 asks for 达标
_OTHERWISE = re.compile(  # at each time, with a number, of a movement or a mean: a level is set for none of these
    r"\d|\b(?:any|each|every|ever|always|throughout|consistently|times?|quarters?|months?)\b|任何|始终|一直|[每历曾各增减涨升降]|跌(?!破)|改善|恶化|变[动化]|平均",
    re.I,
)
_DENIED = re.compile(r"[不没未]|\b(?:not|never|no)\b|n['’]t\b", re.I)
_FILLING_ZH = re.compile("是否|有没有|[能可会]否|[在的以于内之中所我们本行司其仍还已被了该吗呢]")
_CUT_ZH = re.compile("[高低大小多少超过限额有不没未部]")  # what other rules leave of 高于, 限额, 内部
_NORM_WORDS = tuple(
    f"norm_{name}" for name in ("broken", "kept", "within", "outside", "levels", "lowest", "highest", "others", "own", "around")
)


def of_norm(intent: Intent) -> NormAsked | None:
    """How a yes/no question asks for the level that the institution set for the one metric that it names: whether it is kept to, whether
    it is not, or whether the figure is more, or less, than it. None where no level is set, or where the question may mean another one.
    """
    norm = _norm_meant(intent)
    if norm is None or not asks_yes_no(intent) or of_number(intent) is not None or len(intent.periods) > 1:
        return None
    said = masked_out(without_mentions(intent, intent.masked), [(found.start, found.end) for found in intent.periods])
    said = _EITHER_WAY.sub(r"\1", simplified(said).lower())
    if _OTHERWISE.search(said) or {token.text for token in tokens(said)} & (word_list("structure") - word_list("norm_sides")):
        return None
    most = _better(intent, norm) == "lower"
    if _says(said, "norm_lowest" if most else "norm_highest"):
        return None
    found = _ways(said, most=most)
    return next(iter(found)) if len(found) == 1 else None


def names_level(intent: Intent) -> bool:
    """Whether a question has a word for a level that a figure is held against, set or not."""
    said = simplified(without_mentions(intent, intent.masked)).lower()
    return any(_says(said, f"norm_{name}") for name in ("levels", "lowest", "highest", "broken"))


def _ways(said: str, *, most: bool) -> set[NormAsked]:
    """The ways in which a text asks for a level, the highest that is sound or the lowest; none where it denies something else."""
    found: set[NormAsked] = set()
    level = any(_says(said, f"norm_{name}") for name in ("levels", "lowest", "highest"))
    if level and (_AT_MOST if most else _AT_LEAST).search(said):
        found.add("kept")
        said = (_AT_MOST if most else _AT_LEAST).sub(" ", said)
    if _says(said, "norm_broken") or (level and _says(said, "norm_outside")):
        found.add("broken")
    said = _without(said, "norm_broken_zh")
    if _says(said, "norm_kept") or _SOUND.search(said) or (level and _says(said, "norm_within")):
        found.add("kept")
    if level and (MORE.search(said) or _OVER.search(said)):
        found.add("more")
    if level and (LESS.search(said) or _UNDER.search(said)):
        found.add("less")
    return set() if _DENIED.search(_UNDER.sub("", _FILLING_ZH.sub("", said))) else found


def judged_by(item: PlannedExpression, intent: Intent) -> tuple[PlannedExpression, Decimal | None]:
    """A metric with the level that the institution set for it, and that level; None where it is judged by a custom, or by nothing."""
    norms, norm = intent.vocabulary.norms.get(item.expression, []), _norm_meant(intent)
    if norm not in norms:
        return (replace(item, norm=None) if norms else item), None
    return replace(item, better=norm.entry.better or item.better, norm=norm.entry.norm), norm.entry.norm


def _norm_meant(intent: Intent) -> OwnTerm | None:
    """The level that the institution set for the metric, where a question names just one: of several a regulator's where it says so, one
    of its own where it says that, else the one that was approved last.
    """
    names = {mention.name for mention in intent.mentions}
    found = intent.vocabulary.norms.get(next(iter(names)), []) if len(names) == 1 else []
    said = simplified(without_mentions(intent, intent.masked)).lower() if found else ""
    others, own = _says(said, "norm_others"), _says(said, "norm_own")
    fits = [norm for norm in found if not (others or own) or _is_of_others(norm) == others]
    return fits[-1] if fits else None


def _better(intent: Intent, norm: OwnTerm) -> Literal["higher", "lower"] | None:
    library = intent.vocabulary.library
    return norm.entry.better or next((library[one.name].better for one in intent.mentions if one.name in library), None)


def _is_of_others(norm: OwnTerm) -> bool:
    """Whether a term says that its level is a regulator's: only then it is meant where a question asks for that."""
    return _says(simplified(f"{norm.entry.name.replace('_', ' ')} {norm.entry.definition}").lower(), "norm_others")


def _says(said: str, name: str) -> bool:
    """Whether a text has a word of a list, English or Chinese."""
    return bool({token.text for token in tokens(said)} & word_list(name)) or any(word in said for word in word_list(f"{name}_zh"))


def _without(said: str, name: str) -> str:
    for word in sorted(word_list(name), key=len, reverse=True):
        said = said.replace(word, " ")
    return said


def _asks_for_norm(word: str) -> bool:
    """Whether a word, or a run of Chinese characters, says nothing but how a figure is held against a level that is set."""
    if not has_han(word[:1]):
        patterns = (MORE, LESS, _OVER, _UNDER)
        return any(word in word_list(name) for name in _NORM_WORDS) or any(pattern.fullmatch(word) for pattern in patterns)
    word = _EITHER_WAY.sub(r"\1", word)
    for pattern in (_AT_MOST, _AT_LEAST, MORE, LESS, _OVER, _UNDER, _SOUND):
        word = pattern.sub(" ", word)
    for name in _NORM_WORDS:
        word = _without(word, f"{name}_zh")
    return not _CUT_ZH.sub("", _FILLING_ZH.sub("", word)).strip()


def of_two(intent: Intent) -> Literal["more", "less"] | None:
    """Whether the first of two metrics is asked to be more or less than the second; None where they are not compared with each other."""
    if len(intent.mentions) != 2 or len(intent.periods) > 1 or of_number(intent) is not None:
        return None  # "above 5% of total assets" compares with a part of them
    one, other = sorted(intent.mentions, key=lambda mention: mention.start)
    between = intent.core[one.end : other.start]
    if one.name == other.name or not _THAN.search(between):
        return None
    said = f"{intent.core[: one.start][-12:]} {between}"  # "more cash than debt", "cash higher than debt"
    more, less = bool(MORE.search(said)), bool(LESS.search(said))
    return None if more == less else "more" if more else "less"


def which_of_two(intent: Intent) -> Literal["more", "less"] | None:
    """ "Which is larger, receivables or inventories?", 存货和应收账款哪个更大; None for any other question."""
    if len(intent.mentions) != 2 or len(intent.periods) > 1 or not _WHICH.search(intent.core):
        return None
    one, other = sorted(intent.mentions, key=lambda mention: mention.start)
    more, less = bool(MORE.search(intent.core)), bool(LESS.search(intent.core))
    if one.name == other.name or more == less or not _OR.fullmatch(intent.core[one.end : other.start]):
        return None
    return "more" if more else "less"


_WHICH = re.compile(r"^\W*(?:which|what)\s+(?:is|was|are|were)\b|哪个|哪项|哪一个|谁", re.I)
_OR = re.compile(r"\s*,?\s*(?:or|和|与|还是)\s*(?:its\s+|the\s+|their\s+)?", re.I)


def explains(word: str, intent: Intent) -> bool:
    """Whether a word of the question only says which judgement is wanted."""
    word = word.removeprefix("否")  # of 是否
    if which_of_two(intent) and (MORE.search(word) or LESS.search(word) or _WHICH.search(word)):
        return True
    if of_two(intent) and (MORE.fullmatch(word) or LESS.fullmatch(word) or word in ("show", "shown", *"高低大小多少")):
        return True
    if _asks_for_norm(word) and of_norm(intent):
        return True
    number, judging = _judging(intent.core)
    return bool(number and word in number) or word in judging or (word in ("liquidity", "solvency") and by_norm(intent))


@lru_cache(maxsize=64)
def _judging(core: str) -> tuple[str, frozenset[str]]:
    """With which number a question compares, as written, and the words that only judge: looked for once, as each word of it may be one."""
    number = _NUMBER.search(core)
    said = [*([number[0]] if number else []), *(match[0] for match in _SOUND.finditer(core))]
    return number[0] if number else "", frozenset([*said, *(token.text for text in said for token in tokens(text))])
