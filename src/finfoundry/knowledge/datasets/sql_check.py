"""SQL over wide tables, read-only and verified: whoever wrote it, it is parsed, and it may contain only what is listed here.

Three walls, one behind the other: this list; the reader's login, which sees views and no settings (runtime/database.py); row policies,
a read-only transaction, and limits of rows and seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.runtime.database import Database

VIEWS = frozenset({"company_numbers", "company_texts"})
MAX_LENGTH = 20_000  # characters
MAX_NODES = 3_000
REMEDY = "Ask one SELECT over company_numbers (company, name, year, metric, concept, unit, value) and company_texts (…, field, value)"

# Statements, clauses, operators and functions, each by its class. What is not listed is refused, as are functions unknown to the parser.
_ALLOWED: tuple[type[exp.Expr], ...] = (
    exp.Select,
    exp.Subquery,
    exp.With,
    exp.CTE,
    exp.Union,
    exp.Intersect,
    exp.Except,
    exp.From,
    exp.Join,
    exp.Where,
    exp.Group,
    exp.Having,
    exp.Order,
    exp.Ordered,
    exp.Limit,
    exp.Offset,
    exp.Distinct,
    exp.Window,
    exp.WindowSpec,
    exp.Filter,
    exp.WithinGroup,
    exp.Table,
    exp.TableAlias,
    exp.Alias,
    exp.Identifier,
    exp.Column,
    exp.Star,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Tuple,
    exp.Paren,
    exp.And,
    exp.Or,
    exp.Not,
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Is,
    exp.In,
    exp.Between,
    exp.Exists,
    exp.Like,
    exp.ILike,
    exp.RegexpLike,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Mod,
    exp.Neg,
    exp.DPipe,
    exp.Case,
    exp.If,
    exp.Cast,
    exp.DataType,
    exp.DataTypeParam,
    exp.Count,
    exp.Sum,
    exp.Avg,
    exp.Min,
    exp.Max,
    exp.Stddev,
    exp.StddevSamp,
    exp.StddevPop,
    exp.Variance,
    exp.PercentileCont,
    exp.PercentileDisc,
    exp.RowNumber,
    exp.Rank,
    exp.DenseRank,
    exp.Lag,
    exp.Lead,
    exp.Abs,
    exp.Round,
    exp.Ceil,
    exp.Floor,
    exp.Coalesce,
    exp.Nullif,
    exp.Greatest,
    exp.Least,
    exp.Lower,
    exp.Upper,
    exp.Length,
    exp.Trim,
    exp.Substring,
    exp.StrPosition,
    exp.Concat,
)
_TYPES = frozenset({"INT", "BIGINT", "SMALLINT", "DECIMAL", "DOUBLE", "FLOAT", "TEXT", "VARCHAR", "BOOLEAN"})


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of a query. ``truncated``: there were more."""

    query: str
    columns: list[str]
    rows: list[list[Any]]
    truncated: bool = False


def verify(query: str) -> str:
    """The query as the parser understood it, which is what will run. Raises InputError naming what is not allowed."""
    if len(query) > MAX_LENGTH:
        raise InputError(f"The query has {len(query):,} characters, more than {MAX_LENGTH:,}", remedy="Ask for less at once")
    try:
        statements = [statement for statement in sqlglot.parse(query, dialect="postgres") if statement is not None]
    except (SqlglotError, RecursionError, ValueError) as error:
        raise InputError(f"The query cannot be parsed: {str(error).splitlines()[0]}", remedy=REMEDY) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Select | exp.Union | exp.Intersect | exp.Except):
        raise InputError("Only one SELECT may be asked", remedy=REMEDY)
    (statement,) = statements
    names = {cte.alias.lower() for cte in statement.find_all(exp.CTE)}
    for count, node in enumerate(statement.walk()):
        if count > MAX_NODES:
            raise InputError("The query is too large", remedy="Ask for less at once")
        _check(node, names)
    return statement.sql(dialect="postgres", comments=False)


def _check(node: exp.Expr, names: set[str]) -> None:
    if type(node) not in _ALLOWED:
        raise InputError(f"Not allowed in a query: {node.sql(dialect='postgres')[:80]}", remedy=REMEDY)
    if isinstance(node, exp.Select) and (node.args.get("into") or node.args.get("locks")):
        raise InputError("A query may not write or lock", remedy=REMEDY)
    if isinstance(node, exp.With) and node.args.get("recursive"):
        raise InputError("A query may not be recursive", remedy=REMEDY)
    if isinstance(node, exp.Table):
        named = node.name.lower()
        if node.args.get("db") or node.args.get("catalog") or not isinstance(node.this, exp.Identifier) or named not in VIEWS | names:
            raise InputError(f"No table {node.sql(dialect='postgres')[:60]}", remedy=REMEDY)
    if isinstance(node, exp.DataType) and node.this.value not in _TYPES:
        raise InputError(f"No conversion to {node.sql(dialect='postgres')}", remedy=REMEDY)


def run(database: Database, principal: Principal, query: str, *, rows: int = 1000, seconds: float = 10.0) -> QueryResult:
    """Verify and run. Raises InputError for a query that is not allowed, does not run, or takes too long."""
    verified = verify(query)
    columns, found = database.read(principal, verified, rows=rows + 1, seconds=seconds)
    return QueryResult(verified, columns, [list(row) for row in found[:rows]], len(found) > rows)
