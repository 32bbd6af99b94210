"""Sentences about one paper each, true and false: how many of the false the check holds, and how many of the true.

    python benchmarks/sentence_claims.py DATA [--papers FOLDER] [--cache FOLDER] [--html] [--part read|blind]
        [--as checked|written|figures] [--show] [--json]

DATA is a JSONL file, or a folder with sentences.jsonl. A row: ``id``, ``paper`` (path of the source file below
FOLDER), ``lang``, ``sentence``,
``truth`` (true or false), ``class`` (what kind of sentence, or what was made wrong), ``figures`` (false: a sentence of words), ``part``. A
sentence is held as a client of POST /v1/verify holds it: where a figure is not bound, or one of ``sentences`` is not supported: one
without a figure too, unless the cells that it names decide it. Each paper is parsed once and kept in the cache; inline XBRL is printed to
PDF with Chromium first. ``--as written``: as a sentence that a model wrote in answer to a question, which is held where something speaks
against it; ``--as figures``: by the binder of figures alone. ``--show`` prints the failures, never those of the part blind.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

import hand_rows
from finfoundry.binding import Checker, Report, bind, from_parsed
from finfoundry.core.document import Parsed
from finfoundry.evals.suites.ixbrl_facts import print_pdf
from finfoundry.knowledge.ingest.parse_file import parse
from measures import carried_out

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "finfoundry-papers", help="where parsed papers are kept"
    )
    parser.add_argument("--papers", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--html", action="store_true", help="read inline XBRL as it is, not printed to PDF")
    parser.add_argument("--part", choices=("read", "blind"), help="only rows of this part")
    parser.add_argument("--as", dest="how", choices=("checked", "written", "figures"), default="checked", help="how a sentence is held")
    parser.add_argument("--show", action="store_true", help="the failures of the part read")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    read = partial(parsed, cache=given.cache, as_html=given.html)
    file = given.data / "sentences.jsonl" if given.data.is_dir() else given.data
    rows = [row for row in hand_rows.rows(file) if given.part in (None, row["part"])]
    outcomes = list(judged(rows, lambda paper: read(given.papers / paper), how=given.how, show=given.show))
    counts = {name: rates(outcomes, name) for name in ("part", "with figures", "lang", "class")}
    times = sorted(one["seconds"] for one in outcomes)
    speed = (
        {"median_ms": round(1000 * times[len(times) // 2], 1), "p95_ms": round(1000 * times[int(len(times) * 0.95)], 1)} if times else {}
    )
    if given.json:
        print(json.dumps({**counts, **speed}, ensure_ascii=False, indent=2))
        return
    for name, found in counts.items():
        print(f"{name:<28}{'false held':>22}{'true lost':>22}")
        for key, of in found.items():
            print(f"  {key:<26}{_share(of['held_false'], of['false']):>22}{_share(of['held_true'], of['true']):>22}")
    print(f"a sentence, its paper indexed: {speed}")


def judged(rows: Iterable[Row], read: Callable[[str], Parsed], *, how: str, show: bool) -> Iterator[Row]:
    """Each row with whether its sentence is held and the seconds that took. Rows of one paper are judged together."""
    papers: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        papers[row["paper"]].append(row)
    for paper, of in sorted(papers.items()):
        evidence = from_parsed(read(paper))
        checker = Checker(evidence)
        for row in of:
            started = time.perf_counter()
            report = checker.check(row["sentence"])
            held = bool(report.unbound) or not report.sentences or any(one.status != "supported" for one in report.sentences)
            if how != "checked":
                bound = checker.bind(row["sentence"]) if how == "written" else bind(row["sentence"], evidence)
                held = not bound.complete
            figures = f"{row['part']} {row['lang']}" if row.get("figures", True) else "words only"
            yield {**row, "with figures": figures, "held": held, "seconds": time.perf_counter() - started}
            if show and row["part"] == "read" and held == _true(row):
                tell(row, report)


def parsed(paper: Path, cache: Path, *, as_html: bool) -> Parsed:
    """The paper as the product reads it, from the cache when it was read before."""
    cache.mkdir(parents=True, exist_ok=True)
    data = paper.read_bytes()
    kept = cache / f"{hashlib.sha256(data).hexdigest()[:16]}{'-html' * as_html}.msgpack"
    if not kept.exists():
        name = paper.name.removesuffix(".gz")
        if paper.suffix == ".gz":
            data = gzip.decompress(data)
        if paper.suffix == ".gz" and not as_html:
            data, name = print_pdf(data, name, cache).read_bytes(), f"{name}.pdf"
        kept.write_bytes(msgspec.msgpack.encode(parse(data, name)))
    return msgspec.msgpack.decode(kept.read_bytes(), type=Parsed)


def rates(outcomes: Iterable[Row], by: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("false", "held_false", "true", "held_true"), 0))
    for row in outcomes:
        truth = "true" if _true(row) else "false"
        found[str(row[by])][truth] += 1
        found[str(row[by])][f"held_{truth}"] += row["held"]
    return dict(sorted(found.items()))


def tell(row: Row, report: Report) -> None:
    print(f"{'LOST' if _true(row) else 'PASSED'} {row['id']} [{row['class']}] {row['sentence']}", file=sys.stderr)
    for one in report.figures:
        as_what = one.figure or one.nearest
        name = f"{as_what.reference.metric or as_what.reference.expression} = {as_what.value} ({as_what.period})" if as_what else "-"
        print(f"    {one.text}: {'bound' if one.bound else one.reason} <- {name}", file=sys.stderr)
    for sentence in report.sentences:
        print(f"    {sentence.status}: {sentence.reason}", file=sys.stderr)


def _true(row: Row) -> bool:
    return row["truth"] in (True, "true")


def _share(held: int, of: int) -> str:
    return f"{held}/{of} {held / of:.0%}" if of else "-"


if __name__ == "__main__":
    carried_out(main)
