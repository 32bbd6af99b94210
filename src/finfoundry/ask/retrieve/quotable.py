"""What of a passage can be quoted: its sentences, the items of its lists, the rows of its tables, each under its heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from finfoundry.ask.lexicon.ports import Hit, StoredFact
from finfoundry.core.instructions import gives_instructions
from finfoundry.core.language import LIST_ITEM, goes_on, is_question, is_wide, language_of
from finfoundry.core.periods import undated
from finfoundry.core.quantities.numbers import find_numbers

LONGEST = 700  # characters of what is quoted; a longer sentence is none, but text that lost its stops
SHORTEST = {"en": 20, "zh": 6}  # characters that say something
RUN_IN, RUN_IN_SMALL = 8, 3  # words of a title that begins a paragraph; letters of its words without a capital
HEADING = 140  # characters of a line without a stop that may be a heading
OVER_ROWS = 160  # characters of what stands over a row that it is read under, the last
Form = Literal["sentence", "item", "row", "heading", "cells"]

_SHORT = "Inc Corp Co Ltd No Nos Mr Ms Mrs Dr Jr St vs v al Cir"  # whose stop ends no sentence
_STOPS = r"(?<!\b[A-Z]\.)" + "".join(rf"(?<!\b{short}\.)" for short in _SHORT.split())
_BEHIND = r"[”\")]?\s+(?=[A-Z\"“(•$])"
_SENTENCE = re.compile(rf"(?<=[.!?;]){_STOPS}{_BEHIND}|(?<=[。！？；])(?![”」）])")  # or a clause, up to its semicolon
_WHOLE = re.compile(rf"(?<=[.!?]){_STOPS}{_BEHIND}|(?<=[。！？])(?![”」）])")
_BULLET = re.compile(r"^\s*(?:[•●▪■◦·]|[–—-]\s)\s*(?=\S)")
_MARK = re.compile(
    r"([(（]?)(?:(\d{1,2})|([a-z]|[ivx]{1,4})|([一二三四五六七八九十]{1,3}))([)）、.．])\s*(?=[^\d\s])"
)  # of an item that a list counts
_LEADS = re.compile(r"[:：]$")
_FIELD = re.compile(r"[^\d:：|]{2,40}[:：].{0,24}\d")  # what a paper says of itself in a line: "Filed on: 2 May 2024"
WHOLE_SENTENCE = re.compile(r"[.!。！；;]$")
NUMBERED = re.compile(
    r"^\W*(?:(?:item|note|part|section)\s+)?(?:\d+[a-z]?|[ivx]+|[一二三四五六七八九十]+|第[一二三四五六七八九十]+[章节条])[\s.、:：)）—–-]+",
    re.I,
)  # in front of a heading
_STOP = re.compile(r"[.!?。！？；;:：,，]$|[。；]|" + "".join(rf"(?<!\b{short})" for short in _SHORT.split()) + r"\.\s")
_OF_PAGES = re.compile(  # what stands above every page, or a table
    r"^\W|continued|table of contents|unaudited|in (?:millions|thousands)|^notes to|^(?:part|index)\b|^_+$|^[A-Za-z]* ?\d{1,2}, \d{4}$",
    re.I,
)
_TERM = re.compile(r"([^|\d]{2,60}?)\s*\|(?=.*[^\W\d_])")
_MONEY = re.compile(r"\b[A-Z]{3}\b|[元圓圆]")  # "USD" and 元 beside a number
_WORDED = re.compile(r"[A-Za-z]{3}|[\u4e00-\u9fff]{2}|\d\s*[个個]?[年月日天歲岁]")
FILLED = 0.9  # share of the rows below the heads of a table that print figures
FEWEST_TERMS, MOSTLY = 4, 0.7  # rows of a list of terms; share of them that say in words what the term is
_PAGE_MARK = re.compile(r"^[\W\d]*$|^\d+\s*/\s*\d+$")


class ToldCell(NamedTuple):
    """A figure of a table and the words that tell it."""

    stored: StoredFact
    text: str


@dataclass(frozen=True, slots=True)
class Quotable:
    """An exact span of a passage, but for the breaks of its lines; or the figures of a row, its ``cells``, in words of ours. ``before`` is
    what stands in front of it, to read it by.
    """

    hit: Hit
    text: str
    form: Form
    heading: tuple[str, ...]
    before: str = ""
    place: int = 0  # in its passage
    lead: str = ""  # the line that leads to the list whose item it is
    cells: tuple[ToldCell, ...] = ()

    @property
    def above(self) -> tuple[str, ...]:
        """What it stands under: the innermost heading and the line that leads to its list, as far as there are such."""
        return (*self.heading[-1:], *((self.lead,) if self.lead else ()))

    @property
    def title(self) -> str:
        """The innermost heading that says something, without its number; empty where there is none."""
        telling = (NUMBERED.sub("", part).strip(" .") for part in reversed(self.heading) if not _OF_PAGES.search(part))
        return next(telling, "")


def quotables(hits: Sequence[Hit], *, every: bool = False) -> list[Quotable]:
    """All that can be quoted of the passages, once each, in their order; ``every``: headings and the shortest rows, too, which answer no
    question but support what is said. What orders the reader about is evidence of nothing.
    """
    found: dict[tuple[str, str], Quotable] = {}
    for hit in hits:
        for one in _of_table(hit, every=every) if hit.kind == "table" else _of_text(hit, every=every):
            if len(one.text) <= LONGEST and not gives_instructions(one.text):
                found.setdefault((hit.document_id, one.text), one)
    return list(found.values())


def _of_text(hit: Hit, *, every: bool) -> Iterator[Quotable]:
    heading, before = hit.section, ""
    leads: list[_Paragraph] = []
    for place, (text, form, indent) in enumerate(_spans(hit.text)):
        if form == "heading":
            heading = hit.section if hit.section and _same(hit.section[-1], text) else (*hit.section, text)
        leads = [lead for lead in leads if form == "item" and lead.indent < indent]
        if form != "heading" or every:
            yield Quotable(hit, text, form, heading, before, place, leads[-1].text if leads else "")
        if _LEADS.search(text) or (form == "item" and _is_short(text)):
            leads.append(_Paragraph(text, indent if form == "item" else -1))
        before = text


def whole_sentence(one: Quotable) -> str:
    """The sentence of which a clause is: what one clause leaves out may be the next one's, and a list of names is one sentence."""
    paragraphs = (paragraph for paragraph, _ in _paragraphs(one.hit.text.split("\n")))
    sentences = [sentence.strip() for paragraph in paragraphs for sentence in _WHOLE.split(paragraph)]
    whole = [sentence for sentence in sentences if one.text in map(str.strip, _SENTENCE.split(sentence))]
    return whole[0] if len(whole) == 1 else one.text


class _Paragraph(NamedTuple):
    text: str
    indent: int  # blanks before it


def _spans(text: str) -> Iterator[tuple[str, Form, int]]:
    paragraphs = _paragraphs(text.split("\n"))
    listed = _listed([one.text for one in paragraphs])
    for place, (paragraph, indent) in enumerate(paragraphs):
        if place in listed and _is_short(paragraph):
            yield paragraph, "item", indent  # a few words under what leads to them, however short
            continue
        if place not in listed and _is_heading(paragraph):
            yield paragraph, "heading", indent
            continue
        form: Form = "item" if LIST_ITEM.match(paragraph) else "sentence"
        for sentence in _SENTENCE.split(paragraph):
            said = sentence.strip()
            if is_run_in(said):
                yield said, "heading", indent
            elif (len(said) >= SHORTEST[language_of(said)] or _LEADS.search(said)) and not _PAGE_MARK.match(said):
                yield said, form, indent


def _listed(paragraphs: Sequence[str]) -> set[int]:
    """Which paragraphs are items of a list: those behind a bullet, and those that are counted beside others in the same manner. A number
    alone may be a heading's.
    """
    marks = [_mark(one) for one in paragraphs]
    beside = [mark is not None and mark in (*marks[max(at - 1, 0) : at], *marks[at + 1 : at + 2]) for at, mark in enumerate(marks)]
    return {at for at, one in enumerate(paragraphs) if beside[at] or (_BULLET.match(one) and not _PAGE_MARK.match(one))}


def _mark(paragraph: str) -> tuple[str, int, str] | None:
    """How a paragraph is counted: the signs around its number, and which kind of number it is; None where it is not."""
    found = _MARK.match(paragraph)
    return (found[1], next(at for at in (2, 3, 4) if found[at]), found[5]) if found else None


def _paragraphs(lines: Iterable[str]) -> list[_Paragraph]:
    """Lines joined that a page broke: one goes on in the next where it has no stop and that begins no item."""
    joined: list[_Paragraph] = []
    for whole in lines:
        line = whole.strip()
        if not line:
            continue
        if joined and goes_on(joined[-1].text, line):
            gap = "" if is_wide(joined[-1].text[-1]) or is_wide(line[0]) else " "
            joined[-1] = joined[-1]._replace(text=f"{joined[-1].text}{gap}{line}")
        else:
            joined.append(_Paragraph(line, len(whole) - len(whole.lstrip())))
    return joined


def _is_short(item: str) -> bool:
    """Whether an item is a few words and no sentence."""
    return not _STOP.search(LIST_ITEM.sub("", item))


def first_sentence(paragraph: str) -> str:
    """What a paragraph begins with, up to the end of its first sentence."""
    return _SENTENCE.split(paragraph)[0].strip()


def _is_heading(paragraph: str) -> bool:
    """Whether a line is a title: short, and without a stop but for that of its number; or a question, which what follows answers. A label
    with a number behind it is none.
    """
    title = NUMBERED.sub("", paragraph)
    return is_question(paragraph) or (len(paragraph) <= HEADING and not _STOP.search(title) and not _FIELD.match(title))


def is_run_in(sentence: str) -> bool:
    """Whether a sentence is the title of the paragraph that it begins: a few words, nearly all with capitals."""
    words = re.findall(r"[A-Za-z][\w’'-]*", sentence)
    small = [word for word in words if word[0].islower() and len(word) > RUN_IN_SMALL]
    return 1 <= len(words) <= RUN_IN and not small and sentence.endswith(".") and not re.search(r"\d", sentence)


def _same(one: str, other: str) -> bool:
    return "".join(one.split()).lower() == "".join(other.split()).lower()


def short_rows(hits: Sequence[Hit]) -> list[Quotable]:
    """The rows of tables that print a figure and are too short to be quoted, to be read under their columns: "Employees | 120"."""
    rows = (one for hit in hits if hit.kind == "table" for one in _of_table(hit, every=False, short=True) if one.form == "row")
    short = (one for one in rows if len(one.text) < SHORTEST[language_of(one.text)])
    return [one for one in short if find_numbers(undated(one.text)) and not gives_instructions(one.text)]


def _of_table(hit: Hit, *, every: bool, short: bool = False) -> Iterator[Quotable]:
    """The rows, each read by the rows above it that have no values; of a list of terms each entry as an item under its term. Sentences in
    front of the table are quoted like those of any text. ``short``: rows of any length.
    """
    head: list[str] = []
    lines = [line.strip() for line in hit.text.split("\n")]
    of_terms = _lists_terms(lines)
    heads = _head_rows(lines)
    for place, line in enumerate(lines):
        if not line:
            continue
        if of_terms and (term := _TERM.match(line)) and not every:
            yield Quotable(hit, line, "item", (*hit.section, term[1]), " ".join(head), place)
        elif "|" not in line and WHOLE_SENTENCE.search(line):
            yield from (
                Quotable(hit, text, form, hit.section, " ".join(head), place) for text, form, _ in _spans(line) if form != "heading"
            )
        elif "|" not in line or (place in heads and not every):
            if every:
                yield Quotable(hit, line, "heading", hit.section, " ".join(head), place)
            head = [*head, line][-3:]
        elif every or short or len(line) >= SHORTEST[language_of(line)]:
            yield Quotable(hit, line, "row", hit.section, " ".join(head), place)


def _head_rows(lines: Sequence[str]) -> set[int]:
    """The rows of three cells and more in front of the first that prints a figure, where nearly all behind them do: they say what the
    columns are, and nothing by themselves.
    """
    rows = [place for place, line in enumerate(lines) if line.count("|") > 1]
    figures = [place for place in rows if find_numbers(undated(lines[place]))]
    heads = {place for place in rows if figures and place < figures[0]}
    return heads if len(figures) >= FILLED * (len(rows) - len(heads)) else set()


def _lists_terms(lines: Sequence[str]) -> bool:
    """Whether a table of two columns says in words what each of its terms is: a term sheet, the facts of a product. A column of amounts
    says nothing without its heading.
    """
    rows = [line for line in lines if "|" in line]
    worded = [line for line in rows if _TERM.match(line) and says_itself(line) and not _is_amount(line.partition("|")[2])]
    return len(rows) >= FEWEST_TERMS and all(line.count("|") == 1 for line in rows) and len(worded) >= MOSTLY * len(rows)


def _is_amount(cell: str) -> bool:
    """Whether a cell is a number with its scale and currency, or a period, and nothing else: "USD 5 million", 400万元."""
    rest = undated(cell)
    for found in reversed(find_numbers(rest)):
        rest = f"{rest[: found.start]} {rest[found.end :]}"
    return not any(one.isalpha() for one in _MONEY.sub("", rest))


def says_itself(row: str) -> bool:
    """Whether each cell of a row that has digits says in words what they are: "30 years", 首年保费的5%; a figure alone does not."""
    return all(_WORDED.search(cell) for cell in row.split("|") if any(sign.isdigit() for sign in undated(cell)))


def items_of(lead: Quotable) -> list[Quotable]:
    """The items of the list that a line leads to, as far as they stand in its passage; empty where it leads to none."""
    return [one for one in quotables([lead.hit]) if one.lead == lead.text] if _LEADS.search(lead.text) else []


def follow(one: Quotable, other: Quotable) -> bool:
    """Whether the second stands right behind the first."""
    return one.hit.chunk_id == other.hit.chunk_id and other.place == one.place + 1
