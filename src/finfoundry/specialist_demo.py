"""``finfoundry specialists demo``: credit and fraud on data that is made here, and one page about both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report, silent
from finfoundry.specialist_desk import Desk, Given
from finfoundry.specialists.made_data import loans, payments
from finfoundry.specialists.specialist import Request


@dataclass(frozen=True, slots=True)
class DemoPage:
    """Where the page lies."""

    page: str


_SECONDS = 60.0  # of training, each


def run(desk: Desk, principal: Principal, folder: Path, report: Report = silent) -> DemoPage:
    """Train both, score some rows, and return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    loans(2000, seed=1).to_csv(folder / "loans.csv", index=False)
    payments(6000, seed=1).to_csv(folder / "payments.csv", index=False)
    credit = Request(
        "credit",
        str(folder / "loans.csv"),
        "default",
        id="id",
        group="region",
        purpose="A demonstration on made-up loans.",
        budget=_SECONDS,
    )
    fraud = Request(
        "fraud", str(folder / "payments.csv"), "fraud", time="at", id="id", entities=("card", "shop"), amount="amount",
        purpose="A demonstration on made-up payments.", budget=_SECONDS,
    )  # fmt: skip
    desk.train(principal, credit, folder / "demo-credit", Given(folder / "loans.csv"), report)
    desk.train(principal, fraud, folder / "demo-fraud", Given(folder / "payments.csv"), report)
    desk.monitor(principal, folder / "demo-credit", Given(folder / "loans.csv"))
    page = folder / "index.html"
    cards = "".join(f"<li><a href='demo-{name}/card.html'>The card of {name}</a></li>" for name in ("credit", "fraud"))
    page.write_text(
        "<!doctype html><meta charset='utf-8'><title>Specialists</title>"
        "<body style='font:17px/1.6 Georgia;max-width:40rem;margin:4rem auto'>"
        "<h1>Two specialists</h1><p>A scorecard for made-up loans and a fraud model for made-up payments, each trained with a challenger,"
        " calibrated, validated, hashed and registered.</p>"
        f"<ul>{cards}<li><a href='demo-credit/monitor.html'>Monitoring of credit</a></li></ul>",
        encoding="utf-8",
    )
    return DemoPage(str(page))
