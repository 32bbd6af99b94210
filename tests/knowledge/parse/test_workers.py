"""Workers: the same document as in this process, and death of a worker as an ordinary error."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tests.knowledge.parse.drawn import pdf, statement, text

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.parse import pdf as parser
from finfoundry.knowledge.parse.workers import WorkerPool

SOUND = pdf(lambda c: statement(c, [("", "2021", "2020"), ("Assets", "1,234", "999"), ("Debt", "(5)", "—")]))
LONG = pdf(*[lambda c: text(c, 60, 100, f"Page {c.getPageNumber()} of many")] * 90)


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2) as workers:
        yield workers


def test_same_document_as_in_this_process(pool: WorkerPool) -> None:
    assert pool.parse(SOUND, "a.pdf") == parser.parse(SOUND, "a.pdf")


def test_long_file_is_shared_out_and_stays_in_order(pool: WorkerPool) -> None:
    document = pool.parse(LONG, "a.pdf")
    assert [page.number for page in document.pages] == list(range(1, 91))
    assert document == parser.parse(LONG, "a.pdf")


def test_a_bad_file_does_not_stop_the_others(pool: WorkerPool) -> None:
    outcomes = list(pool.parse_all([(SOUND, "a.pdf"), (b"%PDF-1.4 nothing", "b.pdf"), (b"", "c.pdf"), (b"Some text.", "d.txt")]))
    assert [type(outcome) for outcome in outcomes] == [Document, ParseError, ParseError, Document]
    assert "b.pdf" in str(outcomes[1])


def test_a_killed_worker_is_an_error_and_is_replaced() -> None:
    """As when the parser crashes on a hostile file."""
    with WorkerPool(1) as workers:
        workers.parse(SOUND, "a.pdf")
        (worker,) = workers._workers
        worker.process.kill()
        worker.process.wait()
        assert workers.parse(SOUND, "a.pdf").pages
        (worker,) = workers._workers


def test_a_worker_that_dies_at_work_is_an_error() -> None:
    with WorkerPool(1) as workers:
        workers.parse(SOUND, "a.pdf")
        (worker,) = workers._workers
        threading.Timer(0.3, worker.process.kill).start()
        with pytest.raises(ParseError, match="crashed"):
            workers.parse(b"<html><body>" + b"<p>x</p>" * 3_000_000, "slow.html")
        assert workers.parse(SOUND, "a.pdf").pages


def test_too_slow() -> None:
    with WorkerPool(1, timeout=0.05) as workers, pytest.raises(ParseError, match=r"within 0\.05 seconds") as caught:
        workers.parse(LONG, "slow.pdf")
    assert caught.value.remedy


def test_too_much_memory() -> None:
    """A small file that unpacks to a huge page kills its worker, not the program."""
    huge = b"<html><body>" + b"<p>x</p>" * 4_000_000
    with WorkerPool(1, memory=600 * 1024**2) as workers:
        with pytest.raises(ParseError, match=r"huge\.html"):
            workers.parse(huge, "huge.html")
        assert workers.parse(SOUND, "a.pdf").pages
