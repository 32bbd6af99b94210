"""What the reader of questions learns from: wordings filled, questions of people, questions of a store in other words."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

from finfoundry.app import App, open_app
from finfoundry.ask.lexicon.definitions import label_name
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.rules import Plan
from finfoundry.core.errors import InputError
from finfoundry.core.language import has_han
from finfoundry.core.names.spoken_names import short_name
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.protocols import Engine, TextReader
from finfoundry.governance import pii
from finfoundry.governance.unanswered import UnansweredQuestion, unanswered
from finfoundry.knowledge.shown.views import FactView
from finfoundry.runtime import audit
from finfoundry.usecases.readers.agreement import AgreedReading, Asking, Outcome, agreed_reading, figures_meant
from finfoundry.usecases.readers.filled_questions import FilledQuestion
from finfoundry.usecases.readers.held_formulas import formula_lines
from finfoundry.usecases.readers.paraphrases import figures_of, learned_row, reworded
from finfoundry.usecases.readers.reader_rows import EACH, NOTHING_REWORDED, ReaderData, Rewording, write_rows
from finfoundry.usecases.readers.store_questions import StoredLine, store_questions

ROWS = 20_000  # facts whose labels are taken
FEWEST = 20  # labels of a store below which questions would be all alike
TRIED = 20  # fillings for each question that is put into other words: what the store does not answer is asked in none
PARAPHRASES = "question-paraphrases.jsonl"


def reader_data(
    out: Path, each: int = EACH, seed: int = 0, collection: str | None = None, user: str | None = None, *, plans: bool = False
) -> ReaderData:
    """Write the rows to learn and to measure, with ``plans`` those of a planner, too. Raises InputError for a collection with too few
    labels.
    """
    if collection is None:
        return write_rows(out, each, seed, plans=plans)
    with open_app() as app:
        return write_rows(out, each, seed, _labels(app, app.principal(user), collection), plans=plans)


def data_with_questions(
    app: App,
    principal: Principal,
    out: Path,
    each: int = EACH,
    seed: int = 0,
    collection: str | None = None,
    *,
    asked: bool = True,
    model: bool = False,
    paraphrase: int = 0,
    plans: bool = False,
    report: Report = silent,
) -> ReaderData:
    """As ``reader_data``; ``asked``: with the questions of people on whose meaning several readings agree over what the principal may read
    now; with ``paraphrase`` questions that this can answer, put into other words by the base model.

    ``model``: the base model may be one of the readings. Raises InputError where no reader, or no base model, is there; ModelError,
    EngineError: what it wrote by then is kept, and the same command goes on.
    """
    agreed = _agreed(app, principal, model=model) if asked else {}
    labels = _labels(app, principal, collection) if collection else ()
    used = audit.AuditStep("dataset", {"questions": list(agreed), "paraphrase": paraphrase, "folder": str(out)})
    with app.database.transaction(principal) as connection:  # nothing leaves before it is on record
        audit.append(connection, audit.AuditRecord(principal.user, "questions exported", (used,)))
    other_words = _reworded(app, principal, out / PARAPHRASES, paraphrase, seed, collection, report) if paraphrase else NOTHING_REWORDED
    return write_rows(out, each, seed, labels, list(agreed.values()), other_words, plans=plans)


def _agreed(app: App, principal: Principal, *, model: bool) -> dict[str, AgreedReading]:
    """What the questions of people mean, by their records."""
    reader = app.agent.reader() if app.agent.reader else None
    if reader is None:
        raise InputError("there is no reader to read questions again", remedy=f"Run `finfoundry pull {app.settings.embedder}`")
    agreed = dict[str, AgreedReading]()
    for one in questions(app, principal):
        told = (
            None if pii.find(one.question) else agreed_reading(one.question, reader, _asking(app, principal, one.collection), model=model)
        )
        if told is not None:
            agreed[one.record] = told
    return agreed


def _reworded(app: App, principal: Principal, file: Path, wanted: int, seed: int, collection: str | None, report: Report) -> Rewording:
    """As many questions as ``wanted`` in other words. What the base model wrote is kept in ``file``, and not asked for again."""
    if app.agent.engine is None:
        raise InputError("there is no base model to put questions into other words", remedy="Set FINFOUNDRY_ENGINE to one")
    ask, reader = _asking(app, principal, collection), app.agent.reader() if app.agent.reader else None
    written, kept, dropped, done = _written(file), dict[str, FilledQuestion](), Counter[str](), 0
    fillings = store_questions(_lines(app, principal, collection), seed)
    for place, one in enumerate(islice(fillings, TRIED * wanted)):
        if done == wanted:
            break
        figures = figures_of(one, ask)
        if figures is None:
            continue
        text = written.get(one.question) or _write(file, one, _by_model(app, principal, app.agent.engine, one, place))
        row = learned_row(one, text, figures, reader, ask)
        if isinstance(row, FilledQuestion) and row.question not in kept:
            kept[row.question] = row
        else:
            dropped["repeated" if isinstance(row, FilledQuestion) else row] += 1
        done += 1
        report(Progress("in other words", done, wanted, "questions", f"{len(kept)} kept"))
    return Rewording(list(kept.values()), dropped)


def _by_model(app: App, principal: Principal, engine: Engine, one: FilledQuestion, place: int) -> str:
    with app.recorder.recording() as calls:
        text = reworded(engine, one, place)
    with app.database.transaction(principal) as connection:
        audit.append(connection, audit.AuditRecord(principal.user, "question reworded", tuple(call.step() for call in calls.made)))
    return text


def _written(file: Path) -> dict[str, str]:
    """Paraphrases of an earlier run, by their questions; a last line that was cut off is none."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {row["question"]: row["paraphrase"] for row in map(json.loads, (line for line in lines if line.endswith("}")))}


def _write(file: Path, one: FilledQuestion, text: str) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"question": one.question, "paraphrase": text}, ensure_ascii=False) + "\n")
    return text


def _lines(app: App, principal: Principal, collection: str | None) -> list[StoredLine]:
    """Whole lines of companies with the years of their figures, each once."""
    aliases = {one.entity: one.aliases for one in app.documents(principal, collection) if one.entity}
    names = {name: short_name(name, aliases[name], tuple(other for other in aliases if other != name)) for name in aliases}
    facts = [fact for fact in app.facts(principal, collection=collection, limit=ROWS) if fact.entity in names]
    printed = (
        StoredLine(names[fact.entity or ""], fact.metric[-1], year)
        for fact in facts
        if fact.metric and not fact.dimensions and (year := _year(fact.period))
    )
    return list(dict.fromkeys([*printed, *_formulas(app, principal, facts, names)]))


def _formulas(app: App, principal: Principal, facts: Sequence[FactView], names: Mapping[str, str]) -> Iterator[StoredLine]:
    """Formulas that companies' lines of the whole company give, in the language of their papers."""
    known = app.agent.terms.of(principal) if app.agent.terms else vocabulary()
    held: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    chinese = {fact.entity for fact in facts if fact.metric and has_han(fact.metric[-1])}
    for fact in facts:
        if fact.entity and fact.metric and not fact.dimensions and (year := _year(fact.period)):
            held[fact.entity][year] |= {fact.concept or "", label_name(fact.metric[-1])}
    for entity, years in held.items():
        yield from formula_lines(names[entity], years, known, "zh" if entity in chinese else "en")


def _year(period: str) -> int | None:
    """In which a year ends, or an amount stands; None for a part of a year."""
    first, _, last = period.rpartition("/")
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days if first else None
    return date.fromisoformat(last).year if days is None or abs(days - 364) < 15 else None


def questions(app: App, principal: Principal) -> list[UnansweredQuestion]:
    """Those that ended without an answer while they might be learned from: one's own, of an auditor all; each text once."""
    found = unanswered(app.database, app.settings.home, principal)
    return list({(one.question, one.collection): one for one in reversed(found)}.values())[::-1]


def _asking(app: App, principal: Principal, collection: str | None) -> Asking:
    """The product as the principal may ask it."""
    agent = replace(app.agent)
    agent.known = app.agent.known

    def ask(question: str, reader: TextReader | None, *, model: bool = False) -> Outcome | None:
        agent.engine = app.engine if model else None
        agent.reader = lambda: reader
        answer, trace = agent.ask(principal, question, collection)
        plans = [step.content for step in trace.steps if step.kind == "plan" and isinstance(step.content, Plan)]
        if answer.status != "answered" or not plans:
            return None
        return Outcome(plans[-1].source, figures_meant(answer.figures))

    return ask


def _labels(app: App, principal: Principal, collection: str) -> list[str]:
    """The labels of rows that the principal may read, and the names of formulas that these give, each once."""
    facts = app.facts(principal, collection=collection, limit=ROWS)
    found = sorted({fact.metric[-1] for fact in facts if fact.metric})
    if len(found) < FEWEST:
        remedy = "Ingest documents with tables into it, or leave out --collection"
        raise InputError(f"collection {collection} has {len(found)} labels of rows, {FEWEST} are needed", remedy=remedy)
    formulas = _formulas(app, principal, facts, {fact.entity: fact.entity for fact in facts if fact.entity})
    return sorted({*found, *(line.label for line in formulas)})
