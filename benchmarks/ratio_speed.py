"""What a Chinese ratio over one long report takes of the processor, by rules, and where that goes.

    python benchmarks/ratio_speed.py [REPORT] [--given] [--home DIR] [--rounds 10] [--json]

REPORT is an annual report that the product reads; without it the longest Chinese text of the development data. Ratios of its year and the
one before are asked in turn, of the store or (``--given``) of the report as a paper that comes with the question, read before; each is
asked once to warm up, and what is not answered is counted and left out: it goes on to passages. Milliseconds of processor time of this
process, median and 95th percentile of a question: what else runs on the machine, and the database, do not count; by the clock beside them.
Then the same questions once more under the profiler, which counts how often a text was cut into words. ``--home`` keeps the store.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import os
import pstats
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from finfoundry.app import App, open_app
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.core.answer import Answer
from finfoundry.core.errors import NotFound
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.machine import read_settings
from measures import carried_out

DATA = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
RATIOS = ("资产负债率", "净利率", "总资产收益率", "净资产收益率", "总资产周转率")
SHOWN = 18  # functions of the profile
Ask = Callable[[str], Answer]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", nargs="?", type=Path)
    parser.add_argument("--home", type=Path, help="keeps the store between runs")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--given", action="store_true", help="the report comes with each question")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    report = given.report or longest_report()
    home = given.home or Path(tempfile.mkdtemp(prefix="ff-"))
    with open_app(read_settings().model_copy(update={"home": home, "worker": False, "reader": "off"})) as app:
        app.agent.engine = None
        ask = of_given(app, report) if given.given else of_stored(app, report)
        every = questions(report)
        asked = [question for question in every if ask(question).status == "answered"]
        if not asked:
            raise SystemExit(f"{report.name}: no ratio is answered")
        found = times(ask, asked, given.rounds)
        calls, profile = profiled(ask, asked)
    told = {"report": report.name, "ratios": len(every), "answered": len(asked), **found, "texts_cut_into_words": calls}
    print(json.dumps(told | {"profile": profile}, indent=2, ensure_ascii=False) if given.json else lines(told, profile))


def longest_report() -> Path:
    """The longest Chinese report of the development data that is text."""
    texts = sorted((DATA / "zh_filings" / "docs").glob("*.txt"), key=lambda path: path.stat().st_size)
    if not texts:
        raise NotFound(f"the data is not there: {DATA}", remedy="Set FINFOUNDRY_DATA, or name a report")
    return texts[-1]


def of_stored(app: App, report: Path) -> Ask:
    """Asks of the store, into which the report is read where it is not there."""
    app.ingest(app.administrator, [report])
    return lambda question: app.ask(app.administrator, question)


def of_given(app: App, report: Path) -> Ask:
    """Asks of the report as a paper that comes with the question, read before."""
    agent = app.agent.over([parse(report.read_bytes(), report.name)])
    return lambda question: agent.ask(app.administrator, question)[0]


def questions(report: Path) -> list[str]:
    """Each ratio for the report's year and the one before."""
    profile = parse(report.read_bytes(), report.name).document.profile
    year = profile.fiscal_year
    if not profile.entity or not year:
        raise SystemExit(f"{report.name} names no company or no year: nothing measured")
    return [f"{profile.entity}{when}年的{ratio}是多少？" for when in (year, year - 1) for ratio in RATIOS]


def times(ask: Ask, asked: Sequence[str], rounds: int) -> dict[str, object]:
    """Milliseconds a question."""
    busy, took = list[float](), list[float]()
    for question in [*asked] * rounds:
        began, clock = time.process_time(), time.perf_counter()
        ask(question)
        busy.append(1000 * (time.process_time() - began))
        took.append(1000 * (time.perf_counter() - clock))
    return {"processor_ms": spread(busy), "clock_ms": spread(took)}


def spread(milliseconds: list[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {"median": round(statistics.median(ordered), 1), "p95": round(ordered[int(0.95 * len(ordered))], 1)}


def profiled(ask: Ask, asked: Sequence[str]) -> tuple[int, list[str]]:
    """How many texts a question has cut into words, on average, and the functions that take most time by themselves."""
    profiler = cProfile.Profile()
    for question in asked:
        profiler.runcall(ask, question)
    said = io.StringIO()
    stats = pstats.Stats(profiler, stream=said)
    code = tokens.__code__
    calls = stats.stats.get((code.co_filename, code.co_firstlineno, code.co_name), (0, 0))[1]  # type: ignore[attr-defined]  # of pstats
    stats.strip_dirs().sort_stats("tottime").print_stats(SHOWN)
    return round(calls / len(asked)), [line for line in said.getvalue().splitlines() if line.strip()]


def lines(told: dict[str, object], profile: Sequence[str]) -> str:
    return "\n".join([*(f"{name}: {value}" for name, value in told.items()), "profile, own time of all questions once:", *profile])


if __name__ == "__main__":
    carried_out(main)
