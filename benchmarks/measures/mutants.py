"""Small faults planted in source text: each a change of one place, found by its syntax, so that tests can be asked whether they notice it.

Operators (after DeMillo, Lipton, Sayward 1978, and the set that mutmut uses): a comparison, a boolean or an arithmetic operator exchanged;
a condition negated; a number one larger; a string emptied; an element of a literal dropped; the first two arguments of a call exchanged;
a result replaced. Messages of errors, docstrings, annotations and ``__all__`` are left alone: no test is meant to hold their wording.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARISONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
_ARITHMETIC = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "/", ast.Mod: "//", ast.Pow: "*"}
_ARITHMETIC_SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
}  # fmt: skip
_COMPARISON_SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A replacement of ``source[start:end]`` of one file (bytes of UTF-8) by ``text``."""

    file: str  # relative to src/
    line: int  # where it starts, counted from 1
    operator: str
    start: int
    end: int
    before: str
    text: str
    in_function: bool  # False: it is evaluated when the module is imported

    @property
    def id(self) -> str:
        """Stays the same while the line does, wherever it moves in the file."""
        return hashlib.sha256(f"{self.file}|{self.operator}|{self.before}|{self.text}".encode()).hexdigest()[:12]

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutants(root: Path, file: str) -> list[Mutant]:
    """All mutants of ``root/file`` in the order of their places; a few do not compile."""
    return sorted(_Sites(file, (root / file).read_bytes()).found, key=lambda one: (one.start, one.operator))


def compiles(root: Path, mutant: Mutant) -> bool:
    try:
        compile(mutant.apply((root / mutant.file).read_bytes()), "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


class _Sites(ast.NodeVisitor):
    def __init__(self, file: str, source: bytes) -> None:
        self._file, self._source = file, source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._functions = 0
        self.found: list[Mutant] = []
        self.visit(ast.parse(source))

    # --- what is left alone

    def visit_Raise(self, node: ast.Raise) -> None:
        """Messages of errors."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Pieces of f-strings have no places of their own before Python 3.12."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]:
            self.visit(default)
        self._functions += 1
        for statement in node.body:
            self.visit(statement)
        self._functions -= 1

    # --- what is changed

    def visit_Compare(self, node: ast.Compare) -> None:
        left: ast.expr = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            self._between(left, right, _COMPARISON_SIGNS[type(operator)], _COMPARISONS[type(operator)], "comparison")
            left = right
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        sign, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, sign, other, "boolean")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in _ARITHMETIC and not isinstance(node.left, ast.JoinedStr):
            self._between(node.left, node.right, _ARITHMETIC_SIGNS[type(node.op)], _ARITHMETIC[type(node.op)], "arithmetic")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._replace(node, self._text(node.operand), "negation dropped")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not isinstance(node.value, ast.Constant):
            self._replace(node.value, "None", "result")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if len(node.args) >= 2 and not any(isinstance(one, ast.Starred) for one in node.args[:2]):
            first, second = node.args[:2]
            start, end = self._span(first)[0], self._span(second)[1]
            between = self._source[self._span(first)[1] : self._span(second)[0]].decode()
            text = self._text(second) + between + self._text(first)
            self._add(node.lineno, "arguments exchanged", start, end, text)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._replace(node, str(not node.value), "truth value")
        elif isinstance(node.value, int):
            self._replace(node, str(node.value + 1), "number")
        elif isinstance(node.value, str) and node.value:
            self._replace(node, '""', "string emptied")

    def visit_Set(self, node: ast.Set) -> None:
        self._drop_each(node.elts)
        self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        if isinstance(node.ctx, ast.Load) and len(node.elts) > 2:
            self._drop_each(node.elts)
        self.generic_visit(node)

    def visit_List(self, node: ast.List) -> None:
        self._drop_each(node.elts)
        self.generic_visit(node)

    # --- places

    def _span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    def _add(self, line: int, operator: str, start: int, end: int, text: str) -> None:
        before = self._source[start:end].decode()
        if before != text:
            self.found.append(Mutant(self._file, line, operator, start, end, before, text, self._functions > 0))

    def _replace(self, node: ast.expr, text: str, operator: str) -> None:
        self._add(node.lineno, operator, *self._span(node), text)

    def _negate(self, test: ast.expr) -> None:
        if not isinstance(test, ast.Compare) or len(test.ops) > 1:  # a single comparison is exchanged already
            self._replace(test, f"(not ({self._text(test)}))", "condition negated")

    def _drop_each(self, elements: list[ast.expr]) -> None:
        for one in elements:
            start, end = self._span(one)
            rest = self._source[end:].lstrip()
            if rest.startswith(b","):
                self._add(one.lineno, "element dropped", start, end + self._source[end:].index(b",") + 1, "")

    def _between(self, left: ast.expr, right: ast.expr, sign: str, other: str, operator: str) -> None:
        for start, end in self._sign(self._span(left)[1], self._span(right)[0], sign):
            self._add(left.end_lineno or left.lineno, operator, start, end, other)

    def _sign(self, start: int, end: int, sign: str) -> Iterator[tuple[int, int]]:
        at = self._source.find(sign.encode(), start, end)
        if at >= 0:
            yield at, at + len(sign)
