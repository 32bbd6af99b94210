"""What an element's tag, attributes and inline style say about how it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml.etree import _Element

UNSEEN_TAGS = {
    "script", "style", "head", "template", "noscript", "header_", "title", "meta", "link", "object", "iframe", "svg", "select", "textarea",
    "ix:header", "ix:hidden",
}  # fmt: skip
BLOCK_TAGS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "h", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "br_", "caption",
}  # fmt: skip


STRUCK_TAGS = frozenset(("s", "del", "strike"))
MOST_STYLES = 200_000  # characters of style sheets that are looked through


@dataclass(frozen=True, slots=True)
class Style:
    """The few properties that matter; None where nothing is said and the parent's holds."""

    hidden: bool = False
    bold: bool | None = None
    white: bool | None = None
    shaded: bool | None = None
    indent: float = 0.0  # points from the left edge of the cell
    page_break: bool = False
    raised: bool = False  # superscript: the mark of a footnote


_NONE = Style()
_LENGTH = re.compile(r"(-?[\d.]+)(pt|px|em|rem|in|cm|mm|%)?")
_POINTS = {"pt": 1.0, "px": 0.75, "em": 10.0, "rem": 12.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "%": 0.0}
_WHITE = re.compile(r"^(#fff(fff)?|white|rgba?\(\s*255\s*,\s*255\s*,\s*255\b.*)$")
_CLASS = re.compile(r"[a-z]*\.([\w-]+)")
_CLASSES = re.compile(r"\.([\w-]+)")
BY_CLASS = "by class"  # the value of ``hidden`` of an element that a style sheet hides
_CLEAR = re.compile(r"^(transparent|inherit|initial|none|rgba\(.*,\s*0\s*\))?$")


def tag_of(element: _Element) -> str:
    """The tag in lower case without a namespace, except that of inline XBRL, which stays as ``ix:``."""
    return _plain_tag(element.tag)


@lru_cache(maxsize=4096)
def _plain_tag(tag: object) -> str:
    """Of a filing with a hundred thousand elements each of its few tags once; "" of a comment, whose tag is no text."""
    if not isinstance(tag, str):
        return ""
    space, brace, local = tag.rpartition("}")
    if brace:
        return f"ix:{local.lower()}" if "inlineXBRL" in space else local.lower()
    return local.lower()


def style_of(element: _Element, tag: str) -> Style:
    """An element's own style: its ``style`` attribute, and what its tag and older attributes mean."""
    if not element.attrib:
        return _style(tag, None, False, None, None)
    said = element.get
    away = said("hidden") is not None or said("aria-hidden") == "true"
    return _style(tag, said("style"), away, said("bgcolor"), said("color"))


@lru_cache(maxsize=16384)
def _style(tag: str, text: str | None, away: bool, ground: str | None, colour: str | None) -> Style:
    style = read_style(text) if text else _NONE
    if away or tag in STRUCK_TAGS or _strikes(text) or tag in UNSEEN_TAGS:
        return Style(hidden=True)
    if tag == "sup":
        return Style(raised=True)
    bold = style.bold
    if bold is None and (tag in {"b", "strong", "th"} or (len(tag) == 2 and tag[0] == "h" and tag[1].isdigit())):
        bold = True
    shaded = style.shaded
    if shaded is None and ground:
        shaded = not _WHITE.match(ground.lower())
    white = style.white
    if white is None and tag == "font" and colour:
        white = bool(_WHITE.match(colour.lower()))
    if (bold, shaded, white) == (style.bold, style.shaded, style.white):
        return style
    return replace(style, bold=bold, white=white, shaded=shaded)


def is_struck(element: _Element, tag: str) -> bool:
    """Whether the text of an element is struck through: it is what was there before."""
    return tag in STRUCK_TAGS or _strikes(element.get("style"))


def _strikes(style: str | None) -> bool:
    return style is not None and "line-through" in style.lower()


def hide_by_class(root: _Element) -> None:
    """Mark as hidden the elements of each class that the style sheets in a page hide on the screen; not those of a class that another
    rule shows beside something else, ".pane.active" or ".open .pane": what a reader clicks on is seen.
    """
    sheets = "".join(element.text or "" for element in root.iter() if tag_of(element) == "style")[:MOST_STYLES].lower()
    classes: dict[str, bool] = {}
    shown = set[str]()
    for selectors, body in _rules(sheets):
        for selector in selectors.split(",") if "display" in body or "visibility" in body else ():
            away = read_style(body).hidden
            if only := _CLASS.fullmatch(selector.strip()):
                classes[only[1]] = away
            elif not away:
                shown.update(_CLASSES.findall(selector))
    hidden = {name for name, away in classes.items() if away} - shown
    for element in root.iter() if hidden else ():
        if hidden.intersection((element.get("class") or "").lower().split()):
            element.set("hidden", BY_CLASS)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """The rules of a style sheet, selectors and what they set, without those for paper or other screens (``@media``)."""
    first, *rest = sheet.split("/*")
    selectors, depth = "", 0
    for piece in re.split(r"([{}])", first + "".join(part.partition("*/")[2] for part in rest)):
        if piece in {"{", "}"}:
            depth = max(depth + (1 if piece == "{" else -1), 0)
        elif depth == 0:
            selectors = piece.rpartition(";")[2].strip()
        elif depth == 1 and not selectors.startswith("@"):
            yield selectors, piece


@lru_cache(maxsize=16384)
def read_style(text: str) -> Style:
    """A ``style`` attribute: "font-weight:700; display:none" → bold, hidden. None of what it leaves open."""
    properties: dict[str, str] = {}
    for item in text.lower().split(";"):
        name, _, value = item.partition(":")
        properties[name.strip()] = value.replace("!important", "").strip()
    weight = properties.get("font-weight")
    background = properties.get("background-color", properties.get("background"))
    colour = properties.get("color")
    return Style(
        hidden=_hides(properties),
        bold=None if weight is None else weight in {"bold", "bolder"} or (weight.isdigit() and int(weight) >= 600),
        white=None if colour is None else bool(_WHITE.match(colour)),
        shaded=None if background is None or _CLEAR.match(background) else not _WHITE.match(background.split(" ")[0]),
        indent=_indent(properties),
        raised=properties.get("vertical-align") == "super" or _points(properties.get("top", "0")) < 0,
        page_break=any(
            properties.get(name) in {"always", "page", "left", "right"}
            for name in ("page-break-before", "page-break-after", "break-before", "break-after")
        ),
    )


def _hides(properties: dict[str, str]) -> bool:
    if properties.get("display") == "none" or properties.get("visibility") in {"hidden", "collapse"}:
        return True
    if properties.get("opacity") in {"0", "0.0"} or re.match(r"0+(\.0+)?(pt|px|em|%)?$", properties.get("font-size", "")):
        return True
    away = (_points(properties.get(side, "0")) for side in ("left", "top", "text-indent", "margin-left"))
    return any(points < -1000 for points in away)


def _indent(properties: dict[str, str]) -> float:
    left = properties.get("padding-left")
    if left is None and "padding" in properties:
        parts = properties["padding"].split()
        left = parts[3] if len(parts) == 4 else parts[1] if len(parts) >= 2 else parts[0] if parts else "0"
    return _points(left or "0") + _points(properties.get("margin-left", "0")) + _points(properties.get("text-indent", "0"))


def _points(length: str) -> float:
    match = _LENGTH.match(length)
    try:
        return float(match[1]) * _POINTS[match[2] or "px"] if match else 0.0
    except ValueError:
        return 0.0
