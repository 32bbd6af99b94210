"""What the scores of a specialist mean, read off its stored scale and bins."""

from __future__ import annotations

from finfoundry.core.score_meaning import InputBins, ScoreMeaning
from finfoundry.specialists.inputs.schema import Schema
from finfoundry.specialists.models.binning import Bins
from finfoundry.specialists.models.grades import MASTER_SCALE
from finfoundry.specialists.models.scorecard import Scorecard
from finfoundry.specialists.models.specialist import Specialist


def meaning_of(specialist: Specialist, state: str) -> ScoreMeaning:
    """``state``: of the version that gave the score, in the registry."""
    form, lineage = specialist.model.form, specialist.lineage
    points = isinstance(form, Scorecard)
    return ScoreMeaning(
        event=f"{specialist.request.target} = {specialist.event}",
        higher_is_safer=points,
        rate=lineage.events / lineage.used,
        grades=MASTER_SCALE,
        state=state,
        lowest=form.offset + sum(map(min, form.points)) if isinstance(form, Scorecard) else None,
        highest=form.offset + sum(map(max, form.points)) if isinstance(form, Scorecard) else None,
        bins={one.column: _input(one, specialist.schema) for one in specialist.bins},
    )


def _input(bins: Bins, schema: Schema) -> InputBins:
    categories = next(column.categories for column in schema if column.name == bins.column)
    groups = dict(zip(categories, bins.groups, strict=True)) if bins.groups else {}
    return InputBins(bins.column, bins.splits, groups, bins.rows, bins.events, bins.special)
