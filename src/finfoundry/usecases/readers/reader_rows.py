"""The rows that a reader of questions learns from, and those of families that it never sees: files of the tasks ``question-…``."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from finfoundry.ask.reader.question_form import COMPANY_ROLE, FLAGS, QuestionForm
from finfoundry.core.errors import InputError
from finfoundry.usecases.readers.agreement import AgreedReading
from finfoundry.usecases.readers.filled_questions import FilledQuestion, Filler
from finfoundry.usecases.readers.form_search import form_of
from finfoundry.usecases.readers.plan_rows import PlanRows, plan_rows
from finfoundry.usecases.readers.wordings import Wording, wordings

EACH = 6  # fillings of a wording that is learned
EACH_UNSEEN = 2
READINGS = "question-readings-unseen.jsonl"


@dataclass(frozen=True, slots=True)
class ReaderData:
    """What was written: rows and wordings, to learn and held out; ``labels`` of the institution's own rows, and of formulas over them,
    that fill them; how many wordings ask for what no form says, and are left out; ``asked`` questions of people and ``reworded`` ones
    that the base model put into other words are among those to learn; ``dropped``: how many of these are not, by cause. ``plans``: rows
    of the planner, to learn and held out; ``without_plan``: how many questions are none of them, by cause.
    """

    learned: int
    learned_wordings: int
    unseen: int
    unseen_wordings: int
    families: int
    labels: int
    left_out: int
    asked: int
    reworded: int
    dropped: dict[str, int]
    folder: str
    plans: int = 0
    plans_unseen: int = 0
    without_plan: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rewording:
    """Questions that the base model put into other words, and how many more it did that are not learned, by cause."""

    kept: Sequence[FilledQuestion] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


NOTHING_REWORDED = Rewording()


def write_rows(
    folder: Path,
    each: int = EACH,
    seed: int = 0,
    labels: Sequence[str] = (),
    asked: Sequence[AgreedReading] = (),
    reworded: Rewording = NOTHING_REWORDED,
    *,
    plans: bool = False,
) -> ReaderData:
    """Write ``question-forms.jsonl``, ``question-forms-unseen.jsonl`` and, with whole plans, ``question-readings-unseen.jsonl``, on which
    readers are compared; with ``plans`` also ``question-plans.jsonl`` and ``question-plans-unseen.jsonl``, of which a planner learns.

    Raises InputError where the folder cannot be written.
    """
    filler, forms = Filler(seed, labels), {one: form_of(one) for one in wordings()}
    known = [one for one, form in forms.items() if form is not None or one.kind == "open"]
    parts = [[one for one in known if one.unseen == unseen] for unseen in (False, True)]
    files = (("question-forms", parts[0], each), ("question-forms-unseen", parts[1], min(each, EACH_UNSEEN)))
    counts, drawn = list[int](), list[PlanRows]()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, part, copies in files:
            filled = _filled(filler, part, copies)
            rows = [_row(one, forms[one.wording]) for one in filled]
            if name == "question-forms":
                rows += dict.fromkeys((*map(_asked_row, asked), *(_row(one, forms[one.wording]) for one in reworded.kept)))
            (folder / f"{name}.jsonl").write_text("".join(rows), "utf-8")
            counts.append(len(rows))
            if plans:
                learnt = part is parts[0]
                found = plan_rows([*filled, *(reworded.kept if learnt else ())], seed, asked if learnt else ())
                (folder / f"{name.replace('forms', 'plans')}.jsonl").write_text("".join(found.lines), "utf-8")
                drawn.append(found)
        (folder / READINGS).write_text("".join(map(_reading, filled)), "utf-8")  # those of families that are never learned, the last
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}", remedy="Give another folder with --out") from error
    families = len({one.family for one in known})
    left_out = len(forms) - len(known)
    told = (counts[0], len(parts[0]), counts[1], len(parts[1]), families, len(labels), left_out, len(asked), len(reworded.kept))
    made = ReaderData(*told, dict(reworded.dropped), str(folder))
    return _with_plans(made, *drawn) if drawn else made


def _with_plans(made: ReaderData, learned: PlanRows, unseen: PlanRows) -> ReaderData:
    without = Counter(learned.left_out) + Counter(unseen.left_out)
    return replace(made, plans=len(learned.lines), plans_unseen=len(unseen.lines), without_plan=dict(without))


def _filled(filler: Filler, part: Sequence[Wording], copies: int) -> list[FilledQuestion]:
    """Each filling once: a wording without a slot for metrics may come out alike."""
    found = (filler.fill(wording, copy) for wording in part for copy in range(copies))
    return list({one.question: one for one in found}.values())


def _row(one: FilledQuestion, form: QuestionForm | None) -> str:
    roles = [(start, end, form.roles[number]) for start, end, number in one.spans] if form else []
    row = {
        "text": one.question,
        "spans": sorted([*roles, *((start, end, COMPANY_ROLE) for start, end in one.names)]),
        "marks": " ".join(marks_of(form, one.wording.show, yes_no=one.wording.kind == "yes_no")),
        "wording": f"wording {one.wording.number}",
        "family": one.wording.family,
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def _reading(one: FilledQuestion) -> str:
    """A question with the plan that it asks for."""
    row = {"text": one.question, **asdict(one.plan), "wording": f"wording {one.wording.number}", "family": one.wording.family}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _asked_row(one: AgreedReading) -> str:
    """A question that somebody asked, as it was agreed on; a wording and a family of its own."""
    reading = one.reading
    places = [
        (place.start(), place.end(), role)
        for metric, role in zip(reading.metrics, reading.form.roles, strict=True)
        for place in re.finditer(re.escape(metric), one.text)
    ]
    yes_no = reading.show == "yes_no"
    digest = hashlib.sha256(one.text.encode()).hexdigest()[:16]
    row = {
        "text": one.text,
        "spans": sorted(places),
        "marks": " ".join(marks_of(reading.form, "money" if yes_no else reading.show, yes_no=yes_no)),
        "wording": f"asked {digest}",
        "family": f"asked {digest}",
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def marks_of(form: QuestionForm | None, show: str, *, yes_no: bool) -> list[str]:
    """What a question wants, as the labels of the task ``question-marks``."""
    if form is None:
        return ["open"]
    flags = [name for name in FLAGS if getattr(form, name)]
    verdict = ["yes_no"] if yes_no else []
    return [*verdict, f"time-{form.time}", f"years-{form.years}", f"join-{form.join}", *flags, f"show-{show}"]
