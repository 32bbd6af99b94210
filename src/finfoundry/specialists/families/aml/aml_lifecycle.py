"""Laundering at work: accounts are judged by transfers, those of training or others, up to a day."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.specialists.families.aml import aml
from finfoundry.specialists.families.aml.graph_evidence import GraphEvidence, explain
from finfoundry.specialists.families.classifier_lifecycle import ClassifierLifecycle
from finfoundry.specialists.families.family import Lifecycle, Options, ScoreEvidence
from finfoundry.specialists.models.specialist import MODEL, Specialist
from finfoundry.specialists.reports import plots
from finfoundry.specialists.reports.pages import Section, Table, write_pages


class AmlLifecycle(ClassifierLifecycle):
    classifier = aml.CLASSIFIER

    def load(self, folder: Path) -> Specialist:
        """As of every classifier. Raises IntegrityError also where it was trained before features had a window of days."""
        made = super().load(folder)
        if b'"window_days"' not in (folder / MODEL).read_bytes():
            raise IntegrityError(f"{folder} was trained when features of an account depended on strangers", remedy="Train again")
        return made

    def past_given(self, made: Specialist, options: Options) -> aml.KnownTransfers | None:
        """``transactions``: a file; ``transfers``: rows, or a table of them; ``as_of``: up to when they count."""
        moved, as_of = options.get("transfers", options.get("transactions")), options.get("as_of")
        if moved is None and as_of is None:
            return None
        return aml.known_of(made, pd.DataFrame(moved) if isinstance(moved, list) else moved, as_of)

    def evidence(self, folder: Path, made: Specialist, row: str, options: Options) -> ScoreEvidence:
        """The sub-graph that explains an account, its amounts to the hundredth."""
        known = self.past_given(made, options) or aml.known_of(made, None, None)
        found = explain(known.graph if known.as_of is None else known.graph.until(known.as_of), row)
        if found is None:
            return ScoreEvidence(f"No pattern of transfers stands out around {row}")
        amounts = [Decimal(str(edge[2])).quantize(Decimal("0.01")) for edge in found.edges]
        figures = {"transfers": Decimal(len(amounts)), "accounts": Decimal(len(found.accounts))}
        figures |= {"sum moved": sum(amounts, Decimal(0)), "largest transfer": max(amounts)}
        told = f"The transfers and their picture: {write_evidence(folder, found)}"
        return ScoreEvidence(told, found.pattern, found.collector, figures)


def of_accounts(lifecycle: Lifecycle[Any]) -> AmlLifecycle:
    """Raises InputError where a specialist is of another family."""
    if not isinstance(lifecycle, AmlLifecycle):
        raise InputError("Alerts are of accounts: the family aml")
    return lifecycle


def write_evidence(folder: Path, found: GraphEvidence) -> Path:
    """Write the sub-graph that explains an account: a picture and its transfers in order of time."""
    name = "evidence-" + "".join(letter if letter.isalnum() else "_" for letter in found.account)
    told = f"{found.pattern} around {found.collector}: {len(found.accounts)} accounts, {len(found.edges)} transfers."
    table: Table = (["from", "to", "amount", "time"], found.edges)
    write_pages(
        folder, name, f"Account {found.account}", "", [Section("Pattern", [told], [table], [plots.network(found.edges, found.collector)])]
    )
    return folder / f"{name}.html"
