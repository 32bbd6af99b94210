"""A store and a search in memory, with the interface of the real ones: what an agent test needs and no more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core.document import Block, Certificate, Fact, Scope, TableReport, stands_under
from finfoundry.core.names.spoken_names import entity_key
from finfoundry.core.principal import Principal
from finfoundry.core.rules.law import Clause
from finfoundry.knowledge.laws.register import Law
from finfoundry.knowledge.search.passages import Hit, SearchQuery
from finfoundry.knowledge.storage.fact_query import FactQuery, Holding, HoldingQuery, StoredEntity, StoredFact, holdings_among
from finfoundry.knowledge.storage.store import StoredDocument

LINES = (
    "Assets",
    "AssetsCurrent",
    "LiabilitiesCurrent",
    "Liabilities",
    "InventoryNet",
    "Goodwill",
    "AccountsPayableCurrent",
    "PropertyPlantAndEquipmentNet",
    "CashAndCashEquivalentsAtCarryingValue",
    "AccountsReceivableNetCurrent",
)  # fmt: skip  enough for a table to be a balance sheet
FLOWS = ("Revenues", "CostOfRevenue", "GrossProfit", "OperatingIncomeLoss", "ProfitLoss", "IncomeTaxExpenseBenefit", "IncomeLossBeforeIncomeTaxes",  # noqa: E501
         "InterestExpense", "ResearchAndDevelopmentExpense", "EarningsPerShareBasic")  # fmt: skip


def document(
    id: str, entity: str, year: int, aliases: tuple[str, ...] = (), mark: str | None = None, language: str = "en"
) -> StoredDocument:
    return StoredDocument(
        id, f"{id}.pdf", "default", "general", id, "application/pdf", 1, 1, 1, entity, aliases, "10-K", f"{year}-01-01/{year}-12-31", year, "USD",  # noqa: E501
        language, None, mark, 1.0, True, "2024-01-01",
    )  # fmt: skip


@dataclass(slots=True)
class MemoryStore:
    papers: list[StoredDocument] = field(default_factory=list)
    held: list[StoredFact] = field(default_factory=list)
    titles: dict[tuple[str, int], str] = field(default_factory=dict)  # of tables, by paper and number
    over: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)  # the headings over each table, by paper
    blocks: dict[str, list[tuple[int, Block]]] = field(default_factory=dict)  # of papers, each with its page
    rules: list[Law] = field(default_factory=list)
    cut: dict[str, list[Clause]] = field(default_factory=dict)  # clauses of rules, by paper

    def add(
        self, paper: StoredDocument, concept: str | None, label: str, values: dict[int, str], *, statement: str | None = "balance",
        unit: str | None = "USD", scope: Scope = "consolidated", table: int = 0, scale: int = 1_000_000, confidence: float = 1.0,
        page: int = 1,
    ) -> None:  # fmt: skip
        """A row of a table: one value a year, printed in millions."""
        if paper not in self.papers:
            self.papers.append(paper)
        for column, (year, printed) in enumerate(values.items(), 1):
            period = f"{year}-12-31" if statement == "balance" else f"{year}-01-01/{year}-12-31"
            value = Decimal(printed) * scale
            fact = Fact(
                (label,), value, unit, period, printed, page, paper.entity, concept, scope, (), "reported", Decimal(scale), len(printed.partition(".")[2]),  # noqa: E501
                (10.0, 10.0, 90.0, 20.0), None, statement, table, len(self.held), column, confidence,
            )  # fmt: skip
            self.held.append(StoredFact(f"{paper.id}/{len(self.held)}", fact, paper.id, paper.name, paper.mark))

    def of_hand(self, principal: Principal, documents: Sequence[str]) -> Sequence[StoredFact]:  # noqa: ARG002
        return []

    def facts(self, principal: Principal, query: FactQuery) -> Sequence[StoredFact]:  # noqa: ARG002
        return [stored for stored in self.held if self._fits(stored, query)][: query.limit]

    def holdings(self, principal: Principal, query: HoldingQuery) -> Sequence[Holding]:  # noqa: ARG002
        return holdings_among(self.held, query)

    def _fits(self, stored: StoredFact, query: FactQuery) -> bool:
        fact = stored.fact
        words = {token.text for token in tokens(" ".join(fact.metric))}
        return (
            (query.entity is None or entity_key(fact.entity or "") == entity_key(query.entity))
            and (query.concept is None or fact.concept == query.concept)
            and (query.document_id is None or stored.document_id == query.document_id)
            and (query.page is None or fact.page == query.page)
            and (query.period is None or fact.period.rpartition("/")[2].startswith(query.period))
            and (query.statement is None or fact.statement == query.statement)
            and (query.scope is None or fact.scope == query.scope)
            and (query.metric is None or bool(words & {token.text for token in tokens(query.metric)}))
        )

    def known(
        self,
        principal: Principal,  # noqa: ARG002
        collection: str | None = None,  # noqa: ARG002
    ) -> tuple[Sequence[StoredDocument], Sequence[StoredEntity]]:
        names = dict.fromkeys(paper.entity for paper in self.papers if paper.entity)
        aliases = {name: next(paper.aliases for paper in self.papers if paper.entity == name) for name in names}
        return self.papers, [StoredEntity(name, aliases[name], 1, (), ()) for name in names]

    def table_headings(self, principal: Principal, id: str) -> Sequence[tuple[str, ...]]:  # noqa: ARG002
        return self.over.get(id, [])

    def blocks_under(self, principal: Principal, id: str, path: tuple[str, ...]) -> Sequence[tuple[int, Block]]:  # noqa: ARG002
        return [one for one in self.blocks.get(id, ()) if stands_under(one[1], path)]

    def laws(self, principal: Principal, collection: str | None = None) -> Sequence[Law]:  # noqa: ARG002
        return self.rules

    def clauses(self, principal: Principal, documents: Sequence[str]) -> Mapping[str, Sequence[Clause]]:  # noqa: ARG002
        return {id: found for id, found in self.cut.items() if id in documents}

    def corrected(self, principal: Principal, documents: Sequence[str]) -> Sequence[StoredFact]:  # noqa: ARG002
        return [stored for stored in self.held if stored.correction and stored.document_id in documents]

    def certificate(self, principal: Principal, id: str) -> Certificate:  # noqa: ARG002
        found = {number: title for (paper, number), title in self.titles.items() if paper == id}
        return Certificate(table_reports=[TableReport(number, 1, title, None, None, 1, 1, 1) for number, title in found.items()])


@dataclass(slots=True)
class MemorySearch:
    """Finds all its passages of the papers asked, whatever is asked of them, but for those that are ``unfound``."""

    hits: list[Hit] = field(default_factory=list)
    unfound: list[Hit] = field(default_factory=list)

    def add(self, paper: StoredDocument, text: str, page: int = 1, kind: Literal["text", "table"] = "text") -> None:
        number = len(self.hits) + len(self.unfound)
        self.hits.append(Hit(f"{paper.id}/{number}", paper.id, paper.name, page, 1.0, text, (), None, None, kind, paper.mark))

    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]:  # noqa: ARG002
        return [hit for hit in self.hits if query.document_ids is None or hit.document_id in query.document_ids][: query.k]

    def behind(self, principal: Principal, hit: Hit, most: int) -> Sequence[Hit]:  # noqa: ARG002
        own = [one for one in (*self.hits, *self.unfound) if one.document_id == hit.document_id and _ordinal(one) > _ordinal(hit)]
        return sorted(own, key=_ordinal)[:most]

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """By shared words, as an encoder would by meaning."""
        asked = {token.text for token in tokens(question)}
        return [len(asked & {token.text for token in tokens(text)}) / (1 + len(asked)) for text in texts]


def _ordinal(hit: Hit) -> int:
    return int(hit.chunk_id.rpartition("/")[2])


def statements(store: MemoryStore, paper: StoredDocument, years: Sequence[int], *, table: int = 0, factor: int = 1) -> None:
    """A balance sheet and an income statement with round figures that grow by one each year."""
    for number, concept in enumerate(LINES, 1):
        store.add(paper, concept, concept, {year: str((100 * number + year - 2000) * factor) for year in years}, table=table)
    for number, concept in enumerate(FLOWS, 1):
        values = {year: str((1000 * number + year - 2000) * factor) for year in years}
        store.add(paper, concept, concept, values, statement="income", table=table + 1)


def finds(*passages: str) -> ScriptedEngine:
    """A model that is sure that these passages answer, and that no other does."""
    yes = [(rf"Passage: .*{re.escape(one)}", ScriptedReply("Yes", likelihood=0.93)) for one in passages]
    return ScriptedEngine([*yes, ("exact answer", ScriptedReply("No", likelihood=0.9)), ("", "NOT FOUND")])
