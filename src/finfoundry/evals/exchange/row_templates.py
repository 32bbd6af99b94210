"""Templates that others wrote, filled with the columns of a row: in a sandbox, and never longer than a text of a task may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import reduce, wraps
from itertools import count
from typing import Any, ClassVar

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

LONGEST = 1_000_000  # characters of what is rendered, and of each text or list on the way there
TIMES = 1_000  # of a range
PIECE = 1_000  # characters or items that a filter or a method works on in one step
STEPS = 100_000  # of all loops and calls of one text together: loops in loops may write nothing and never end
BITS = 1_024  # of a whole number
WIDE = ("batch", "center", "format", "indent", "slice", "tojson", "urlize", "wordwrap")  # filters that fill up to any width
PADDING = ("center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map")  # and such methods of a text


_taken: ContextVar[Iterator[int]] = ContextVar("_taken")  # the steps of the text that is being filled


@pass_context  # else a list that is written out would be counted once, when the template is read
def _counted(_context: Context, items: Iterable[Any]) -> list[Any]:
    """What a loop goes over. Raises SecurityError when the loops of this text have taken too many steps; a list, as ``loop.last`` wants."""
    found = []
    for item in items:
        _step()
        found.append(item)
    return found


def _step(*given: object) -> None:
    """One step, and one more for each ``PIECE`` of what is worked on."""
    for _ in range(1 + sum(_size(one) or 0 for one in given) // PIECE):
        if next(_taken.get()) >= STEPS:
            raise SecurityError(f"loops and calls of more than {STEPS:,} steps")


def _stepping(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is counted by what it works on."""
    if name == "counted":
        return work

    @wraps(work)
    def filtered(*given: Any, **named: Any) -> Any:
        _step(*given)
        return work(*given, **named)

    return filtered


class _Bounds(NodeTransformer):
    """``a ~ b`` as a sum of texts, whose length is known before it is made; each loop over items that are counted."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "counted", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802
        texts: Iterator[nodes.Expr] = (
            nodes.Filter(self.visit(one), "string", [], [], None, None, lineno=node.lineno) for one in node.nodes
        )
        return reduce(lambda left, right: nodes.Add(left, right, lineno=node.lineno), texts)


class _Bounded(SandboxedEnvironment):
    """No operator makes a value of any size; what the sandbox forbids stays forbidden."""

    intercepted_binops: ClassVar[frozenset[str]] = frozenset({"+", "*", "**", "%"})  # type: ignore[misc]

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, finalize=_present)
        self.globals["range"] = _range
        self.filters["counted"] = _counted
        for name in WIDE:
            del self.filters[name]
        self.filters = {name: _stepping(name, work) for name, work in self.filters.items()}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = _Bounds().visit(super()._parse(source, name, filename))
        return parsed

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        one, other = _size(left), _size(right)
        if isinstance(left, int) and isinstance(right, int) and _bits(operator, left, right) > BITS:
            raise SecurityError(f"{operator} makes a number of more than {BITS:,} bits")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("a text is formatted by %")
        if operator == "*" and (one is None) != (other is None):
            size = (one or 1) * right if other is None else (other or 1) * left
        else:
            size = (one or 0) + (other or 0)
        if operator in "+*" and size > LONGEST:
            raise SecurityError(f"{operator} makes more than {LONGEST:,} characters")
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        if isinstance(__obj, LoopContext):
            args = tuple(_counted(__context, one) for one in args)  # a loop that calls itself
        _step(getattr(__obj, "__self__", None), *args)  # a macro may call itself twice
        return super().call(__context, __obj, *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return not (isinstance(obj, str) and attr in PADDING) and super().is_safe_attribute(obj, attr, value)


def _size(value: Any) -> int | None:
    return len(value) if isinstance(value, str | list | tuple) else None


def _bits(operator: str, left: int, right: int) -> int:
    """How long a power or a product of whole numbers may become."""
    return left.bit_length() * max(right, 1) if operator == "**" else left.bit_length() + right.bit_length() if operator == "*" else 0


def _range(*given: int) -> range:
    found = range(*given)
    if len(found) > TIMES:
        raise SecurityError(f"a range over {TIMES:,}")
    return found


def _present(value: Any) -> Any:
    """A null is no word: it would be learned, or asked for, as "None"."""
    if value is None:
        raise ValueError("a value is null")
    return value


JINJA = _Bounded()


def filled(template: str | int, document: Mapping[str, Any]) -> str:
    """A column by its name, else a template. Raises ValueError for a null and for what is too long."""
    if isinstance(template, str) and template in document:
        return str(_present(document[template]))
    pieces, length = list[str](), 0
    _taken.set(count())
    for piece in JINJA.from_string(str(template)).generate(document):
        length += len(piece)
        if length > LONGEST:
            raise ValueError(f"more than {LONGEST:,} characters")
        pieces.append(piece)
    return "".join(pieces)
