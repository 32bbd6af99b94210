"""A question for a score: the specialist is called as a tool, and what it returned is stated digit for digit, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from finfoundry.ask.context import endings
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.scores.score_fields import chosen, class_of, columns_of, evidence_of, fields_of, name_of, shown, vocabulary
from finfoundry.core.answer import Answer, Language
from finfoundry.core.protocols import RecordedScore, SpecialistName
from finfoundry.specialists.families.families import is_about_people

_MOST_ROWS = 8
_ID = r"[A-Za-z0-9][\w./:-]*"
_TOKEN = re.compile(r"(?<![\w.])[A-Za-z0-9][\w./:-]*", re.ASCII)
_QUOTED = re.compile(r"[\"“'‘「『](.{1,100}?)[\"”'’」』]")
_YEAR = re.compile(r"(?:FY)?(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class ScoreCall:
    """The tool's arguments: which models and rows, and which fields. ``given``: the rows follow a word that introduces one (applicant)."""

    models: tuple[str, ...]
    rows: tuple[str, ...]
    wanted: tuple[str, ...]
    reasons: bool
    families: tuple[str, ...] = ()
    given: bool = False


def of_score(context: QuestionContext) -> Answer | None:
    """The answer to a question for a recorded score; None when it is none."""
    if context.services.specialists is None:
        return None
    known = context.services.specialists.names(context.principal)
    call = read_call(context.question, known) if known else None
    if call is None:
        return None
    in_use = [one.name for one in known if one.version is not None]
    models = [name for name in call.models if name in in_use] if call.models else in_use
    context.trace.add("plan", call)
    with context.timed("retrieve"):
        found = context.services.specialists.scores(context.principal, models, call.rows)
    found = _of_kind(found, call)
    if found and len({one.model for one in found}) > 1 and not call.models:
        return endings.end(context, "clarify", words_of(context.language)["which"], options=sorted({one.model for one in found}))
    if found:
        return _told(context, call, found[:_MOST_ROWS])
    return _nothing(context, call, models)


def read_call(question: str, known: Sequence[SpecialistName]) -> ScoreCall | None:
    """The call that a question asks for; None where it asks for no score.

    It names a field of a specialist's output (score, probability of default, 评级 …) or a specialist as such, and something that can be
    the id of a row: behind a word for one (applicant, 客户), or any token where the specialist is named.
    """
    named = tuple(one.name for one in known if speaks_of(question, one.name))
    bare = without(question, named)
    fields = vocabulary()["fields"]
    wanted = tuple(kind for kind, words in fields.items() if says(bare, [*words["en"], *words["zh"]]))
    reasons = says(bare, [*vocabulary()["reasons"]["en"], *vocabulary()["reasons"]["zh"]])
    called = bool(named) and (reasons or says(bare, [*vocabulary()["kinds"]["en"], *vocabulary()["kinds"]["zh"]]))
    if not wanted and not called:
        return None
    given = introduced(bare, "subjects")
    rows = given or [*introduced(bare, "vague"), *_QUOTED.findall(bare)] or [one for one in _tokens(bare) if not _YEAR.fullmatch(one)]
    families = tuple(family for family, words in vocabulary()["families"].items() if says(bare, words))
    return ScoreCall(named, tuple(dict.fromkeys(rows)), wanted, reasons, families, bool(given)) if rows else None


def _told(context: QuestionContext, call: ScoreCall, found: Sequence[RecordedScore]) -> Answer:
    """Each score in a sentence of its own, bound to its record alone."""
    words = words_of(context.language)
    for one in found:
        content = {"model": one.model, "version": one.version, "record": one.record, "row": one.row, "output": one.output}
        context.trace.add("specialist", content)
        if is_about_people(one.family):
            context.warn(words["person"])
    refused = [one for one in found if one.output.get("refused")]
    if refused:
        first = refused[0]
        text = words["refused"].format(model=first.model, row=first.row, reason=first.output["refused"])
        return endings.end(context, "no_evidence", text)
    parts = [(compose(one, call, context.language), [evidence_of(one)]) for one in found]
    return endings.release(context, endings.bind(context, parts))


def compose(score: RecordedScore, call: ScoreCall, language: Language) -> str:
    """The sentences about one row: the fields asked for, of a text its class or that none is told, and the reasons in their order where
    they were asked for.
    """
    words = words_of(language)
    told = []
    for number, field in enumerate(chosen(fields_of(score.output), call.wanted)):
        sentence = words["more" if number else "value"]
        told.append(sentence.format(field=name_of(field, score.family, language), row=score.row, model=score.model, value=shown(field)))
    if "class_name" in score.output:
        told.append(words["class" if class_of(score.output) else "no_class"].format(name=class_of(score.output)))
    columns = columns_of(score.output)
    if columns and (call.reasons or not call.wanted):
        told.append(words["reasons"].format(reasons=words["join"].join(columns)))
    return ("" if language == "zh" else " ").join(told)


def _nothing(context: QuestionContext, call: ScoreCall, models: Sequence[str]) -> Answer | None:
    """An answer that names what is missing; None where the question may well be about something else."""
    words, row = words_of(context.language), call.rows[0]
    if call.models and not models:
        return endings.end(context, "no_evidence", words["not_in_use"].format(model=call.models[0]))
    if call.models:
        return endings.end(context, "no_evidence", words["none"].format(model=models[0], row=row))
    return endings.end(context, "no_evidence", words["none_any"].format(row=row)) if call.given else None


def _of_kind(found: Sequence[RecordedScore], call: ScoreCall) -> list[RecordedScore]:
    """Scores that have what is asked for: a value at risk is no field of a scorecard, and a probability of default none of fraud."""
    fitting = [one for one in found if one.output.get("refused") or {field.kind for field in fields_of(one.output)} & set(call.wanted)]
    left = (fitting if call.wanted else list(found)) or list(found if call.models else ())
    return [one for one in left if one.family in call.families] or left


def words_of(language: Language) -> dict[str, str]:
    found: dict[str, str] = vocabulary()["sentences"][language]
    return found


def speaks_of(question: str, name: str) -> bool:
    return _name(name).search(question) is not None


@lru_cache(maxsize=1000)
def _name(name: str) -> re.Pattern[str]:
    """A specialist's name as people write it: any case; a hyphen, an underscore and a space are one."""
    spelt = r"[-_\s]?".join(re.escape(part) for part in re.split(r"[-_\s]+", name) if part)
    return re.compile(rf"(?<![A-Za-z0-9]){spelt}(?![A-Za-z0-9])", re.IGNORECASE)


def without(question: str, names: Iterable[str]) -> str:
    for name in names:
        question = _name(name).sub(" ", question)
    return question


def says(text: str, words: Iterable[str]) -> bool:
    return _any(tuple(words)).search(text) is not None


@lru_cache(maxsize=100)
def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    found = [rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])" if word.isascii() else re.escape(word) for word in words]
    return re.compile("|".join(sorted(found, key=len, reverse=True)), re.IGNORECASE)


@lru_cache(maxsize=2)
def _subject(kind: str) -> re.Pattern[str]:
    words: dict[str, Any] = vocabulary()[kind]
    en, zh = "|".join(words["en"]), "|".join(sorted(words["zh"], key=len, reverse=True))
    return re.compile(
        rf"(?:\b(?:{en})s?\b|(?:{zh}))[\s:：#“\"'(（]*(?:(?:id|no\.?|number|编号|号码|号)[\s:：#“\"']*)?"
        rf"(?P<row>{_ID}(?:\s*(?:,|&|\band\b|、|，|和|与|及)\s*{_ID})*)|(?P<before>{_ID})\s?号(?:{zh})",
        re.IGNORECASE | re.ASCII,
    )


def introduced(text: str, kind: str) -> list[str]:
    """Ids behind a word for a row. A word without a digit counts only in capitals: "customer of" introduces none."""
    return [row for match in _subject(kind).finditer(text) for row in _tokens(match["row"] or match["before"])]


def _tokens(text: str) -> list[str]:
    """Tokens that can be an id: with a digit, or all in capitals."""
    found = [re.sub(r"(?:'s|[.:/-])+$", "", token) for token in _TOKEN.findall(text)]
    return [token for token in found if any(character.isdigit() for character in token) or (token.isupper() and len(token) > 1)]
