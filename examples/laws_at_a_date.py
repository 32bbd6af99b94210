"""A policy in two versions: the one then in force beside today's. Run: python examples/laws_at_a_date.py

It writes two small files into a temporary folder, reads them into a home of its own, and asks about today, about 2020 and about 2010.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

POLICY = """# Travel Policy

Effective from {day}.

## 1. Booking

1.1 Travel is booked through the central desk at least 7 days before departure.

1.2 Economy class is booked for flights of less than 6 hours.

## 2. Accommodation

2.1 Hotel limit. The cost of a hotel room must not exceed USD {limit} per night.
"""
QUESTIONS = (
    "What is the hotel limit in the travel policy?",
    "What was the hotel limit in the travel policy in 2020?",
    "What was the hotel limit in the travel policy as of 1 June 2010?",
    "Is the Travel Policy still in force?",
)


def main() -> None:
    """Ask the questions and print the answers."""
    from finfoundry.app import open_app

    with tempfile.TemporaryDirectory(prefix="ff-") as folder:
        os.environ |= {"FINFOUNDRY_HOME": f"{folder}/home", "FINFOUNDRY_EMBEDDER": "none", "FINFOUNDRY_WORKER": "false"}
        papers = Path(folder) / "policies"
        papers.mkdir()
        for year, day, limit in ((2019, "1 March 2019", 180), (2022, "1 July 2022", 210)):
            (papers / f"travel_{year}.md").write_text(POLICY.format(day=day, limit=limit), encoding="utf-8")
        with open_app() as app:
            app.ingest(app.administrator, [papers], collection="policies")
            for question in QUESTIONS:
                print(f"{question}\n  {app.ask(app.administrator, question, collection='policies').text}\n")
            app.supervisor.stop()


if __name__ == "__main__":
    main()
