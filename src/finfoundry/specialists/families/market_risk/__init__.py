"""Market risk: one day's value at risk and expected shortfall of series. What is declared here loads no library."""

from __future__ import annotations

from finfoundry.specialists.families.family import Family, Option

FAMILY = Family(
    "market-risk",
    "finfoundry.specialists.families.market_risk.market_lifecycle:MarketLifecycle",
    (
        Option("prices", "series of prices; all for all.", "COLS", "columns", ""),
        Option("returns", "series of returns.", "COLS", "columns", ""),
        Option("var_level", "of the value at risk.", "LEVEL", "number", 0.99),
        Option("es_level", "of the expected shortfall.", "LEVEL", "number", 0.975),
        Option("spreads", "spreads, rates: their change is at risk.", "COLS", "columns", ""),
        Option("returns_in", "parts or percent.", "UNIT", default="", choices=("parts", "percent")),
        Option("scenarios", "a name and a return a series.", "FILE", "file", on=("score",)),
        Option("factor", "the library's scenarios for a series; repeat for more.", "SERIES=FACTOR", "texts", on=("score",)),
        Option("positions", "series and amount; the figures of all together.", "FILE", "file", on=("score",), beside_rows=True),
    ),
    needs_target=False,
)
