"""Credit: a points scorecard as champion, boosted trees as challenger. What is declared here loads no library."""

from __future__ import annotations

from finfoundry.specialists.families.family import OUTCOME_DAYS, Family

FAMILY = Family("credit", "finfoundry.specialists.families.credit.credit:CreditLifecycle", (OUTCOME_DAYS,), about_people=True)
