"""Where an answer's sources are, for clients that show text alone and for those that read OpenAI's annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from finfoundry.core.answer import Answer, Citation, Language
from finfoundry.core.prose import prose
from finfoundry.server.console.shapes import evidence

QUOTED = 240  # characters of a quote in the text, unless it is a source from which a model wrote that
_WORDS: dict[Language, dict[str, str]] = {
    "en": {"options": "Which of these?", "sources": "Sources", "nearest": "Closest passages", "page": "p. {}", "quote": "“{}”"},
    "zh": {"options": "请选择：", "sources": "出处", "nearest": "最接近的原文", "page": "第{}页", "quote": "“{}”"},
}
_MARKUP = re.compile(r"[\\\[\]<>`]")  # a paper's words may neither link, nor load a picture, nor be HTML where the text is shown


def with_sources(answer: Answer, text: str, host: str) -> str:
    """``text`` of the answer followed by its options, its sources, and the closest passages where there is no answer; ``host`` is the
    address that the links lead to.
    """
    words = _WORDS[answer.language]
    parts = [text]
    if answer.options:
        parts.append("\n".join([words["options"], *(f"{number}. {_plain(one)}" for number, one in enumerate(answer.options, 1))]))
    for heading, citations, whole in (("sources", answer.citations, answer.written), ("nearest", answer.nearest, False)):
        if citations:
            parts.append("\n".join([f"{words[heading]}:", *(_line(one, words, host, whole=whole) for one in citations)]))
    return "\n\n".join(parts)


def _line(citation: Citation, words: dict[str, str], host: str, *, whole: bool) -> str:
    quote = " ".join(prose(citation.quote).split())
    shown = quote if whole or len(quote) <= QUOTED else f"{quote[:QUOTED]}…"
    place = f"{_plain(citation.document.name)}, {words['page'].format(citation.page)}"
    return f"- [{citation.marker}] [{place}]({host}{evidence(citation)}): {words['quote'].format(_plain(shown))}"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def url_citations(answer: Answer, text: str, host: str) -> list[dict[str, Any]]:
    """Annotations of chat completions: one for each mark of a citation in ``text``, with its place in characters."""
    return [
        {
            "type": "url_citation",
            "url_citation": {"start_index": start, "end_index": end, "title": _title(one), "url": host + evidence(one)},
            "finfoundry": _place(one),
        }
        for start, end, one in _marked(answer, text)
    ]


def file_citations(answer: Answer, text: str, host: str) -> list[dict[str, Any]]:
    """Annotations of responses: a document of the store is a file, cited behind its mark."""
    return [
        {
            "type": "file_citation",
            "file_id": one.document.id,
            "filename": one.document.name,
            "index": end,
            "finfoundry": {**_place(one), "url": host + evidence(one)},
        }
        for _, end, one in _marked(answer, text)
    ]


def _marked(answer: Answer, text: str) -> Iterator[tuple[int, int, Citation]]:
    """Where each citation is marked in the answer's own text, from and to; one without a mark at the end of it."""
    within = min(len(answer.text), len(text))
    for one in answer.citations:
        places = [(found.start(), found.end()) for found in re.finditer(rf"\[{one.marker}\]", text[:within])]
        for start, end in places or [(within, within)]:
            yield start, end, one


def _title(citation: Citation) -> str:
    return f"{citation.document.name}, p. {citation.page}"


def _place(citation: Citation) -> dict[str, Any]:
    return {
        "marker": citation.marker,
        "document": citation.document.id,
        "page": citation.page,
        "box": citation.box,
        "locator": citation.locator,
        "quote": citation.quote,
    }
