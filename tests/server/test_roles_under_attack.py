"""What serves, and which labels there are, by who asks: each role gets what is its own, and the others learn nothing by trying."""

from __future__ import annotations

import io

import httpx
import openpyxl
import pytest
from tests.server.conftest import SECRET, Live

from finfoundry.demo.report import CLIENT

RELEASES = [
    ("GET", "/v1/releases", None),
    ("GET", "/v1/releases/1", None),
    ("POST", "/v1/releases/promote", {"releases": [1], "why": "mine"}),
    ("POST", "/v1/releases/rollback", {"slot": "model", "why": "mine"}),
]
CHANGES = RELEASES[2:]


def asked(live: Live, key: str | None, method: str, path: str, body: object) -> httpx.Response:
    return httpx.request(method, f"{live.url}{path}", json=body, headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=60)


@pytest.mark.parametrize(("method", "path", "body"), RELEASES)
def test_releases_are_hidden_from_who_only_reads(live: Live, method: str, path: str, body: object) -> None:
    for key in (live.key, live.raw_key):
        assert asked(live, key, method, path, body).status_code == 403
    for unknown in (None, "ff_wrong"):
        assert asked(live, unknown, method, path, body).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_an_auditor_sees_releases_and_changes_none(live: Live, method: str, path: str, body: object) -> None:
    key = live.new_key("ana", "read", "audit")
    assert asked(live, key, "GET", "/v1/releases", None).status_code == 200
    assert asked(live, key, method, path, body).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"releases": [], "why": "x"},
        {"releases": [0], "why": "x"},
        {"releases": [2**31], "why": "x"},
        {"releases": [1] * 51, "why": "x"},
        {"releases": ["1; DROP TABLE releases"], "why": "x"},
        {"releases": [1], "why": ""},
        {"releases": [1], "why": "x" * 2001},
        {"releases": [1], "why": "x", "state": "promoted"},
        {"releases": [1], "why": "x", "approved_by": "another"},
    ],
)
def test_what_an_administrator_cannot_say_is_refused(live: Live, body: object) -> None:
    assert asked(live, live.admin_key, "POST", "/v1/releases/promote", body).status_code == 400


@pytest.mark.parametrize("slot", ["../../etc/passwd", "model'; --", "\u0000", "nothing"])
def test_a_slot_that_is_none_changes_nothing(live: Live, slot: str) -> None:
    told = asked(live, live.admin_key, "POST", "/v1/releases/rollback", {"slot": slot, "why": "x"})
    assert told.status_code in (400, 404)
    assert asked(live, live.admin_key, "GET", "/v1/releases", None).json() == []


def test_a_hidden_label_looks_like_one_that_is_not_there(live: Live) -> None:
    """And so does a hidden document, sent again byte by byte under one's own label."""
    with live.client() as client:
        told = [
            client.post("/v1/documents", files={"file": ("a.md", b"# A\n\nThe fee was 2%.\n")}, data={"label": label})
            for label in ("sensitive", "nolabel")
        ]
        assert {one.status_code for one in told} == {403}
        errors = [one.json()["error"] for one in told]
        assert errors[0]["message"].replace("sensitive", "*") == errors[1]["message"].replace("nolabel", "*")
        assert errors[0]["remedy"].replace("sensitive", "*") == errors[1]["remedy"].replace("nolabel", "*")
        listed = [one["name"] for one in client.get("/v1/documents").json()]
        assert SECRET not in listed


def test_an_export_ends_with_the_grant(live: Live) -> None:
    """What was opened before is not in the next file, nor on any page."""

    def exported(key: str) -> int:
        with live.client(key) as client:
            told = client.get("/console/facts.xlsx", params={"entity": CLIENT})
        return openpyxl.load_workbook(io.BytesIO(told.content)).worksheets[0].max_row

    policy, administrator = live.app.policy, live.app.administrator
    policy.add_user(administrator, "fay")
    key = live.new_key("fay")
    nothing = exported(key)
    policy.add_grant(administrator, "fay", "sensitive")
    assert exported(key) > nothing
    policy.remove_grant(administrator, "fay", "sensitive")
    assert exported(key) == nothing
