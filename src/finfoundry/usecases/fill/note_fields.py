"""Fields of a note in Word: each becomes the figure, with a comment that tells its source and by which it is filled again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from finfoundry.core.errors import InputError
from finfoundry.usecases.fill.field_calls import Place, field_of, fields_in
from finfoundry.usecases.fill.filled import AUTHOR, Ask, Filled, before_of, filled
from finfoundry.usecases.workbook import legal_text

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run


def fill_note(source: Path, target: Path, ask: Ask, company: str | None) -> list[Filled]:
    """Write a copy of a note with its fields filled. Raises InputError."""
    import docx  # here: most processes fill no note
    from docx.opc.exceptions import PackageNotFoundError

    try:
        note = docx.Document(str(source))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise InputError(
            f"{source.name} is no document of Word that can be read", remedy="Save it as .docx again, without a password"
        ) from error
    done = [*_again(note, ask, company)]
    for number, paragraph in enumerate(_paragraphs(note), 1):
        done += _paragraph(note, paragraph, f"paragraph {number}", ask, company)
    if done:
        part = target.with_name(f"{target.name}.part")
        note.save(str(part))
        part.replace(target)
    return done


def _paragraphs(holder: Any) -> Iterator[Paragraph]:
    """All paragraphs in their order, those of tables within tables too."""
    from docx.table import Table

    for block in holder.iter_inner_content():
        if isinstance(block, Table):
            seen = set()
            for cell in (cell for row in block.rows for cell in row.cells):
                if cell._tc not in seen:  # noqa: SLF001  a merged cell is given once for each of its columns
                    seen.add(cell._tc)  # noqa: SLF001
                    yield from _paragraphs(cell)
        else:
            yield block


def _paragraph(note: Document, paragraph: Paragraph, place: str, ask: Ask, company: str | None) -> list[Filled]:
    done = []
    text = "".join(run.text for run in paragraph.runs)  # links stand in the paragraph's text, and in no run of it
    for found in reversed(list(fields_in(text, company))):  # from the end, so that places before it stay
        one = filled(found.field, place, ask)
        run = _replaced(paragraph, found, legal_text(one.text))
        note.add_comment(run, text=legal_text(one.comment), author=AUTHOR, initials="ff")
        _marked(run, one)
        done.append(one)
    return done[::-1]


def _replaced(paragraph: Paragraph, found: Place, text: str) -> Run:
    """The run that holds the text in the place of the field, which may be parted over several; with the form of the first of these."""
    from copy import deepcopy

    from docx.text.run import Run as WordRun

    at, first = 0, None
    for run in list(paragraph.runs):
        start, end = at, at + len(run.text)
        at = end
        if end <= found.start or start >= found.end:
            continue
        whole, before, behind = run.text, max(0, found.start - start), min(len(run.text), found.end - start)
        if first is None:
            first = run
            new = deepcopy(run._r)  # noqa: SLF001
            run._r.addnext(new)  # noqa: SLF001
            filled_run = WordRun(new, paragraph)
            filled_run.text, run.text = text, whole[:before]
            if whole[behind:]:
                rest = deepcopy(run._r)  # noqa: SLF001
                new.addnext(rest)
                WordRun(rest, paragraph).text = whole[behind:]
        else:
            run.text = whole[behind:]
    assert first is not None  # noqa: S101  a field has letters
    return filled_run


def _marked(run: Run, one: Filled) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    mark = WD_COLOR_INDEX.RED if one.status == "unbound" else WD_COLOR_INDEX.YELLOW if one.changed is not None else None
    run.font.highlight_color = mark


def _again(note: Document, ask: Ask, company: str | None) -> Iterator[Filled]:
    """The places that were filled before, each known by its comment, filled anew."""
    from docx.oxml.ns import qn
    from docx.text.run import Run as WordRun

    begins = {one.get(qn("w:id")): one for one in note.element.body.iter(qn("w:commentRangeStart"))}
    for comment in list(note.comments):
        if comment.author != AUTHOR:
            continue
        begun = begins.get(str(comment.comment_id))
        element = begun.getnext() if begun is not None else None
        if element is None or element.tag != qn("w:r"):
            continue  # its place was taken out of the note
        run = WordRun(element, note)
        call, _ = before_of(comment.text)
        one = filled(field_of(call, company), f"comment {comment.comment_id}", ask, run.text)
        run.text = legal_text(one.text)
        _marked(run, one)
        _retold(comment, one)
        yield one


def _retold(comment: Any, one: Filled) -> None:
    first, *rest = comment.paragraphs
    for paragraph in rest:
        paragraph._p.getparent().remove(paragraph._p)  # noqa: SLF001
    first.text = legal_text(one.comment)
