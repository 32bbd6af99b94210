"""The text of paragraphs of Word as their reader sees it: changes that are tracked taken as accepted, raised marks kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from finfoundry.core.language import with_raised

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OTHERWISE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
DELETED = frozenset(("del", "moveFrom"))
INSERTED = frozenset(("ins", "moveTo"))
_HOLDS = INSERTED | {"hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo", "ruby", "rubyBase"}
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF = {"0", "false", "off"}


def local(element: Any) -> str:
    """The name of an element of Word's own; "" of any other and of comments."""
    tag = element.tag
    return tag[len(W) :] if isinstance(tag, str) and tag.startswith(W) else ""


def raised_styles(styles: Any) -> frozenset[str]:
    """The ids of the styles that raise their letters, such as that of footnote marks. ``styles``: the root of the part of styles."""
    return frozenset(one.get(f"{W}styleId") or "" for one in styles.iter(f"{W}style") if _raises(one.find(f"{W}rPr")))


def _raises(properties: Any) -> bool:
    at = None if properties is None else properties.find(f"{W}vertAlign")
    return at is not None and at.get(f"{W}val") == "superscript"


def _is_on(properties: Any, name: str) -> bool:
    mark = None if properties is None else properties.find(f"{W}{name}")
    return mark is not None and mark.get(f"{W}val") not in _OFF


@dataclass(slots=True)
class WordText:
    """Reads paragraphs, and counts what it takes as accepted or leaves out. ``raising``: the styles that raise their letters."""

    raising: frozenset[str] = frozenset()
    inserted: int = 0
    deleted: int = 0
    hidden: int = 0
    struck: int = 0

    def of(self, paragraph: Any) -> str:
        """The text of a paragraph, without that of boxes which hang on it: ``boxes`` has these."""
        text, waiting = "", ""
        for piece, up in self._pieces(paragraph):
            if up:
                waiting += piece
                continue
            text += (with_raised(text, waiting) if waiting else "") + piece
            waiting = ""
        return text + (with_raised(text, waiting) if waiting else "")

    def _pieces(self, element: Any) -> Iterator[tuple[str, bool]]:
        """Runs of letters in their order, each with whether it is raised."""
        for child in element:
            name = local(child)
            if name in DELETED:
                self.deleted += 1
            elif name == "r":
                yield from self._run(child)
            elif name in _HOLDS:
                self.inserted += name in INSERTED
                yield from self._pieces(child)

    def _run(self, run: Any) -> Iterator[tuple[str, bool]]:
        properties = run.find(f"{W}rPr")
        text = "".join(_signs(run))
        if not text:
            return
        if _is_on(properties, "vanish"):
            self.hidden += 1
            return
        if _is_on(properties, "strike") or _is_on(properties, "dstrike"):
            self.struck += 1
            return
        style = None if properties is None else properties.find(f"{W}rStyle")
        styled = style is not None and style.get(f"{W}val") in self.raising
        yield text, (_raises(properties) or (styled and not _says_place(properties))) and bool(text.strip())

    def add(self, other: WordText) -> None:
        """Count what another has read as well."""
        self.inserted, self.deleted, self.hidden = self.inserted + other.inserted, self.deleted + other.deleted, self.hidden + other.hidden
        self.struck += other.struck

    def losses(self) -> list[str]:
        """What was taken as accepted and what was left out, in words."""
        said = []
        if self.inserted or self.deleted:
            said.append(f"tracked changes are read as accepted: {self.inserted} insertions kept, {self.deleted} deletions left out")
        if self.hidden:
            said.append(f"{self.hidden} pieces of hidden text were left out")
        if self.struck:
            said.append(f"{self.struck} pieces of struck text were left out")
        return said


def _says_place(properties: Any) -> bool:
    return properties.find(f"{W}vertAlign") is not None


def _signs(run: Any) -> Iterator[str]:
    for child in run:
        name = local(child)
        yield (child.text or "") if name == "t" else _SIGNS.get(name, "")


def boxes(element: Any) -> list[Any]:
    """The contents of the text boxes that hang on a paragraph, each once: what is written for older programs as well is left out."""
    found = [box for box in element.iter(f"{W}txbxContent") if not _inside(box, element, {f"{W}txbxContent", f"{W}del"})]
    newer = [box for box in found if not _inside(box, element, {_OTHERWISE})]
    return newer or found


def _inside(inner: Any, outer: Any, tags: Iterable[str]) -> bool:
    return any(one.tag in tags for one in _between(inner, outer))


def _between(inner: Any, outer: Any) -> Iterator[Any]:
    """The elements around one, up to another that is around it, too."""
    for one in inner.iterancestors():
        if one is outer:
            return
        yield one


def notes(part: bytes) -> Iterator[Any]:
    """The foot- or endnotes of their part, without the lines that separate them from the text."""
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    for note in root:
        if local(note) in {"footnote", "endnote"} and note.get(f"{W}type") in {None, "normal"}:
            yield note
