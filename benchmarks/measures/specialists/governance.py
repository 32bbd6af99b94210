"""Promotions that must not pass: generated tries against the gate of the specialists, and as many that must pass.

    python benchmarks/specialists.py governance [--tries N] [--state FILE] [--seconds N]

Each try is a version of its own. The baseline of the same run: how many pass by the rule of before, where any second person promoted.
With ``--state`` a run that was stopped, or that ended after ``--seconds``, goes on.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from psycopg.types.json import Jsonb

from finfoundry.app import App, open_app
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.principal import Principal
from finfoundry.demo.specialists import filled_in
from finfoundry.runtime import audit
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.lifecycle.validations import Signed, demands, seal_of
from finfoundry.specialists.models.specialist import MODEL, TrainingRequest, check_sealed, write_sealed
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

ADA, BOB, CARA = (Principal(name, administrator=True) for name in ("ada", "bob", "cara"))


class Tries:
    """Versions of one trained specialist that differ in their purpose alone."""

    def __init__(self, app: App, desk: Desk, folder: Path) -> None:
        self.app, self.desk, self.chance = app, desk, random.Random(0)
        self._folder, self._made = folder, 0

    def version(self) -> Path:
        self._made += 1
        made = self._folder / "tries" / f"loans-{self._made}"
        shutil.copytree(self._folder / "loans", made)
        files = {path.name: path.read_bytes() for path in made.iterdir() if path.name != "manifest.json"}
        files[MODEL] = files[MODEL].replace(b'"purpose": ""', f'"purpose": "{self._made}"'.encode())
        write_sealed(made, files)
        self.desk.registry.register(ADA, made)
        return made

    def signed(self, made: Path, by: Principal = CARA, **changes: object) -> Signed:
        asked = [asks for asks, _ in demands(made)]
        return self.desk.registry.sign(by, check_sealed(made), filled_in(made, **changes), asked, None)

    def unvalidated(self, made: Path) -> None:
        self.desk.promote(BOB, made)

    def self_validated(self, made: Path) -> None:
        self.signed(made, ADA)
        self.desk.promote(BOB, made)

    def validator_promotes(self, made: Path) -> None:
        self.signed(made)
        self.desk.promote(CARA, made)

    def trainer_promotes(self, made: Path) -> None:
        self.signed(made)
        self.desk.promote(ADA, made)

    def unfit(self, made: Path) -> None:
        self.signed(made, outcome="unfit")
        self.desk.promote(BOB, made)

    def expired(self, made: Path) -> None:
        days = self.chance.randrange(1, 500)
        self.signed(made, expires=(datetime.now(UTC) + timedelta(days=days - 1)).date())
        later = (datetime.now(UTC) + timedelta(days=days)).date()
        with mock.patch("finfoundry.specialists.lifecycle.validations.today", return_value=later):
            self.desk.promote(BOB, made)

    def unsealed(self, made: Path) -> None:
        """Written straight into the database by who owns it, with a record that no sealer saw."""
        other = self.version()
        told = self._content(self.signed(other))
        told |= {"version": check_sealed(made)}
        with self.app.database.owner() as connection:
            record = audit.AuditRecord("cara", "specialist validated", (audit.AuditStep("validation", told),), target=told["version"])
            audit.append(connection, record)
            connection.execute("DELETE FROM audit_pending WHERE record = %s", (record.id,))
            connection.execute(
                "INSERT INTO specialist_validations (version, trained_by, validated_by, proof, content, seal, record)"
                " VALUES (%s, 'ada', 'cara', '', %s, %s, %s)",
                (told["version"], Jsonb(told), seal_of(told), record.id),
            )
        self.desk.promote(BOB, made)

    def altered(self, made: Path) -> None:
        """A word of a sealed validation changed afterwards, its digest with it."""
        signed = self.signed(made, outcome="unfit")
        told = self._content(signed)
        told["form"]["outcome"] = "fit with conditions"
        with self.app.database.owner() as connection:
            seal = self.chance.choice((signed.seal, seal_of(told)))
            connection.execute("UPDATE specialist_validations SET content = %s, seal = %s WHERE id = %s", (Jsonb(told), seal, signed.id))
        self.desk.promote(BOB, made)

    def retired(self, made: Path) -> None:
        self.signed(made)
        self.desk.promote(BOB, made)
        self.desk.registry.retire(BOB, made)
        self.desk.promote(BOB, made)

    def tampered(self, made: Path) -> None:
        """One byte of a file under the seal."""
        self.signed(made)
        path = made / self.chance.choice(("card.html", "card.md", "checklist.json", MODEL))
        data = bytearray(path.read_bytes())
        data[self.chance.randrange(len(data))] ^= 1
        path.write_bytes(data)
        self.desk.promote(BOB, made)

    def right(self, made: Path) -> None:
        self.signed(made)
        self.desk.promote(BOB, made)

    def _content(self, signed: Signed) -> dict[str, Any]:
        with self.app.database.owner() as connection:
            row = connection.execute("SELECT content FROM specialist_validations WHERE id = %s", (signed.id,)).fetchone()
        return dict(row[0]) if row else {}


def passed(act: Callable[[Path], None], made: Path) -> bool:
    try:
        act(made)
    except FinfoundryError:
        return False
    return True


def told(kept: Mapping[str, bool], kinds: Sequence[str]) -> None:
    """The figures, of as many tries as were made."""
    ends = {name: [end for key, end in kept.items() if key.split()[0] == name] for name in (*kinds, "right")}
    right, tries = ends.pop("right"), sum(map(len, ends.values()))
    each = {name: sum(one) for name, one in ends.items()}
    print(f"promoted that must not be: {sum(each.values())} of {tries:,} tries of {len(kinds)} kinds {each}")
    print(f"promoted that must be: {sum(right)} of {len(right)}")
    before = sum(len(one) for name, one in ends.items() if name != "trainer_promotes")
    print(f"baseline, any second person: {before:,} of {tries:,} by its rule (tampered cards, too)")


def kept_of(state: Path | None) -> dict[str, bool]:
    """Which tries of earlier runs passed."""
    return dict(json.loads(line) for line in state.read_text("utf-8").splitlines()) if state and state.exists() else {}


def keep(state: Path | None, key: str, *, passed: bool) -> None:
    if state:
        with state.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, passed]) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tries", type=int, default=1_000)
    parser.add_argument("--state", type=Path, help="where each try is kept, a line each")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="after which no further try begins")
    given = parser.parse_args()
    tries, kept, ends = given.tries, kept_of(given.state), time.monotonic() + given.seconds
    home = Path(tempfile.mkdtemp(prefix="ff-", dir="/dev/shm" if Path("/dev/shm").exists() else "/tmp"))  # short: a socket lies in it
    home.chmod(0o755)
    try:
        with tempfile.TemporaryDirectory() as name, open_app(Settings(home=home, worker=False)) as app:
            folder, desk = Path(name), Desk(app)
            loans(400, seed=1).to_csv(folder / "loans.csv", index=False)
            request = replace(TrainingRequest("credit", "loans.csv", "default", id="id", budget=2))
            desk.train(ADA, request, folder / "loans", Given(folder / "loans.csv"))
            made = Tries(app, desk, folder)
            kinds = (
                made.unvalidated, made.self_validated, made.unsealed, made.expired, made.tampered, made.altered, made.unfit,
                made.validator_promotes, made.trainer_promotes, made.retired,
            )  # fmt: skip
            rights = max(tries // 20, 5)
            asked = [(made.right, number) for number in range(rights)]
            asked += [(kinds[number % len(kinds)], number) for number in range(tries)]
            for kind, number in asked:
                key = f"{kind.__name__} {number}"
                if key not in kept and time.monotonic() < ends:
                    made.chance = random.Random(key)
                    kept[key] = passed(kind, made.version())
                    keep(given.state, key, passed=kept[key])
            told(kept, [kind.__name__ for kind in kinds])
    finally:
        Supervisor(home).stop()
