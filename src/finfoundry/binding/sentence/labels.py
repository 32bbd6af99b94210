"""How well the words of a sentence name a metric: word and bigram overlap with synonyms, no model.

A label (a row's name with the headings above it) is compared with the words around a figure. What decides is not the score alone but
that no other label fits those words better: "total current assets" is a poor name for "Total current liabilities" only because the
latter's sibling is there or because "assets" is missing from it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

_WORD = re.compile(r"[a-z]+(?:&[a-z]+)*|[\u4e00-\u9fff]+")
_APOSTROPHE = re.compile(r"['’]s?\b|(?<=[a-z])\.(?=[a-z]\b)")


def read_data(package: str, name: str) -> dict[str, Any]:
    """The content of a YAML file in a package's ``data``, which is a mapping."""
    text = files(package).joinpath("data", name).read_text("utf-8")
    content: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe, the first is fast
    return content


@lru_cache(maxsize=1)
def word_lists() -> dict[str, frozenset[str]]:
    """The lists of ``data/words.yaml``."""
    return {name: frozenset(text.split()) for name, text in read_data("finfoundry.binding", "words.yaml").items()}


_STOP, _WEAK = word_lists()["stop"], word_lists()["weak"]
_QUALIFIERS, _QUALIFIERS_ZH = word_lists()["qualifiers"], word_lists()["qualifiers_zh"]
_ZH_BREAK = re.compile(
    r"年末|年度|年报|本期|上期|上年|同期|同比|环比|截至|根据|分别|万元|亿元|人民币|实现|达到|报告期|共计|[的为是达约比较和与及等了]"
)
_OF_TIME = re.compile(  # "after only", "a year before": of no metric
    r"\bafter(?= (?:only|just|a|an|\W?\d)\b|\s*$)"
    r"|(?:(?<=year)|(?<=months)|(?<=quarter)|(?<=period)) before\b(?! (?:tax|income|interest|deduct))"
)
_ABROAD_ZH = re.compile(r"海外|境外")
_AFTER_TAX = re.compile(r"\bafter[- ]tax(?:es)?\b")  # of a profit, and no tax
_TOP_ZH = re.compile(r"前([一二三四五六七八九十\d]{1,2})[大位家]")  # 前五大客户 are 前五名客户
_IRREGULAR = {
    "daily": "day",
    "losses": "loss",
    "taxes": "tax",
    "ppe": "ppe",
    "noncurrent": "noncurrent",
    "earnings": "earnings",
    "goods": "goods",
}

_BRACKETED = re.compile(r"[(（][^()（）]*[)）]|[⁽₍][^⁾₎]*[⁾₎]")  # "(loss)", （元）: of a row's name what need not be said
_WRAPPED = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")  # of a Chinese name that a cell breaks over lines
BALANCES = frozenset(("balance", "余额", "馀额", "金额", "total", "合计", "月日", "日余", "期末", "期初", "末余", "初余"))
_RATE_OF_CHANGE = re.compile(r"\bchange|growth|增[（(]?减|变动|增长", re.IGNORECASE)
_JUDGED = re.compile(r"better|worse|favou?rable|excluding", re.IGNORECASE)
_KEPT = 300  # characters of a text whose words are kept: labels come again and again, long texts do not
Words = frozenset[str]


def words(text: str) -> Words:
    """The content words of a text: of English in the singular ("assets" → "asset"), of Chinese as character bigrams."""
    return frozenset(word_list(text))


def word_list(text: str) -> tuple[str, ...]:
    """The content words in their order, each as often as it is said."""
    return _kept_words(text) if len(text) <= _KEPT else _read_words(text)


@lru_cache(maxsize=20_000)
def _kept_words(text: str) -> tuple[str, ...]:
    return _read_words(text)


def spelled_out(text: str) -> str:
    """Chinese words in the form in which they are compared: 扣非 as 扣除非经常性损益, 海外 and 境外 as 国外."""
    text = _TOP_ZH.sub(r"前\1名", text.replace("扣非", "扣除非经常性损益"))
    return _ABROAD_ZH.sub("国外", text) if "外" in text else text


def _read_words(text: str) -> tuple[str, ...]:
    text = spelled_out(text)
    lowered = _APOSTROPHE.sub("", text.lower()).replace("non-", "non").replace("pre-tax", "pretax").replace("pp&e", "ppe")
    lowered = _AFTER_TAX.sub("aftertax", lowered) if "tax" in lowered else lowered
    lowered = _OF_TIME.sub("", lowered) if "before" in lowered or "after" in lowered else lowered
    found: list[str] = []
    for run in _WORD.findall(lowered):
        if run[0] <= "z":
            if run not in _STOP:
                found.append(_singular(run))
        else:
            for part in _ZH_BREAK.split(run):
                found += [part[i : i + 2] for i in range(len(part) - 1)] if len(part) > 1 else []
    return tuple(found)


@lru_cache(maxsize=50_000)
def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def weight_of(word: str) -> float:
    return 0.4 if word in _WEAK else 1.0


def telling(found: Words) -> Words:
    """Those of full weight."""
    return found - _WEAK


def weight(found: Iterable[str]) -> float:
    return sum(0.4 if word in _WEAK else 1.0 for word in found)


def qualifiers(text: str, found: Words) -> Words:
    text = text.replace("扣非", "扣除非经常性")
    return (found & _QUALIFIERS) | frozenset(name for name in _QUALIFIERS_ZH if name in text)


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """Concept → its names, and normalised name → the concepts that it names. From core's concepts and ``data/spoken.yaml``."""
    concepts = read_data("finfoundry.core", "concepts.yaml")["concepts"]
    spoken = read_data("finfoundry.binding", "spoken.yaml")
    names = {one["name"]: (*one.get("en", ()), *one.get("zh", ()), *spoken.get(one["name"], ())) for one in concepts}
    holders: dict[str, set[str]] = defaultdict(set)
    for concept, given in names.items():
        for name in given:
            holders[normal(name)].add(concept)
    return names, {name: frozenset(found) for name, found in holders.items()}


def synonyms(name: str, concept: str | None = None) -> tuple[str, ...]:
    """Other names of a metric: those of its concept, else of the only concept that has this name."""
    names, _ = _vocabulary()
    if concept in names:
        return names[concept]
    known = concepts_named(name)
    return names[next(iter(known))] if len(known) == 1 else ()


def concepts_named(name: str) -> frozenset[str]:
    """The concepts that have this name."""
    return _vocabulary()[1].get(normal(name), frozenset())


def names_metric(word: str) -> bool:
    """Whether a word, or a pair of Chinese characters, is one of some metric's name."""
    return word in _words_of_metrics()


@lru_cache(maxsize=1)
def _words_of_metrics() -> Words:
    return frozenset(word for names in _vocabulary()[0].values() for name in names for word in words(name))


@lru_cache(maxsize=1)
def _named_by() -> dict[str, list[tuple[Words, str]]]:
    """Word → the names of concepts that have it as their first by the alphabet, with their concepts."""
    found: dict[str, list[tuple[Words, str]]] = defaultdict(list)
    for concept, names in _vocabulary()[0].items():
        for name in {words(name) for name in names} - {frozenset[str]()}:
            found[min(name)].append((name, concept))
    return found


@lru_cache(maxsize=2_000)
def concepts_said(text: str) -> frozenset[str]:
    """The concepts of which a text says a name in full, without those that are only said within a longer name."""
    said = words(text)
    told = [(name, concept) for word in said for name, concept in _named_by().get(word, ()) if name <= said]
    return frozenset(concept for name, concept in told if not any(name < other for other, _ in told))


@lru_cache(maxsize=20_000)
def normal(text: str) -> str:
    """A label without case, punctuation, numbering and footnote marks."""
    bare = re.sub(r"^[一二三四五六七八九十\d]+[、.．]|^[其减加][中：:]|^其中[:：]|^[减加][:：]", "", text.strip().lower())
    return " ".join(word_list(bare)) or " ".join(re.findall(r"\w+", bare))


@dataclass(frozen=True, slots=True)
class MetricLabel:
    """A metric's name: alternatives that each may be said in full, and words from its surroundings that may be said besides.

    ``required`` are words that must be said: the segments of a breakdown ("Americas"), without which the number is only a part.
    """

    alternatives: tuple[Words, ...]
    beside: Words = frozenset()
    required: tuple[Words, ...] = ()
    qualifiers: Words = frozenset()
    partial: bool = False  # of a column that is headed by more than a period
    prose: bool = False  # the words of a sentence, of which a claim repeats only some


@lru_cache(maxsize=20_000)
def label(
    path: tuple[str, ...], names: tuple[str, ...] = (), dimensions: tuple[tuple[str, str], ...] = (), concept: str | None = None
) -> MetricLabel:
    """The label of a table row. A synonym counts a little less than the row's own name, so that the row itself wins.

    Its own text must be said in full, its headings may be said besides; a bare "Total" or "Other" needs its heading too.
    """
    path = tuple(_WRAPPED.sub("", part) for part in path)
    own, beside = words(path[-1]) if path else frozenset(), frozenset[str]().union(*(words(part) for part in path[:-1]))
    if len(path) > 1 and weight(own) < 1:
        own, beside = own | words(path[-2]), beside - words(path[-2])
    bare = _BRACKETED.sub(" ", path[-1]) if path else ""
    others = (
        *((bare,) if path and bare != path[-1] and words(bare) else ()),
        *names,
        *synonyms(path[-1] if path else "", concept),
        *(other for name in names for other in synonyms(name)),
    )
    members = tuple(found for axis, member in dimensions if axis != "column" and (found := words(member)))
    part = frozenset[str]().union(*members)
    alternatives = dict.fromkeys(found | part for found in (own, *(words(name) for name in others)) if found)
    columns = frozenset[str]().union(*(words(member) for axis, member in dimensions if axis == "column"))
    if columns and not own - BALANCES:
        alternatives[columns | part] = None  # "Balance at March 31 | Borrowings": the column says of what
    elif weight(columns - own) >= 1 and not is_rate_of_change(dimensions):
        heads = " ".join(_BRACKETED.sub(" ", member) for axis, member in dimensions if axis == "column")
        alternatives[own | (words(heads) or columns) | part] = None  # "Beauty | Net sales": both say it
    text = " ".join((*path, *others, *(member for _, member in dimensions)))
    return MetricLabel(
        tuple(alternatives) or (frozenset(),),
        beside | columns | _as_called(*path[:-1], *(member for axis, member in dimensions if axis == "column")),
        members,
        qualifiers(text, words(text)),
        partial=bool(columns),
    )


def _as_called(*headings: str) -> Words:
    """The words by which headings that are concepts are called otherwise: below "Net sales" stand parts of the revenue."""
    return frozenset[str]().union(*(words(name) for heading in headings if heading for name in synonyms(heading)))


def is_rate_of_change(dimensions: tuple[tuple[str, str], ...]) -> bool:
    """Whether a ratio in such a column says by how much its row changed, where a plus is a rise: one of better and worse does not."""
    heads = " ".join(member for _, member in dimensions)
    return _RATE_OF_CHANGE.search(heads) is not None and _JUDGED.search(heads) is None


def sentence_label(near: str, sentence: str = "") -> MetricLabel:
    """The label of a number in prose: the words near it, and with less weight those of its whole sentence."""
    own, whole = words(near), words(sentence)
    return MetricLabel((own, whole) if whole - own else (own,), qualifiers=qualifiers(near, own), prose=True)
