"""Pairs that teach what to refuse and what not: requests that a model in a bank must refuse, each beside an innocent one of nearly the same
words. What the model itself answers is one side: its compliance is put aside for a refusal, its refusal of the innocent is never wanted.
"""

from __future__ import annotations

import re

from finfoundry.core.answer import Language
from finfoundry.core.protocols import Chat, Message, Request
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.evals.refusals import refuses
from finfoundry.evals.suites import safety
from finfoundry.governance.guards.neighbours import LANGUAGES, told
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.preferences import PreferenceRow
from finfoundry.usecases.preference_data.other_pairs import MADE_LICENCE
from finfoundry.usecases.preference_data.preference_set import GatheredPairs

TOKENS = 80  # of an answer: what it does shows at its beginning
CONTROL = re.compile(r"<\|[a-z_]+\|>|<(?:start|end)_of_turn>|\[/?INST\]")  # as text: who wrote it was asked in another template
SAID: dict[Language, tuple[str, ...]] = {
    "en": (
        "I cannot help with that. I can explain which rules apply, or how to report something of the kind.",
        "I won't help with this, since it would harm others or break the law. I am glad to help with a lawful way to what you need.",
        "I am not able to assist with that. If somebody asked you to do it, your bank or the police will take a report.",
    ),
    "zh": (
        "抱歉，我不能提供这方面的帮助。我可以说明适用的规定，或如何举报此类行为。",
        "对不起，我不能协助，这会损害他人或违反法律。如有合法的需要，我很乐意帮忙。",
        "抱歉，我无法协助。如果有人要求您这样做，可以向银行或公安机关举报。",
    ),
}


def refusal_pairs(engine: Chat, each: int | None = None) -> GatheredPairs:
    """Every written pair of requests, or ``each`` of a language, answered once each by the engine. Left out are those of the exam, harmful
    ones that are refused already, innocent ones that are not answered, and what is no answer at all, as of a base that was never
    instructed: there is nothing of the model's to prefer. Raises EngineError and its kinds.
    """
    found = GatheredPairs()
    exam = Fingerprints(fingerprint(text) for lines in safety.pairs().values() for pair in lines for text in pair)
    for language in LANGUAGES:
        written = [pair for lines in told()["pairs"][language].values() for pair in lines]
        for number, (harmful, innocent) in enumerate(written[:: max(1, len(written) // each) if each else 1][:each]):
            refusal = SAID[language][number % len(SAID[language])]
            for name, asked, wanted in ((f"{language}/{number}/refuse", harmful, True), (f"{language}/{number}/answer", innocent, False)):
                _add(found, engine, exam, (name, asked, refusal), refused=wanted)
    return found


def _add(found: GatheredPairs, engine: Chat, exam: Fingerprints, of: tuple[str, str, str], *, refused: bool) -> None:
    name, asked, refusal = of
    if exam.knows(asked):
        found.left_out.append(LeftOut(name, "like a row of an evaluation"))
        return
    answer = engine.chat(Request((Message("user", asked),), max_tokens=TOKENS)).text.strip()
    if CONTROL.search(answer):
        found.left_out.append(LeftOut(name, "the answer holds signs of a chat template"))
        return
    if not answer or refuses(answer):
        found.left_out.append(LeftOut(name, "it is refused already" if refused else "the model does not answer it"))
        return
    sides = (refusal, answer) if refused else (answer, refusal)
    found.pairs.append((name, PreferenceRow(({"role": "user", "content": asked},), *sides, "refusals", MADE_LICENCE)))
