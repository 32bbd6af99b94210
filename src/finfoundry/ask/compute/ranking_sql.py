"""A selection compiled to SQL over the views of wide tables.

The SQL is ours: names and numbers go in as literals of the driver's own quoting, and the text passes the same check as SQL that a model
writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from psycopg import sql

from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.lexicon.formula import expand
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.plan.company_selection import InPlace, Selection, Threshold
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Formula
from finfoundry.knowledge.datasets.dataset_queries import NumberColumn

MOST_ROWS = 100
# what an address may have before the place asked for
_PROVINCE = r"^(中华人民共和国|中国)?[（( ]*([一-龥]{2,3}(省|自治区))?"
_ADDRESS = _PROVINCE + r"([一-龥]{2,3}[)）]自由贸易(试验)?区)?([一-龥]{2,4}市)?[ ]*"


@dataclass(frozen=True, slots=True)
class _At:
    """A column at a year: an operand of an expression."""

    name: str
    span: FiscalSpan
    column: NumberColumn


@dataclass(frozen=True, slots=True)
class Compiled:
    """The query of a selection, and the unit of its value."""

    query: str
    unit: str | None
    columns: tuple[str, ...]


@dataclass(slots=True)
class Compiler:
    """Compiles for one set of columns, one year, one collection."""

    columns: Sequence[NumberColumn]
    library: Mapping[str, Formula]
    question: str
    year: int
    collection: int | None

    def compile(self, selection: Selection, count: str) -> Compiled:
        """The query of a selection; ``count`` names its column of counts. Raises MissingOperandError for a metric that no column holds,
        PlanError for one that cannot be put in SQL.
        """
        operands: dict[str, _At] = {}
        value = self._value(selection.item, operands) if selection.item else None
        conditions = [
            sql.SQL("({}) {} {}").format(self._value(one.item, operands), sql.SQL(one.comparison), sql.Literal(one.value))
            for one in selection.thresholds
        ]
        unit = _unit(selection.item, operands) if selection.item else "count"
        body = self._source(operands, conditions, selection.places, value)
        query = _asked(selection, body, count)
        return Compiled(query.as_string(None), unit, tuple(dict.fromkeys(at.column.name for at in operands.values())))

    def _value(self, item: PlannedExpression, operands: dict[str, _At]) -> sql.Composable:
        expansion = expand(item.expression, FiscalSpan(self.year), cast(Any, self._find), self.library)
        operands |= cast(dict[str, _At], dict(expansion.operands))
        return _arithmetic(expansion.expression)

    def _find(self, name: str, span: FiscalSpan) -> Operand | None:
        """The column that a metric means: of its first concept that there is, the one called as the question or usage calls it."""
        metric = metrics().get(name)
        if metric is None:
            return None
        said = [_key(phrase) for phrase in metric.say]
        asked = _key(self.question)

        def rank(column: NumberColumn) -> tuple[int, bool, int]:
            key = _key(column.name)
            return metric.concepts.index(column.concept or ""), key not in asked, said.index(key) if key in said else len(said)

        fitting = [column for column in self.columns if column.concept in metric.concepts]
        fitting = fitting or [column for column in self.columns if _key(column.name) in said]
        if not fitting:
            return None
        best = min(fitting, key=rank) if fitting[0].concept in metric.concepts else fitting[0]
        return cast(Operand, _At(name, span, best))

    def _source(
        self, operands: Mapping[str, _At], conditions: Sequence[sql.Composable], places: Sequence[InPlace], value: sql.Composable | None
    ) -> sql.Composable:
        """SELECT company, name, value FROM the operands joined WHERE the conditions hold."""
        names = list(operands)
        if not names:
            tables: sql.Composable = sql.SQL("FROM ({}) AS {}").format(self._companies(), sql.Identifier("listed"))
            first = "listed"
        else:
            first = names[0]
            joined = [sql.SQL("FROM ({}) AS {}").format(self._column(operands[first]), sql.Identifier(first))]
            joined += [
                sql.SQL(" JOIN ({}) AS {} ON {}.company = {}.company").format(
                    self._column(operands[name]), sql.Identifier(name), sql.Identifier(name), sql.Identifier(first)
                )
                for name in names[1:]
            ]
            tables = sql.Composed(joined)
        where = [*conditions, *(self._in_place(one, first) for one in places)]
        select = sql.SQL("SELECT {first}.company, {first}.name, {value} AS value ").format(
            first=sql.Identifier(first), value=value or sql.SQL("1")
        )
        return sql.Composed([select, tables, sql.SQL(" WHERE ") + sql.SQL(" AND ").join(where) if where else sql.SQL("")])

    def _column(self, at: _At) -> sql.Composable:
        """One value a company, of one unit; a company whose tables contradict each other is left out."""
        return sql.SQL(
            "SELECT company, MIN(name) AS name, MAX(value) AS value FROM company_numbers WHERE metric = {} AND year = {}{}{} "
            "GROUP BY company HAVING MIN(value) = MAX(value)"
        ).format(sql.Literal(at.column.name), sql.Literal(at.span.year), self._here(), _of_unit(at.column.unit))

    def _companies(self) -> sql.Composable:
        return sql.SQL("SELECT DISTINCT company, company AS name FROM company_texts WHERE year = {}{}").format(
            sql.Literal(self.year), self._here()
        )

    def _in_place(self, one: InPlace, first: str) -> sql.Composable:
        """The place near the start of the address, and not as the name of a road, or of a park within another place."""
        road = "(?!湾|[一-龥]?(路|街|道|大道|巷))"
        pattern = f"{_ADDRESS}{one.place}{road}(?!工业园)|{_PROVINCE}{one.place}工业园"
        return sql.SQL(
            "{}.company IN (SELECT company FROM company_texts WHERE field IN ({}) AND year = {}{} AND value ~ {})"
        ).format(
            sql.Identifier(first), sql.SQL(", ").join(sql.Literal(name) for name in one.columns), sql.Literal(self.year), self._here(),
            sql.Literal(pattern),
        )  # fmt: skip

    def _here(self) -> sql.Composable:
        return sql.SQL("") if self.collection is None else sql.SQL(" AND collection_id = {}").format(sql.Literal(self.collection))


def _of_unit(unit: str | None) -> sql.Composable:
    return sql.SQL(" AND unit IS NULL") if unit is None else sql.SQL(" AND unit = {}").format(sql.Literal(unit))


def _asked(selection: Selection, body: sql.Composable, count: str) -> sql.Composable:
    """The outer SELECT: its columns are called as the answer calls them, the limits of the conditions among them."""
    limits = sql.SQL("").join(
        sql.SQL(", {} AS {}").format(sql.Literal(one.value), sql.Identifier(name)) for name, one in limit_names(selection).items()
    )
    if selection.stat == "count":
        return sql.SQL("SELECT COUNT(DISTINCT company) AS {}{} FROM ({}) AS found").format(sql.Identifier(count), limits, body)
    title = sql.Identifier(selection.item.title if selection.item else count)
    if selection.stat == "top":
        order = sql.SQL("DESC" if selection.descending else "ASC")
        return sql.SQL(
            "SELECT company, name, value AS {}{} FROM ({}) AS found WHERE value IS NOT NULL ORDER BY value {}, company LIMIT {}"
        ).format(title, limits, body, order, sql.Literal(min(selection.last, MOST_ROWS)))
    function = {"mean": "AVG(value)", "sum": "SUM(value)", "median": "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY value)"}[selection.stat]
    return sql.SQL("SELECT {} AS {}, COUNT(value) AS {}{} FROM ({}) AS found WHERE value IS NOT NULL").format(
        sql.SQL(function), title, sql.Identifier(count), limits, body
    )


def limit_names(selection: Selection) -> dict[str, Threshold]:
    """The limits of the conditions by the titles of their metrics; a title that is also the one asked for has a space appended."""
    asked = selection.item.title if selection.item else None
    return {one.item.title if one.item.title != asked else f"{one.item.title} ": one for one in selection.thresholds}


def _arithmetic(expression: str) -> sql.Composable:
    """An expanded formula in SQL: names are joined tables, a quotient by nothing has no value. Raises PlanError."""
    import ast

    def visit(node: ast.expr) -> sql.Composable:
        match node:
            case ast.Constant(value=int() | float() as number):
                return sql.Literal(Decimal(str(number)))
            case ast.Name(id=name):
                return sql.SQL("{}.value").format(sql.Identifier(name))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return sql.SQL("(- {})").format(visit(inner))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return sql.SQL("({} / NULLIF({}, 0))").format(visit(left), visit(right))
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() as op, right=right):
                sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}[type(op)]
                return sql.SQL("({} {} {})").format(visit(left), sql.SQL(sign), visit(right))
        raise PlanError(f"not for SQL: {ast.unparse(node)[:80]}")

    return visit(ast.parse(expression, mode="eval").body)


def _unit(item: PlannedExpression, operands: Mapping[str, _At]) -> str | None:
    if item.show in ("percent", "ratio", "times"):
        return "ratio"
    units = {at.column.unit for at in operands.values()}
    return "days" if item.show == "days" else None if None in units else min(unit for unit in units if unit)


def _key(text: str) -> str:
    return " ".join(token.text for token in tokens(text))
