"""The editor of bins, over one home: what drawing a column's bins by hand would change, shown before it is applied."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.specialists.reports.bins_preview import BinsPreview, preview
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk


def preview_bins(desk: Desk, principal: Principal, folder: Path, given: Given, cuts: Mapping[str, tuple[float, ...]]) -> BinsPreview:
    """Apply it with ``train --cuts``. Raises InputError, and as ``Registry.admit``."""
    opened = desk.open(principal, folder)
    classifier = opened.classifier("Bins are of the inputs of a scorecard")
    if not cuts:
        raise InputError("No cuts are given", remedy="Draw the bins of a column with --cuts COL=N,N")
    source = desk.data(principal, given).table(opened.lifecycle.text_columns(opened.made))
    return preview(classifier, opened.made, opened.name, source, cuts)
