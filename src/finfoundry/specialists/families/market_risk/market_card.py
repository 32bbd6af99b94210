"""The card of a market-risk specialist, and what it shows of each demand that a validator makes."""

from __future__ import annotations

from pathlib import Path

from finfoundry.specialists.families.market_risk import market_risk
from finfoundry.specialists.market.market_models import CHAMPION
from finfoundry.specialists.market.market_results import MarketRisk
from finfoundry.specialists.reports import plots
from finfoundry.specialists.reports.checklist import JUDGED
from finfoundry.specialists.reports.pages import Card, Section, figures_table, model_line, sign_off, write_pages

_BREACHES = "Breaches of the filtered historical value at risk, against as many as are expected (1)"
_DEMANDS = (  # with the card's section that answers each
    ("Purpose, users and limits of use (SR 26-2)", "Purpose and use"),
    ("Data: source, period, unaltered (SR 26-2)", "Data"),
    ("Method and its published sources (SR 26-2)", "Method"),
    ("Back-tests of value at risk and expected shortfall (Basel MAR32)", "Outcomes analysis"),
    ("Assumptions and limits (SR 26-2)", "Limits"),
    ("Monitoring, with thresholds (SR 26-2)", "Monitoring plan"),
)


def demands() -> list[tuple[str, str, str, str, str]]:
    """Demand, what is shown, verdict, section, source; the verdicts are the validator's."""
    return [(asks, f"see {section}", JUDGED, section, "") for asks, section in _DEMANDS]


def write_market_card(folder: Path, made: MarketRisk) -> Card:
    """Write ``card.html`` and ``card.md`` into the folder."""
    names = ["series", "model", "days", "breaches", "expected", "kupiec_p", "christoffersen_p", "zone", "es_p", "z1_p", "z2_p"]
    rows = [[getattr(test, name) for name in names] for test in made.tests]
    told = [test for test in made.tests if test.model == CHAMPION][:40]
    sections = [
        Section("Purpose and use", [made.request.purpose or _measured(made)]),
        Section(
            "Data",
            [f"{made.lineage.used} days, {made.lineage.period}; SHA-256 {made.lineage.data_sha256}.", f"Series: {', '.join(made.series)}."],
        ),
        Section("Method", [(market_risk.__doc__ or "").strip()]),
        Section(
            "Outcomes analysis",
            ["Walk-forward: each day's forecast uses only the days before it.", f"{_BREACHES}:"],
            [figures_table(made.figures), (names, rows)],
            [plots.bars([test.series for test in told], [test.breaches / test.expected for test in told], _BREACHES)],
        ),
        Section("Limits", ["One day; positions together by their common past; no liquidity.", *made.warnings]),
        Section("Monitoring plan", ["Validate monthly; three breaches within 50 days give a warning when scoring."]),
        sign_off(made.request.trained_by, made.lineage.trained_at),
    ]
    return write_pages(folder, "card", f"{folder.resolve().name} (market-risk)", model_line(folder), sections)


def _measured(made: MarketRisk) -> str:
    return (
        f"One day's value at risk at {made.levels.var:.1%} and expected shortfall at {made.levels.es:.1%} of each series, and of positions."
    )
