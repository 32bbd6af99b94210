"""A family of classifiers: credit's scorecard and trees for leases, with the months left as an input of its own."""

from __future__ import annotations

import dataclasses

import pandas as pd

from finfoundry.specialists.families.credit import FAMILY as CREDIT


def features(table: pd.DataFrame, _request: object, _past: object) -> pd.DataFrame:
    """The columns as given and, where both are there, the share of the term that is over."""
    if {"term", "months_paid"} <= set(table.columns):
        return table.assign(term_over=table["months_paid"] / table["term"])
    return table


FAMILY = dataclasses.replace(CREDIT, name="leasing", purpose="default of leases", features=features)
