"""Credit: a points scorecard as champion, boosted trees as challenger."""

from __future__ import annotations

from finfoundry.specialists.families.family import Family
from finfoundry.specialists.models.metrics import COMMON

FAMILY = Family(
    name="credit",
    purpose="Probability of default of an applicant or borrower; supports a person's decision, makes none.",
    scorecard="scorecard",
    trees="challenger",
    champion="scorecard",
    metrics=COMMON,
    about_people=True,
)
