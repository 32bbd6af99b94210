"""Questions that the latest papers can answer, made from their own facts: so that nobody begins before an empty box."""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.core.answer import Language
from finfoundry.core.language import has_han
from finfoundry.core.principal import Principal
from finfoundry.runtime.database import Database
from finfoundry.server.console.written import plain_case

_CONCEPTS = ["NetIncomeLoss", "ProfitLoss", "Revenues", "Assets", "OperatingIncomeLoss", "Deposits"]
_QUERY = """
    SELECT d.entity, d.aliases, d.fiscal_year, f.metric FROM (
        SELECT id, entity, aliases, fiscal_year FROM documents WHERE entity IS NOT NULL AND fiscal_year IS NOT NULL
        ORDER BY added DESC LIMIT 3
    ) d CROSS JOIN LATERAL (
        SELECT metric, ordinal FROM facts WHERE document_id = d.id AND concept = ANY (%s) AND dimensions = '[]' AND scope = 'consolidated'
        AND extract(year FROM period_end) = d.fiscal_year ORDER BY ordinal LIMIT 40
    ) f ORDER BY d.fiscal_year DESC, f.ordinal
"""


def suggested(database: Database, principal: Principal, language: Language, most: int = 4) -> list[str]:
    """At most so many, each of another line; in the language of the reader where the papers print labels of it."""
    with database.transaction(principal) as connection:
        rows = connection.execute(_QUERY, (_CONCEPTS,)).fetchall()
    named = ((_name([entity, *(aliases or ())], language), int(year), metric[-1]) for entity, aliases, year, metric in rows)
    lines = list(dict.fromkeys(named))
    own = [line for line in lines if _written_in(line[2], language)] or lines
    found: list[str] = []
    for number, (entity, year, label) in enumerate(own[:most]):
        found.append(_over_years(entity, year, label) if number == 1 else _of_one_year(entity, year, label))
    return found


def _name(names: Sequence[str], language: Language) -> str:
    """The company as papers call it in the reader's language, else by its first name."""
    return next((plain_case(name) for name in names if _written_in(name, language) and len(name) > 3), plain_case(names[0]))


def _written_in(text: str, language: Language) -> bool:
    return has_han(text) == (language == "zh")


def _of_one_year(entity: str, year: int, label: str) -> str:
    if has_han(label):
        return f"{entity}{year}年的{label}是多少？"
    return f"What was {entity}'s {_plain(label)} in {year}?"


def _over_years(entity: str, year: int, label: str) -> str:
    if has_han(label):
        return f"{entity}{year - 1}年和{year}年的{label}分别是多少？"
    return f"What was {entity}'s {_plain(label)} in {year - 1} and {year}?"


def _plain(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
