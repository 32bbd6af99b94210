"""Dialogues of several turns: how many are answered right throughout, and how many turns.

    python benchmarks/dialogues.py FILE --home DIR [--part read|blind] [--model [--kept FILE]] [--full FILE] [--show] [--json]

FILE holds one dialogue a line: ``id``, ``part``, ``lang``, and ``turns`` of ``question``, ``must`` and ``follow`` (what the turn does).
``must`` is a list of groups, each met by any one of its alternatives: ``num:`` an amount in base units, ``pct:`` a percentage, ``x:`` a
multiple, ``?`` a question back, anything else words of the answer; an empty one means that nothing answers it. DIR is a home that holds
their papers. Each dialogue is a conversation of its own, answered by rules and the learnt reader, with ``--model`` by the base model, too;
figures are judged by value, by the strict judge of the evaluations. The baseline is the same questions asked each by itself, without a
conversation. Printed beside the verdicts is how long answers by figures, by quotation and by the model took. ``--full`` names a file
with the turns of dialogues written out in full (``id``, ``questions``): a turn that fails so too fails by itself, not by what it leaves
out.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
import unicodedata
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from pathlib import Path

from finfoundry.app import App, open_app
from finfoundry.core.answer import Answer
from finfoundry.core.language import simplified
from finfoundry.evals.intervals import wilson
from finfoundry.evals.judging import TrueFigure, Truth, judge
from finfoundry.evals.judging.truth import Form
from finfoundry.evals.judging.word_lists import pattern
from finfoundry.evals.numeric import asked_scale
from finfoundry.evals.suites.paper_questions import EVERY_STRETCH
from finfoundry.machine import read_settings
from hand_rows import rows
from kept_engine import KeptEngine

VERDICTS = ("right", "wrong", "not answered")
MEANS = ("figures", "words quoted", "the model", "none")
CLOCK = "by the clock"
LANGS = ("en", "zh", "zh-tw")
TENTH, WHOLE, HUNDREDTH = Decimal("0.001"), Decimal("0.01"), Decimal("0.01")
LOSS = pattern("loss")  # asked for by that name, its size is right with a minus and without one
Must = Sequence[Sequence[str]]
Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a dialogue, what its answer must hold, and what it does with the turns before it."""

    question: str
    must: Must
    follow: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The turns of one conversation."""

    id: str
    part: str
    lang: str
    turns: tuple[Turn, ...]


def dialogues(file: Path) -> Iterator[Dialogue]:
    """The dialogues of a file."""
    for row in rows(file):
        turns = tuple(Turn(turn["question"], turn["must"], turn["follow"]) for turn in row["turns"])
        yield Dialogue(row["id"], row["part"], row["lang"], turns)


# --- the verdict on one turn ----------------------------------------------------------------------------------------------------


def verdict(turn: Turn, answer: Answer) -> tuple[str, str]:
    """Right, wrong or not answered, and why it is not right. A question back is right where the turn may be taken in several ways, no
    answer where nothing answers it.
    """
    if not turn.must:
        return ("wrong", "nothing answers it") if answer.status == "answered" else ("right", "")
    if answer.status == "clarify" and all("?" in group for group in turn.must):
        return "right", ""
    if answer.status != "answered":
        return "not answered", answer.reason or answer.status
    text, why = plain(answer.text), ""
    for chosen in product(*([one for one in group if one != "?"] for group in turn.must)):
        why = fault(turn, chosen, turn.must, text)
        if not why:
            return "right", ""
    return "wrong", why


def plain(text: str) -> str:
    """A text as it is compared: compatibility characters as their own, traditional characters as simplified ones, no space beside these:
    111 年 11 月 10日 is 111年11月10日.
    """
    return re.sub(r"(?<=[\u3400-\u9fff])\s+(?=\w)|(?<=\w)\s+(?=[\u3400-\u9fff])", "", simplified(unicodedata.normalize("NFKC", text)))


def fault(turn: Turn, chosen: Sequence[str], must: Must, text: str) -> str:
    """Why an answer does not hold one alternative of each group; empty where it does."""
    values = [(one, group) for one, group in zip(chosen, must, strict=True) if ":" in one]
    lacking = [one for one in chosen if ":" not in one and not holds(text, one)]
    if lacking:
        return f"missing: {lacking[0]}"
    if not values:
        return ""
    asked, change = turn.question + EVERY_STRETCH, turn.follow == "change"
    why = ""
    for forms in product(*(forms_of(one) for one, _ in values)):
        figures = tuple(
            figure(one, form, signless=both_signs(group) or LOSS.search(turn.question) is not None, change=change)
            for (one, group), form in zip(values, forms, strict=True)
        )
        found = judge(Truth(figures=figures, money_scale=asked_scale(turn.question)), asked, text)
        if found.verdict == "correct":
            return ""
        why = why or found.why
    return why


def holds(text: str, words: str) -> bool:
    """Whether a text has the words; numbers whole, so that 3 is not found in 13."""
    said = re.escape(plain(words))
    first, last = (r"(?<![\d.,])" if words[:1].isdigit() else ""), (r"(?![\d]|[.,]\d)" if words[-1:].isdigit() else "")
    return re.search(first + said + last, text, re.IGNORECASE) is not None


def both_signs(group: Sequence[str]) -> bool:
    """Whether the group has a figure with either sign: a fall, or an outflow."""
    return any(one.split(":", 1)[-1].startswith("-") for one in group)


def forms_of(alternative: str) -> tuple[Form, ...]:
    """As what a figure may be said: the truth does not tell an amount from a count."""
    kind, value = alternative.split(":", 1)
    if kind == "pct":
        return "percent", "either"
    if kind == "x":
        return ("ratio",)
    return ("money", "count", "shares") if abs(Decimal(value)) >= 100 else ("per share", "money", "count")


def figure(alternative: str, form: Form, *, signless: bool, change: bool) -> TrueFigure:
    """The figure of one alternative; a percentage is a fraction."""
    kind, text = alternative.split(":", 1)
    value = Decimal(text)
    if kind == "pct":
        whole = value == value.to_integral_value()
        return TrueFigure(value / 100, WHOLE if whole else TENTH, form, signless=signless, change=change)
    step = HUNDREDTH if kind == "x" or form == "per share" else Decimal(0)
    return TrueFigure(value, step, form, signless=signless, change=change)


# --- a measurement --------------------------------------------------------------------------------------------------------------


def talk(app: App, dialogue: Dialogue) -> list[tuple[str, str, Answer]]:
    """Verdict, fault and answer of each turn, in one conversation."""
    conversation = f"dialogue-{uuid.uuid4()}"

    def ask(question: str) -> Answer:
        return app.ask(app.administrator, question, conversation=conversation)

    return told(dialogue.turns, ask)


def alone(app: App, dialogue: Dialogue, questions: Sequence[str] = ()) -> list[tuple[str, str, Answer]]:
    """The same of each question by itself, in the words of ``questions`` where there are any."""

    def ask(question: str) -> Answer:
        return app.ask(app.administrator, question)

    words = questions or [turn.question for turn in dialogue.turns]
    turns = [Turn(question, turn.must, turn.follow) for question, turn in zip(words, dialogue.turns, strict=True)]
    return told(turns, ask)


def told(turns: Sequence[Turn], ask: Ask) -> list[tuple[str, str, Answer]]:
    """Verdict, fault and answer of each turn; the answer's timings have its seconds by the clock."""
    return [(*verdict(turn, answer), answer) for turn in turns for answer in [_timed(ask, turn.question)]]


def _timed(ask: Ask, question: str) -> Answer:
    started = time.perf_counter()
    answer = ask(question)
    return replace(answer, timings=answer.timings | {CLOCK: time.perf_counter() - started})


def line_by(means: str, found: Sequence[tuple[str, Answer]]) -> dict[str, object]:
    """Verdicts of what was answered by one means, and how long that took, in seconds by the clock."""
    counts, taken = Counter(how for how, _ in found), [answer.timings[CLOCK] for _, answer in found]
    times: dict[str, object] = {"median s": round(statistics.median(taken), 2), "longest s": round(max(taken), 2)} if taken else {}
    line: dict[str, object] = {"of": f"in a conversation, by {means}"} | {how: counts[how] for how in VERDICTS}
    return line | times


def line_of(name: str, found: Sequence[Sequence[str]]) -> dict[str, object]:
    """Dialogues that are right in all turns, and the turns by verdict."""
    whole, turns = sum(set(one) == {"right"} for one in found), [one for each in found for one in each]
    share = wilson(whole, len(found))
    counts = Counter(turns)
    right = f"{share.value:.1%} [{share.low:.1%}, {share.high:.1%}]"
    return {"of": name, "dialogues": len(found), "all right": whole, "all right %": right, "turns": len(turns)} | {
        one: counts[one] for one in VERDICTS
    }


def lines_of(name: str, asked: Sequence[Dialogue], found: Sequence[Sequence[str]]) -> list[dict[str, object]]:
    """One line for all dialogues, and one for each language."""
    lines = [line_of(name, found)]
    for lang in LANGS:
        if here := [one for dialogue, one in zip(asked, found, strict=True) if dialogue.lang == lang]:
            lines.append(line_of(f"{name}, {lang}", here))
    return lines


def show(dialogue: Dialogue, found: Sequence[tuple[str, str, Answer]]) -> None:
    """Every turn with what was understood, on standard error; those that are not right with what was wanted."""
    for turn, (how, why, answer) in zip(dialogue.turns, found, strict=True):
        print(f"{dialogue.id} {turn.follow} | {how} | {turn.question} | {answer.status}: {answer.text[:240]!r}", file=sys.stderr)
        if how != "right":
            print(f"    want {turn.must} ({why[:160]}) {answer.options[:5]} {[one[:200] for one in answer.warnings]}", file=sys.stderr)


def fails_alone(asked: Sequence[Dialogue], found: Sequence[Sequence[str]], full: Sequence[Sequence[str]]) -> dict[str, object]:
    """How many turns fail though written out in full, and how many only in the conversation."""
    pairs = [pair for one, other in zip(found, full, strict=True) for pair in zip(one, other, strict=True)]
    return {
        "of": "turns that are not right",
        "in full too": sum(one != "right" and other != "right" for one, other in pairs),
        "in the conversation alone": sum(one != "right" and other == "right" for one, other in pairs),
        "in full alone": sum(one == "right" and other != "right" for one, other in pairs),
        "dialogues whose turns in full are all right": sum(set(other) == {"right"} for other in full),
        "dialogues": len(asked),
    }


def means_of(answer: Answer) -> str:
    """By what a question is answered, or that it is not."""
    if answer.status != "answered":
        return "none"
    if answer.written:  # one that only planned, or said of passages whether they answer, wrote nothing
        return "the model"
    return "words quoted" if {one.source for one in answer.figures} <= {"span", "question"} else "figures"


def measure(app: App, asked: Sequence[Dialogue], full: dict[str, list[str]], shown: bool) -> list[dict[str, object]]:
    """The lines of a run over dialogues. One of a single turn is asked once: alone it is the same."""
    found, written, by_means = list[list[str]](), Counter[str](), {means: list[tuple[str, Answer]]() for means in MEANS}
    for dialogue in asked:
        turns = talk(app, dialogue)
        found.append([how for how, _, _ in turns])
        written.update(how for how, _, answer in turns if answer.model is not None)
        for how, _, answer in turns:
            by_means[means_of(answer)].append((how, answer))
        if shown:
            show(dialogue, turns)
    lines = lines_of("in a conversation", asked, found)
    single = [
        turns if len(turns) == 1 else [how for how, _, _ in alone(app, dialogue)] for dialogue, turns in zip(asked, found, strict=True)
    ]
    lines.append(line_of("each by itself", single))
    lines += [line_by(means, turns) for means, turns in by_means.items()]
    if written:
        lines.append({"of": "in a conversation, by rules and the model"} | {one: written[one] for one in VERDICTS})
    if full:
        whole = [alone(app, dialogue, full[dialogue.id]) for dialogue in asked]
        for dialogue, turns in zip(asked, whole, strict=True) if shown else ():
            show(Dialogue(f"{dialogue.id} in full", dialogue.part, dialogue.lang, dialogue.turns), turns)
        verdicts = [[how for how, _, _ in turns] for turns in whole]
        lines += [line_of("written out in full", verdicts), fails_alone(asked, found, verdicts)]
    return lines


def main() -> None:
    """Print how dialogues are answered."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path)
    options.add_argument("--home", type=Path, required=True, help="a home that holds the papers")
    options.add_argument("--part", choices=("read", "blind"), default="read")
    options.add_argument("--full", type=Path, help="the turns written out in full")
    options.add_argument("--only", default="", help="ids, separated by commas")
    options.add_argument("--model", action="store_true", help="with the base model of the home, as it is served: half a minute a question")
    options.add_argument("--kept", type=Path, help="a file in which what the model says is kept: a run that was stopped goes on")
    options.add_argument("--show", action="store_true", help="each turn with its answer; refused for the blind part")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    if given.show and given.part == "blind":
        options.error("--show: the blind part is only counted; show the part that may be read")
    only = {one for one in given.only.split(",") if one}
    asked = [one for one in dialogues(given.file) if one.part == given.part and (not only or one.id in only)]
    full = (
        {row["id"]: row["questions"] for row in map(json.loads, given.full.read_text(encoding="utf-8").splitlines())} if given.full else {}
    )
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app:
        if not given.model:
            app.agent.engine = None
        elif given.kept and app.agent.engine:
            app.agent.engine = KeptEngine(app.agent.engine, given.kept)
        lines = measure(app, asked, full, given.show)
    print(json.dumps(lines, indent=2, ensure_ascii=False) if given.json else "\n".join(map(str, lines)))


if __name__ == "__main__":
    main()
