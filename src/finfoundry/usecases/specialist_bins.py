"""The editor of bins, over one home: what drawing a column's bins by hand would change, shown before it is applied."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.specialists.families.families import MARKET_RISK, classifier
from finfoundry.specialists.models import specialist
from finfoundry.specialists.models.specialist import family_of
from finfoundry.specialists.reports.bins_preview import BinsPreview, preview
from finfoundry.specialists.scoring.score import text_columns
from finfoundry.usecases.run_specialist import Desk, Given


def preview_bins(desk: Desk, principal: Principal, folder: Path, given: Given, cuts: Mapping[str, tuple[float, ...]]) -> BinsPreview:
    """Apply it with ``train --cuts``. Raises InputError, and as ``Registry.admit``."""
    desk.registry.admit(principal, folder)
    if family_of(folder) == MARKET_RISK:
        raise InputError("Bins are of the inputs of a scorecard; market risk has none")
    if not cuts:
        raise InputError("No cuts are given", remedy="Draw the bins of a column with --cuts COL=N,N")
    made = specialist.load(folder)
    source = desk.source(principal, given, sorted(text_columns(made)))
    return preview(classifier(made.request.family), made, folder.resolve().name, source, cuts)
