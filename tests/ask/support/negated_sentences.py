"""Sentences made to say the contrary, for tests."""

from __future__ import annotations

import random
import re

from finfoundry.core.answer import Language

NEGATIONS: dict[Language, str] = {  # what becomes what
    "en": "is>is not,are>are not,was>was not,were>were not,has>has not,have>have not,will>will not,can>cannot,may>may not,"
    "does>does not,had no>had,has no>has,have no>have,is not>is,are not>are,was not>was,did not>did,does not>does,do not>do,"
    "no longer>still,without>with,not>",
    "zh": "应当>不应当,是>不是,有>没有,已>未,可以>不可以,未>已,不得>可以,不>,没有>有,无>有,能够>不能,符合>不符合,"
    "属于>不属于,需要>不需要,具有>不具有,并未>已经,尚未>已,予以>不予",
}


def negated(text: str, language: Language, source: random.Random) -> str | None:
    """A sentence with a denial put into it, or one taken out. None where it offers neither, or nothing stands behind what is taken out."""
    edge, pairs = r"\b" if language == "en" else "", [one.split(">") for one in NEGATIONS[language].split(",")]
    places = [(found, by) for one, by in pairs for found in re.finditer(rf"{edge}{one}{edge}", text, re.IGNORECASE if len(one) > 4 else 0)]
    if not places:
        return None
    found, by = source.choice(places)
    by = by[:1].upper() + by[1:] if found[0][0].isupper() else by
    made = text[: found.start()] + by + text[found.end() :]
    if by:
        return made
    made = re.sub(r"  +", " ", made)
    return made if re.match(r"\s*[A-Za-z'\u4e00-\u9fff-]", made[max(0, found.start() - 1) :]) else None
