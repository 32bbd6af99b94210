"""The suite: files are read in a process of their own, kept with their truth, counted by kind and format, beside other readers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from finfoundry.core.errors import InputError
from finfoundry.evals.rows import Item, read_rows
from finfoundry.evals.silent_errors import silent_suite
from finfoundry.evals.silent_errors.peers import PACKAGES, PEERS, NotInstalled, edgartools, peer, plain_libraries
from finfoundry.evals.silent_errors.recipe_book import KINDS
from finfoundry.knowledge.ingest.workers import Workers
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.evaluation.evaluate import Evaluation

OWN_RECIPES = """
from finfoundry.evals.silent_errors.draw import figures
from finfoundry.evals.silent_errors.expected import Made, Truth
from finfoundry.evals.silent_errors.paper_blocks import body, statement
from finfoundry.evals.silent_errors.recipe_book import paper, recipe

HELD_OUT = True


@recipe("plain page of another hand", "html csv")
def plain(draw):
    rows = draw.income()
    return paper(draw, statement(draw, body(rows)), Truth(figures(rows, draw)))


@recipe("page of another hand that lies", "html")
def lies(draw):
    rows = draw.income()
    return Made(b"<html><body><p>nothing</p></body></html>", "html", Truth(figures(rows, draw)))
"""


@pytest.fixture
def pool() -> Iterator[Workers]:
    workers = Workers(processes=1)
    yield workers
    workers.close()


@pytest.fixture
def recipes(tmp_path: Path) -> Iterator[Path]:
    """A folder of recipes by another hand; its kinds are forgotten afterwards."""
    folder, before = tmp_path / "recipes", dict(KINDS)
    folder.mkdir()
    (folder / "by_another_hand.py").write_text(OWN_RECIPES)
    yield folder
    KINDS.clear()
    KINDS.update(before)


def some(word: str) -> list[Item]:
    return [item for item in silent_suite.items(1) if item.kind.startswith(word)]


def test_a_file_is_read_judged_and_kept_with_its_truth(pool: Workers, tmp_path: Path) -> None:
    item = some("brackets for less than nothing [html]")[0]
    reply = silent_suite.read_with(pool, tmp_path)(item)
    judgement = silent_suite.score(item, reply)
    assert (judgement.verdict, judgement.value, reply.text) == ("correct", 1.0, "8 of 8 figures")
    [file], [truth] = (list((tmp_path / name).iterdir()) for name in (silent_suite.FILES, silent_suite.TRUTHS))
    assert file.name == "brackets-for-less-than-nothing.html.0.html"
    figure = json.loads(truth.read_text())["figures"][0]
    assert figure["printed"] in file.read_text()


def test_a_mail_is_read_with_what_is_attached(pool: Workers, tmp_path: Path) -> None:
    item = some("files attached to a mail")[0]
    assert silent_suite.score(item, silent_suite.read_with(pool, tmp_path)(item)).verdict == "correct"


def test_a_run_counts_kinds_and_formats_and_tells_a_peer_that_is_missing(tmp_path: Path, recipes: Path) -> None:
    """Without a data folder, a database or a model; kinds by their words; of kinds held out no fault is named."""
    settings = Settings(home=tmp_path / "home")
    out = tmp_path / "runs"
    evaluation = Evaluation(
        settings, Path("data"), out, seed=1, kinds=("of another hand",), recipes=recipes, systems=("product", "libraries", "docling")
    )
    with evaluation:
        found = evaluation.evaluate(["silent-errors"])
    product, libraries = found.results[:2]
    assert (product.n, product.headline) == (15, "silently_wrong")
    assert {name: one.verdicts for name, one in product.kinds.items()} == {
        "(held out) [html]": {"correct": 5, "silent": 5},
        "(held out) [csv]": {"correct": 5},
    }
    assert product.measures["silently_wrong"].value == pytest.approx(1 / 3)
    assert libraries.kinds["(held out) [html]"].verdicts["silent"] == 5
    assert not any(row.why for row in read_rows(out / "silent-errors" / "rows.jsonl"))
    assert ("silent-errors@docling" in found.not_run) == (find_spec("docling") is None)
    head, *rows = silent_suite.table_of(product)[0], *silent_suite.table_of(product)[1]
    assert head == ["right/said/silent", "csv", "html", "all"]
    assert rows == [
        ["(held out)", "5/0/0", "5/0/5", "10/0/5"],
        ["all", "5/0/0", "5/0/5", "10/0/5"],
    ]


def test_a_suite_that_needs_data_still_asks_for_them(tmp_path: Path) -> None:
    evaluation = Evaluation(Settings(home=tmp_path), tmp_path / "data", tmp_path / "out")
    with evaluation, pytest.raises(InputError, match="there is no data folder"):
        evaluation.evaluate(["tfns"])


def test_words_of_no_kind_are_refused(tmp_path: Path) -> None:
    evaluation = Evaluation(Settings(home=tmp_path), tmp_path / "data", tmp_path / "out", kinds=("no such kind",))
    with evaluation, pytest.raises(InputError, match="no kind of silent-errors has the words no such kind"):
        evaluation.evaluate(["silent-errors"])


def test_a_folder_without_recipes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no recipes"):
        silent_suite.items(0, tmp_path)


@pytest.mark.parametrize("format", ["html", "xlsx", "docx", "csv", "pdf", "eml"])
def test_plain_libraries_read_a_plain_statement(format: str, tmp_path: Path) -> None:
    item = some(f"small unit line under the title [{format}]")[0]
    reply = silent_suite.read_by_peer(plain_libraries, tmp_path)(item)
    assert silent_suite.score(item, reply).verdict == "correct"


@pytest.mark.parametrize("name", PACKAGES)
def test_a_reader_beside_ours_is_looked_for_under_the_name_of_its_package(name: str) -> None:
    if find_spec(PACKAGES[name]) is None:
        with pytest.raises(NotInstalled, match=f"{name} is not installed"):
            peer(name)
    else:
        assert peer(name) is PEERS[name]


@pytest.mark.parametrize("suffix", ["pdf", "xlsx", "docx", "csv"])
def test_a_reader_of_filings_in_html_refuses_what_is_none(suffix: str) -> None:
    with pytest.raises(ValueError, match=f"edgartools reads no {suffix}"):
        edgartools(b"", suffix)


def test_what_a_library_does_not_open_is_said(tmp_path: Path) -> None:
    item = some("picture of a table [png]")[0]
    assert silent_suite.score(item, silent_suite.read_by_peer(plain_libraries, tmp_path)(item)).verdict == "said"
