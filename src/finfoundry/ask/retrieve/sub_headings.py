"""What stands under one heading as a list: "Business segments", and under it "Retail", "Wholesale" and "Export" with their paragraphs.

The names are headings of their own, or begin paragraphs ("Retail. We sell …", "1. Retail: …"). They are read off the blocks of the
document, so that a list is whole over passages and pages: a passage knows one heading of the short sections that share it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.evidence_ranking import Evidence, concepts_of, share_said
from finfoundry.ask.retrieve.quotable import Quotable, first_sentence, is_run_in
from finfoundry.core.document import Block
from finfoundry.core.instructions import gives_instructions
from finfoundry.core.language import LIST_ITEM, has_han

LEAST, MOST = 3, 16  # names of a list
HEADINGS = 3  # of which the names are looked for, those of which the question says most
LONGEST_ZH = 20  # characters of a Chinese name that begins a paragraph
Path = tuple[str, ...]  # headings, the outermost first
_ASKED = re.compile(  # "what are", "which risks", "list", 有哪些; no "which does"
    r"\b(?:list|name|enumerate)\b|\b(?:what|which)\s+(?:are|were)\b|\binto\s+(?:what|which)\b"
    r"|\b(?:what|which)(?:\s+[\w&-]+){0,3}?\s+(?!does\b|has\b)\w{2,}[^\Wsui]s\b"
    r"|哪些|哪几|列[出示举]|都有|有什么|几大?类|分[为成](?:什么|几)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^\s*\d{1,2}(?:\.\d{1,2})+\.?\s*(?=[^\d\s])")  # 3.1
_FIGURE = re.compile(r"\d")
_AGAIN = re.compile(r"\s*[(（](?:continued|cont\.|续)[)）]\s*$", re.IGNORECASE)
_LABEL = re.compile(r"([^:：.。;；,，|\d]{2,60})[:：]\s*\S")
_TWO_WORDS = re.compile(r"[A-Z][\w’'-]* [a-z][\w’'-]*")  # "Wholesale distribution"
_LABEL_ZH = re.compile(rf"([^:：。;；,，|\d\s]{{2,{LONGEST_ZH}}})([:：。])\S")


@dataclass(frozen=True, slots=True)
class HeadedNames:
    """A heading and the names that stand under it, each with its own place."""

    heading: Quotable
    names: tuple[Quotable, ...]

    @property
    def whole(self) -> Quotable:
        """The list as one text, for models to read."""
        said = "; ".join(one.text for one in self.names)
        return replace(self.heading, text=f"{self.heading.text}: {said}", form="sentence")


def asks_for_names(question: str) -> bool:
    """Whether a question asks for several things by their names: which there are, or which risks, segments, products."""
    return _ASKED.search(question) is not None


def headings_asked_about(query: str, found: Sequence[Evidence]) -> list[tuple[Evidence, Path]]:
    """The headings that the question says most of, each with the likeliest of what stands under it; ``found``: the likeliest first."""
    asked, first = concepts_of(query), dict[tuple[str, Path], Evidence]()
    for one in found:
        section = one.quotable.hit.section
        for depth in range(1, len(section) + 1):
            first.setdefault((one.quotable.hit.document_id, section[:depth]), one)
    said = [(share_said(asked, path[-1]), one, path) for (_, path), one in first.items()]
    return [(one, path) for share, one, path in sorted(said, key=lambda told: -told[0])[:HEADINGS] if share]


def names_under(path: Path, at: Hit, blocks: Sequence[tuple[int, Block]]) -> HeadedNames | None:
    """The names under a heading, of its own block and those that stand right under it, each with its page, in the order of the document
    of a passage; None where the heading is not printed, or fewer than three names or too many stand there, or one has a figure: a day or
    a line of a page, taken for a heading.
    """
    parts = [
        replace(at, page=page, text=block.text, section=path, box=block.box, locator=block.locator, kind="text", places=())
        for page, block in blocks
    ]
    headings = [part for part, (_, block) in zip(parts, blocks, strict=True) if block.kind == "heading"]
    first = next((part for part in headings if part.text == path[-1]), None)
    under = [(part, _bare(part.text)) for part in headings if part is not first]
    names = _each_once(under or _run_in([part for part in parts if part is not first]))
    said = "\n".join(text for _, text in names)
    if first is None or not LEAST <= len(names) <= MOST or _FIGURE.search(said) or gives_instructions(f"{first.text}\n{said}"):
        return None
    heading = Quotable(first, _bare(first.text), "heading", path[:-1])
    return HeadedNames(heading, tuple(Quotable(part, text, "item", path[:-1], lead=heading.text) for part, text in names))


def _run_in(parts: Sequence[Hit]) -> list[tuple[Hit, str]]:
    """The names that paragraphs begin with; none where they are counted, and one that is counted begins with no name: the list would not
    be whole.
    """
    named = [(part, _title(part.text)) for part in parts]
    counted = [title for part, title in named if _is_counted(part.text)]
    return [(part, title) for part, title in named if title] if all(counted) or not any(counted) else []


def _each_once(names: Sequence[tuple[Hit, str]]) -> list[tuple[Hit, str]]:
    first: dict[str, tuple[Hit, str]] = {}
    for part, text in names:
        first.setdefault(_key(text), (part, text))
    return list(first.values())


def _title(paragraph: str) -> str:
    """The name that a paragraph begins with, of few words, nearly all with capitals, or of two before a colon; a Chinese one is counted, or
    one thing before a colon.
    """
    text = _bare(paragraph)
    if has_han(text):
        label = _LABEL_ZH.match(text)
        alone = label is not None and label[2] != "。" and "、" not in label[1]
        return label[1] if label and (alone or _is_counted(paragraph)) else ""
    first = first_sentence(text)
    if first != text and is_run_in(first):
        return first.rstrip(".")
    label = _LABEL.match(text)
    return label[1] if label and (is_run_in(f"{label[1]}.") or _TWO_WORDS.fullmatch(label[1])) else ""


def _is_counted(paragraph: str) -> bool:
    return any(sign.isalnum() for sign in paragraph.removesuffix(_bare(paragraph)))


def _bare(text: str) -> str:
    """Without the number by which it is counted."""
    return LIST_ITEM.sub("", _NUMBER.sub("", text))


def _key(name: str) -> str:
    return "".join(_AGAIN.sub("", name).split()).casefold()
