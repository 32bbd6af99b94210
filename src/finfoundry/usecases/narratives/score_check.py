"""Statements about a score read back from their text and compared with the stored scale and bins, as a figure is with its evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from finfoundry.core.answer import Language
from finfoundry.core.protocols import RecordedScore
from finfoundry.core.score_meaning import InputBins, ScoreMeaning
from finfoundry.usecases.narratives.score_statements import percent, printed, sentences

_FIELD = re.compile(r"\\\{(\w+)\\\}")


def falsehood(text: str, score: RecordedScore, meaning: ScoreMeaning, language: Language) -> str | None:
    """Why a sentence must not be stated: it cannot be read back, or says what the model does not hold. None where it is true."""
    for kind in _CHECKS:
        match = _pattern(language, kind).fullmatch(text)
        if match:
            return None if _CHECKS[kind](match.groupdict(), score, meaning, language) else f"not so by the model's {kind}: {text}"
    return f"no statement that can be checked: {text}"


@lru_cache(maxsize=100)
def _pattern(language: Language, kind: str) -> re.Pattern[str]:
    return _read(str(sentences()[language][kind]))


def _read(template: str) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(r"(?P<\1>.+?)", re.escape(template)), re.DOTALL)


def _word(language: Language, of: str, said: str) -> str | None:
    words: Mapping[str, str] = sentences()[language]["words"][of]
    return next((name for name, word in words.items() if word == said), None)


def _scale(said: Mapping[str, str], _score: RecordedScore, meaning: ScoreMeaning, language: Language) -> bool:
    ends = "lowest" not in said or (said["lowest"], said["highest"]) == (str(meaning.lowest), str(meaning.highest))
    right = "lower" if meaning.higher_is_safer else "higher"
    return ends and said["event"] == meaning.event and _word(language, "risk", said["risk"]) == right


def _grade(said: Mapping[str, str], score: RecordedScore, meaning: ScoreMeaning, language: Language) -> bool:
    """The grade is the recorded one, and the probability lies within what the sentence says that it covers."""
    limits = [0.0, *meaning.grades]
    grade = int(said["grade"])
    if grade != score.output["grade"] or int(said["count"]) != len(meaning.grades) or said["first"] != "1":
        return False
    found = _ends(language, "limits", said["limits"])
    low, high = found.get("low", "0.00%"), found.get("high", "100.00%")
    covered = Decimal(str(limits[grade - 1])) * 100, Decimal(str(limits[grade])) * 100
    inside = covered[0] <= Decimal(str(score.output["probability"])) * 100 <= covered[1]
    return (Decimal(low.rstrip("%")), Decimal(high.rstrip("%"))) == covered and inside


def _average(said: Mapping[str, str], score: RecordedScore, meaning: ScoreMeaning, language: Language) -> bool:
    relation = _word(language, "relation_average", said["relation"])
    return said["rate"] == percent(meaning.rate) and _holds(relation, percent(score.output["probability"]), said["rate"])


def _standing(said: Mapping[str, str], score: RecordedScore, meaning: ScoreMeaning, language: Language) -> bool:
    state = _word(language, "state", said["state"])
    return score.version.startswith(said["version"]) and state in (meaning.state, "unknown")


def _effect(said: Mapping[str, str], score: RecordedScore, meaning: ScoreMeaning, language: Language) -> bool:
    reason = _reason(said, score, language)
    worse = reason is not None and (reason["contribution"] < 0) == meaning.higher_is_safer
    return reason is not None and _word(language, "risk", said["risk"]) == ("higher" if worse else "lower")


def _range(said: Mapping[str, str], score: RecordedScore, meaning: ScoreMeaning, language: Language) -> bool:
    reason = _reason(said, score, language)
    bins = meaning.bins.get(str(reason["column"])) if reason else None
    if reason is None or bins is None:
        return False
    at = _holding(bins, str(reason["value"]))
    if at is None or not _stands(said["place"], bins, at, str(reason["value"]), language):
        return False
    rate, average = percent(bins.events[at] / bins.rows[at]), percent(meaning.rate)
    if "rate" not in said:
        return _holds(_word(language, "relation_plain", said["relation"]), rate, average)
    return (said["rate"], said["average"]) == (rate, average) and _holds(_word(language, "relation_range", said["relation"]), rate, average)


def _reason(said: Mapping[str, str], score: RecordedScore, language: Language) -> Mapping[str, Any] | None:
    """The recorded reason of which a sentence speaks, with the value that it says. A column's name may hold a colon."""
    missing = sentences()[language]["words"]["missing"]
    for reason in score.output.get("reasons") or ():
        value = missing if str(reason["value"]) == "missing" else str(reason["value"])
        if printed(str(reason["column"])) + value == _joined(said["column"], said["value"], printed(str(reason["column"])), language):
            return reason  # type: ignore[no-any-return]
    return None


def _joined(column: str, value: str, true: str, language: Language) -> str:
    """Column and value as the sentence has them, without the colon behind the true column; empty where there is none."""
    colon = "：" if language == "zh" else ": "
    whole = f"{column}{colon}{value}"
    return whole[: len(true)] + whole[len(true) + len(colon) :] if whole[len(true) :].startswith(colon) else ""


def _holding(bins: InputBins, value: str) -> int | None:
    """The bin of a value, by trying each: from its lower cut to below its upper one."""
    if value == "missing":
        return len(bins.rows) - 1
    if bins.groups:
        return bins.groups.get(value)
    codes = [Decimal(repr(code)) for code in bins.special]
    if Decimal(value) in codes:
        return len(bins.splits) + 1 + codes.index(Decimal(value))
    cuts = [Decimal("-Infinity"), *(Decimal(repr(split)) for split in bins.splits), Decimal("Infinity")]
    return next((at for at in range(len(cuts) - 1) if cuts[at] <= Decimal(value) < cuts[at + 1]), None)


def _stands(place: str, bins: InputBins, at: int, value: str, language: Language) -> bool:
    """The words for the place are those of this bin; a cut may be rounded, but the value lies between the cuts as they are printed."""
    named = _word(language, "place", place)
    if named is not None:
        return named == _bare_place(bins, at, value)
    ends = _ends(language, "place", place)
    wanted = ({"low": bins.splits[at - 1]} if at else {}) | ({"high": bins.splits[at]} if at < len(bins.splits) else {})
    if set(ends) != set(wanted) or _bare_place(bins, at, value):
        return False
    rounded = all(abs(Decimal(ends[name]) - Decimal(repr(cut))) <= abs(Decimal(repr(cut))) / 100 for name, cut in wanted.items())
    low, high = Decimal(ends.get("low", "-Infinity")), Decimal(ends.get("high", "Infinity"))
    return rounded and low <= Decimal(value) < high


def _bare_place(bins: InputBins, at: int, value: str) -> str:
    """The words for a place without cuts; none where the place has cuts."""
    if value == "missing" or bins.groups:
        return "missing" if value == "missing" else "group"
    return "special" if at > len(bins.splits) else "" if bins.splits else "whole"


def _ends(language: Language, of: str, said: str) -> dict[str, str]:
    """The limits that a stretch of words names, by its own patterns; the one that reads it whole."""
    patterns = sorted(map(str, sentences()[language]["words"][of].values()), key=lambda one: -one.count("{"))
    return next((match.groupdict() for one in patterns if (match := _read(one).fullmatch(said))), {})


def _holds(relation: str | None, left: str, right: str) -> bool:
    one, other = Decimal(left.rstrip("%")), Decimal(right.rstrip("%"))
    return {"higher": one > other, "lower": one < other, "same": one == other}.get(relation or "", False)


_CHECKS = {
    "scale": _scale,
    "direction": _scale,
    "grade": _grade,
    "average": _average,
    "standing": _standing,
    "range": _range,
    "plain": _range,
    "effect": _effect,
}
