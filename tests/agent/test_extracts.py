"""What of the passages found goes into a prompt."""

from __future__ import annotations

from finfoundry.agent.passages import PAGES, ROOM, extracts
from finfoundry.knowledge.search import Hit


def hit(page: int, number: int, text: str, document: str = "d") -> Hit:
    box = (0.0, 0.0, 10.0, 10.0) if document != "page-less" else None
    return Hit(f"{document}/{number}", document, f"{document}.pdf", page, 1.0, text, (), box, None, "text", None)


def test_the_first_passage_of_each_page_goes_before_the_second_of_any() -> None:
    hits = [
        hit(7, 1, "Margins fell."),
        hit(7, 2, "Costs of freight rose."),
        hit(3, 3, "Prices were raised."),
        hit(7, 4, "Weather was cold."),
    ]
    assert [(one.hit.page, one.text) for one in extracts(hits, "why did margins fall", "en")] == [
        (7, "Margins fell."),
        (3, "Prices were raised."),
        (7, "Costs of freight rose."),
    ]


def test_only_the_first_pages_are_read() -> None:
    hits = [hit(page, page, f"Region {page} grew by a tenth.") for page in range(1, 12)]
    assert [one.hit.page for one in extracts(hits, "which region grew", "en")] == list(range(1, PAGES + 1))


def test_in_a_file_without_pages_each_passage_is_a_place() -> None:
    hits = [hit(1, number, f"Article {number} binds banks of class {number}.", "page-less") for number in range(4)]
    assert len(extracts(hits, "which article binds banks", "en")) == 4


def test_the_room_is_kept_and_nothing_is_said_twice() -> None:
    long = "The segment sold more goods than in the year before. " * 20
    hits = [hit(page, 10 * page + turn, f"Page {page} turn {turn}. {long}") for page in range(1, 6) for turn in range(2)]
    kept = extracts([*hits, *hits], "what did the segment sell", "en")
    assert sum(len(one.text) for one in kept) <= ROOM["en"]
    assert len({one.text for one in kept}) == len(kept)
