"""How often the planners of a question for figures are right that are not sure by themselves, and how often where two come to the same.

    python benchmarks/votes.py FILE… --home DIR [--model [--kept FILE]] [--show] [--json]

FILE holds dialogues as ``benchmarks/dialogues.py`` takes them, of whose read part the questions are taken that need no turn before them;
DIR is a home that holds their papers. Each planner makes its plans of each question, whether or not a rule explains that, they are carried
out, and the judge of dialogues says which answers are right. Printed is for each planner, sure enough to be told alone or in doubt, and for
each set of planners that come to the same: how many plans, how many of them right, and the share, drawn towards a half as by one right and
one wrong more. ``ask/data/votes.json`` holds these shares.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dialogues import Turn, dialogues, verdict
from finfoundry.app import App, open_app
from finfoundry.ask.compute.vote import Ballot, alike
from finfoundry.ask.context import reading
from finfoundry.ask.context.timely import Unanswered
from finfoundry.ask.kinds import figures, planners
from finfoundry.ask.understand.question_text import in_full
from finfoundry.core.language import simplified
from finfoundry.machine import read_settings
from kept_engine import KeptEngine
from measures import carried_out


def main() -> None:
    """Print the shares."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", type=Path, nargs="+")
    options.add_argument("--home", type=Path, required=True, help="a home that holds the papers")
    options.add_argument("--model", action="store_true", help="with the base model of the home")
    options.add_argument("--kept", type=Path, help="a file in which what the model says is kept")
    options.add_argument("--show", action="store_true", help="each ballot, on standard error")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    read = [one for file in given.files for one in dialogues(file) if one.part == "read"]
    turns = [turn for one in read for turn in one.turns[:1] if turn.must]
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app, app.recorder.recording():
        if not given.model:
            app.agent.engine = None
        elif given.kept and app.agent.engine:
            app.agent.engine = KeptEngine(app.agent.engine, given.kept)
        voted = [judged(app, turn, given.show) for turn in turns]
    counts = counted(voted)
    told = {
        name: {"plans": all_of, "right": right, "share": round((right + 1) / (all_of + 2), 2)} for name, (all_of, right) in counts.items()
    }
    print(json.dumps(told, indent=1) if given.json else "\n".join(f"{name}: {line}" for name, line in told.items()))


def judged(app: App, turn: Turn, shown: bool) -> list[tuple[Ballot, bool]]:
    """The ballots of a question, and whether each would be right if it were told."""
    context = app.agent.begun(app.administrator, in_full(simplified(turn.question)))
    intent, subject = context.intent, context.subject = reading.understood(context)
    context.calendar = subject.calendar
    if intent.ambiguous or subject.name is None:
        return []
    ballots: list[Ballot] = []
    for voter in planners.VOTERS:
        with suppress(Unanswered):
            ballots += figures.cast(context, voter, intent, subject)
    found = []
    for ballot in ballots:
        answer = figures.answer_of(replace(context), ballot, intent, subject)
        how, why = verdict(turn, answer)
        found.append((ballot, how == "right"))
        if shown:
            print(
                f"{ballot.voter} {ballot.alone} {ballot.plan.sure:.2f} | {how} | {turn.question} | {answer.text[:160]!r} {why}",
                file=sys.stderr,
            )
    return found


def counted(voted: Sequence[Sequence[tuple[Ballot, bool]]]) -> Mapping[str, tuple[int, int]]:
    """Plans, and those that are right, by planner, and by the planners that come to the same."""
    every, right = Counter[str](), Counter[str]()
    for ballots in voted:
        for name, good in (*((_name(ballot), good) for ballot, good in ballots), *_agreements(ballots)):
            every[name] += 1
            right[name] += good
    return {name: (every[name], right[name]) for name in sorted(every)}


def _agreements(ballots: Sequence[tuple[Ballot, bool]]) -> Iterator[tuple[str, bool]]:
    """Pairs of different planners that come to the same."""
    for place, (one, good) in enumerate(ballots):
        for other, _ in ballots[place + 1 :]:
            if one.voter != other.voter and alike(one, other):
                yield f"{_name(one)} + {_name(other)}", good


def _name(ballot: Ballot) -> str:
    return ballot.voter if ballot.alone else f"{ballot.voter} in doubt"


if __name__ == "__main__":
    carried_out(main)
