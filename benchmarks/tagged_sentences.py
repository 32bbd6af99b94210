"""Sentences composed from the tags of filings in many forms, true and made false: how many of each the binder holds.

    python benchmarks/tagged_sentences.py [--data DIR] [--cache FOLDER] [--part read|blind] [--seed 1] [--only TICKER,…]
        [--show FORM|CORRUPTION|all] [--json]

The tags of inline XBRL say what is true, so that no reader of ours does; the wordings (``tagged/data``) are what people call a tagged
concept, not what the filing prints. Each sentence is held against its whole filing, read as the product reads it, as a client of
POST /v1/verify does. A third of the companies is blind: of these only counts are printed, by form and by what was made false.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from finfoundry.binding import Checker, from_parsed
from finfoundry.core.errors import NotFound
from finfoundry.evals.suites.ixbrl_facts import WIDE
from measures import WHERE, carried_out
from sentence_claims import parsed, rates, tell
from tagged.compose import sentences
from tagged.paper_facts import TaggedPaper, read_paper

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "finfoundry-papers", help="where read papers are kept")
    parser.add_argument("--part", choices=("read", "blind"), help="only companies of this part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="tickers, separated by commas")
    parser.add_argument("--show", default="", help="the failures of a form or corruption, or all, of the part read")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    only = tuple(f"{one}-" for one in given.only.split(",") if one)
    files = [one for one in sorted((given.data / WIDE).glob("*.html.gz")) if one.name.startswith(only or "")]
    if not files:
        raise NotFound(f"there are no such filings in {given.data / WIDE}", remedy=WHERE)
    papers = [paper for file in files if (paper := read_paper(file)) and given.part in (None, paper.part)]
    found = [row for paper in papers for row in judged(paper, papers, partial(parsed, cache=given.cache, as_html=True), given)]
    counts = {f"{part}, {name}": rates(of, name) for part in ("read", "blind") for name in ("all", "form", "made false")
              if (of := [row for row in found if row["part"] == part])}  # fmt: skip
    if given.json:
        print(json.dumps(counts, indent=2))
        return
    for title, rows in counts.items():
        print(f"{title:<34}{'false caught':>20}{'true lost':>20}")
        for name, sums in rows.items():
            print(f"  {name:<32}{_share(sums['held_false'], sums['false']):>20}{_share(sums['held_true'], sums['true']):>20}")


def judged(paper: TaggedPaper, papers: list[TaggedPaper], read: Any, given: argparse.Namespace) -> Iterator[Row]:
    """The sentences about a filing with whether each is held. Another company's name is that of one of the same part."""
    companies = sorted({one.company for one in papers if one.part == paper.part})
    told = list(sentences(paper, companies, given.seed))
    if not told:
        return
    checker = Checker(from_parsed(read(paper.file)))
    for number, one in enumerate(told):
        report = checker.check(one.text)
        held = bool(report.unbound) or not report.sentences or any(told.status != "supported" for told in report.sentences)
        row = {
            "id": f"{paper.file.name.partition('.')[0]}/{number}", "part": paper.part, "truth": not one.corruption, "form": one.form,
            "class": f"{one.form}, {one.corruption}", "made false": one.corruption or "(true)", "all": "all",
            "sentence": one.text, "held": held,
        }  # fmt: skip
        if paper.part == "read" and held is row["truth"] and given.show in ("all", one.form, one.corruption or "true"):
            tell(row, report)
        yield row


def _share(held: int, of: int) -> str:
    return f"{held}/{of} {held / of:.0%}" if of else "-"


if __name__ == "__main__":
    carried_out(main)
