"""Made annual reports of banks, insurers, brokers, funds and property companies: facts read right, and questions answered right.

    python benchmarks/made_reports.py [--seed S] [--kinds bank,insurer,broker,fund,property] [--lang en,zh] [--count N] [--show] [--json]

Each seed makes ``--count`` reports a kind and language (``benchmarks/institutions``) and asks about thirty questions of each. All reports
of a run lie in one collection of a home of its own; answers come by rules and the learnt reader, without a base model, and are judged by
the strict judge of the evaluations. The reader is that of ``FINFOUNDRY_HOME``; without one the rules answer alone, and it is said.
A fact is right by value, unit, scale, sign, period, scope and the words of its row (and of its column, where columns are metrics);
precision is over all facts of tables, shares and changes that stand beside amounts left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from finfoundry.app import App, open_app
from finfoundry.base.question_reader import question_reader
from finfoundry.core.answer import Answer
from finfoundry.core.document import Fact
from finfoundry.core.errors import InputError
from finfoundry.core.protocols import TextReader
from finfoundry.evals.intervals import wilson
from finfoundry.evals.judging import judge
from finfoundry.evals.suites.paper_questions import EVERY_STRETCH
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.machine import read_settings
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from institutions import fact_check
from institutions.composed import Report
from institutions.files import made, written
from institutions.questions import Asker, Question
from institutions.terms import KINDS, LANGS

COLLECTION = "made-reports"
VERDICTS = ("right", "wrong", "not answered")


def verdict(question: Question, answer: Answer) -> tuple[str, str]:
    """Right, wrong or not answered, and why it is wrong. What must not be answered is right without an answer."""
    if answer.status != "answered":
        return ("not answered" if question.truths else "right"), answer.reason or answer.status
    if not question.truths:
        return "wrong", "answered what the report does not hold"
    asked = question.text + (EVERY_STRETCH if question.kind == "quarter" else "")
    found = [judge(truth, asked, answer.text) for truth in question.truths]
    right = any(one.verdict == "correct" for one in found)
    return ("right", "") if right else ("wrong", found[0].why)


def measure_facts(reports: Sequence[Report], files: Sequence[tuple[str, bytes]], show: bool) -> dict[str, Counter[str]]:
    """Counts of numbers and facts by kind and language."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for report, (name, data) in zip(reports, files, strict=True):
        facts: list[Fact] = parse(data, name).facts
        checked = fact_check.check(report, facts)
        counts[f"{report.kind} {report.lang}"] += checked.counts
        for line in checked.faults if show else ():
            print(f"  {name} {line}", file=sys.stderr)
    return counts


def ask_all(
    reports: Sequence[Report], files: Sequence[tuple[str, bytes]], settings: Settings, reader: TextReader | None, given: argparse.Namespace
) -> dict[str, Counter[str]]:
    """Verdicts by kind of paper and language, and by kind of question, over a home that is made for them and goes with them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # the server's own user passes through
        papers, home = given.write or Path(folder) / "papers", Path(folder) / "home"
        papers.mkdir(parents=True, exist_ok=True)
        for name, data in files:
            (papers / name).write_bytes(data)
        try:
            with open_app(settings.model_copy(update={"home": home, "worker": False})) as app:
                app.agent.engine, app.agent.reader = None, lambda: reader
                for found in app.ingest(app.administrator, [papers / name for name, _ in files], collection=COLLECTION):
                    if found.error:
                        raise InputError(f"{found.path} could not be read: {found.error}", remedy=found.remedy)
                return counted(app, reports, given.seed, given.show)
        finally:
            Supervisor(home).stop()


def counted(app: App, reports: Sequence[Report], seed: int, show: bool) -> dict[str, Counter[str]]:
    """Each question asked and judged."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports:
        for question in Asker(report, seed).questions():
            answer = app.ask(app.administrator, question.text, collection=COLLECTION)
            found, why = verdict(question, answer)
            for name in (f"{report.kind} {report.lang}", f"asked: {question.kind}", "all"):
                counts[name][found] += 1
            if show and found != "right":
                asked = f"{found}: [{report.style.file}] {question.kind}: {question.text}"
                print(f"{asked}\n   want {question.gold}\n   got  {answer.text[:300]} ({why[:200]})", file=sys.stderr)
    return counts


def line_of(name: str, counts: Counter[str]) -> dict[str, object]:
    total = sum(counts[one] for one in VERDICTS)
    right, wrong = (share(counts[one], total) for one in VERDICTS[:2])
    return {"of": name, "questions": total, **{one: counts[one] for one in VERDICTS}, "right %": right, "wrong %": wrong}


def share(hits: int, total: int) -> str:
    found = wilson(hits, total)
    return f"{found.value:.1%} [{found.low:.1%}, {found.high:.1%}]"


def facts_line(name: str, counts: Counter[str]) -> dict[str, object]:
    recall, precision = share(counts["found"], counts["numbers"]), share(counts["true facts"], counts["facts"])
    faults = {key: count for key, count in sorted(counts.items()) if key.startswith("no ")}
    return {"facts of": name, "numbers": counts["numbers"], "recall": recall, "facts": counts["facts"], "precision": precision, **faults}


def summed(counts: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total += one
    return total


def main() -> None:
    """Print what is read and what is answered."""
    names: Callable[[str], list[str]] = lambda text: text.split(",")  # noqa: E731
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--kinds", type=names, default=[*KINDS], help="separated by commas")
    options.add_argument("--lang", type=names, default=[*LANGS], help="separated by commas")
    options.add_argument("--count", type=int, default=1, help="reports of each kind and language")
    options.add_argument("--show", action="store_true", help="each number and answer that is not right")
    options.add_argument("--write", type=Path, help="keep the reports in this folder")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    reports = [made(kind, lang, given.seed, number) for kind in given.kinds for lang in given.lang for number in range(given.count)]
    files = [written(report) for report in reports]
    counts = measure_facts(reports, files, given.show)
    lines = [facts_line(name, one) for name, one in counts.items()]
    lines.append(facts_line("all", summed(counts.values())))
    settings = read_settings()
    reader = question_reader(settings)
    if reader is None:
        print("there is no reader here: rules answer alone", file=sys.stderr)
    answered = ask_all(reports, files, settings, reader, given)
    lines += [line_of(name, answered[name]) for name in sorted(answered, key=lambda name: (name == "all", name))]
    for line in lines:
        print(json.dumps(line, ensure_ascii=False) if given.json else "  ".join(f"{key} {value}" for key, value in line.items()))


if __name__ == "__main__":
    main()
