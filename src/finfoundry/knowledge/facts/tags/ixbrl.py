"""The tags of an inline XBRL filing: concept, value, scale, unit, period and dimensions are stated, not inferred.

Each says besides how its number is printed: whether in brackets, and before which words.
Inline XBRL 1.1: https://www.xbrl.org/specification/inlinexbrl-part1/rec-2013-11-18/inlinexbrl-part1-rec-2013-11-18.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lxml.etree import _Element

from finfoundry.core.periods import Period, parse_iso
from finfoundry.knowledge.formats.html_style import BLOCK_TAGS, style_of, tag_of

Dimensions = tuple[tuple[str, str], ...]

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
}  # fmt: skip
_ZERO = {"no", "none", "nil", "—", "–", "-", "zero"}
_BELOW = re.compile(r"\s*[$€£¥]?\s*[(（−–-]\s*[$€£¥]?\s*[\d.]")  # brackets or a minus inside the tag, where the standard wants none
REACH = 24  # characters behind a number in which words of its scale stand


@dataclass(frozen=True, slots=True)
class Tagged:
    """One tagged number. ``value`` is in base units with the tag's own sign; ``negative`` says that it is printed in parentheses."""

    id: str
    name: str  # "us-gaap:Revenues"
    text: str
    value: Decimal
    scale: Decimal
    unit: str
    period: Period
    dimensions: Dimensions
    negative: bool
    in_table: bool
    behind: str = ""  # what is printed right behind the number, in its cell or paragraph
    step: Decimal | None = None  # what the tag says that the value is rounded to; None where it does not say

    @property
    def printed(self) -> Decimal:
        """The value with the sign as printed."""
        return -abs(self.value) if self.negative else abs(self.value)

    @property
    def key(self) -> tuple[object, ...]:
        """What all tags of one figure share."""
        return self.name, self.period.iso, self.dimensions, self.unit

    @property
    def concept(self) -> str:
        """The name without the standard's prefix; a company's own names keep theirs."""
        prefix, _, local = self.name.rpartition(":")
        return local if prefix in {"us-gaap", "dei", "ifrs-full", "srt", "ecd", "cyd"} else self.name


def read_tags(root: _Element) -> list[Tagged]:
    """All visible tagged numbers, in document order."""
    contexts: dict[str, tuple[Period, Dimensions] | None] = {}
    units: dict[str, str] = {}
    for element in root.iter():
        if (name := _local(element)) == "context":
            contexts[_attribute(element, "id")] = _context(element)
        elif name == "unit":
            units[_attribute(element, "id")] = _unit(element)
    return [tag for element, table in _visible(root) if (tag := _tagged(element, table, contexts, units)) is not None]


@dataclass(frozen=True, slots=True)
class StatedYear:
    """What the tags of a cover state: the period reported on, and the number by which the company calls its fiscal year."""

    period: Period
    number: int


def stated_year(root: _Element) -> StatedYear | None:
    """The period and fiscal year that the tags of the cover state; None where they state no year."""
    contexts = {_attribute(e, "id"): e for e in root.iter() if _local(e) == "context"}
    for element in root.iter():
        if tag_of(element) == "ix:nonnumeric" and _attribute(element, "name") == "dei:DocumentFiscalYearFocus":
            text = "".join(str(part) for part in element.itertext()).strip()
            context = contexts.get(_attribute(element, "contextref"))
            found = _context(context) if context is not None else None
            return StatedYear(found[0], int(text)) if found and re.fullmatch(r"\d{4}", text) else None
    return None


def _visible(root: _Element) -> Iterator[tuple[_Element, bool]]:
    """The shown ``ix:nonFraction`` elements, and whether each is in a table cell."""
    stack = [(root, False)]
    while stack:
        element, table = stack.pop()
        tag = tag_of(element)
        if not tag or style_of(element, tag).hidden:
            continue
        if tag == "ix:nonfraction":
            yield element, table
        stack.extend((child, table or tag == "td") for child in reversed(element))


def _tagged(element: _Element, table: bool, contexts: dict[str, tuple[Period, Dimensions] | None], units: dict[str, str]) -> Tagged | None:
    said = _attributes(element)
    context = contexts.get(said.get("contextref", ""))
    text = "".join(str(part) for part in element.itertext()).strip()
    number = _number(text, said.get("format", ""))
    if context is None or number is None or said.get("nil", "") == "true":  # nil: no value, whatever is printed for it
        return None
    places = said.get("scale", "")
    scale = Decimal(1).scaleb(int(places)) if re.fullmatch(r"-?\d{1,2}", places) else Decimal(1)
    below = _BELOW.match(text) is not None
    value = number * scale * (-1 if said.get("sign", "") == "-" or below else 1)
    unit = units.get(said.get("unitref", ""), "count")
    return Tagged(
        id=element.get("id", ""),
        name=said.get("name", ""),
        text=text,
        value=value,
        scale=scale,
        unit=unit,
        period=context[0],
        dimensions=context[1],
        negative=below or _in_parentheses(element, table),
        in_table=table,
        behind=_behind(element),
        step=_step(said.get("decimals", "")),
    )


def _attributes(element: _Element) -> dict[str, str]:
    """The attributes by their names without a prefix, whatever the case in which they are written: an HTML parser makes names lower case.
    Of two by one name the first.
    """
    return {_local_name(str(key)): str(value) for key, value in reversed(element.attrib.items())}


def _attribute(element: _Element, name: str) -> str:
    return _attributes(element).get(name, "")


@lru_cache(maxsize=4096)
def _local_name(key: str) -> str:
    return re.split("[:}]", key.lower())[-1]


def _local(element: _Element) -> str:
    return tag_of(element).rpartition(":")[2]


def _context(element: _Element) -> tuple[Period, Dimensions] | None:
    parts: dict[str, str] = {}
    members: list[tuple[str, str]] = []
    for child in element.iter():
        name = _local(child)
        if name in {"instant", "startdate", "enddate"}:
            parts[name] = (child.text or "").strip()[:10]
        elif name in {"explicitmember", "typedmember"}:
            members.append((_attribute(child, "dimension"), "".join(str(part) for part in child.itertext()).strip()))
    try:
        period = parse_iso(parts["instant"]) if "instant" in parts else parse_iso(f"{parts['startdate']}/{parts['enddate']}")
    except (KeyError, ValueError):
        return None
    return period, tuple(sorted(members))


def _unit(element: _Element) -> str:
    measures = [(child.text or "").strip().rpartition(":")[2] for child in element.iter() if _local(child) == "measure"]
    names = {"shares": "shares", "pure": "ratio"}
    first = names.get(measures[0], measures[0] if re.fullmatch(r"[A-Z]{3}", measures[0]) else "count") if measures else "count"
    return "/".join([first, "share" if measures[1] == "shares" else measures[1]]) if len(measures) == 2 else first


def _number(text: str, style: str) -> Decimal | None:
    style = style.rpartition(":")[2].lower().replace("-", "")
    if style in {"fixedzero", "zerodash", "numdash"} or text.lower() in _ZERO:
        return Decimal(0)
    if text.lower() in _WORDS:
        return Decimal(_WORDS[text.lower()])
    plain = re.sub(r"[\s\u00a0]", "", text)
    plain = plain.replace(".", "").replace(",", ".") if "commadecimal" in style else plain.replace(",", "")
    digits = re.sub(r"[^\d.]", "", plain)
    try:
        return Decimal(digits) if digits.strip(".") else None
    except InvalidOperation:
        return None


def _in_parentheses(element: _Element, table: bool) -> bool:
    """Printed as negative: "(" or a minus right before the number, with nothing but a currency sign between."""
    before = _text_before(element).replace("\u00a0", " ").rstrip()
    before = before.rstrip("$€£¥ ").rstrip()
    after = _text_after(element).lstrip("%").lstrip()
    if after and not after.startswith(")"):
        return False
    if before.endswith(("-", "−")):
        return table and not before[:-1].strip()
    return before.endswith("(") and (not table or not before[:-1].strip("$€£¥ ")) and (table or after.startswith(")"))


def _text_before(element: _Element) -> str:
    """The text before an element inside its cell or block; a "$" or "(" may be in a cell of its own just before."""
    text = ""
    node: _Element | None = element
    while node is not None and tag_of(node) not in {"td", "th", "p", "div", "body"}:
        previous = node.getprevious()
        while previous is not None:
            text = "".join(str(part) for part in previous.itertext()) + (previous.tail or "") + text
            previous = previous.getprevious()
        parent = node.getparent()
        text = ((parent.text or "") if parent is not None else "") + text
        node = parent
    if node is not None and tag_of(node) == "td" and not text.strip():
        neighbour = node.getprevious()
        text = "".join(str(part) for part in neighbour.itertext()).strip() if neighbour is not None else ""
        return text if text.strip("$€£¥ ") == "(" else ""
    return text


def _text_after(element: _Element) -> str:
    return (element.tail or "").strip()


def _behind(element: _Element) -> str:
    """The text that follows an element in its cell or paragraph, as far as words of a scale may stand."""
    text = ""
    node: _Element | None = element
    while node is not None and tag_of(node) not in BLOCK_TAGS and len(text) < REACH:
        text += node.tail or ""
        following = node.getnext()
        while following is not None and tag_of(following) != "br" and len(text) < REACH:
            text += "".join(str(part) for part in following.itertext()) + (following.tail or "")
            following = following.getnext()
        node = node.getparent()
    return text.replace("\u00a0", " ")[:REACH]


def _step(decimals: str) -> Decimal | None:
    """A billion for the ``decimals`` -9, nothing for INF."""
    if decimals.upper() == "INF":
        return Decimal(0)
    return Decimal(1).scaleb(-int(decimals)) if re.fullmatch(r"[-+]?\d{1,2}", decimals) else None


def has_tags(data: bytes) -> bool:
    return b"inlineXBRL" in data[:20_000]
