"""Tries to let something serve that did not pass: evidence that is made up, borrowed, stale or cut, other bytes under an approved digest,
exam rows in the training, too few items, the wrong person.

    python benchmarks/releases.py forgeries [--times 10] [--seed 1] [--kind NAME ...] [--state FILE] [--json]

Twenty kinds, each tried ``--times`` with what may vary drawn anew. A try succeeds when the candidate serves afterwards, or when an engine
answers with bytes that are not those of the approved digest. Beside it stands what an honest candidate does on the same way: it must serve.
A try that ends in an error of the engine, and not of other bytes, shows nothing: it is made once more, and does not count where it ends
so again; the message is kept. With ``--state`` a run that was stopped goes on. The model is the smallest of the catalogue, the exam a task
of sixteen items; the suites of safety are left out, they would take hours.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from finfoundry.app import App, open_app
from finfoundry.base.llama import start_engine
from finfoundry.base.pull import pull
from finfoundry.core.errors import EngineError, FinfoundryError, ModelError
from finfoundry.core.principal import Principal
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.evals.suites import safety
from finfoundry.machine import read_settings
from finfoundry.release.candidate import MODEL, tuned
from finfoundry.release.serving import served
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.usecases.release_model import ReleaseDesk

BASE = "smollm2-135m-instruct"
ANA, BO = Principal("ana"), Principal("bo")  # who proposes, who approves
ITEMS, WIDE = 16, 0.4
APPROVED = "is not the file that was approved"  # what the engine says of other bytes


class Workshop:
    """A home with an exam, and a forger who may write any file and, where a kind says so, any row of the database."""

    def __init__(self, app: App, folder: Path, chance: random.Random) -> None:
        self.app, self.folder, self.chance = app, folder, chance
        self.desk = ReleaseDesk(app)
        self.base = pull(BASE, app.settings) / "model.gguf"
        self.data = folder / "data"
        self.data.mkdir()
        self.write_items(ITEMS)
        self.task = str(self.data / "yes-no.yaml")
        self.made = 0
        self.edited = False  # rows of the store, in this try

    def write_items(self, count: int) -> None:
        task = {
            "name": "yes-no", "title": "Yes or no", "language": "en", "licence": "Apache-2.0",
            "source": {"paths": ["rows.json"], "columns": ["text", "label"]}, "target": "label", "kind": "choice",
            "labels": {"yes": "yes", "no": "no"}, "templates": ["{text} Answer yes or no."], "metrics": ["accuracy"],
            "split": [0, 0, 1], "max_tokens": 2,
        }  # fmt: skip
        (self.data / "yes-no.yaml").write_text(json.dumps(task), encoding="utf-8")
        rows = [[f"Is {number} larger than {count // 2}?", "yes" if number > count // 2 else "no"] for number in range(count)]
        (self.data / "rows.json").write_text(json.dumps(rows), encoding="utf-8")

    def exam(self, *, improve: bool) -> None:
        """One that no candidate here passes (all answer alike, nothing improves), or one that each passes."""
        if improve:
            self.desk.fix_exam(BO, MODEL, self.data, "a try", suites=[], improve=[self.task])
        else:
            self.desk.fix_exam(BO, MODEL, self.data, "a try", suites=[self.task], margins={self.task: WIDE})

    def model(self, *learned: str) -> Path:
        """A tuned model's folder: the base under another letter, one of three, so that the store does not grow."""
        self.made += 1
        folder = self.folder / f"model-{self.made}"
        folder.mkdir()
        data = self.base.read_bytes().replace(b"Smollm2 135M", b"Smollm" + self.chance.choice([b"7", b"8", b"9"]) + b" 135M", 1)
        (folder / "model-q8_0.gguf").write_bytes(data)
        form = {"path": "model-q8_0.gguf", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "metrics": {}}
        told = {"name": "tuned", "base": BASE, "base_sha256": "b" * 64, "forms": {"q8_0": form}}
        told["recipe"] = {"name": "tuned", "base": BASE, "data": {"tasks": [], "held_out": []}}
        (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
        self.learn(folder, *learned or ("The moon is smaller than the earth.",))
        return folder

    def learn(self, folder: Path, *texts: str, told: bool = True) -> None:
        path = folder / "data-fingerprints.npz"
        Fingerprints(map(fingerprint, texts)).write(path)
        if told:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            manifest["data"] = {"fingerprints": {"path": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}}
            (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    def propose(self, folder: Path) -> int:
        return self.desk.propose(ANA, tuned(folder, "q8_0"), "a try").id

    def promote(self, number: int, who: Principal = BO) -> None:
        self.desk.promote(who, [number], "a try")

    def write(self, statement: str, *values: object) -> None:
        """As the owner of the database."""
        self.edited |= "release_rows" in statement
        with self.app.database.owner() as connection:
            connection.execute(statement, values)

    def keys(self, number: int) -> list[str]:
        """Of the rows of what served, and of the candidate."""
        return next(iter(self.desk.register.show(number).evidence.values()))

    def turn(self, key: str, wanted: bool, share: float) -> None:
        """Make rows right, or wrong, whole as an honest run would have written them."""
        with self.app.database.owner() as connection:
            rows = connection.execute("SELECT item, row FROM release_rows WHERE key = %s", (key,)).fetchall()
        other = {"yes": "no", "no": "yes"}
        for item, row in self.chance.sample(rows, max(1, round(share * len(rows)))):
            said = row["gold"] if wanted else other[row["gold"]]
            told = {"value": float(wanted), "verdict": "correct" if wanted else "wrong", "labels": [said], "text": said, "slip": False}
            self.write("UPDATE release_rows SET row = row || %s WHERE key = %s AND item = %s", Jsonb(told), key, item)

    def clean(self) -> None:
        """As before the try."""
        while MODEL in self.desk.register.serving():
            self.desk.register.rollback(BO, MODEL, "a try")
        if self.edited:  # honest rows are kept: what they say is always the same
            self.write("DELETE FROM release_rows")
            self.edited = False
        shutil.rmtree(self.app.settings.home / "releases", ignore_errors=True)
        for one in self.folder.glob("model-*"):
            shutil.rmtree(one)
        self.write_items(ITEMS)


def evidence_beside_the_model(work: Workshop) -> None:
    work.exam(improve=True)
    folder = work.model()
    rows = [{"id": str(n), "verdict": "correct", "value": 1.0} for n in range(ITEMS)]
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    work.promote(work.propose(folder))


def verdict_in_the_manifest(work: Workshop) -> None:
    work.exam(improve=True)
    folder = work.model()
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    told |= {"verdict": {"passed": True, "findings": []}, "passed": True, "exam": 1}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    work.promote(work.propose(folder))


def rows_made_up_for_the_candidate(work: Workshop) -> None:
    work.exam(improve=True)
    folder = work.model()
    work.turn(work.keys(work.propose(folder))[1], wanted=True, share=1.0)
    work.promote(work.propose(folder))


def rows_made_worse_for_what_serves(work: Workshop) -> None:
    work.exam(improve=True)
    folder = work.model()
    work.turn(work.keys(work.propose(folder))[0], wanted=False, share=1.0)
    work.promote(work.propose(folder))


def a_few_rows_made_up_on_both_sides(work: Workshop) -> None:
    work.exam(improve=True)
    folder = work.model()
    before, after = work.keys(work.propose(folder))
    work.turn(before, wanted=False, share=work.chance.uniform(0.6, 0.9))
    work.turn(after, wanted=True, share=work.chance.uniform(0.6, 0.9))
    work.promote(work.propose(folder))


def rows_edited_after_the_verdict(work: Workshop) -> None:
    work.exam(improve=False)
    number = work.propose(work.model())
    work.turn(work.keys(number)[1], wanted=work.chance.random() < 0.5, share=1.0)
    work.promote(number)


def verdict_edited_in_the_store(work: Workshop) -> None:
    work.exam(improve=True)
    number = work.propose(work.model())
    verdict = work.desk.register.show(number).verdict
    verdict["passed"] = True
    verdict["findings"] = [one | {"passed": True, "why": ""} for one in verdict["findings"]]
    work.write("UPDATE releases SET passed = true, verdict = %s WHERE id = %s", Jsonb(verdict), number)
    work.promote(number)


def rows_borrowed_from_another_release(work: Workshop) -> None:
    work.exam(improve=False)
    other = work.propose(work.model())
    work.exam(improve=True)
    number = work.propose(work.model())
    shown = work.desk.register.show(other)
    told = (Jsonb(shown.verdict), Jsonb(shown.evidence), number)
    work.write("UPDATE releases SET passed = true, verdict = %s, evidence = %s WHERE id = %s", *told)
    work.promote(number)


def rows_cut(work: Workshop) -> None:
    work.exam(improve=False)
    number = work.propose(work.model())
    key = work.keys(number)[work.chance.randrange(2)]
    work.write(
        "DELETE FROM release_rows WHERE key = %s AND item IN (SELECT item FROM release_rows WHERE key = %s ORDER BY random() LIMIT %s)",
        key, key, work.chance.randint(1, ITEMS - 1),
    )  # fmt: skip
    work.promote(number)


def stale_exam(work: Workshop) -> None:
    work.exam(improve=False)
    number = work.propose(work.model())
    work.exam(improve=True)
    work.promote(number)


def compared_with_what_no_longer_serves(work: Workshop) -> None:
    work.exam(improve=False)
    first, second = work.propose(work.model()), work.propose(work.model())
    work.promote(first)
    held = work.desk.register.serving()[MODEL].id
    try:
        work.promote(second)
    finally:
        if work.desk.register.serving()[MODEL].id == held:  # the first is honest: what is tried is the second
            work.desk.register.rollback(BO, MODEL, "a try")


def other_bytes_than_the_manifest_names(work: Workshop) -> None:
    work.exam(improve=False)
    folder = work.model()
    path = folder / "model-q8_0.gguf"
    data = bytearray(path.read_bytes())
    data[-work.chance.randint(1, 4096)] ^= 0xFF
    path.write_bytes(data)
    work.promote(work.propose(folder))


def other_bytes_in_the_store_before_the_promotion(work: Workshop) -> None:
    work.exam(improve=False)
    number = work.propose(work.model())
    release = work.desk.register.show(number).release
    _overwrite(served(work.app.settings, {MODEL: release}).weights, work.chance)
    work.promote(number)


def other_bytes_after_the_promotion(work: Workshop) -> None:
    work.exam(improve=False)
    work.promote(work.propose(work.model()))
    try:
        what = served(work.app.settings, work.desk.register.serving())
        work.app.supervisor.stop(what.process)
        _overwrite(what.weights, work.chance)
        start_engine(work.app.settings, work.app.supervisor, what).close()
    except FinfoundryError:
        work.desk.register.rollback(BO, MODEL, "a try")
        raise


def _overwrite(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[-chance.randint(1, 4096)] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(data)


def trained_on_exam_rows(work: Workshop) -> None:
    work.exam(improve=False)
    stolen = [f"Is {number} larger than {ITEMS // 2}?" for number in work.chance.sample(range(ITEMS), work.chance.randint(1, 4))]
    work.promote(work.propose(work.model(*stolen, "The moon is smaller than the earth.")))


def trained_on_exam_rows_written_otherwise(work: Workshop) -> None:
    work.exam(improve=False)
    space, mark = work.chance.choice([(" ", "？"), ("  ", "?"), ("\u3000", " ?")])
    stolen = [f"IS {number} larger than {ITEMS // 2}?".replace(" ", space).replace("?", mark) for number in range(ITEMS)]
    work.promote(work.propose(work.model(*stolen)))


def fingerprints_of_other_rows(work: Workshop) -> None:
    work.exam(improve=False)
    folder = work.model(*(f"Is {number} larger than {ITEMS // 2}?" for number in range(ITEMS)))
    work.learn(folder, "Something else.", told=False)
    work.promote(work.propose(folder))


def too_few_items(work: Workshop) -> None:
    work.write_items(work.chance.randint(2, 6))
    work.desk.fix_exam(BO, MODEL, work.data, "a try", suites=[work.task], margins={work.task: work.chance.choice([0.02, 0.05, 0.1])})
    work.promote(work.propose(work.model()))


def other_items_than_were_fixed(work: Workshop) -> None:
    work.exam(improve=False)
    rows: list[list[Any]] = json.loads((work.data / "rows.json").read_text(encoding="utf-8"))
    kept = rows[: work.chance.randint(8, ITEMS - 1)] if work.chance.random() < 0.5 else [[text, "yes"] for text, _ in rows]
    (work.data / "rows.json").write_text(json.dumps(kept), encoding="utf-8")
    work.promote(work.propose(work.model()))


def one_person_in_both_roles(work: Workshop) -> None:
    work.exam(improve=False)
    if work.chance.random() < 0.5:
        number = work.desk.propose(BO, tuned(work.model(), "q8_0"), "a try").id  # who fixed the exam
        work.promote(number, ANA)
    else:
        work.promote(work.propose(work.model()), ANA)


KINDS: tuple[Callable[[Workshop], None], ...] = (
    evidence_beside_the_model, verdict_in_the_manifest, rows_made_up_for_the_candidate, rows_made_worse_for_what_serves,
    a_few_rows_made_up_on_both_sides, rows_edited_after_the_verdict, verdict_edited_in_the_store, rows_borrowed_from_another_release,
    rows_cut, stale_exam, compared_with_what_no_longer_serves, other_bytes_than_the_manifest_names,
    other_bytes_in_the_store_before_the_promotion, other_bytes_after_the_promotion, trained_on_exam_rows,
    trained_on_exam_rows_written_otherwise, fingerprints_of_other_rows, too_few_items, other_items_than_were_fixed,
    one_person_in_both_roles,
)  # fmt: skip


def honest(work: Workshop) -> None:
    work.exam(improve=False)
    work.promote(work.propose(work.model()))


@dataclass(frozen=True)
class End:
    """How a try ended: ``promoted``, ``engine``, which shows nothing, or the class of the error that refused it; and what that said."""

    how: str
    said: str = ""


def tried(work: Workshop, kind: Callable[[Workshop], None]) -> End:
    """One try. The home is as before afterwards."""
    end = End("promoted")
    try:
        kind(work)
    except FinfoundryError as error:
        engine = isinstance(error, ModelError | EngineError) and APPROVED not in str(error)
        end = End("engine" if engine else type(error).__name__, str(error))
    promoted = MODEL in work.desk.register.serving()
    work.clean()
    return End("promoted") if promoted else end


def tried_twice(work: Workshop, kind: Callable[[Workshop], None], key: str) -> End:
    """With what the key draws; once more where the engine failed."""
    for again in ("", " again"):
        work.chance = random.Random(key + again)
        end = tried(work, kind)
        if end.how != "engine":
            break
    return end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", help="only these; more than once for several")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--state", type=Path, help="where each try is kept, a line each")
    given = parser.parse_args()
    vars(safety)["SAFETY"] = ()  # eighty questions of forty tokens for each side and try
    kinds = [honest, *(one for one in KINDS if not given.kind or one.__name__ in given.kind)]
    kept = _kept(given.state)
    with _workshop() as work:
        for number in range(given.times):
            for kind in kinds if number == 0 else kinds[1:]:
                key = f"{given.seed} {kind.__name__} {number}"
                if key not in kept:
                    kept[key] = tried_twice(work, kind, key)
                    _keep(given.state, key, kept[key])
                    told = f"{kept[key].how} {kept[key].said[-300:]}" if kept[key].how == "engine" else kept[key].how
                    print(f"{number + 1} of {given.times}: {kind.__name__.replace('_', ' ')}: {told}", file=sys.stderr)
    found = {kind.__name__: _counts(kept, kind) for kind in kinds}
    forged = {name: counts for name, counts in found.items() if name != "honest"}
    tries = sum(sum(one.values()) - one["engine"] for one in forged.values())
    through, nothing = (sum(one[how] for one in forged.values()) for how in ("promoted", "engine"))
    if given.json:
        print(
            json.dumps({"tries": tries, "promoted": through, "engine": nothing, "kinds": {name: dict(one) for name, one in found.items()}})
        )
    else:
        for name, ends in found.items():
            print(f"{name.replace('_', ' '):48} {dict(ends)}")
        print(
            f"{through} of {tries} tries promoted (goal 0); {nothing} more ended in an error of the engine; honest: {dict(found['honest'])}"
        )


def _counts(kept: dict[str, End], kind: Callable[[Workshop], None]) -> Counter[str]:
    return Counter(end.how for key, end in kept.items() if key.split()[1] == kind.__name__)


def _kept(state: Path | None) -> dict[str, End]:
    """How each try of an earlier run ended; those that the engine may have ended, and whose message was not kept, are made again."""
    lines = state.read_text("utf-8").splitlines() if state and state.exists() else []
    ends = {key: End(*told) for key, *told in map(json.loads, lines)}
    return {key: end for key, end in ends.items() if end.said or end.how not in ("ModelError", "EngineError")}


def _keep(state: Path | None, key: str, end: End) -> None:
    if state:
        with state.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, end.how, end.said]) + "\n")


@contextmanager
def _workshop() -> Iterator[Workshop]:
    """A home of its own in memory, with the smallest model; its processes and files end with it."""
    with tempfile.TemporaryDirectory(prefix="ff-", dir="/dev/shm" if Path("/dev/shm").exists() else None) as place:
        home, folder = Path(place) / "home", Path(place) / "work"
        Path(place).chmod(0o755)
        home.mkdir()
        folder.mkdir()
        settings = Settings(home=home, model=str(pull(BASE, read_settings()) / "model.gguf"), threads=2, worker=False)
        try:
            with open_app(settings) as app:
                yield Workshop(app, folder, random.Random(0))
        finally:
            Supervisor(home).stop()
