"""Laundering: accounts by the transfers between them. What is declared here loads no library."""

from __future__ import annotations

from finfoundry.specialists.families.family import JUDGING, OUTCOME_DAYS, Family, Option

FAMILY = Family(
    "aml",
    "finfoundry.specialists.families.aml.aml_lifecycle:AmlLifecycle",
    (
        Option("amount", "the amount.", "COL"),
        Option("transactions", "the transfers.", "FILE", "file"),
        Option("source", "who pays.", "COL"),
        Option("destination", "who is paid.", "COL"),
        Option("transfer_time", "when.", "COL"),
        Option("window", "what counts as close in time.", "DAYS", "number", 10.0, field="window_days"),
        Option("alerts", "how many rows people can look at.", "SHARE", "number"),
        OUTCOME_DAYS,
        Option("transactions", "the transfers, if not those of training.", "FILE", "file", on=(*JUDGING, "sign")),
        Option("as_of", "the day of the judgement; later transfers do not count.", "DAY", on=(*JUDGING, "serve")),
        Option("transfers", "the transfers, if not those of training", on=("serve",)),
    ),
    audience="investigator",
)
