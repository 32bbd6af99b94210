"""Sessions of the page: what the browser holds, what ends it, and from where it may be used; signing in at a provider; wrong keys."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.server.conftest import Live, Provided

from finfoundry.governance.api_keys import ApiKeys
from finfoundry.governance.code_flow import CodeFlow
from finfoundry.server.limits.attempts import FREE, Attempts, TooManyWrongKeys

HIDDEN = ("POST", "/v1/search"), ("POST", "/console/documents/00000000/delete"), ("POST", "/console/logout")


def test_the_browser_holds_a_session_and_never_the_key(live: Live) -> None:
    with live.browser(live.key) as page:
        (cookie,) = page.cookies.jar
        assert cookie.name == "finfoundry_session"
        assert cookie.value
        assert live.key not in cookie.value
        assert page.get("/v1/collections").status_code == 200
        with live.app.database.owner() as connection:
            kept = str(connection.execute("SELECT s::text FROM sessions s").fetchall())
        assert cookie.value not in kept
        header = {"Authorization": f"Bearer {cookie.value}"}
        assert httpx.get(f"{live.url}/v1/collections", headers=header).status_code == 401, "a session counts as a cookie only"
    with httpx.Client(base_url=live.url, cookies={"finfoundry_session": live.key, "finfoundry_key": live.key}) as page:
        assert page.get("/v1/collections").status_code == 401, "a key counts in the header only"


def test_signing_out_ends_the_session_wherever_it_was_copied_to(live: Live) -> None:
    with live.browser(live.key) as page:
        copied = dict(page.cookies)
        assert page.post("/console/logout").status_code == 303
    with httpx.Client(base_url=live.url, cookies=copied) as thief:
        assert thief.get("/v1/collections").status_code == 401


@pytest.mark.parametrize("way", ["key", "all keys", "user", "time"])
def test_a_session_ends_with_its_key_its_user_and_its_time(live: Live, way: str) -> None:
    user = f"leaving by {way}"
    key = live.new_key(user)
    with live.browser(key) as page:
        assert page.get("/v1/collections").status_code == 200
        keys, administrator = ApiKeys(live.app.database), live.app.administrator
        if way == "key":
            keys.revoke(administrator, key.split("_")[1])
        elif way == "all keys":
            keys.revoke_all(administrator, user)
        elif way == "user":
            live.app.policy.remove_user(administrator, user)
        else:
            with live.app.database.owner() as connection:
                connection.execute("UPDATE sessions SET expires = now() FROM users u WHERE u.id = user_id AND u.name = %s", (user,))
        assert page.get("/v1/collections").status_code == 401
        assert page.get("/console/ask").headers["location"] == "/console/login"


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "OURS"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_another_site_makes_the_browser_send_is_refused(live: Live, headers: dict[str, str]) -> None:
    with live.browser(live.key) as page:
        cookies = dict(page.cookies)
        given = {name: live.url if value == "OURS" else value for name, value in headers.items()}
        with httpx.Client(base_url=live.url, cookies=cookies, headers=given) as forged:
            for method, path in HIDDEN:
                assert forged.request(method, path, json={"query": "x"}).status_code == 403, (method, path)
            if "Sec-Fetch-Site" in given:
                assert forged.get("/v1/documents").status_code == 403
        assert page.get("/v1/collections").status_code == 200, "and the session goes on"
    with httpx.Client(base_url=live.url, headers=given) as forged:
        assert forged.post("/console/login", data={"key": live.key}).status_code == 403


def test_a_key_in_the_header_comes_from_anywhere(live: Live) -> None:
    headers = {"Authorization": f"Bearer {live.key}", "Origin": "https://own-page.example", "Sec-Fetch-Site": "cross-site"}
    assert httpx.post(f"{live.url}/v1/search", json={"query": "fee"}, headers=headers).status_code == 200


def test_behind_https_the_cookie_belongs_to_this_host_alone(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    public = "https://finfoundry.bank.example"
    monkeypatch.setattr(live.app, "settings", live.app.settings.model_copy(update={"public_url": public}))
    with httpx.Client(base_url=live.url, headers={"Origin": public}) as page:
        cookie = page.post("/console/login", data={"key": live.key}).headers["set-cookie"]
    assert cookie.startswith("__Host-finfoundry_session=")
    assert {"secure", "httponly", "path=/", "samesite=strict"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()
    value = cookie.split(";")[0].split("=", 1)[1]
    for name, status in (("__Host-finfoundry_session", 200), ("finfoundry_session", 401)):
        assert httpx.get(f"{live.url}/v1/collections", headers={"Cookie": f"{name}={value}"}).status_code == status


@pytest.fixture
def visitor(provided: Provided) -> Iterator[httpx.Client]:
    provided.issuer.person, provided.issuer.changes = "mei", {}
    with httpx.Client(base_url=provided.url, headers={"Accept": "text/html"}, timeout=60) as client:
        yield client


def back(visitor: httpx.Client) -> str:
    """To the provider, where a person signs in, and the address that it sends the browser back to."""
    sent = visitor.get("/console/sign-in")
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    return httpx.get(sent.headers["location"]).headers["location"]


def test_signing_in_at_the_provider(provided: Provided, visitor: httpx.Client) -> None:
    assert "/console/sign-in" in visitor.get("/console/login").text
    answer = visitor.get(back(visitor))
    assert answer.status_code == 200
    assert 'content="0;url=/console/ask"' in answer.text
    assert "mei" in visitor.get("/console/ask").text
    assert provided.issuer.exchanged[-1]["client_secret"] == "of the page"
    assert len(visitor.cookies.jar) == 1, "what tied the two ways together is gone"


def test_an_ended_user_of_the_provider_is_out(live: Live, provided: Provided, visitor: httpx.Client) -> None:
    provided.issuer.person = "lan"
    assert visitor.get(back(visitor)).status_code == 200
    assert visitor.get("/v1/collections").status_code == 200
    ApiKeys(live.app.database).revoke_all(live.app.administrator, "lan")
    assert visitor.get("/v1/collections").status_code == 401


@pytest.mark.parametrize("changes", [
    {"nonce": "of another attempt"}, {"nonce": None}, {"aud": "finfoundry"}, {"iss": "https://evil.example"}, {"exp": 1},
    {"roles": ["guest"]}, {"sub": "administrator"},
], ids=str)  # fmt: skip
def test_an_id_token_that_is_not_of_this_attempt_lets_nobody_in(provided: Provided, visitor: httpx.Client, changes: Any) -> None:
    provided.issuer.changes = changes
    assert visitor.get(back(visitor)).status_code == 401
    assert visitor.get("/v1/collections").status_code == 401


CHANGED: list[Callable[[str], str]] = [
    lambda address: address.replace("state=", "state=x"),
    lambda address: address.replace("code=", "code=x"),
    lambda address: address.split("?")[0],
    lambda address: f"{address.split('?')[0]}?error=access_denied",
]


@pytest.mark.parametrize("change", CHANGED)
def test_a_way_back_that_was_changed_lets_nobody_in(visitor: httpx.Client, change: Callable[[str], str]) -> None:
    assert visitor.get(change(back(visitor))).status_code == 401
    assert visitor.get("/v1/collections").status_code == 401


def test_a_code_counts_once_and_in_the_browser_that_asked_for_it(provided: Provided, visitor: httpx.Client) -> None:
    """Another's code (of a stolen address, or slipped to a victim) lacks the cookie, or the verifier."""
    address = back(visitor)
    with httpx.Client(base_url=provided.url) as other:
        assert other.get(address).status_code == 401
        other.get("/console/sign-in")  # an attempt of its own
        assert other.get(address).status_code == 401
    assert visitor.get(address).status_code == 200
    assert visitor.get(address).status_code == 401


def test_without_a_client_at_the_provider_there_are_keys_only(live: Live) -> None:
    with live.browser() as page:
        assert "/console/sign-in" not in page.get("/console/login").text
        assert page.get("/console/sign-in").status_code == 404


def test_wrong_keys_are_slowed_more_and_more_whatever_the_clock_says() -> None:
    now = 100.0
    attempts = Attempts(lambda: now)
    for _ in range(FREE):
        attempts.wrong("1.2.3.4")
    attempts.admit("1.2.3.4", "ff_x")
    waits = []
    for _ in range(8):
        attempts.wrong("1.2.3.4")
        with pytest.raises(TooManyWrongKeys) as refused:
            attempts.admit("1.2.3.4", "ff_x")
        waits.append(refused.value.retry_after)
        now += refused.value.retry_after
        attempts.admit("1.2.3.4", "ff_x")
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    attempts.admit("5.6.7.8", "ff_x")
    attempts.right("ff_good")
    attempts.wrong("1.2.3.4")
    attempts.admit("1.2.3.4", "ff_good")


def test_the_service_says_when_to_come_again_and_logs_it(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    with httpx.Client(base_url=live.url, transport=httpx.HTTPTransport(local_address="127.0.0.9")) as guesser:
        answers = [guesser.get("/v1/collections", headers={"Authorization": f"Bearer ff_guess{n}"}) for n in range(FREE + 5)]
    assert [answer.status_code for answer in answers[:FREE]] == [401] * FREE
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].json()["error"]["remedy"]
    assert any("127.0.0.9" in record.getMessage() for record in caplog.records)
    with live.client() as ana:
        assert ana.get("/v1/collections").status_code == 200


def test_a_provider_that_hangs_holds_no_thread_of_others(live: Live, provided: Provided, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in needs no key: what waits there must not be in the way of those who have one."""
    begun, go = threading.Semaphore(0), threading.Event()

    def hang(*_: object) -> str:
        begun.release()
        assert go.wait(60)
        return "https://login.example/"

    monkeypatch.setattr(CodeFlow, "address", hang)
    with ThreadPoolExecutor(24) as pool:
        waiting = [pool.submit(httpx.get, f"{provided.url}/console/sign-in", timeout=60) for _ in range(24)]
        assert begun.acquire(timeout=30)
        told = httpx.get(f"{provided.url}/v1/collections", headers={"Authorization": f"Bearer {live.key}"}, timeout=20)
        go.set()
        assert told.status_code == 200
        assert {one.result().status_code for one in waiting} == {303}
