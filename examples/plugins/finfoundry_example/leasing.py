"""A family of classifiers: credit's scorecard and trees for leases, with the part of the term that is over as an input of its own."""

from __future__ import annotations

import dataclasses

import pandas as pd

from finfoundry.specialists.families.classifier_lifecycle import ClassifierLifecycle
from finfoundry.specialists.families.credit.credit import CLASSIFIER as CREDIT
from finfoundry.specialists.families.family import Family, Option
from finfoundry.specialists.models.specialist import TrainingRequest


def features(table: pd.DataFrame, request: TrainingRequest, _past: object) -> pd.DataFrame:
    """The columns as given and, where the column of the term was named, the share of it that is over."""
    if term := request.own.get("term"):
        return table.assign(term_over=table["months_paid"] / table[term])
    return table


class Leasing(ClassifierLifecycle):
    classifier = dataclasses.replace(CREDIT, name="leasing", purpose="default of leases", features=features)


FAMILY = Family("leasing", Leasing, (Option("term", "the months of the contract.", "COL"),), about_people=True)
