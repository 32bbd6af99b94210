"""Facts from the tags of an inline XBRL filing: concept, value, scale, unit, period and dimensions are stated, not inferred.

The sign is as printed, as in facts from a table: a payment shown as ``(1,234)`` is negative, whatever the tag's sign convention.
Inline XBRL 1.1: https://www.xbrl.org/specification/inlinexbrl-part1/rec-2013-11-18/inlinexbrl-part1-rec-2013-11-18.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lxml.etree import _Element

from finfoundry.core.document import Document, Fact
from finfoundry.core.formulas import listed_metrics
from finfoundry.core.periods import Period, parse_iso
from finfoundry.knowledge.formats.html import shared_tree
from finfoundry.knowledge.formats.html_style import style_of, tag_of

Dimensions = tuple[tuple[str, str], ...]

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
}  # fmt: skip
_PLAIN_MEMBER = {"segment", "segments", "brand", "operating", "reportable", "total", "and", "of", "the"}  # words that rows leave away
_ZERO = {"no", "none", "nil", "—", "–", "-", "", "zero"}


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

    @property
    def printed(self) -> Decimal:
        """The value with the sign as printed."""
        return -abs(self.value) if self.negative else abs(self.value)

    @property
    def concept(self) -> str:
        """The name without the standard's prefix; a company's own names keep theirs."""
        prefix, _, local = self.name.rpartition(":")
        return local if prefix in {"us-gaap", "dei", "ifrs-full", "srt", "ecd", "cyd"} else self.name


def read_tags(root: _Element) -> list[Tagged]:
    """All visible tagged numbers, in document order."""
    contexts = {_attribute(e, "id"): _context(e) for e in root.iter() if tag_of(e) == "context" or tag_of(e).endswith(":context")}
    units = {_attribute(e, "id"): _unit(e) for e in root.iter() if _local(e) == "unit"}
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
    context = contexts.get(_attribute(element, "contextref"))
    text = "".join(str(part) for part in element.itertext()).strip()
    number = _number(text, _attribute(element, "format"))
    if context is None or number is None:
        return None
    places = _attribute(element, "scale")
    scale = Decimal(1).scaleb(int(places)) if re.fullmatch(r"-?\d{1,2}", places) else Decimal(1)
    value = number * scale * (-1 if _attribute(element, "sign") == "-" else 1)
    unit = units.get(_attribute(element, "unitref"), "count")
    return Tagged(
        id=element.get("id", ""),
        name=_attribute(element, "name"),
        text=text,
        value=value,
        scale=scale,
        unit=unit,
        period=context[0],
        dimensions=context[1],
        negative=_in_parentheses(element, table),
        in_table=table,
    )


def _attribute(element: _Element, name: str) -> str:
    """An attribute whatever the case in which it is written: an HTML parser makes names lower case."""
    return next((str(value) for key, value in element.attrib.items() if str(key).lower() == name), "")


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


def has_tags(data: bytes) -> bool:
    return b"inlineXBRL" in data[:20_000]


def tagged_facts(data: bytes, document: Document, facts: list[Fact]) -> list[Fact]:
    """The facts of a document's tables with what their tags say in place of what was inferred, then tagged numbers of running text."""
    tags = {tag.id: tag for tag in read_tags(shared_tree(data, document.name))}
    merged: list[Fact] = []
    used: set[str] = set()
    for fact in facts:
        ids = [identity for identity in (fact.locator or {}).get("tags", "").split() if identity in tags]
        if len(ids) == 1:
            merged.append(_merge(fact, tags[ids[0]]))
            used.add(ids[0])
        else:
            merged.append(fact)
    pages = _pages_of(document)
    loose = [tag for identity, tag in tags.items() if identity not in used]
    merged.extend(_loose(tag, document, pages.get(tag.id, 1)) for tag in loose)
    return merged


def _merge(fact: Fact, tag: Tagged) -> Fact:
    """The fact by its tag. Where row or column name the tag's members, the line is what the page calls it, and so where no metric goes by a
    concept that is a kind of the label's: what is asked in the words of the page is found by them.
    """
    unit = fact.unit if tag.unit == "count" else tag.unit
    printed = _names_members(fact, tag)
    labelled = not tag.dimensions and tag.concept not in _asked_for() and _is_kind_of(tag.concept, fact.concept)
    return replace(
        fact,
        value=tag.printed,
        unit=unit,
        period=tag.period.iso,
        concept=fact.concept if printed or labelled else tag.concept,
        dimensions=fact.dimensions if printed else _members(tag.dimensions),
        scale=tag.scale,
        confidence=1.0,
    )


@lru_cache(maxsize=1)
def _asked_for() -> frozenset[str]:
    """The concepts by which questions ask."""
    return frozenset(name for metric in listed_metrics().values() for name in metric["concepts"])


def _is_kind_of(tagged: str, labelled: str | None) -> bool:
    """Whether both begin with one word: InventoryFinishedGoodsNetOfReserves is inventory, an associate's Assets are no assets."""
    first, other = ((_spaced(name).split() or [""])[0].removesuffix("s") for name in (tagged, labelled or ""))
    return bool(first) and first == other


def _names_members(fact: Fact, tag: Tagged) -> bool:
    """Whether the printed row and column have all words of the tag's members but the company's own: "Greater China" of
    GreaterChinaSegmentMember, in a part that bears the company's name.
    """
    printed = _words(" ".join((*fact.metric, *(member for _, member in fact.dimensions))))
    silent = _PLAIN_MEMBER | _words(fact.entity or "")
    members = [words for _, member in _members(tag.dimensions) if (words := _words(member) - silent)]
    return bool(members) and all(words <= printed for words in members)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+|\d+", text.lower()))


def _loose(tag: Tagged, document: Document, page: int) -> Fact:
    places = len(tag.text.partition(".")[2]) if re.fullmatch(r"[\d,.]+", tag.text) else 0
    return Fact(
        metric=(_spaced(tag.concept.rpartition(":")[2]),),
        value=tag.printed,
        unit=tag.unit,
        period=tag.period.iso,
        text=tag.text,
        page=page,
        entity=document.profile.entity,
        concept=tag.concept,
        dimensions=_members(tag.dimensions),
        scale=tag.scale,
        precision=places,
        locator={"anchor": tag.id},
    )


def _members(dimensions: Dimensions) -> Dimensions:
    """``("srt:ProductOrServiceAxis", "us-gaap:ProductMember")`` as ``("Product Or Service", "Product")``."""
    return tuple((_plain(axis, "Axis"), _plain(member, "Member")) for axis, member in dimensions)


def _plain(name: str, suffix: str) -> str:
    return _spaced(name.rpartition(":")[2].removesuffix(suffix)) or name


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)


def _pages_of(document: Document) -> dict[str, int]:
    return {
        identity: page.number
        for page in document.pages
        for block in page.blocks
        for cell in block.cells
        for identity in (cell.locator or {}).get("tags", "").split()
    }
