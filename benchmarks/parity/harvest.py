"""A plug-in of pytest: while the tests run, keeps the questions that they ask, each with its store in memory.

    BANK=FOLDER pytest -p parity.harvest tests/ask

What is asked over a database is left out: its questions are gathered from the papers (``suites``). So are stores that hold what no other
revision need have: classes of a test's own.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import re
from pathlib import Path
from typing import Any

from finfoundry.ask.asker import Agent
from parity.bank import MEMORY, STORES, Question

HARVEST = "harvest.jsonl"
LONGEST = 1000  # characters of a question: longer ones test the reading of what nobody asks
OURS = re.compile(r"finfoundry\.(?:core|knowledge|base)\b|tests\.ask\.memory$|(?!finfoundry|tests)")
_talks: dict[int, tuple[object, list[str]]] = {}  # of conversations, themselves: a number is given again to a new one


class _Strict(pickle.Unpickler):
    """Refuses classes that another revision need not have."""

    def find_class(self, module: str, name: str) -> Any:
        if not OURS.match(module):
            raise pickle.UnpicklingError(f"{module}.{name} is of one revision")
        return super().find_class(module, name)


def pytest_configure() -> None:
    """Note every question on its way."""
    bank = Path(os.environ["BANK"])
    (bank / STORES).mkdir(parents=True, exist_ok=True)
    asked = Agent.ask

    def ask(self: Agent, principal: Any, question: str, collection: Any = None, conversation: Any = None, trial: Any = None) -> Any:
        note(bank, self, question, conversation)
        return asked(self, principal, question, collection, conversation, trial)

    Agent.ask = ask  # type: ignore[method-assign]


def note(bank: Path, agent: Agent, question: str, conversation: object) -> None:
    """Keep one question; nothing where its store cannot be kept."""
    if (place := kept(bank, (agent.store, agent.search))) is None or not question.strip() or len(question) > LONGEST:
        return
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
    said = [question]
    if conversation is not None:
        said = _talks.setdefault(id(conversation), (conversation, []))[1]
        said.append(question)
    row = {"suite": test.removesuffix(".py"), "place": place, "turns": said, "talks": conversation is not None}
    with (bank / HARVEST).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def kept(bank: Path, held: tuple[object, object]) -> str | None:
    """The digest by which a store and its search are kept; None where they hold what only this revision has."""
    try:
        data = pickle.dumps(held, protocol=4)
        _Strict(io.BytesIO(data)).load()
    except (pickle.PicklingError, pickle.UnpicklingError, TypeError, AttributeError):
        return None
    digest = hashlib.sha256(data).hexdigest()[:16]
    path = bank / STORES / f"{digest}.pickle"
    if not path.exists():
        path.write_bytes(data)
    return digest


def harvested(bank: Path) -> list[Question]:
    """What was kept, each question once a store, of a conversation its longest form."""
    path = bank / HARVEST
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    found = {(row["suite"], row["place"], row["talks"], tuple(row["turns"])) for row in rows}
    begun = {(*one[:3], one[3][:count]) for one in found for count in range(1, len(one[3]))}
    return [
        Question(suite, _name(place, turns), MEMORY, place, turns, talks)
        for suite, place, talks, turns in sorted(found - {one for one in begun if one[2]})
    ]


def _name(place: str, turns: tuple[str, ...]) -> str:
    """A short name that stays while store and words do."""
    return hashlib.sha256("\n".join((place, *turns)).encode("utf-8", "surrogatepass")).hexdigest()[:12]
