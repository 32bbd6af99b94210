"""What a field is filled with: a figure that is bound, with its source; or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from finfoundry.core.answer import Answer, Citation, Figure
from finfoundry.usecases.fill.field_calls import Field

AUTHOR = "finfoundry"  # of the comments by which a field is found again
WAS = "was: "
LONGEST_QUOTE = 200  # characters


@dataclass(frozen=True, slots=True)
class Filled:
    """A field with what was put in its place. ``value`` is in base units, a decimal string; both None where nothing is bound.

    ``changed`` is what stood there before, where a file is filled again and that is another.
    """

    place: str  # paragraph or cell
    field: str
    status: Literal["filled", "unbound"]
    text: str
    value: str | None
    unit: str | None
    source: str
    record: str | None  # of the audit
    changed: str | None = None

    @property
    def comment(self) -> str:
        """What stands beside the place: the field, the source, and what stood there before."""
        lines = [
            self.field,
            self.source,
            f"finfoundry audit show {self.record}" if self.record else "",
            self.changed and WAS + self.changed,
        ]
        return "\n".join(line for line in lines if line)


Ask = Callable[[str], Answer]


def filled(field: Field, place: str, ask: Ask, before: str | None = None) -> Filled:
    """A field asked for. ``before``: what it was filled with the last time."""
    answer = ask(field.question)
    figure = _only(answer) if field.kind == "figure" else None
    bound = figure is not None if field.kind == "figure" else answer.status == "answered"
    if not bound:
        why = answer.reason or answer.text
        text = f"[{_lacking(answer)}]"
        return Filled(place, field.written, "unbound", text, None, None, why, answer.audit_id, _changed(before, text))
    text = figure.text if figure else answer.text
    value, unit = (figure.value, figure.unit) if figure else (None, None)
    return Filled(place, field.written, "filled", text, value, unit, _source(answer, figure), answer.audit_id, _changed(before, text))


def _changed(before: str | None, text: str) -> str | None:
    return before if before is not None and before != text else None


def _lacking(answer: Answer) -> str:
    """What is said in the place of a figure, in the question's language."""
    zh = answer.language == "zh"
    if answer.status == "answered":
        return "多个数字" if zh else "several figures"
    return "无依据" if zh else "no evidence"


def _only(answer: Answer) -> Figure | None:
    """The figure that an answer states: the first, where its first sentence states no other; None where it states none, or several."""
    if answer.status != "answered" or not answer.figures:
        return None
    first = answer.text.split("\n")[0]
    stop = min((place for mark in (". ", "。") if (place := first.find(mark)) > 0), default=len(first))
    told = [one for one in answer.figures if one.text and one.text in first[: stop + 1] and one.source != "question"]
    stated = {(one.value, one.unit): one for one in told}
    return next(iter(stated.values())) if len(stated) == 1 else None


def _source(answer: Answer, figure: Figure | None) -> str:
    """Where it stands: document, page and words; of a calculation its expression and each operand's."""
    if figure is None:
        return "; ".join(map(_cited, answer.citations))
    reference = figure.reference
    if reference.operands:
        parts = [f"{name} = {one.text} ({_where(answer, one)})" for name, one in reference.operands.items()]
        return f"{reference.expression}: {'; '.join(parts)}"
    return _where(answer, figure)


def _where(answer: Answer, figure: Figure) -> str:
    number = figure.reference.citation
    cited = next((one for one in answer.citations if one.marker == number), None)
    return _cited(cited) if cited else figure.source


def _cited(citation: Citation) -> str:
    quote = " ".join(citation.quote.split())
    return f"{citation.document.name}, p. {citation.page}: {quote[:LONGEST_QUOTE]}"


def number_of(one: Filled) -> Decimal | None:
    """The value for a cell of numbers, in base units; None of a text."""
    return Decimal(one.value) if one.value is not None else None


def before_of(comment: str) -> tuple[str, Sequence[str]]:
    """The call of the field that a comment of ours tells, without its braces, and the other lines."""
    first, *rest = comment.split("\n")
    return first.strip().removeprefix("{{").removesuffix("}}").strip(), rest
