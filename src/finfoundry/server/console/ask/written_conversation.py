"""A conversation, and the figures of an answer, as files to take away."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal, DecimalException
from typing import Any

from finfoundry.conversations.history import PastConversation, PastTurn
from finfoundry.conversations.signatures import AnswerSignature
from finfoundry.core.answer import Answer, Citation, Figure
from finfoundry.core.disclosure import Disclosure
from finfoundry.core.prose import prose
from finfoundry.usecases.workbook import mark_workbook, plain_text, workbook_cell

_HEAD = ("as printed", "value", "unit", "period", "metric", "entity", "calculation", "document", "page", "quote")


def as_markdown(conversation: PastConversation, turns: Sequence[PastTurn], labels: Sequence[Disclosure] = ()) -> str:
    """Questions, answers, figures and sources in Markdown; text of documents is quoted in code, so that none of it is markup. ``labels``:
    the marks of generated content, which stand in the metadata at its head and visibly below its title.
    """
    parts = [*_metadata(labels), f"# {_plain(conversation.title)}", "", *(f"> {_plain(one.text)}\n" for one in labels)]
    for turn in turns:
        parts += [f"## {turn.number}. {_plain(turn.question)}", ""]
        parts += list(_told(turn.answer)) if turn.answer else ["(not available: a document of it is gone, or may not be read)", ""]
        parts += [_signature(one) for one in turn.signed] + [""] * bool(turn.signed)
    return "\n".join(parts)


def _metadata(labels: Sequence[Disclosure]) -> Iterator[str]:
    """As YAML, of which JSON's strings are a part."""
    if labels:
        yield from ("---", *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in labels[0].metadata().items()), "---", "")


def _signature(one: AnswerSignature) -> str:
    note = f" {_code(one.note)}" if one.note else ""
    return f"- signed off by {_code(one.signed_by)} {one.at}{note}, audit {one.record}, SHA-256 of the answer {one.digest}"


def _told(answer: Answer) -> Iterator[str]:
    yield f"**{answer.status}** {_plain(answer.shown)}"
    yield ""
    for figure in answer.figures:
        yield f"- {_code(figure.text)} = {_code(figure.value)} {figure.unit or ''} ({figure.period or '–'})"
    for citation in (*answer.citations, *answer.nearest):
        yield f"- [{citation.marker}] {_code(citation.document.name)}, p. {citation.page}: {_code(prose(citation.quote))}"
    for warning in answer.warnings:
        yield f"- ⚠ {_plain(warning)}"
    yield f"- audit {answer.audit_id or '–'}"
    yield ""


def _plain(text: str) -> str:
    """Text in one line in which nothing is markup."""
    line = " ".join(text.split())
    return "".join(f"\\{one}" if one in "\\`*_[]<>#|!" else one for one in line)


def _code(text: str) -> str:
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"


def figures_workbook(answer: Answer, labels: Sequence[Disclosure]) -> bytes:
    """One row a figure, operands below it, as bytes of an XLSX file; values are numbers, text that looks like a formula stays text."""
    import openpyxl  # here: most processes write no workbook

    book = openpyxl.Workbook(write_only=True)
    mark_workbook(book, labels)
    sheet = book.create_sheet("figures", 0)
    sheet.append(_HEAD)
    for figure in answer.figures:
        for row in _rows(figure, {one.marker: one for one in answer.citations}):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(figure: Figure, citations: dict[int, Citation], depth: int = 0) -> Iterator[list[Any]]:
    reference = figure.reference
    place = citations.get(reference.citation) if reference.citation is not None else None
    named = [figure.unit, figure.period, reference.metric, reference.entity, reference.expression]
    where = [place.document.name, place.page, place.quote] if place else [None, None, None]
    told = [plain_text(one) if isinstance(one, str) else one for one in (*named, *where)]
    yield [workbook_cell(_HEAD[0], "  " * depth + figure.text), _number(figure.value), *told]
    for part in (reference.operands or {}).values():
        yield from _rows(part, citations, depth + 1)


def _number(value: str) -> Decimal | str:
    try:
        return Decimal(value)
    except DecimalException:
        return plain_text(value)
