"""What a search may return: what is wanted within reach; and neighbours, other documents, and places too far down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from tests.evals.made_answers.made import TRUE, Made

from finfoundry.evals.rows import Item
from finfoundry.evals.suites.retrieval import Passage

NOTHING = "本条与所问无关。This passage is about something else."


def pages(item: Item, random: Random) -> Iterator[Made]:
    """Replies to ``page-retrieval``: right within the first five pages."""
    document, page = item.meta["pages"][0]
    wanted = {number for name, number in item.meta["pages"] if name == document}
    near = next(number for number in range(page + 1, page + 99) if number not in wanted)
    others = [Passage(f"{document}.pdf", number, NOTHING) for number in range(5000, 5010)]
    right = Passage(f"{document}.pdf", page, NOTHING)
    yield from _ranked(right, others, random)
    yield _found([Passage(f"{document}.pdf", near, NOTHING)], "other item")
    yield _found([Passage("ANOTHER_2020_10K.pdf", page, NOTHING)], "entity")


def articles(item: Item, random: Random) -> Iterator[Made]:
    """Replies to ``zh-regulations-search``: right within the first five passages."""
    name, article = item.meta["places"][0]
    right = Passage(name, 1, f"{article} {item.meta['body']}")
    others = [Passage(name, 1, f"第{number}条 {NOTHING}{number}") for number in range(200, 210)]
    yield from _ranked(right, others, random)
    yield _found([Passage("another_rule.txt", 1, right.text)], "entity")
    yield _found([Passage(name, 1, item.meta["body"][1:][:6])], "left out")


def documents(item: Item, random: Random) -> Iterator[Made]:
    """Replies to ``bank-kb``: right where all that is needed is among the first ten; what needs more than ten cannot be."""
    wanted = [Passage(f"{name}.md", 1, NOTHING) for name in item.meta["documents"]]
    others = [Passage(f"doc_other_{number}.md", 1, NOTHING) for number in range(10)]
    if len(wanted) <= 10:
        yield _found([*others[: 10 - len(wanted)], *wanted], TRUE)
        yield _found([*wanted, *wanted, *others], TRUE)
    yield _found([*others, *wanted], "too far down")
    random.shuffle(others)
    yield _found([*wanted[1:][:10], *others], "left out")


def _ranked(right: Passage, others: Sequence[Passage], random: Random) -> Iterator[Made]:
    yield _found([right, *others], TRUE)
    yield _found([*others[: random.randint(1, 4)], right], TRUE)
    yield _found([*others[:5], right], "too far down")
    yield _found(others, "left out")


def _found(passages: Sequence[Passage], kind: str) -> Made:
    return Made("", kind, found=tuple(passages))
