"""Pairs out of graded runs, out of files of others, and out of made-up statements that are told rightly and wrongly."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finfoundry.ask.retrieve.passages import asking
from finfoundry.core.answer import Language
from finfoundry.core.errors import InputError
from finfoundry.evals.binder.attack import CLASSES, World, mutate
from finfoundry.evals.binder.made_statements import QUESTIONS, tell
from finfoundry.evals.rows import Row, read_rows
from finfoundry.evals.run import ROWS, RUN
from finfoundry.train.conversations import conversation, numbered, wording
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.preferences import GRADED, PreferenceRow, check_messages, spent_suites
from finfoundry.usecases.preference_data.preference_set import GatheredPairs

MADE_LICENCE = "CC0-1.0"  # of what is made up here
BESIDE = 3  # sentences in the passage besides the one that is asked about


def graded_pairs(runs: Sequence[Path], licence: str) -> GatheredPairs:
    """Right against wrong answers of runs to one question of a task. Raises InputError for a folder that is no run of a model on a task."""
    found = GatheredPairs()
    answers: dict[tuple[str, str], list[tuple[str, Row]]] = defaultdict(list)
    for run in runs:
        suite = _suite_of(run)
        found.spent.append(suite)
        for row in read_rows(run / ROWS):
            answers[suite, row.question].append((f"{run.name}/{row.id}", row))
    for (suite, question), rows in answers.items():
        right = {row.text.strip(): name for name, row in rows if row.verdict == "correct" and row.text.strip()}
        wrong = {row.text.strip(): name for name, row in rows if row.verdict == "wrong" and row.text.strip()}
        if not (right and wrong):
            found.left_out.append(LeftOut(rows[0][0], f"no {'wrong' if right else 'right'} answer to hold against it"))
            continue
        for better, worse in zip(right, wrong, strict=False):
            asked = ({"role": "user", "content": question},)
            found.pairs.append((f"{right[better]}>{wrong[worse]}", PreferenceRow(asked, better, worse, f"{GRADED}{suite}", licence)))
    return found


def _suite_of(run: Path) -> str:
    try:
        told = json.loads((run / RUN).read_text("utf-8"))
        suite, system = str(told["suite"]), str(told["system"])
    except (OSError, json.JSONDecodeError, KeyError) as error:
        raise InputError(
            f"{run} holds no run ({error})", remedy="Give the folder of one suite that finfoundry evaluate --out wrote"
        ) from error
    if system not in ("task", "model"):
        raise InputError(
            f"{run} is a run of {system}: its questions are not what a model is sent", remedy="Give runs of tasks: finfoundry evaluate TASK"
        )
    return suite


def file_pairs(path: Path, licence: str) -> GatheredPairs:
    """Pairs of a file: ours and TRL's (``messages`` or ``prompt``, ``chosen``, ``rejected``), LLaMA-Factory's (``conversations`` with both
    answers as turns), or answers marked good or bad (``label``), paired where one question has both, the first of each. A row keeps its
    own labels and source; equal sides are left to ``screened``, which lists them. Raises InputError naming the line, also of a row under
    another licence than this one.
    """
    found = GatheredPairs()
    marked: dict[str, dict[bool, _Marked]] = defaultdict(dict)
    for place, item in numbered(path, path.name):
        name = f"{path.name}:{place.split()[1]}"
        try:
            if "label" in item and "chosen" not in item:
                talk = conversation(name, item)
                _check_licence(item, licence)
                answer = _Marked(name, talk.answer, _labels(item))
                if marked[json.dumps(talk.turns[:-1], ensure_ascii=False)].setdefault(_is_good(item["label"]), answer) is not answer:
                    found.left_out.append(LeftOut(name, "an earlier answer to it is marked so"))
            else:
                found.pairs.append((name, _pair(name, item, path.name, licence)))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            told = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise InputError(f"{path}: {place} is no preference: {told}", remedy="Mend it, or leave it out") from error
    for asked, sides in marked.items():
        if len(sides) < 2:
            found.left_out.append(LeftOut(next(iter(sides.values())).name, "no other side to hold against it"))
            continue
        good, bad = sides[True], sides[False]
        labels = tuple(sorted({*good.labels, *bad.labels}))
        found.pairs.append((good.name, PreferenceRow(_plain(json.loads(asked)), good.answer, bad.answer, path.name, licence, labels)))
    found.spent += spent_suites(row for _, row in found.pairs)
    return found


@dataclass(frozen=True, slots=True)
class _Marked:
    """An answer that its file holds to be good, or bad."""

    name: str
    answer: str
    labels: tuple[str, ...]


def _is_good(label: Any) -> bool:
    """Raises ValueError for what may be read either way: "false" is no label."""
    if not isinstance(label, int) or label not in (0, 1):
        raise ValueError(f"a label is true or false, 1 or 0, not {label!r}")
    return bool(label)


def _check_licence(item: dict[str, Any], licence: str) -> None:
    own = item.get("licence") or licence
    if own != licence:
        raise ValueError(f"it is under the licence {own!r}, not {licence!r}: import the rows of each licence by themselves")


def _labels(item: dict[str, Any]) -> tuple[str, ...]:
    found = item.get("labels") or ()
    if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
        raise ValueError("labels are a list of names")
    return tuple(found)


def _pair(name: str, item: dict[str, Any], source: str, licence: str) -> PreferenceRow:
    if "prompt" in item and "messages" not in item and "conversations" not in item:
        item = item | {"messages": [{"role": "user", "content": item["prompt"]}]}
    key = next((key for key in ("messages", "conversations") if key in item), None)
    if key is None:
        raise ValueError("it has no messages, conversations or prompt")
    _check_licence(item, licence)
    sides = []
    for side in ("chosen", "rejected"):
        said = item[side]
        answer = said if isinstance(said, dict) else {"role": "assistant", "content": said}
        if key == "conversations" and "from" not in answer:
            answer = {"from": "gpt", "value": answer["content"]}
        sides.append(conversation(name, {**item, key: [*item[key], answer]}))
    better, worse = sides
    return PreferenceRow(_plain(better.turns[:-1]), better.answer, worse.answer, str(item.get("source") or source), licence, _labels(item))


def _plain(turns: Sequence[dict[str, Any]]) -> tuple[dict[str, str], ...]:
    """Turns without tools. Raises ValueError for a conversation that does not end with something asked."""
    found = tuple({"role": str(turn["role"]), "content": wording(turn)} for turn in turns)
    check_messages(found)
    return found


def made_pairs(count: int, seed: int) -> GatheredPairs:
    """``count`` questions about made-up statements, in the words in which the model is asked: a sentence that says what its passage says,
    against one with a figure, sign, scale, unit, year, row or company in its place that is another's.
    """
    found = GatheredPairs()
    for number, row in zip(range(1, count + 1), _made(random.Random(f"preferences/{seed}")), strict=False):  # noqa: S311
        found.pairs.append((f"made/{number}", row))
    return found


def _made(chance: random.Random) -> Iterator[PreferenceRow]:
    """Without end."""
    kinds = [kind for kind in CLASSES if kind != "scope"]  # the passage is of one scope
    languages: tuple[Language, Language] = ("en", "zh")
    while True:
        language = chance.choice(languages)
        world, kind = World.make(language, chance), chance.choice(kinds)
        facts = [fact for fact in world.firm.facts if fact.scope == "consolidated" and fact.value > 0]
        fact, *others = chance.sample(facts, 1 + BESIDE)
        told = tell(world.firm, fact, chance)
        wrong = mutate(kind, told, world, fact, chance)
        if wrong is None or _unmarked(wrong.text) == _unmarked(told.text):
            continue
        sentences = [told.text, *(tell(world.firm, other, chance).text for other in others)]
        chance.shuffle(sentences)
        passage = f"[1] ({world.firm.name}, p. {chance.randint(2, 90)}) {' '.join(map(_unmarked, sentences))}"
        question = chance.choice(QUESTIONS[language]).format(entity=told.entity, label=told.label, year=told.year)
        messages = tuple({"role": one.role, "content": one.content} for one in asking(language, passage, question))
        better, worse = (f"{_unmarked(one.text)} [1]" for one in (told, wrong))
        yield PreferenceRow(messages, better, worse, f"made {kind}", MADE_LICENCE)


def _unmarked(sentence: str) -> str:
    """Without the number of a passage, and the dash of a list."""
    return sentence.replace(" [1]", "").replace("[1]", "").removeprefix("- ")
