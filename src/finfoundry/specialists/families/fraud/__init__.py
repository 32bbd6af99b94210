"""Fraud: transactions in time. What is declared here loads no library."""

from __future__ import annotations

from finfoundry.specialists.families.family import Family, Option

FAMILY = Family(
    "fraud",
    "finfoundry.specialists.families.fraud.fraud_lifecycle:FraudLifecycle",
    (
        Option("entity", "card, merchant …; repeat for more.", "COL", "texts", field="entities"),
        Option("amount", "the amount.", "COL"),
        Option("delay", "days until a label is known.", "DAYS", "number", 7.0, field="delay_days"),
        Option("alerts", "how many rows people can look at.", "SHARE", "number"),
        Option("alert_cost", "alert when the expected loss is more.", "MONEY", "number"),
    ),
)
