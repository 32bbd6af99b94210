"""Faults of the facts read from printed filings, filing by filing; the figure comes from ``finfoundry evaluate ixbrl-facts``.

Of the wide set the read part is shown, and beside it the sums of the blind part, of which no fault is named.

python benchmarks/ixbrl_facts.py [--wide] [--data DIR] [--cache DIR] [--only PART] [--html] [--show KIND[:N]]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import Counter
from pathlib import Path

from finfoundry.evals.suites import ixbrl_facts, ixbrl_judging


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "finfoundry-ixbrl")
    parser.add_argument("--wide", action="store_true", help="the wide set instead of the older one, its read and its blind part")
    parser.add_argument("--only", default="", help="a part of the file name")
    parser.add_argument("--html", action="store_true", help="read the tables of the HTML, not of the printed PDF")
    parser.add_argument("--show", default="none:0", help="print so many faults of a kind: period:20, all:40")
    options = parser.parse_args()
    kind, _, count = options.show.partition(":")
    ixbrl_judging.SHOWN = 10**6
    solve = ixbrl_facts.from_html if options.html else ixbrl_facts.from_pdf(options.cache)
    for part in ("read", "blind") if options.wide else ("older",):
        totals: Counter[str] = Counter()
        filings = ixbrl_facts.wide(options.data, part) if options.wide else ixbrl_facts.items(options.data)
        for item in filings:
            if options.only in item.id:
                found: ixbrl_judging.FilingOutcome = solve(item).found
                add(totals, found)
                shown = [line for line in found.shown if kind == "all" or line.startswith(kind)][: int(count or 10)]
                print("\n".join([*shown, f"{item.id}: {shares(found)}"]) if part != "blind" else f"blind {totals['filings']}")
        if totals["filings"]:
            report(part, totals)


def shares(found: ixbrl_judging.FilingOutcome) -> str:
    """One filing on a line."""
    recall, precision = found.right / max(found.figures, 1), found.right_facts / max(found.facts, 1)
    off = ", off by a period" if found.off else ""
    return f"{found.figures} figures, recall {recall:.4f}, precision {precision:.4f}{off}, {dict(found.kinds)}"


def add(totals: Counter[str], found: ixbrl_judging.FilingOutcome) -> None:
    totals.update({"filings": 1, "figures": found.figures, "right": found.right, "facts": found.facts, "right facts": found.right_facts})
    totals.update({"loose": found.loose, "distinct": found.distinct, "off": found.off})
    totals.update({f"not recalled: {kind}": n for kind, n in found.kinds.items() if kind != "right"})


def report(part: str, totals: Counter[str]) -> None:
    right, facts = totals["right facts"], max(totals["facts"], 1)
    print(
        f"{part}: {totals['filings']} filings, recall {totals['right'] / max(totals['figures'], 1):.4f}, precision {right / facts:.4f}, "
        f"with untagged {right / (facts + totals['loose']):.4f}, off by a period {totals['off']}"
    )
    print(dict(totals))


if __name__ == "__main__":
    main()
