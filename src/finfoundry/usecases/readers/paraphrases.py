"""Questions that a store can answer in other words: the base model writes them, and what the store answers decides which are learned.

A paraphrase is a row where it still says the company, the metrics and the numbers word for word, and where a witness that had no part in
the writing (the rules, or the reader, which is taken for certain of what it finds likeliest) comes to the same figures: metrics, periods,
value. The base model is no witness of what it wrote. Questions are filtered by what they come to (round-trip consistency; Alberti et al.,
2019).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.reader.known_labels import label_places
from finfoundry.ask.reader.written_plan import masked
from finfoundry.core.answer import Language
from finfoundry.core.errors import InputError
from finfoundry.core.language import simplified
from finfoundry.core.protocols import Engine, FoundSpan, Message, Request, TextReader
from finfoundry.core.tasks import load_task
from finfoundry.usecases.readers.agreement import CERTAIN, NOT, Asking, DrawnReader, FigureMeant
from finfoundry.usecases.readers.filled_questions import FilledQuestion
from finfoundry.usecases.readers.form_search import form_of
from finfoundry.usecases.readers.reader_rows import marks_of

Cause = Literal["repeated", "words lost", "no figures", "other figures"]  # for which a paraphrase is dropped
TEMPERATURE = 0.8
TOKENS = 200  # of a paraphrase, at most
_SYSTEM = {
    "en": "You put questions about companies' reports into other words, as different people would ask them. Reply with the question alone.",
    "zh": "你把有关公司报告的问题换一种说法，像不同的人会问的那样。只回复问题本身。",
}
_ASKED = {
    "en": "Put this question into other words, {style}:\n{question}\nIt must ask for exactly the same. Keep word for word: {kept}",
    "zh": "请把下面的问题换一种说法，{style}：\n{question}\n所问的内容必须完全相同。以下词语必须一字不改：{kept}",
}
_STYLES = {
    "en": (
        "as somebody would say it aloud", "in a short, plain way", "as a polite request", "with the words in another order",
        "as an analyst would write it", "beginning with the year or the company",
    ),
    "zh": ("口语一些", "简短直接", "礼貌地请求", "换一个语序", "像分析师那样书面", "先说年份或公司"),
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class MeantReader:
    """Reads a text as it is known to be meant: the roles of its metrics, and its marks."""

    roles: Mapping[str, str]
    marks: Sequence[str]
    identity: str = "meant"

    def labels_of(self, head: str) -> Sequence[str]:
        return load_task(head).words

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        return np.array([[CERTAIN if word in self.marks else NOT for word in self.labels_of(head)] for _ in texts], np.float32)

    def spans(self, head: str, text: str) -> list[FoundSpan]:  # noqa: ARG002  it knows of one head
        found = label_places(text, list(self.roles))
        roles = {label.casefold(): role for label, role in self.roles.items()}
        return [FoundSpan(start, end, roles[text[start:end].casefold()], CERTAIN) for start, end in found]


def meant_reader(one: FilledQuestion) -> MeantReader:
    """Raises InputError for a wording that no form fits."""
    form = form_of(one.wording)
    if form is None:
        raise InputError(f"no form fits wording {one.wording.number}")
    marks = marks_of(form, one.wording.show, yes_no=one.wording.kind == "yes_no")
    return MeantReader(dict(zip(one.plan.metrics, form.roles, strict=True)), marks)


def figures_of(one: FilledQuestion, ask: Asking) -> frozenset[FigureMeant] | None:
    """What a filled question comes to where it is read as it is meant; None where that is nothing, or not of the metrics of its plan."""
    outcome = ask(one.question, meant_reader(one))
    if outcome is None:
        return None
    used = {name for expression in one.plan.compute for name in names_in(expression)}
    told = {metric for figure in outcome.figures for metric in figure.metrics}
    return outcome.figures if len(told) == (one.parts or len(used)) else None


def request_for(one: FilledQuestion, place: int) -> Request:
    """What the base model is asked; ``place`` draws the style."""
    language = _language(one)
    styles = _STYLES[language]
    kept = [_company(one), *one.plan.metrics, *dict.fromkeys(_numbers(one.question, one))]
    said = _ASKED[language].format(style=styles[place % len(styles)], question=one.question, kept=" | ".join(kept))
    messages = (Message("system", _SYSTEM[language]), Message("user", said))
    return Request(messages, max_tokens=TOKENS, temperature=TEMPERATURE, seed=place)


def reworded(engine: Engine, one: FilledQuestion, place: int) -> str:
    """The paraphrase that the base model writes: its first line. Raises EngineError."""
    lines = [line.strip().strip('"“”').strip() for line in engine.chat(request_for(one, place)).text.splitlines()]
    return next((line for line in lines if line), "")


def learned_row(
    one: FilledQuestion, text: str, figures: frozenset[FigureMeant], reader: TextReader | None, ask: Asking
) -> FilledQuestion | Cause:
    """The row that a paraphrase of a filled question makes, or why it makes none; ``figures`` are those of the question."""
    said = simplified(" ".join(text.split()))
    if _bare(said) == _bare(one.question):
        return "repeated"
    row = _row_of(one, said)
    if row is None:
        return "words lost"
    witnesses: list[TextReader | None] = [None, DrawnReader(reader, 0.0, 0)] if reader else [None]
    told = [outcome.figures for witness in witnesses if (outcome := ask(said, witness)) is not None]
    if not told:
        return "no figures"
    meant = ask(said, meant_reader(one))  # what the row would teach
    return row if figures in told and meant is not None and meant.figures == figures else "other figures"


def _row_of(one: FilledQuestion, text: str) -> FilledQuestion | None:
    """A paraphrase with a fixed word for the company, and where its metrics stand; None where something is not said word for word."""
    company = _company(one)
    names = [(found.start(), found.end()) for found in re.finditer(re.escape(company), text)]
    if not names or set(_numbers(text, one)) != set(_numbers(one.question, one)):
        return None
    said = masked(text, names, _language(one))
    numbers = {metric.casefold(): number for number, metric in enumerate(one.plan.metrics)}
    spans = tuple((start, end, numbers[said[start:end].casefold()]) for start, end in label_places(said, one.plan.metrics))
    if {number for _, _, number in spans} != set(numbers.values()):
        return None
    return replace(one, question=said, spans=spans, names=())


def _company(one: FilledQuestion) -> str:
    start, end = one.names[0]
    return one.question[start:end]


def _numbers(text: str, one: FilledQuestion) -> list[str]:
    """The numbers of a text without those that belong to a name."""
    for name in (_company(one), *one.plan.metrics):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return _NUMBER.findall(text)


def _language(one: FilledQuestion) -> Language:
    return "en" if one.wording.lang == "en" else "zh"


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
