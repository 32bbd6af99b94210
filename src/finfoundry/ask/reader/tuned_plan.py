"""Plans by a tuned adapter of the base model, the planner: what it is sent, and its plans as read by the schema of ``plan_model``.

    By how much did mooring dues of the company move between 2023 and 2024?
    - Quay levies: mooring dues

    {"kind": "calculation", "metrics": [{"name": "a", "label": "Quay levies", "year": 2024}, …], "expression": "a-b", "show": "money"}

It learned the form, so that it is sent no examples and no instruction: the question with a fixed word for the company's names, and lines of
the company that may be meant, each with what else it is called, a term of the institution's own with its formula ("- Quay result = mooring
dues - dredging costs"). Labels are copied from there, else from the question.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import metrics, usual_phrase
from finfoundry.ask.lexicon.own_vocabulary import in_words, name_of
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.vocabulary import words_of
from finfoundry.ask.plan.plan_model import PLAN_TOKENS, SCHEMA, read
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.reader.written_plan import LETTERS, SHOWN, WrittenPlan, masked
from finfoundry.ask.understand.intent import Intent
from finfoundry.core import cancellation
from finfoundry.core.errors import EngineError, PlanError
from finfoundry.core.instructions import as_data, gives_instructions
from finfoundry.core.periods import FiscalYear
from finfoundry.core.protocols import Chat, Completion, Message, Request

PLANNER = "question-planner"  # the recipe, and the slot in which an adapter of it serves
DRAWS = ((0.0, 0), (0.7, 1), (0.7, 2))  # temperature and seed of the plans that are drawn, the likeliest first
OFFERED = 6  # lines at most that are offered
LONGEST = 80  # characters of a label that is offered, as many as a plan may copy
ROC = 1911  # before the first year of the Republic of China's calendar
PlannerSource = Callable[[], str | None]  # the adapter that plans; None where there is none
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """A line that may be meant: its label, what else it is called, and the document that prints it; a term of the institution's own has a
    ``definition``, a formula of printed lines, and no document.
    """

    label: str
    called: str = ""
    document: str = ""
    definition: str = ""

    @property
    def text(self) -> str:
        """As the planner is sent it."""
        return f"{self.label} = {self.definition}" if self.definition else f"{self.label}: {self.called}" if self.called else self.label


def offered_lines(intent: Intent, found: Sequence[Sequence[StoredFact]]) -> list[OfferedLine]:
    """The terms of the institution's own that the question names; then labels of rows of the whole company, in turn of those found by each
    name that is asked about, each with the words by which the question, else people, call what it holds.
    """
    said = {concept: one.text for one in intent.mentions if one.name in metrics() for concept in metrics()[one.name].concepts}
    in_turn = chain.from_iterable(zip_longest(*(_labelled(rows).items() for rows in found)))
    lines = {one.label: one for one in _own_lines(intent)}
    for label, stored in filter(None, in_turn):
        concept = stored.fact.concept or ""
        called = said.get(concept) or usual_phrase(concept, intent.language) or ""
        lines.setdefault(label, OfferedLine(label, called if called.casefold() != label.casefold() else "", stored.document_id))
    return list(lines.values())[:OFFERED]


def _own_lines(intent: Intent) -> Iterator[OfferedLine]:
    """What the institution's own terms in a question stand for. A formula with a function ("average(equity)") is left to its name, which
    plans know: no planner learned to write one.
    """
    known = intent.vocabulary
    for said in intent.mentions:
        term = known.own.get(words_of(said.text))
        if term is None:
            continue
        entry, name = term.entry, as_data(said.text)
        if entry.kind == "synonym":
            yield OfferedLine(as_data(entry.printed or name_of(entry.means, known, intent.language)), name)
        elif entry.kind == "formula" and "(" not in _NAME.sub("", entry.expression.replace(" ", "")):
            yield OfferedLine(name, definition=as_data(in_words(entry.expression, known, intent.language)))


def _labelled(rows: Sequence[StoredFact]) -> dict[str, StoredFact]:
    """The first row of each label that may stand in a prompt: a stranger may have written it in order to be read there."""
    found = dict[str, StoredFact]()
    for stored in rows:
        label = as_data(" ".join(stored.fact.metric[-1].split()))
        if label not in found and not stored.fact.dimensions and len(label) <= LONGEST and not gives_instructions(label):
            found[label] = stored
    return found


def asked(question: str, lines: Sequence[OfferedLine] = ()) -> str:
    """What the planner is sent."""
    return "\n".join([question, *(f"- {one.text}" for one in lines)])


def request(intent: Intent, adapter: str, lines: Sequence[OfferedLine] = (), deadline: float | None = None) -> Request:
    """The likeliest plan of a question."""
    question = masked(intent.question, intent.named, intent.language)
    return Request((Message("user", asked(question, lines)),), schema=SCHEMA, max_tokens=PLAN_TOKENS, adapter=adapter, deadline=deadline)


def sampled_plans(
    engine: Chat,
    wanted: Request,
    intent: Intent,
    calendar: FiscalYear,
    count: Callable[[Completion], None],
    likeliest: Plan | None = None,
    took: float = 0.0,
) -> Iterator[Plan]:
    """The likeliest plan, then drawn ones, as far as they hold; where the ``likeliest`` is given, which ``took`` so many seconds, the drawn
    ones alone. No more once two are the same, or where one that is late would cost those before it. Raises EngineError and its kinds
    before the first.
    """
    found = [likeliest] if likeliest is not None else []
    for temperature, seed in DRAWS[len(found) :]:
        left = cancellation.remaining()
        if found and left is not None and 2 * took > left:
            return
        started = time.monotonic()
        try:
            completion = engine.chat(replace(wanted, temperature=temperature, seed=seed))
        except EngineError:
            if found:
                return
            raise
        took = time.monotonic() - started
        count(completion)
        if (plan := _holding(completion, intent, calendar)) is not None:
            yield plan
            if plan in found:
                return
            found.append(plan)


def _holding(completion: Completion, intent: Intent, calendar: FiscalYear) -> Plan | None:
    try:
        return read(completion.text, intent, calendar)
    except PlanError:
        return None


def drawn_text(plan: WrittenPlan, kind: str, show: str, labels: Mapping[str, str]) -> str | None:
    """A written plan as the planner writes it, its metrics under ``labels``, each in each year under a letter of its own; None for several
    results, and for more figures than there are letters.
    """
    if plan.show == "open":
        return _text("open", [], "", "money")
    names = _names(plan.compute[0]) if len(plan.compute) == 1 else []
    if not 0 < len(names) <= len(LETTERS):
        return None
    letters = dict(zip(names, LETTERS, strict=False))
    figures = [(letters[name], *_of(name, plan)) for name in names]
    expression = _NAME.sub(lambda found: letters.get(found[0], found[0]), plan.compute[0])
    return _text(kind, [{"name": name, "label": labels.get(label, label), "year": year} for name, label, year in figures], expression, show)


def _names(expression: str) -> list[str]:
    """The metrics of an expression, no functions, in its order."""
    used = names_in(expression)
    return [name for name in dict.fromkeys(_NAME.findall(expression)) if name in used]


def _of(name: str, plan: WrittenPlan) -> tuple[str, int]:
    """The metric and the year that a name of a written plan stands for, the year by the common calendar."""
    year = plan.years[int(name[1:]) - 1]
    return plan.metrics[LETTERS.index(name[0])], year + ROC if 0 < year < 200 else year


def _text(kind: str, metrics: Sequence[Mapping[str, object]], expression: str, show: str) -> str:
    return json.dumps({"kind": kind, "metrics": metrics, "expression": expression, "show": show}, ensure_ascii=False)


def as_written(text: str) -> WrittenPlan | None:
    """A plan that was drawn up by the schema as a written one, to be compared with others; None for a text that holds none."""
    try:
        drawn = json.loads(text)
        if drawn["kind"] == "open" or not drawn["metrics"]:
            return WrittenPlan((), (), (), "open")
        lines = {str(one["name"]): (str(one["label"]), int(one["year"])) for one in drawn["metrics"]}
        expression, show = str(drawn["expression"]), "yes_no" if drawn["kind"] == "yes_no" else drawn["show"]
    except (ValueError, TypeError, KeyError):
        return None
    used = {name: lines[name] for name in dict.fromkeys(_NAME.findall(expression)) if name in lines}
    metrics = list(dict.fromkeys(label for label, _ in used.values()))
    years = sorted({year for _, year in used.values()}, reverse=True)
    if not used or len(metrics) > len(LETTERS) or len(years) > 9 or show not in SHOWN:
        return None
    places = {name: f"{LETTERS[metrics.index(label)]}{years.index(year) + 1}" for name, (label, year) in used.items()}
    return WrittenPlan(tuple(metrics), tuple(years), (_NAME.sub(lambda found: places.get(found[0], found[0]), expression),), show)
