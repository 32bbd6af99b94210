"""The line in front of quotations: how many passages or rows, of whose paper and of which year, and the heading over all of them.

It says what is known and no more. It is ours, and holds no figure: where a name or a heading has one, or nothing is known, a plain line
stands there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.sentences import apart, owner
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import Hit, StoredDocument
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core.instructions import gives_instructions
from finfoundry.core.language import is_question, simplified
from finfoundry.core.names.spoken_names import name_in, short_name

MOST_COUNTED, MOST_NAMED = 10, 3  # passages that are counted in a word; companies, and years, that are named
LONGEST_TITLE = 80  # characters
_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万亿]")
Form = Literal["passages", "rows"]


class Lead(NamedTuple):
    """``of`` is its first part, which tells whose papers; ``under`` the heading."""

    of: str
    under: str = ""

    @property
    def text(self) -> str:
        return self.of + self.under


def lead(context: QuestionContext, told: Sequence[Hit], form: Form = "passages", heading: str = "") -> Lead:
    """The line over what is quoted of passages, all of it under the ``heading``, where there is one."""
    words = context.words
    plain = Lead(words["quoted" if form == "passages" else "rows_told"])
    documents = {one.id: one for one in context.services.known.of(context.principal, context.collection).documents}
    ids = list(dict.fromkeys(hit.document_id for hit in told))
    of = _papers(context, [documents[id] for id in ids]) if ids and all(id in documents for id in ids) else ""
    if not of:
        return plain
    under = words["lead_under"].format(heading=heading) if heading else ""
    number = len({hit.chunk_id for hit in told}) if form == "passages" else len(told)
    found = Lead(words[f"lead_{form}"].format(count=_count(context, form, number), papers=of), f"{under}{words['lead_end']}")
    return found if _holds_no_figure(context, found.text) and not gives_instructions(found.text) else plain


def leads(context: QuestionContext, told: Sequence[Quotable]) -> list[Lead]:
    """The lines over rows and over sentences, as far as there are such."""
    rows, sentences = [one.hit for one in told if one.cells], [one for one in told if not one.cells]
    of_rows = [lead(context, rows, "rows")] if rows else []
    return [*of_rows, *([lead(context, [one.hit for one in sentences], heading=shared_title(sentences))] if sentences else ())]


def shared_title(told: Sequence[Quotable]) -> str:
    """The heading over all of them; empty where there is none, or where it is a question, which they answer."""
    titles = {title_of(one) for one in told}
    return title if len(titles) == 1 and not is_question(title := titles.pop()) else ""


def title_of(one: Quotable) -> str:
    """The heading that it is quoted under; none where figures are in it, which nothing would bind."""
    return "" if _FIGURE.search(simplified(one.title)) or len(one.title) > LONGEST_TITLE else one.title


def _count(context: QuestionContext, form: Form, number: int) -> str:
    words = context.words
    if number == 1 or number > MOST_COUNTED:
        return words[f"lead_{form}_1" if number == 1 else f"lead_{form}_many"]
    return words[f"lead_{form}_n"].format(count=words[f"count_{number}"].capitalize())


def _papers(context: QuestionContext, papers: Sequence[StoredDocument]) -> str:
    """Whose papers, of which kind and years; of several companies these alone. Empty where nothing tells it."""
    names = list(dict.fromkeys(_called(context, paper) for paper in papers))
    if not all(names) or not len(names) <= MOST_NAMED:
        return ""
    words, join = context.words, context.words["lead_join"]
    if len(names) > 1 or papers[0].entity is None:
        return join.join(names)
    if names[0] == papers[0].name:
        return names[0]
    kind = papers[0].kind if len({paper.kind for paper in papers}) == 1 else None
    number = "one" if len(papers) == 1 else "more"
    kinds = words.get(f"lead_{number}_{kind}", words[f"lead_{number}"])
    years = sorted({paper.fiscal_year for paper in papers if paper.fiscal_year})
    told = join.join(words["lead_year"].format(year=year) for year in years) if len(years) <= MOST_NAMED else ""
    when = words["lead_when"].format(years=told) if told else ""
    return words["lead_papers"].format(owner=owner(names[0]), entity=apart(names[0], context.language), papers=kinds, when=when)


def _called(context: QuestionContext, paper: StoredDocument) -> str:
    """Its company as people call it; of a paper of none its title; of one whose company is not known but by its file, the file."""
    if paper.entity is None:
        return context.words["rule_title"].format(title=paper.title.strip("《》")) if paper.title else ""
    if paper.entity == paper.name.rpartition(".")[0]:
        return paper.name
    others = tuple(context.services.known.of(context.principal, context.collection).entities)
    return short_name(name_in(paper.entity, paper.aliases, context.language), paper.aliases, others)


def _holds_no_figure(context: QuestionContext, line: str) -> bool:
    bound = answer_evidence.bind_parts([(line, [])], context.question, context.language)
    return not bound.unbound and not bound.figures
