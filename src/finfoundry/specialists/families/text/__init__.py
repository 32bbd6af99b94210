"""Texts: their class by a released encoder, with a calibrated probability, and none below a bar. What is declared here loads no library."""

from __future__ import annotations

from finfoundry.specialists.families.family import OUTCOME_DAYS, Family, Option

BAR = 0.5
FAMILY = Family(
    "text",
    "finfoundry.specialists.families.text.text_lifecycle:TextLifecycle",
    (
        Option("text", "columns of the texts, in the order in which the task sets them side by side.", "COLS"),
        Option("encoder", "the task whose released encoder reads them.", "TASK"),
        Option("bar", "the probability below which no class is told.", "SHARE", "number", BAR),
        OUTCOME_DAYS,
    ),
)
