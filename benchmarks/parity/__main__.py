"""The command line: ``python -m parity --help``."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import parity
from parity.bank import BANK, KEPT, QUESTIONS, ROOT, Question, read
from parity.compare import compare, kinds
from parity.record import asked_here, home_for, record, record_all

HERE = Path(__file__).resolve().parent.parent
SLICED = HERE.parent / "tests" / "benchmarks" / "golden.jsonl"


def main() -> int:
    """Returns 0 where all is done and, of a comparison, nothing differs beyond what is allowed."""
    options = _options()
    given, rest = options.parse_known_args()
    given.rest = rest
    if rest and given.work is not hold_against:  # which hands them to record
        options.error(f"unknown: {' '.join(rest)}")
    done: int = given.work(given)
    return done


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="parity", description=parity.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    works = options.add_subparsers(required=True, metavar="WORK")
    gathering = works.add_parser("bank", help="gather the questions")
    gathering.add_argument("bank", type=Path, nargs="?", default=BANK)
    gathering.set_defaults(work=gather)
    recording = works.add_parser("record", help="ask them all")
    recording.add_argument("out", type=Path)
    recording.add_argument("--bank", type=Path, default=BANK)
    recording.add_argument("--readers", choices=["none", "shipped"], default="none")
    recording.add_argument("--suites", nargs="*", default=[], help="those whose names begin so")
    recording.add_argument("--every", type=int, default=1, help="of the questions, in their order, one in so many")
    recording.add_argument("--home", type=Path, help="one that holds the papers; made there where it is not")
    recording.add_argument("--models", type=Path, help="a folder of pulled models, for a home that is made")
    recording.add_argument("--by-hand", type=Path, nargs="*", default=[], help="files of questions by hand, in place of the bank's")
    recording.add_argument("--collection", default="default", help="of the home, with --by-hand")
    recording.add_argument("--processes", type=int, default=2)
    recording.add_argument("--part", help=argparse.SUPPRESS)
    recording.set_defaults(work=run)
    comparing = works.add_parser("compare", help="hold two records against each other")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    comparing.add_argument("--show", type=int, default=0, help="so many differences of each suite")
    comparing.add_argument("--allow", type=int, default=0, help="so many rows may differ")
    comparing.set_defaults(work=lambda one: int(compare(one.old, one.new, one.show) > one.allow))
    telling = works.add_parser("kinds", help="who answered")
    telling.add_argument("file", type=Path)
    telling.set_defaults(work=tell)
    slicing = works.add_parser("slice", help="answer anew the few questions that a test asks")
    slicing.add_argument("file", type=Path, nargs="?", default=SLICED)
    slicing.set_defaults(work=slice_anew)
    against = works.add_parser("against", help="record another revision and this tree, and compare; takes the options of record, too")
    against.add_argument("revision")
    against.add_argument("--show", type=int, default=3)
    against.add_argument("--allow", type=int, default=0)
    against.set_defaults(work=hold_against)
    return options


def gather(given: argparse.Namespace) -> int:
    from parity.suites import gathered  # here: generators of questions, which another revision need not have

    print(f"{gathered(given.bank)} questions in {given.bank}")
    return 0


def tell(given: argparse.Namespace) -> int:
    kinds(given.file)
    return 0


def slice_anew(given: argparse.Namespace) -> int:
    from parity.suites import kept_of_slice, sliced  # likewise

    rows = kept_of_slice(asked_here(sliced(BANK), BANK))
    given.file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    print(f"{len(rows)} answers in {given.file}")
    return 0


def run(given: argparse.Namespace) -> int:
    """Ask, in one process where this is a part, else in several that are parts."""
    questions = _questions(given)
    if given.part:
        number, count = map(int, given.part.split("/"))
        out = given.out.with_name(f"{given.out.name}.part{number}")
        record(questions, out, given.bank, given.readers, given.home, (number, count))
        return 0
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with home_for(questions, None if given.by_hand else given.bank, given.readers, given.home, given.models) as home:
        command = [sys.executable, "-m", "parity", *sys.argv[1:], *(["--home", str(home)] if home else [])]
        rows = record_all(given.out, command, given.processes)
    print(f"{len(rows)} answers of {ROOT.name} in {given.out}")
    return 0


def _questions(given: argparse.Namespace) -> list[Question]:
    if given.by_hand:
        from parity.suites import by_hand  # likewise

        return by_hand(given.by_hand, given.collection)[:: given.every]
    if not (given.bank / QUESTIONS).exists():
        gather(given)
    return list(read(given.bank, given.suites))[:: given.every]


def hold_against(given: argparse.Namespace) -> int:
    """Record a revision in a worktree of its own, by this tree's recorder and environment; then this tree; compare."""
    tree = HERE.parent
    sha = subprocess.run(
        ["git", "rev-parse", "--short", given.revision], cwd=tree, check=True, capture_output=True, text=True
    ).stdout.strip()
    if not (BANK / QUESTIONS).exists():
        gather(argparse.Namespace(bank=BANK))
    asked = hashlib.sha256(" ".join(given.rest).encode()).hexdigest()[:6] if given.rest else "all"
    files = KEPT / f"{sha}-{asked}.jsonl", KEPT / "here.jsonl"
    for left in KEPT.glob("here.jsonl*"):  # of other code
        left.unlink()
    if not files[0].exists():
        other = KEPT / f"tree-{sha}"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", "--force", str(other), sha], cwd=tree, check=True)
        try:
            _recorded(other, files[0], given.rest)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(other)], cwd=tree, check=True)
    _recorded(tree, files[1], given.rest)
    return int(compare(*files, given.show) > given.allow)


def _recorded(tree: Path, out: Path, rest: list[str]) -> None:
    path = os.pathsep.join(map(str, (tree / "src", tree, HERE)))
    command = [sys.executable, "-m", "parity", "record", str(out), *rest]
    subprocess.run(command, cwd=HERE, env=os.environ | {"PYTHONPATH": path}, check=True)


if __name__ == "__main__":
    sys.exit(main())
