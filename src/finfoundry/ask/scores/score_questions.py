"""Questions about decisions and models: why a row was declined, who scores beyond a bound, how well a model does.

A decision is stated by the cut-off in force, never supposed: without one, the answer says so. Figures of a model are those that its
training found out of fold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from finfoundry.ask.context import endings
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.scores import recorded_scores
from finfoundry.ask.scores.score_fields import columns_of, evidence_of, vocabulary
from finfoundry.binding.evidence import Evidence, SpecialistEvidence
from finfoundry.core.answer import Answer
from finfoundry.core.protocols import CutOff, RecordedScore, SpecialistName
from finfoundry.specialists.families.families import is_about_people

_MOST_LISTED = 20
_NUMBER = r"(?P<bound>-?\d[\d,]*(?:\.\d+)?)"
_PLACES = Decimal("0.0001")


def of_specialists(context: QuestionContext) -> Answer | None:
    """The answer to a question that specialists can answer; None for any other."""
    if context.services.specialists is None or not (known := context.services.specialists.names(context.principal)):
        return None
    for reader in (_of_figures, _of_list, _of_decision):
        if (found := reader(context, known)) is not None:
            return found
    return recorded_scores.of_score(context)


def _of_figures(context: QuestionContext, known: Sequence[SpecialistName]) -> Answer | None:
    """ "AUC of model zh?": of one model that is named as a model, a figure that is named."""
    named, bare = _named(context.question, known)
    wanted = [name for name, words in vocabulary()["figures"].items() if recorded_scores.says(bare, words)]
    if len(named) != 1 or not wanted or not _calls(bare):
        return None
    words, (model,) = recorded_scores.words_of(context.language), named
    found = context.services.specialists.figures(context.principal, model) if context.services.specialists else None
    told = [name for name in wanted if found is not None and name in found.figures]
    if found is None or not told:
        return endings.end(context, "no_evidence", words["no_figures"].format(model=model))
    context.trace.add("specialist", found)
    parts: list[tuple[str, list[Evidence]]] = []
    for name in told:
        value, low, high = (None if one is None else Decimal(str(one)).quantize(_PLACES) for one in found.figures[name])
        figures = {name: Decimal(str(found.figures[name][0]))}
        text = words["figure"].format(figure=vocabulary()["figures"][name][0], model=model, champion=_plain(found.champion), value=value)
        parts.append(_part(model, found.version, text, figures, (model, found.champion, _plain(found.champion))))
        if low is not None and high is not None:
            ends = {f"{name}, low": Decimal(str(found.figures[name][1])), f"{name}, high": Decimal(str(found.figures[name][2]))}
            text = words["interval"].format(level="95%", low=low, high=high)
            parts.append(_part(model, found.version, text, ends | {"level": Decimal("0.95")}, (model,), ("level",)))
    return endings.release(context, endings.bind(context, parts))


def _of_list(context: QuestionContext, known: Sequence[SpecialistName]) -> Answer | None:
    """ "Who scored below 400?": how many rows, and the first of them."""
    named, bare = _named(context.question, known)
    match = next((hit for pattern in _bounds() if (hit := pattern.search(bare))), None)
    if match is None or context.services.specialists is None:
        return None
    in_use = [one.name for one in known if one.version is not None]
    models = [name for name in named if name in in_use] or in_use
    words = recorded_scores.words_of(context.language)
    if len(models) != 1:
        return endings.end(context, "clarify", words["which"], options=sorted(models)) if models else None
    bound, below = Decimal(match["bound"].replace(",", "")), match["below"] is not None
    count, found = context.services.specialists.beyond(context.principal, models, bound, _MOST_LISTED, below=below)
    side = words["below" if below else "above"]
    if not count:
        return endings.end(context, "no_evidence", words["none_beyond"].format(model=models[0], side=side, bound=match["bound"]))
    for one in found:
        context.trace.add("specialist", {"model": one.model, "record": one.record, "row": one.row, "output": one.output})
    text = words["beyond" if count > 1 else "beyond_one"].format(count=count, model=models[0], side=side, bound=match["bound"])
    parts = [_part(models[0], found[0].record, text, {"rows": Decimal(count), "bound": bound}, (models[0],))]
    listed = recorded_scores.ScoreCall((), (), ("score",), reasons=False)
    parts += [(recorded_scores.compose(_without_reasons(one), listed, context.language), [evidence_of(one)]) for one in found]
    if count > len(found):
        context.warn(words["more_rows"])
    return endings.release(context, endings.bind(context, parts))


def _of_decision(context: QuestionContext, known: Sequence[SpecialistName]) -> Answer | None:
    """ "Why was applicant 17 declined?": the score against the cut-off in force, and the reasons."""
    named, bare = _named(context.question, known)
    rows = recorded_scores.introduced(bare, "subjects")
    if (
        not rows
        or not recorded_scores.says(bare, [*vocabulary()["decisions"]["en"], *vocabulary()["decisions"]["zh"]])
        or context.services.specialists is None
    ):
        return None
    models = [one.name for one in known if one.version is not None and (not named or one.name in named)]
    found = [one for one in context.services.specialists.scores(context.principal, models, rows[:1]) if is_about_people(one.family)]
    words = recorded_scores.words_of(context.language)
    if not found:
        return endings.end(context, "no_evidence", words["none_any"].format(row=rows[0]))
    if len(found) > 1:
        return endings.end(context, "clarify", words["which"], options=sorted(one.model for one in found))
    score = found[0]
    if score.output.get("refused"):
        return endings.end(
            context, "no_evidence", words["refused"].format(model=score.model, row=score.row, reason=score.output["refused"])
        )
    cut_off = context.services.specialists.cut_off(context.principal, score.model)
    if cut_off is None or cut_off.version != score.version:
        return endings.end(context, "no_evidence", words["no_cut_off"].format(model=score.model))
    context.trace.add("specialist", {"record": score.record, "row": score.row, "output": score.output, "cut_off": cut_off})
    context.warn(words["person"])
    return endings.release(context, endings.bind(context, _decided(score, cut_off, words)))


def _decided(score: RecordedScore, cut_off: CutOff, words: dict[str, str]) -> list[tuple[str, list[Evidence]]]:
    value = Decimal(str(score.output["score"]))
    approved = cut_off.approves(value)
    shown = {"score": f"{value:f}", "cutoff": f"{cut_off.cutoff:f}", "row": score.row, "model": score.model}
    text = words["approved" if approved else "declined"].format(**shown)
    figures = {"score": value, "cut-off": cut_off.cutoff}
    parts = [_part(score.model, score.record, text, figures, (score.model, score.row))]
    columns = columns_of(score.output)
    if columns:
        parts.append((words["reasons"].format(reasons=words["join"].join(columns)), [evidence_of(score)]))
    elif not approved:
        parts.append((words["no_reasons"], [evidence_of(score)]))
    return parts


def _part(
    model: str, record: str, text: str, figures: dict[str, Decimal], names: tuple[str, ...], ratios: tuple[str, ...] = ()
) -> tuple[str, list[Evidence]]:
    return text, [SpecialistEvidence(model, record, figures, dict.fromkeys(ratios, "ratio"), {}, names, sentence=text)]


def _named(question: str, known: Sequence[SpecialistName]) -> tuple[list[str], str]:
    """The specialists that a question names, and the question without them."""
    named = [one.name for one in known if recorded_scores.speaks_of(question, one.name)]
    return named, recorded_scores.without(question, named)


def _calls(bare: str) -> bool:
    return recorded_scores.says(bare, [*vocabulary()["kinds"]["en"], *vocabulary()["kinds"]["zh"]])


def _without_reasons(score: RecordedScore) -> RecordedScore:
    output = {name: value for name, value in score.output.items() if name != "reasons"}
    return RecordedScore(score.model, score.family, score.version, score.record, score.row, score.at, output)


def _plain(name: str) -> str:
    return name.replace("_", " ")


@lru_cache(maxsize=1)
def _bounds() -> tuple[re.Pattern[str], ...]:
    """A question for whom, a word for a score, a side, a number; in the order of each language."""
    words: dict[str, Any] = vocabulary()["lists"]
    who, score, below, above = (words["en"][name] for name in ("who", "score", "below", "above"))
    side = rf"(?:(?P<below>{'|'.join(below)})|(?:{'|'.join(above)}))"
    en = rf"\b(?:{'|'.join(who)})\b.{{0,60}}\b(?:{'|'.join(score)})\b.{{0,30}}?\b{side}\s+{_NUMBER}(?![\w%])"
    who, score, below, above = (words["zh"][name] for name in ("who", "score", "below", "above"))
    side = rf"(?:(?P<below>{'|'.join(below)})|(?:{'|'.join(above)}))"
    asked, score = "|".join(who), "|".join(score)
    zh = rf"^(?=.*(?:{asked})).*?(?:{score}).{{0,6}}?{side}\s*{_NUMBER}(?![\d%])"
    return re.compile(en, re.IGNORECASE), re.compile(zh)
