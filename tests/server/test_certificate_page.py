"""The page of a document shows the balance of its digits, and where the lost ones stand; the API gives all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.knowledge.balance.balance_papers import ROWS, pdf
from tests.server.conftest import REPORT, Live

LOST = "lost-figures.pdf"


@pytest.fixture(scope="module")
def lost(live: Live, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("papers") / LOST
    path.write_bytes(pdf([*ROWS, ["Current ratio", "1.6:1", "2.1:1"]]))
    (added,) = live.app.ingest(live.app.administrator, [path], collection="balances")
    assert added.id is not None
    return added.id


def test_a_balance_that_closes_is_told(live: Live) -> None:
    (document,) = [one.id for one in live.app.documents(live.app.administrator) if one.name == REPORT]
    with live.browser(live.admin_key) as root:
        page = root.get(f"/console/documents/{document}", headers={"Accept-Language": "en"}).text
    assert "Balance of digits" in page
    assert "Each of the 872 runs of digits is in an account." in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Balance of digits (", "runs of digits are in no account", "a figure of a table became no fact", "<strong>1.6</strong>"]),
        ("zh", ["数字守恒", "串没有归宿", "表格中的数字未成为事实", "<strong>1.6</strong>"]),
    ],
)
def test_lost_figures_are_told_with_their_places(live: Live, lost: str, language: str, words: list[str]) -> None:
    with live.browser(live.admin_key) as root:
        page = root.get(f"/console/documents/{lost}", headers={"Accept-Language": language}).text
    assert [word for word in words if word not in page] == []
    assert f"/console/evidence/{lost}/1?box=" in page


def test_the_api_gives_the_whole_balance(live: Live, lost: str) -> None:
    with live.client(live.admin_key) as client:
        digits = client.get(f"/v1/documents/{lost}").json()["certificate"]["digits"]
    assert digits["counted_from"] == "words"
    assert sum(digits["accounts"].values()) == digits["runs"]
    assert digits["accounts"]["lost"] == len(digits["lost"]) == 4
    assert {one["table"] for one in digits["lost"]} == {0}
