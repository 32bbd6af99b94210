"""How many small faults, planted one at a time, the nearest tests notice.

    python benchmarks/mutation.py [--sample 300] [--seed 1] [--jobs 1] [--out runs/mutation] [--show survived] [--json]

Over the packages that hold the figures together (core, binding, knowledge/facts, governance). First the tests next to them run once, to
learn which test reaches which line; then each mutant of a seeded sample meets the tests that reach its line: those of the test file that is
named after its file, and the quickest others, at most ``--tests``. Lines that no test is seen to reach (tables, child processes) meet the
tests of their file. A run that was stopped goes on; results of files or tests that changed since are taken again. Mutants that change no
behaviour are listed with the reason in ``mutants_equivalent.yaml`` and counted apart.

The baseline beside it, in the same run: how many of the sample lie on lines that some test reaches at all (coverage).
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import yaml

from measures import carried_out
from measures.mutants import Mutant, compiles, mutants

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
PACKAGES = {
    "core": ["tests/core"],
    "binding": ["tests/binding"],
    "knowledge/facts": ["tests/knowledge/facts", "tests/knowledge/test_identities.py", "tests/knowledge/test_certificate.py"],
    "governance": ["tests/governance", "tests/server/test_sessions.py"],
}
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.yaml")
Verdict = dict[str, str | int]
SECONDS = 300  # for the tests of one mutant, on a busy machine too; a mutant that hangs is noticed


@dataclass(frozen=True)
class Reach:
    """Which tests reach which line: test ids by (file, line), the quickest first; and those that reach a file at all."""

    lines: dict[tuple[str, int], list[str]]
    files: dict[str, list[str]]

    def tests(self, mutant: Mutant, most: int) -> list[str]:
        """Those named after the file first, all of them; then the quickest others, at most ``most``."""
        reaching = self.lines.get((mutant.file, mutant.line), []) if mutant.in_function else []
        named = [str(path.relative_to(ROOT)) for path in named_after(mutant.file)]
        if not reaching:  # what is evaluated at import, and what only child processes of tests run, lies in no context of a test
            return named + [one for one in self.of_file(mutant.file) if one.partition("::")[0] not in named][:most]
        own = [one for one in reaching if one.partition("::")[0] in named]
        return own + [one for one in reaching if one not in set(own)][:most]

    def of_file(self, file: str) -> list[str]:
        return self.files.get(file) or self._of_importers(file)

    def _of_importers(self, file: str) -> list[str]:
        """Of a file that holds tables and no code: the tests of the files that take them."""
        module = file.removesuffix(".py").replace("/", ".")
        takes = [one for one in sources() if f"from {module} import" in (SOURCE / one).read_text(encoding="utf-8")]
        return list(dict.fromkeys(test for one in takes for test in self.files.get(one, [])))


def sources() -> list[str]:
    return sorted(str(path.relative_to(SOURCE)) for package in PACKAGES for path in (SOURCE / "finfoundry" / package).rglob("*.py"))


def digest(paths: list[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def test_files() -> list[Path]:
    places = [ROOT / place for places in PACKAGES.values() for place in places]
    return sorted(
        path for place in places for path in (place.rglob("*") if place.is_dir() else [place]) if path.is_file() and path.suffix != ".pyc"
    )


def named_after(file: str) -> list[Path]:
    """``core/quantities/scales.py``: ``tests/core/test_scales.py``."""
    return [path for path in test_files() if path.name == f"test_{Path(file).stem}.py"]


def measure_reach(out: Path) -> Reach:
    """Runs the tests once with a context a test, file by file; what a file reaches is kept in ``out`` until it or a source changes."""
    beside = [path for path in test_files() if not path.name.startswith("test_")]
    common = digest([SOURCE / one for one in sources()] + beside)
    durations: dict[str, float] = {}
    reached: dict[tuple[str, int], set[str]] = {}
    for file in (path for path in test_files() if path.name.startswith("test_")):
        kept = out / "reach" / f"{file.stem}-{common}-{digest([file])}.sqlite"
        if not kept.with_suffix(".json").exists():
            run_alone(file, kept)
        durations |= json.loads(kept.with_suffix(".json").read_text())
        for line, test in read_reach(kept):
            reached.setdefault(line, set()).add(test)
    return in_order(reached, durations)


def run_alone(file: Path, kept: Path) -> None:
    """The tests of one file under coverage; how long each took stands beside the lines, written last."""
    running, plugin = kept.with_name(f"running-{os.getpid()}.sqlite"), Path(__file__).with_name("test_durations.py")
    kept.parent.mkdir(parents=True, exist_ok=True)
    running.unlink(missing_ok=True)
    durations = running.with_suffix(".json")
    environment = {**os.environ, "COVERAGE_FILE": str(running), "PYTHONPATH": str(plugin.parent), "TEST_DURATIONS": str(durations)}
    options = ["-q", "--no-header", "-p", "test_durations", "-p", "no:cacheprovider", "-p", "no:xdist"]
    cover = ["--cov=finfoundry", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
    subprocess.run([sys.executable, "-m", "pytest", *options, *cover, str(file.relative_to(ROOT))], cwd=ROOT, env=environment, check=True)
    running.rename(kept)
    durations.rename(kept.with_suffix(".json"))


def read_reach(file: Path) -> Iterator[tuple[tuple[str, int], str]]:
    """Each (file, line) with a test that reaches it."""
    from coverage.numbits import numbits_to_nums  # coverage comes with the tests

    with closing(sqlite3.connect(file)) as store:
        tables = {row[0] for row in store.execute("SELECT name FROM sqlite_master")}
        contexts = dict(store.execute("SELECT id, context FROM context"))
        paths = {key: _relative(path) for key, path in store.execute("SELECT id, path FROM file")}
        rows: list[tuple[int, int, list[int]]] = [
            (file_id, context, numbits_to_nums(bits))
            for file_id, context, bits in store.execute("SELECT file_id, context_id, numbits FROM line_bits")
        ]
        if "arc" in tables:
            rows += [
                (file_id, context, [abs(start), abs(end)])
                for file_id, context, start, end in store.execute("SELECT file_id, context_id, fromno, tono FROM arc")
            ]
    for file_id, context, numbers in rows:
        test = contexts[context].partition("|")[0]
        if test and paths[file_id]:
            yield from (((paths[file_id], number), test) for number in numbers)


def in_order(reached: dict[tuple[str, int], set[str]], durations: dict[str, float]) -> Reach:
    files: dict[str, set[str]] = {}
    for (file, _), tests in reached.items():
        files.setdefault(file, set()).update(tests)

    def quickest(tests: set[str]) -> list[str]:
        return sorted(tests, key=lambda test: (durations.get(test, 0.0), test))

    return Reach({key: quickest(tests) for key, tests in reached.items()}, {key: quickest(tests) for key, tests in files.items()})


def _relative(path: str) -> str:
    return str(Path(path).relative_to(SOURCE)) if Path(path).is_relative_to(SOURCE) else ""


def noticed(mutant: Mutant, tests: list[str], copy: Path) -> bool:
    """Whether one of the tests fails, or does not end, over a copy of the source with the mutant in it."""
    place = copy / mutant.file
    sound = (SOURCE / mutant.file).read_bytes()
    place.write_bytes(mutant.apply(sound))
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_MAX_EXAMPLES": "25"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS).returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        place.write_bytes(sound)


def judge(sample: list[Mutant], reach: Reach, options: argparse.Namespace) -> Iterator[Verdict]:
    """A verdict a mutant; those of an earlier run on the same text and tests are kept."""
    log = options.out / "verdicts.jsonl"
    earlier: dict[str, Verdict] = {row["key"]: row for row in map(json.loads, log.read_text().splitlines())} if log.exists() else {}
    copies = [Path(tempfile.mkdtemp(prefix="mutants-")) for _ in range(options.jobs)]
    for copy in copies:
        shutil.copytree(SOURCE, copy, dirs_exist_ok=True)
    free = list(copies)

    def one(mutant: Mutant) -> Verdict:
        tests = reach.tests(mutant, options.tests)
        key = hashlib.sha256("|".join([mutant.id, str(mutant.line), digest([SOURCE / mutant.file]), *tests]).encode()).hexdigest()[:16]
        if key in earlier:
            return earlier[key]
        verdict = "not reached"
        if tests:
            copy = free.pop()
            verdict = "noticed" if noticed(mutant, tests, copy) else "survived"
            free.append(copy)
        place: Verdict = {"key": key, "id": mutant.id, "file": mutant.file, "line": mutant.line, "operator": mutant.operator}
        row: Verdict = {**place, "before": mutant.before, "after": mutant.text, "tests": len(tests), "verdict": verdict}
        with log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        return row

    try:
        with ThreadPoolExecutor(options.jobs) as pool:
            yield from pool.map(one, sample)
    finally:
        for copy in copies:
            shutil.rmtree(copy, ignore_errors=True)


def sampled(seed: int, size: int, chosen: str) -> list[Mutant]:
    """The first of all mutants in an order by digest: a sample stays the same where its lines do, whatever else is written."""
    twins: Counter[str] = Counter()  # the same change at other places of a file has the same id

    def rank(mutant: Mutant) -> str:
        twins[mutant.id] += 1
        return hashlib.sha256(f"{seed}|{mutant.id}|{twins[mutant.id]}".encode()).hexdigest()

    drawn = sorted((one for file in sources() if chosen in file for one in mutants(SOURCE, file)), key=rank)
    return list(itertools.islice((one for one in drawn if compiles(SOURCE, one)), size))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sample", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--tests", type=int, default=60, help="the most tests that one mutant meets")
    options.add_argument("--only", default="", help="files whose path holds this")
    options.add_argument("--out", type=Path, default=Path("runs/mutation"))
    options.add_argument("--show", default="survived", choices=["survived", "none"])
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    same = [(row["id"], row["at"]) for row in yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []]
    reach = measure_reach(given.out)
    sample = sampled(given.seed, given.sample, given.only)
    rows = []
    for number, row in enumerate(judge(sample, reach, given), 1):
        rows.append(row)
        if not given.json:
            print(f"\r{number} of {len(sample)}", end="", file=sys.stderr, flush=True)
    report(rows, same, given)


def equivalent(row: Verdict, same: list[tuple[str, str]]) -> bool:
    """Whether a mutant that no test noticed is listed, at this place: the same change elsewhere in the file is not."""
    lines = [line.strip() for line in (SOURCE / str(row["file"])).read_text(encoding="utf-8").splitlines()[int(row["line"]) - 1 :]]
    return row["verdict"] != "noticed" and any(row["id"] == known and "\n".join(lines).startswith(at) for known, at in same)


def report(rows: list[Verdict], same: list[tuple[str, str]], given: argparse.Namespace) -> None:
    counts = Counter("equivalent" if equivalent(row, same) else str(row["verdict"]) for row in rows)
    changing = len(rows) - counts["equivalent"]
    reached = changing - counts["not reached"]
    shares = {"noticed": counts["noticed"] / max(changing, 1), "reached": reached / max(changing, 1)}
    if given.json:
        print(json.dumps({"n": len(rows), "counts": counts, **shares}))
        return
    print(file=sys.stderr)
    for row in rows:
        if given.show == "survived" and row["verdict"] != "noticed" and not equivalent(row, same):
            change = f"{row['before']!s:.50} -> {row['after']!s:.50}".replace("\n", " ")
            print(f"{row['id']} {row['file']}:{row['line']} {row['operator']}: {change} ({row['verdict']})")
    for package in PACKAGES:
        own = Counter(str(row["verdict"]) for row in rows if f"/{package}/" in f"/{row['file']}" and not equivalent(row, same))
        print(f"{package}: noticed {own['noticed']} of {own.total()}, {own['noticed'] / max(own.total(), 1):.1%}")
    print(f"noticed: {counts['noticed']} of {changing}, {shares['noticed']:.1%} (equivalent, not counted: {counts['equivalent']})")
    print(f"baseline, on a line that a test reaches: {reached} of {changing}, {shares['reached']:.1%}")


if __name__ == "__main__":
    carried_out(main)
