"""Metrics that the reader marks in a question, held to labels that the store knows: their edges, and how many they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.language import has_han
from finfoundry.core.protocols import FoundSpan

_Place = tuple[int, int]


def as_known(question: str, metrics: Sequence[FoundSpan], read: Sequence[FoundSpan], known: Sequence[str]) -> list[FoundSpan]:
    """``metrics`` by the labels that they overlap, where nothing of a metric beside them means anything: "net sales for the" is net sales,
    "loans and deposits" are two. Each label has the role that most of it was ``read`` as; a metric that no label fits stays as it is.
    """
    places = label_places(question, known)
    found: dict[_Place, FoundSpan] = {}
    for metric in metrics:
        over = [place for place in places if place[0] < metric.end and metric.start < place[1]]
        if over and _idle(question, metric, over):
            found.update({place: _of_place(place, read, metric) for place in over})
        else:
            found[metric.start, metric.end] = metric
    return sorted(found.values(), key=lambda span: span.start)


def joined(run: Sequence[FoundSpan]) -> FoundSpan:
    """Pieces as one span, with the role of most of it."""
    size = {role: sum(span.end - span.start for span in run if span.label == role) for role in {span.label for span in run}}
    role = max(size, key=lambda one: (size[one], one))
    return FoundSpan(run[0].start, run[-1].end, role, min(span.probability for span in run))


def label_places(question: str, known: Sequence[str]) -> list[_Place]:
    """Where labels stand, the longest first and none over another."""
    taken: list[_Place] = []
    for label in sorted(known, key=len, reverse=True):
        taken += [place for place in _found(question, label) if not any(place[0] < end and start < place[1] for start, end in taken)]
    return sorted(taken)


def _found(question: str, label: str) -> Iterator[_Place]:
    edges = ("" if has_han(label[:1]) else r"(?<!\w)", "" if has_han(label[-1:]) else r"(?!\w)")
    for match in re.finditer(f"{edges[0]}{re.escape(label)}{edges[1]}", question, re.IGNORECASE) if label else ():
        yield match.start(), match.end()


def _of_place(place: _Place, read: Sequence[FoundSpan], metric: FoundSpan) -> FoundSpan:
    inside = [
        FoundSpan(max(span.start, place[0]), min(span.end, place[1]), span.label, span.probability)
        for span in read
        if span.start < place[1] and place[0] < span.end
    ]
    whole = joined(inside or [metric])
    return FoundSpan(*place, whole.label, whole.probability)


def _idle(question: str, metric: FoundSpan, places: Sequence[_Place]) -> bool:
    """Whether what a metric has beside the labels means nothing by itself."""
    beside = "".join(" " if any(start <= at < end for start, end in places) else question[at] for at in range(metric.start, metric.end))
    return all(_idle_zh(word) if has_han(word) else word.lower() in word_list("empty") for word in re.findall(r"\w+", beside))


def _idle_zh(words: str) -> bool:
    for idle in sorted(word_list("around_zh"), key=len, reverse=True):
        words = words.replace(idle, "")
    return not words
