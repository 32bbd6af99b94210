"""What an answer rests on: the documents that it cites or shows, and the labels of everything else that went into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from finfoundry.ask.given.given_papers import is_stored
from finfoundry.core.answer import Answer, Citation, Figure
from finfoundry.knowledge.ids import document_number
from finfoundry.runtime.database import Connection


@dataclass(frozen=True, slots=True)
class AnswerSources:
    """Numbers of documents, and of the labels of terms, specialists and rows; ``known`` says whether that is all there is."""

    documents: list[int]
    labels: list[int]
    known: bool


def drawn_from(answer: Answer) -> list[str]:
    """The stored documents that an answer cites or shows, each once."""
    cited: Iterable[Citation] = (*answer.citations, *answer.nearest)
    return list(dict.fromkeys(one.document.id for one in cited if is_stored(one.document.id)))


def sources_of(connection: Connection, answer: Answer) -> AnswerSources:
    """What an answer rests on, as its asker, in whose transaction this is, may know it. Where two labels have a term or a specialist of one
    name, both count; a query may have drawn on any paper that its asker may read.
    """
    figures = list(_all(answer.figures))
    terms = {(term.name, term.version) for term in answer.terms}
    models = {figure.reference.model or "" for figure in figures if figure.source == "specialist"}
    of_terms = connection.execute(
        "SELECT name, version, label_id FROM terms JOIN unnest(%s::text[], %s::integer[]) AS used (name, version) USING (name, version)",
        ([name for name, _ in terms], [version for _, version in terms]),
    ).fetchall()
    of_models = connection.execute("SELECT name, label_id FROM specialists WHERE name = ANY (%s)", (list(models),)).fetchall()
    asked = any(figure.source == "sql" for figure in figures)
    of_rows = connection.execute("SELECT DISTINCT label_id FROM documents").fetchall() if asked else []
    documents = [document_number(one) for one in drawn_from(answer)]
    found = ({row[:2] for row in of_terms}, {row[0] for row in of_models}, bool(of_rows), True)
    known = found == (terms, models, asked, all(_is_placed(figure, answer) for figure in figures))
    return AnswerSources(documents, sorted({row[-1] for row in (*of_terms, *of_models, *of_rows)}), known)


def _all(figures: Iterable[Figure]) -> Iterator[Figure]:
    """Figures with those that they were computed from."""
    for figure in figures:
        yield figure
        yield from _all((figure.reference.operands or {}).values())


def _is_placed(figure: Figure, answer: Answer) -> bool:
    """Whether a figure of a document names a place in a stored one; others are placed by their labels, or by what they are made of."""
    if figure.source not in ("cell", "span"):
        return True
    return any(one.marker == figure.reference.citation and is_stored(one.document.id) for one in answer.citations)
