"""The fields of a note or a workbook, as people write them.

``{{ figure("net interest margin", "2024") }}``, with a third text for a company other than the file's; in a cell, as a function would
stand there, ``FF("Yunzhou", "NIM", "2024")``, company first; ``{{ ask("Why did net interest income rise in 2024?") }}`` for a text.
Quotation marks may be those that an editor makes of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from finfoundry.core.errors import InputError
from finfoundry.core.language import has_han

_FIELD = re.compile(r"\{\{\s*(?P<call>\w+\(.*?\))\s*\}\}")
_FUNCTION = re.compile(r"=?\s*(?P<call>FF\(.*\))\s*", re.DOTALL)
_QUOTES = str.maketrans("“”„‟「」『』＂", '"""""""""')
_ARGUMENTS = {"figure": (2, 3), "FF": (3, 3), "ask": (1, 1)}
_REMEDY = 'Write {{ figure("metric", "2024") }}, with a company as third text, FF("company", "metric", "2024") or {{ ask("question") }}'


@dataclass(frozen=True, slots=True)
class Field:
    """A field and the question that it stands for; ``call`` is how it is written, with straight quotation marks."""

    call: str
    kind: Literal["figure", "text"]
    question: str

    @property
    def written(self) -> str:
        """As it stands in a file, and in the comment by which it is filled again."""
        return f"{{{{ {self.call} }}}}"


@dataclass(frozen=True, slots=True)
class Place:
    """A field in a text, and where."""

    start: int
    end: int
    field: Field


def fields_in(text: str, company: str | None) -> Iterator[Place]:
    """The fields of a text in order. Raises InputError, with the field, for one that is not written rightly, or lacks its company."""
    for found in _FIELD.finditer(text):
        yield Place(found.start(), found.end(), field_of(found["call"], company))


def function_in(text: str, company: str | None) -> Field | None:
    """The field that is the whole content of a cell: ``FF(…)``, with ``=`` before it or not, or one in braces; None for any other cell."""
    if found := _FUNCTION.fullmatch(text.strip()):
        return field_of(found["call"], company)
    alone = _FIELD.fullmatch(text.strip())
    return field_of(alone["call"], company) if alone else None


def field_of(call: str, company: str | None) -> Field:
    """A field from its call. Raises InputError."""
    plain = call.translate(_QUOTES)
    name, given = _parsed(plain)
    least, most = _ARGUMENTS[name]
    if not least <= len(given) <= most:
        raise InputError(f"{call}: {name} takes {least} to {most} texts, not {len(given)}", remedy=_REMEDY)
    if name == "ask":
        return Field(plain, "text", given[0])
    metric, period = given[1:] if name == "FF" else given[:2]
    whose = given[0] if name == "FF" else given[2] if len(given) == most else company
    if not whose:
        raise InputError(f"{call}: whose {metric} it is stands nowhere", remedy="Name the company in the field, or with --company")
    return Field(plain, "figure", _question(whose, metric, period))


def _parsed(call: str) -> tuple[str, list[str]]:
    """The name and the texts of a call: nothing else may stand there, and nothing is run."""
    try:
        tree = ast.parse(call, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{call} is no field", remedy=_REMEDY) from error
    named = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in _ARGUMENTS and not tree.keywords
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and named):
        raise InputError(f"{call} is no field that is known", remedy=_REMEDY)
    given = [one.value for one in tree.args if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.strip()]
    if len(given) != len(tree.args):
        raise InputError(f"{call}: each argument is a text in quotation marks", remedy=_REMEDY)
    return tree.func.id, [one.strip() for one in given]


def _question(company: str, metric: str, period: str) -> str:
    if has_han(f"{company}{metric}"):
        year = f"{period}年" if re.fullmatch(r"\d{4}", period) else period
        return f"{company}{year}的{metric}是多少？"
    return f"What was {company}'s {metric} in {period}?"
