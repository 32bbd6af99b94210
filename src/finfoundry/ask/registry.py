"""The kinds of question in the order in which they are asked: a row each, with its answerer, in a file of its own, and its sign.

A sign is looked at when the kinds before it had no answer. It is what no question of the kind is without (a word that asks for reasons,
two companies); whether a question that bears it is of the kind, and can be answered, its answerer says: None leaves it to the next kind
whose sign it bears. A lookup, in which every word is explained, bears the sign of figures alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from finfoundry.ask.compute.breakdown_rows import PLACE
from finfoundry.ask.context import opinions
from finfoundry.ask.context.question import Kind, QuestionContext
from finfoundry.ask.kinds import (
    current_report,
    drivers,
    engine_reading,
    figures,
    given_table,
    likeliest,
    missing_metric,
    open_question,
    paper_cell,
    peer_comparison,
    question_parts,
    quotation,
    registered_securities,
    regulation,
    segment_ranking,
    table_part,
    told_count,
    wide_tables,
)
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.plan.company_selection import WHO
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.retrieve import sureness
from finfoundry.ask.retrieve.pair_scoring import HEAD, TOLD_HEAD
from finfoundry.ask.retrieve.passages import REASONS
from finfoundry.ask.understand.coordination import coordinated
from finfoundry.ask.understand.intent import Intent, names_both_scopes
from finfoundry.ask.understand.question_text import parted
from finfoundry.ask.understand.subject import Subject
from finfoundry.knowledge.facts.table.concepts import concepts


def _has_parts(context: QuestionContext, _: Intent, __: Subject) -> object:
    return parted(context.question, context.language, sure=False)


def _names_a_place(intent: Intent) -> bool:
    """Whether the question names a country or an area, also by single letters, which no list of content words keeps: U.S."""
    return any(PLACE.match(intent.masked[token.start :]) for token in tokens(intent.masked))


def _may_be_quoted(context: QuestionContext, intent: Intent, _: Subject) -> bool:
    """Of a line of a company that no document is about another company's paper may tell, where a model reads that it does."""
    return not (intent.unknown and intent.mentions) or opinions.states_for(context, HEAD) is not None


_OF_THEM = re.compile(r"\bof\s+(?:them|these|those|whom|which)\b|其中", re.IGNORECASE)


def _of_counts(intent: Intent) -> bool:
    """Whether all that the question names is counted, and nothing an amount or a rate; a stored label only where a number is asked for.
    What stands behind "how many of them" says which.
    """
    units = {concept.name: concept.unit for concept in concepts()}
    parts = _OF_THEM.search(intent.core)
    known = [metrics().get(one.name) for one in intent.mentions if parts is None or one.start < parts.start()]
    counted = all(one is None or all(units.get(name) == "count" for name in one.concepts) for one in known)
    return bool(intent.rest or intent.mentions) and counted and (None not in known or "count" in asked_for(intent).kinds)


KINDS = (
    Kind(
        "companies", wide_tables.over_companies,
        lambda c, i, _: c.services.tables is not None and not i.entities and WHO.search(i.core), unknown=True,
    ),
    Kind("standing of a rule", regulation.of_standing, regulation.asks_standing, quotes=True, unknown=True),
    Kind("regulation", regulation.of_articles, regulation.bears_sign, quotes=True, unknown=True),
    Kind("term of a rule", regulation.of_term, lambda c, i, _: c.language == "zh" and i.unknown, quotes=True, unknown=True),
    Kind("every part", question_parts.of_every_part, _has_parts, unknown=True),
    Kind("text field", wide_tables.of_field, lambda c, i, s: c.services.tables is not None and s.name and not i.mentions, quotes=True),
    Kind(
        "same over years", question_parts.of_each_year,
        lambda _, i, s: s.name and (not i.mentions or question_parts.MANNER.search(i.core)) and question_parts.asks_of_years(i, s),
        quotes=True,
    ),
    Kind("table given with the question", given_table.of_given_tables, lambda c, _, __: given_table.is_given(c), quotes=True),
    Kind(
        "sentence given with the question", given_table.of_given_sentence,
        lambda c, _, __: c.language == "en" and given_table.is_given(c), quotes=True, unknown=True,
    ),
    Kind(
        "what a strong engine reads", engine_reading.of_sources,
        lambda c, i, _: c.services.strong and engine_reading.asks_more(c, i), quotes=True, unknown=True,
    ),
    Kind("drivers", drivers.of_causes, lambda _, i, s: s.name and i.mentions and REASONS.search(i.core)),
    Kind("peers", peer_comparison.of_companies, lambda _, i, __: len(i.entities) > 1 or names_both_scopes(i)),
    Kind("current report", current_report.of_current_report, lambda _, i, __: not i.mentions and current_report.FORM.search(i.question)),
    Kind("segments", segment_ranking.of_members, lambda _, i, s: s.name and (i.rest or len(i.mentions) > 1 or _names_a_place(i))),
    Kind("part of a table", table_part.of_table_part, lambda _, i, s: s.name and (i.rest or len(i.mentions) > 1)),
    Kind("cell of a table", paper_cell.of_table_cell, lambda _, i, s: s.name and i.periods and (i.rest or len(i.mentions) > 1)),
    Kind("registered securities", registered_securities.of_cover, lambda _, i, s: s.name and registered_securities.ASKED.search(i.core)),
    Kind("count in a sentence", told_count.of_told_count, lambda _, i, s: s.name and _of_counts(i) and told_count.asks_a_count(i)),
    Kind("first or share", paper_cell.of_cells_beside, lambda _, i, __: i.rest and paper_cell.asks_of_several(i), unknown=True),
    Kind("cell of a paper", paper_cell.of_paper_cell, lambda _, __, s: s.name is None, unknown=True),
    Kind(
        "rule of a paper", quotation.of_sentences,
        lambda _, i, s: s.name is None and not (i.mentions or i.periods or i.unknown), quotes=True,
    ),
    Kind("figures", figures.of_figures, lambda _, i, __: not sureness.MANNER.search(i.core)),
    Kind("what is named", likeliest.of_named_metrics, lambda _, i, s: s.of_records and i.mentions),
    Kind("cell of a company's paper", paper_cell.of_paper_cell, lambda _, __, s: s.name, unknown=True),
    Kind("some parts", question_parts.of_some_parts, _has_parts, unknown=True),
    Kind("things side by side", question_parts.of_things_side_by_side, lambda _, i, s: s.name and any(coordinated(i))),
    Kind("quotation", quotation.of_sentences, _may_be_quoted, quotes=True, unknown=True),
    Kind(
        "what may be meant", likeliest.of_likely_lines,
        lambda c, _, s: not s.of_records and opinions.states_for(c, TOLD_HEAD), unknown=True,
    ),
    Kind("unknown company", missing_metric.of_unknown, lambda _, i, __: i.unknown, quotes=True, unknown=True),
    Kind("open question", open_question.from_passages, lambda *_: True, quotes=True),
)  # fmt: skip


def kinds_of(context: QuestionContext, intent: Intent, subject: Subject) -> Iterator[Kind]:
    """The kinds whose sign a question bears, in their order, each looked for when those before it had no answer; of a question about a
    company that no document knows those that allow for it.
    """
    return (kind for kind in KINDS if (kind.unknown or not intent.unknown) and kind.sign(context, intent, subject))
