"""The facts of an inline XBRL filing: rows of its tables with what their tags say, and tagged numbers of its text.

The sign of a row is as printed, as in facts from any table: a payment shown as ``(1,234)`` is negative, whatever the tag's sign
convention. A number of the text, whose metric is the concept itself, has the tag's sign. Where tag and page contradict each other the
page's reading is kept, the fact is less sure, and ``Document.contradicted`` tells both readings. A dash whose tag says zero is zero; one
without a tag, or whose tag says nil, is no figure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from finfoundry.core.document import Document, Fact
from finfoundry.core.formulas import listed_metrics
from finfoundry.knowledge.facts.table.grid import is_nothing
from finfoundry.knowledge.facts.tags.ixbrl import Dimensions, Tagged, read_tags
from finfoundry.knowledge.facts.tags.tag_checks import Joined, as_contradicted, by_words, contradicted, told
from finfoundry.knowledge.formats.html import shared_tree

_PLAIN_MEMBER = {"segment", "segments", "brand", "operating", "reportable", "total", "and", "of", "the"}  # words that rows leave away


def tagged_facts(data: bytes, document: Document, facts: Sequence[Fact]) -> list[Fact]:
    """The facts of a document's tables with what their tags say in place of what was inferred, then tagged numbers of running text.

    Fills ``document.contradicted`` with what tags and page, or tags of one key, say otherwise.
    """
    every = read_tags(shared_tree(data, document.name))
    tags = {tag.id: tag for tag in every if tag.id}
    owned = [(fact, tag) for fact in facts if (tag := _own_tag(fact, tags)) is not None or not is_nothing(fact.text)]
    pairs = [Joined(fact, tag) for fact, tag in owned if tag is not None]
    disputed = contradicted(pairs)
    by_fact = {id(pairs[place].fact): why for place, (_, why) in disputed.items()}
    document.contradicted = [why for _, why in disputed.values()]
    rows = [_of_row(fact, tag, id(fact) in by_fact) for fact, tag in owned]
    used = {pair.tag.id for pair in pairs}
    pages = _pages_of(document)
    loose = [tag for tag in every if tag.id not in used and (tag.id or not tag.in_table)]
    lines = _lines(rows, [tag for _, tag in owned])
    told_loose = [_called(_loose(tag, document, pages.get(tag.id, 1)), tag, lines) for tag in loose]
    together = [*zip(rows, (tag for _, tag in owned), strict=True), *zip(told_loose, loose, strict=True)]
    return list(_without_doubles(together, document))


def _own_tag(fact: Fact, tags: Mapping[str, Tagged]) -> Tagged | None:
    """The tag of a fact's number, where its cell has one tag alone."""
    ids = [identity for identity in (fact.locator or {}).get("tags", "").split() if identity in tags]
    return tags[ids[0]] if len(ids) == 1 else None


def _of_row(fact: Fact, tag: Tagged | None, disputed: bool) -> Fact:
    if tag is None:
        return fact
    merged = _merge(fact, tag)
    if not disputed:
        return merged
    same = abs(fact.value) == abs(tag.value) or fact.unit not in (tag.unit, None)
    value, scale = (merged.value, merged.scale) if same else (fact.value, fact.scale)
    return as_contradicted(replace(merged, value=value, scale=scale, period=fact.period))


def _lines(rows: Sequence[Fact], tags: Sequence[Tagged | None]) -> dict[tuple[object, ...], Fact]:
    """By the key of its tag, the row of the whole company that prints it, that of a statement before others."""
    found: dict[tuple[object, ...], Fact] = {}
    for fact, tag in zip(rows, tags, strict=True):
        if tag is None or tag.dimensions or fact.dimensions or fact.concept != tag.concept:
            continue
        if tag.key not in found or (fact.statement and not found[tag.key].statement):
            found[tag.key] = fact
    return found


def _called(fact: Fact, tag: Tagged, lines: Mapping[tuple[object, ...], Fact]) -> Fact:
    """A number of the text under the name of the row that prints the same to more digits: which of them is told then goes by the digits."""
    line = lines.get(tag.key)
    if line is None or abs(abs(fact.value) - abs(line.value)) > max(_printed_step(fact), _printed_step(line)):
        return fact
    return replace(fact, metric=line.metric, value=abs(fact.value).copy_sign(line.value), scope=line.scope)


def _without_doubles(together: Sequence[tuple[Fact, Tagged | None]], document: Document) -> Iterator[Fact]:
    """The facts, those less sure whose key another tag of the filing gives another value, beyond the rounding that both state."""
    groups: dict[tuple[object, ...], list[tuple[Fact, Tagged]]] = defaultdict(list)
    for fact, tag in together:
        if tag is not None:
            groups[tag.key].append((fact, tag))
    doubles: set[int] = set()
    for group in groups.values():
        first, first_tag = group[0]
        for other, tag in group[1:]:
            if abs(tag.value - first_tag.value) > _rounding(tag) + _rounding(first_tag) and first.confidence == other.confidence == 1:
                doubles |= {id(first), id(other)}
                where = f"{other.text!r} on page {other.page}, where both tags are of one key"
                document.contradicted.append(told(first, f"{tag.concept} of {tag.period.iso}", where))
    for fact, _ in together:
        yield as_contradicted(fact) if id(fact) in doubles else fact


def _rounding(tag: Tagged) -> Decimal:
    """Half of what a value is rounded to, by its tag and by its print, whichever is more."""
    places = len(tag.text.partition(".")[2]) if re.fullmatch(r"[\d,.]+", tag.text) else 0
    return max(tag.step or Decimal(0), tag.scale.scaleb(-places)) / 2


def _printed_step(fact: Fact) -> Decimal:
    return fact.scale.scaleb(-fact.precision)


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


@lru_cache(maxsize=16384)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+|\d+", text.lower()))


def _loose(tag: Tagged, document: Document, page: int) -> Fact:
    """A tagged number that no row holds, by the words printed behind it where the tag says another scale."""
    places = len(tag.text.partition(".")[2]) if re.fullmatch(r"[\d,.]+", tag.text) else 0
    printed = by_words(tag)
    fact = Fact(
        metric=(_spaced(tag.concept.rpartition(":")[2]),),
        value=tag.value if printed is None else printed,
        unit=tag.unit,
        period=tag.period.iso,
        text=tag.text,
        page=page,
        entity=document.profile.entity,
        concept=tag.concept,
        dimensions=_members(tag.dimensions),
        scale=tag.scale if printed is None else tag.scale * (printed / tag.value),
        precision=places,
        locator={"anchor": tag.id},
    )
    if printed is None:
        return fact
    words = f"{tag.text} {tag.behind.strip().split()[0]}"
    document.contradicted.append(told(fact, f"{words!r} as printed", f"{format(tag.value, ',f')} by its tag"))
    return as_contradicted(fact)


def _members(dimensions: Dimensions) -> Dimensions:
    """``("srt:ProductOrServiceAxis", "us-gaap:ProductMember")`` as ``("Product Or Service", "Product")``."""
    return tuple((_plain(axis, "Axis"), _plain(member, "Member")) for axis, member in dimensions)


def _plain(name: str, suffix: str) -> str:
    return _spaced(name.rpartition(":")[2].removesuffix(suffix)) or name


@lru_cache(maxsize=16384)
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
