"""The vocabulary of statements: a printed label, in English or Chinese, to a concept. The list is ``core/data/concepts.yaml``."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml

from finfoundry.core.language import simplified

Nature = Literal["instant", "duration"]
LONG_LABEL = 10  # letters from which a label is known by them alone

_PARENTHESES = re.compile(r"[(（][^()（）]*[)）]")
_DANGLING = re.compile(r"(?<!\w)/|/(?!\w)")  # of "provision/(benefit)"
_RAISED = re.compile(r"[⁰¹²³⁴-⁹]+|[⁽₍][^⁾₎]{0,3}[⁾₎]")  # marks of footnotes
_LEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]\s*[、.]?|\d{1,2}\s*[、.．](?!\d)|[a-z]\)|加\s*[:：]|减\s*[:：]|其中\s*[:：]|less\s*:|add\s*:|plus\s*:)\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?<!\s)\s*(?:,\s*)?(?:\(?note[s]?\s+[\d, and]+\)?|of which)$", re.IGNORECASE)
_NOISE = re.compile(r"[^a-z0-9\u4e00-\u9fff%&/]+")
_STOCK_WORDS = re.compile(
    r"\b(?:assets?|liabilit(?:y|ies)|receivables?|payables?|inventor(?:y|ies)|goodwill|intangibles?|equity(?!\s+(?:share)?holders)|outstanding|balances?|debt|borrowings|obligations?|deposits|reserves?|investments|securities"
    r"|carrying|fair\s+value|maturities|cash\s+equivalents|unvested|nonvested|exercisable|accumulated|allowance|notes\s+due|land|buildings|machinery|equipment|due\s+20\d\d)\b"
    r"|余额|资产|负债|应收|应付|存货|商誉|股本|公积|未分配|账面|借款|存款|固定|在建|原值|净值|期末",
    re.IGNORECASE,
)
_HELD_BACK = re.compile(
    r"\b(?:(?:deferred|unearned)\s+(?:income|revenues?|compensation)|(?:accrued|prepaid)\s+(?:expenses?|income|compensation)|unrecognized\s+(?:tax\s+)?(?:benefits?|compensation))\b(?!\s+tax(?:es)?\b)",
    re.IGNORECASE,
)  # a balance, for all that it names a flow
_FLOW_WORDS = re.compile(
    r"\b(?:revenues?|sales|expenses?|costs?|income|earnings|loss(?:es)?|gains?|proceeds|payments?|purchases?|provision|benefit|compensation|amortization|depreciation|charges?|additions|deductions"
    r"|dividends\s+(?:paid|declared)|issued|repurchased|granted|exercised|vested|forfeited|net\s+change|changes?|acquired|impairment|expense|paid|margin|profit|tax(?:es)?|contributions?)\b"
    r"|收入|成本|费用|利润|支出|收益|损失|增加|减少|计提|转回|现金流|税金|发生",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Concept:
    """A line of a statement. ``standard`` names whose term it is; ``labels`` are the spellings by which it is known."""

    name: str
    statement: str
    nature: Nature
    standard: str
    labels: tuple[str, ...]
    unit: str = "money"
    outflow: Literal["always", "as a share"] | None = None  # where it is taken as an amount though it is printed as a negative


@lru_cache(maxsize=1)
def concepts() -> tuple[Concept, ...]:
    """The lines of statements that ``core/data/concepts.yaml`` defines, in its order."""
    text = resources.files("finfoundry.core").joinpath("data/concepts.yaml").read_text(encoding="utf-8")
    return tuple(
        Concept(
            name=item["name"],
            statement=item["statement"],
            nature=item["nature"],
            standard=item["standard"],
            labels=(*item.get("en", ()), *item.get("zh", ())),
            unit=item.get("unit", "money"),
            outflow=item.get("outflow"),
        )
        for item in yaml.safe_load(text)["concepts"]
    )


@lru_cache(maxsize=1)
def _by_label() -> dict[str, list[Concept]]:
    table: dict[str, list[Concept]] = {}
    for concept in concepts():
        for label in dict.fromkeys(label_key(label) for label in concept.labels):
            table.setdefault(label, []).append(concept)
    return table


@lru_cache(maxsize=1)
def _by_letters() -> dict[str, list[Concept]]:
    """Labels without their spaces, for pages whose words run together."""
    return {key.replace(" ", ""): found for key, found in _by_label().items() if len(key) >= LONG_LABEL and " " in key}


@lru_cache(maxsize=65536)
def label_key(label: str) -> str:
    """A label without numbering, brackets, notes and punctuation: "三、营业利润（亏损以“－”号填列）" is "营业利润"."""
    text = simplified(unicodedata.normalize("NFKC", _RAISED.sub("", label))).lower().replace("’", "'").strip()
    while (shorter := _LEADING.sub("", text)) != text:
        text = shorter
    text = _TAIL.sub("", _DANGLING.sub(" ", _PARENTHESES.sub(" ", text)))
    text = text.replace("'", "").replace("stockholders", "shareholders").replace("shareowners", "shareholders")
    return _NOISE.sub("" if re.search(r"[\u4e00-\u9fff]", text) else " ", text).strip()


@lru_cache(maxsize=65536)
def find_concept(path: tuple[str, ...], statement: str | None) -> Concept | None:
    """The concept of a label path. Where several share a label, the statement decides, then the heading above.

    A short label ("Basic", "Total") is read together with the heading above it. Within a statement a label may say more than the line's
    name: an allowance, whose share it is.
    """
    if not path:
        return None
    if len(path) > 1 and label_key(path[-1]) in BY_HEADING:
        return _named(f"{_of_shares(path[-2])} {path[-1]}", statement)
    found = _named(path[-1], statement)
    if found is not None and statement == "balance" and (due := _due(path)):
        return _named(f"{path[-1]}, {due}", statement) or (found if due in _due_of(found) else None)
    if found is None and len(path) > 1:
        found = _named(f"{path[-2]} {path[-1]}", statement)
    if found is None and statement:
        shorter = (_named(label, statement) for label in shortened(path[-1]))
        found = next((concept for concept in shorter if concept and concept.statement == statement), None)
    return found


_CURRENT = re.compile(r"^(?:total\s+)?current\s+(?:assets|liabilities)\b", re.IGNORECASE)
_LATER = re.compile(r"^(?:total\s+)?(?:long-?\s?term|non-?\s?current)\s+(?:assets|liabilities|obligations)\b", re.IGNORECASE)
_SAYS_DUE = re.compile(r"\b(?:current|noncurrent|long-?\s?term|short-?\s?term|due|maturit)", re.IGNORECASE)
Due = Literal["current", "noncurrent"]


def _due(path: tuple[str, ...]) -> Due | None:
    """What the headings say of a label that does not say itself when it falls due: "Debt" is printed under both."""
    if _SAYS_DUE.search(path[-1]):
        return None
    for heading in reversed(path[:-1]):
        if _CURRENT.match(heading) or _LATER.match(heading):
            return "current" if _CURRENT.match(heading) else "noncurrent"
    return None


def _due_of(concept: Concept) -> tuple[Due, ...]:
    """When a line falls due by its name: both where it does not say."""
    if concept.name.endswith("Noncurrent"):
        return ("noncurrent",)
    return ("current",) if concept.name.endswith("Current") else ("current", "noncurrent")


BY_HEADING = frozenset({"basic", "diluted"})


def _of_shares(heading: str) -> str:
    """ "Weighted-average shares used in …" or a figure per share."""
    shares = re.search(r"\bshares\b", heading, re.IGNORECASE) and not re.search(r"\bper\b[\w\s]*\bshare", heading, re.IGNORECASE)
    return "weighted average shares" if shares else "earnings per share"


def _named(label: str, statement: str | None) -> Concept | None:
    found = _by_label().get(label_key(label)) or _by_letters().get(label_key(label).replace(" ", ""))
    if not found:
        return None
    here = [concept for concept in found if concept.statement == statement]
    return here[0] if here else found[0] if len(found) == 1 else None


_ALLOWANCE = re.compile(
    r"(?<!\s)\s*(?:,|[-–—]|(?<=\w)(?=\s+net of))\s*(?:net of|less|after|including|at cost|of which|\$).*$", re.IGNORECASE
)
_OWNER = re.compile(
    r"(?<!\s)(?:\s*,)?\s+(?:attributable|applicable|available)\s+to\s+(?!.*\b(?:redeemable|discontinued|continuing|participating|preferred))(.*)$",
    re.IGNORECASE,
)
_EQUITY_OF = re.compile(r"(?:total\s+)?\b(?:share|stock)(?:holders|owners)['’]?\s+equity$", re.IGNORECASE)
_OTHERS = re.compile(r"\bnon-?\s?controlling\b|\bminority\b", re.IGNORECASE)
_KINDS = re.compile(r"(?<!\s)\s*(?:[-–—,]\s*|(?<=\s))(?:net|common(?: stock)?(?: and preferred)?|current|trade)$", re.IGNORECASE)


def shortened(label: str) -> list[str]:
    """What a label says less and less of: "Accounts receivable, trade, less allowances of $14" is accounts receivable in the end.

    Earnings "attributable to Some Company Inc." are those attributable to the company, whatever it is called.
    """
    found: list[str] = []
    if _OTHERS.search(label):
        return found
    if _OWNER.search(label):
        found += [_OWNER.sub(" attributable to the company", label), _OWNER.sub("", label)]
    if equity := _EQUITY_OF.search(label):
        found.append(equity[0])
    for pattern in (_ALLOWANCE, _KINDS, _KINDS):
        shorter = pattern.sub("", found[-1] if found and not _OWNER.search(label) else label)
        if shorter != label and shorter not in found:
            found.append(shorter)
    return found


def statements_of(label: str) -> set[str]:
    """The statements that have a line of this name."""
    return {concept.statement for concept in _by_label().get(label_key(label), ())}


def known_nature(label: str) -> Nature | None:
    """The nature that all lines of this name share."""
    natures = {concept.nature for concept in _by_label().get(label_key(label), ())}
    return natures.pop() if len(natures) == 1 else None


@lru_cache(maxsize=65536)
def nature_of(label: str) -> Nature | None:
    """Whether a label that is in no list names a stock or a flow, by its words; None when they don't say."""
    if known := known_nature(label):
        return known
    label = _HELD_BACK.sub("balance", label)
    stock, flow = _STOCK_WORDS.search(label), _FLOW_WORDS.search(label)
    if bool(stock) == bool(flow):
        return None
    return "instant" if stock else "duration"
