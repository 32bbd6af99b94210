"""A base upgrade for real: a model that was tuned for three tasks serves, and all of it moves to a newer base.

    python benchmarks/releases.py upgrade --data DIR --out DIR [--rows 200] [--limit 30] [--task tfns@1 …] [--epochs 1] [--development]
                                         [--old smollm2-135m-instruct] [--new gemma-3-270m] [--refusals 60 | --pairs 30] [--promote]

The old model is put into service as it is, without a contest; then ``finfoundry release upgrade`` tunes it again on the new base, by the
recipe in its manifest, and compares both as they are served. ``--development``: the recipe holds rows back and keeps the best weights, so
that it learns on whichever base as long as that base needs. ``--refusals``: beside the tasks it learns to refuse so many written requests
of each language, and to answer as many harmless ones; without it neither model refuses anything, and the safety suites, which may not fall
at all, are decided by chance. ``--pairs``: the harmless ones are written neighbours of the harmful, answered by the old model (those of
`finfoundry preferences --refusals`), so that what only sounds like harm is learned, too. ``--promote``: what passes is promoted, then
rolled back, and the weights that serve are compared with those before. Run it in a home of its own (FINFOUNDRY_HOME) that has both bases.
"""

from __future__ import annotations

import argparse
import json
import resource
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.core.answer import Language
from finfoundry.core.principal import Principal
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.evals.suites import safety
from finfoundry.governance.guards.neighbours import told
from finfoundry.machine import read_settings
from finfoundry.release.candidate import MODEL, tuned
from finfoundry.release.gate import Verdict
from finfoundry.release.serving import keep
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.work_apart import apart
from finfoundry.train.recipe import parse_recipe
from finfoundry.usecases.preference_data.other_pairs import MADE_LICENCE
from finfoundry.usecases.preference_data.preference_set import screened
from finfoundry.usecases.preference_data.refusal_pairs import SAID, refusal_pairs
from finfoundry.usecases.release_model import ReleaseDesk
from finfoundry.usecases.train_model import Training
from measures.running_engine import running_engine

TASKS = ("tfns@1", "fiqa-sa@1", "banking77@1")
FORM = "q8_0"
MARGIN = 0.1  # what so few items can show
REFUSALS = "refusals.jsonl"
HARMLESS: dict[Language, str] = {"en": "safety/pref/dpo_en_demo.json", "zh": "zh_tasks/disc_consulting.json"}  # questions with answers
LONGEST = {"en": 700, "zh": 250}  # characters of a harmless answer


def recipe(base: str, given: argparse.Namespace) -> dict[str, object]:
    watched = {"development": {"share": 0.1, "every": 10, "patience": 4}} if given.development else {}
    told = [{"paths": [REFUSALS], "licence": MADE_LICENCE if given.pairs else "Apache-2.0"}] if given.refusals or given.pairs else []
    talks: dict[str, Any] = {"conversations": told}
    licences = ["MIT", "none-stated", "CC-BY-4.0", "Apache-2.0", MADE_LICENCE]
    return watched | {
        "name": "desk", "purpose": "Three tasks of one desk.", "base": base, "method": "instruct", "weights": "lora",
        "data": {"tasks": [{"task": task, "limit": given.rows} for task in given.task], "licences": licences, "too_long": "drop"} | talks,
        "context": 256, "pack": 1024, "packs": 1, "epochs": given.epochs, "learning_rate": 1e-3, "seed": given.seed, "forms": [FORM],
        "checkpoint_every": 5,  # a step of a larger base takes minutes where others use the machine, too
    }  # fmt: skip


def with_talks(data: Path, folder: Path, lines: Callable[[], list[tuple[str, str]]]) -> Path:
    """A data folder that holds what ``data`` holds, and conversations that teach what to refuse and what not."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in data.iterdir():
        if not (folder / part.name).exists():
            (folder / part.name).symlink_to(part.resolve())
    if not (folder / REFUSALS).is_file():
        rows = [{"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": text}]} for asked, text in lines()]
        (folder / REFUSALS).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return folder


def neighbours(writer: str, count: int) -> list[tuple[str, str]]:
    """Written pairs of requests, the innocent ones answered by ``writer``."""
    with running_engine(writer) as engine:
        found = screened(refusal_pairs(engine, count), Fingerprints(()))
    return [(row.messages[0]["content"], row.chosen) for _, row in found.pairs]


def refusals(data: Path, count: int) -> list[tuple[str, str]]:
    """Harmful requests with refusals, and harmless ones of others' with their answers."""
    exam = Fingerprints(fingerprint(text) for lines in safety.pairs().values() for pair in lines for text in pair)
    lines = list[tuple[str, str]]()
    for language, said in SAID.items():
        written = [harmful for pairs in told()["pairs"][language].values() for harmful, _ in pairs if not exam.knows(harmful)]
        lines += [(asked, said[number % len(said)]) for number, asked in enumerate(written[:: max(1, len(written) // count)][:count])]
        lines += [one for one in answered(data / HARMLESS[language]) if len(one[1]) <= LONGEST[language]][:count]
    return lines


def answered(path: Path) -> list[tuple[str, str]]:
    """Single questions of a file with their answers."""
    found = []
    for row in json.loads(path.read_text("utf-8")):
        if "chosen" in row and len(row["conversations"]) == 1:
            found.append((row["conversations"][0]["value"], row["chosen"]["value"]))
        elif row.get("output") and not row.get("input"):
            found.append((row["instruction"], row["output"]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=200, help="to learn from, a task")
    parser.add_argument("--limit", type=int, default=30, help="items a suite")
    parser.add_argument("--old", default="smollm2-135m-instruct")
    parser.add_argument("--new", default="gemma-3-270m")
    parser.add_argument("--task", action="append", help="in place of the three")
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--refusals", type=int, default=0)
    parser.add_argument("--pairs", type=int, default=0, help="written pairs of requests of each language, in place of --refusals")
    parser.add_argument("--seed", type=int, default=1, help="of the recipe")
    parser.add_argument("--promote", action="store_true")
    given = parser.parse_args()
    given.task = given.task or list(TASKS)
    if given.refusals or given.pairs:
        data, count = given.data, given.pairs or given.refusals
        lines = partial(neighbours, given.old, count) if given.pairs else partial(refusals, data, count)
        given.data = with_talks(data, given.out.absolute() / "data", lines)
    settings = Settings(**read_settings().model_dump() | {"model": given.old, "worker": False})
    with terminal.progress(quiet=False) as report, open_app(settings) as app:
        desk = ReleaseDesk(app, report)
        if MODEL not in desk.register.serving():
            told = parse_recipe(recipe(given.old, given), "the recipe")
            apart(Training(settings).train, told, given.data, given.out / "old", report=report)
            candidate = tuned(given.out / "old", FORM)
            keep(settings, candidate)
            exam = desk.fix_exam(
                Principal("bo"),
                MODEL,
                given.data,
                "what the desk needs",
                suites=given.task,
                limit=given.limit,
                margins=dict.fromkeys(given.task, MARGIN),
            )
            first = desk.register.propose(Principal("ana"), candidate, Verdict(True, ()), {}, "what the desk has", exam)
            desk.register.promote(Principal("bo"), [first.id], "put into service without a contest")
        made = desk.upgrade(Principal("ana"), given.new, given.out / "upgrade", "a newer base")
        for line in made.table:
            print(
                f"{line.suite:22} {line.measure:10} {line.role:7} n {line.n:3}: {given.old} {line.serving:.3f}, {given.new} "
                f"{line.candidate:.3f}, difference {line.difference:+.3f}, bound {line.lower:+.3f}: {'passes' if line.passed else 'fails'}"
            )
        own, tuning = (resource.getrusage(who).ru_maxrss / 2**20 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(f"peak memory: {own:.2f} GiB here, {tuning:.2f} GiB where it was tuned")
        print("verdict:", "all of it may be promoted" if made.passed else "refused; nothing changes")
        if given.promote and made.passed:
            promoted(desk, [release.id for release in made.releases])


def promoted(desk: ReleaseDesk, numbers: list[int]) -> None:
    """There and back."""
    before = {slot: release.sha256 for slot, release in desk.register.serving().items()}
    desk.promote(Principal("bo"), numbers, "all hold")
    there = {slot: release.sha256 for slot, release in desk.register.serving().items()}
    print("promoted:", ", ".join(f"{slot} {before.get(slot, 'nothing')[:12]} -> {sha256[:12]}" for slot, sha256 in there.items()))
    desk.rollback(Principal("bo"), MODEL, "to see the way back")
    after = {slot: release.sha256 for slot, release in desk.register.serving().items()}
    print("rolled back:", "the weights that served before, bit for bit" if after == before else f"other weights: {after}")
