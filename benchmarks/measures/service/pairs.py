"""Every route with every pair of users: what one may read and the other may not must look to the other like what is not there.

    python benchmarks/service.py pairs [--requests 100000] [--state FILE] [--only PART]

Each user has a label, a document under it, an upload, a record, a conversation, and a specialist in service. Each asks each route, each
stream and each page for the other's things, by id, by name and by content, and in the same breath for things that do not exist. No answer
may hold a word of the other's; the two answers must be the same but for what was asked; and how long they take must not tell them apart
(AUC: how often the hidden one took longer; 0.5 is chance). With ``--state`` a run that was cut off, or asked for fewer, is gone on with.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import random
import re
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from finfoundry.app import App
from finfoundry.core.principal import Principal
from finfoundry.governance.api_keys import ApiKeys
from measures.service.fuzz import server

USERS = ("ana", "ben", "chen", "dora", "emil")
# What differs between any two answers: ids of requests, records and answers, times.
_VARIES = re.compile(
    r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\"(?:timings|score|relevance_score|created|created_at|sequence_number|seconds)\": ?(?:\{[^}]*\}|[\d.]+)"
    r"|<aside class=\"list\".*?</aside>"  # of one's own conversations, in which the questions of before stand
    r"|(?<=Receipt )[0-9a-f]{8}"
    r"|event: (?:progress|response\.in_progress)\ndata: [^\n]*\n\n",  # as many as seconds passed
    re.DOTALL,
)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EACH = 1000  # requests after which what was seen is kept
LIMIT = 0.55  # of the AUC over all kinds of request

_SHIFTED = str.maketrans("0123456789abcdef", "123456789abcdef0")


@dataclass(frozen=True)
class Owned:
    """What belongs to one user. The words stand in that user's document only."""

    key: str
    words: tuple[str, ...]
    names: dict[str, str]  # of the parameters of routes


@dataclass
class Seen:
    requests: int = 0
    leaks: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    times: dict[str, tuple[list[float], list[float]]] = field(default_factory=lambda: defaultdict(lambda: ([], [])))
    statuses: Counter[int] = field(default_factory=Counter)


def company(user: str) -> str:
    return f"Zq{user} Holdings Inc"


def paper(user: str) -> bytes:
    number = 10_000 + sum(map(ord, user)) * 37
    table = f"| USD million | 2024 |\n|---|---|\n| Revenue | {number:,} |\n"
    return f"# {company(user)}\n\nAnnual report 2024. The zq{user}word is here.\n\n{table}".encode()


def own(app: App, url: str, user: str) -> Owned:
    """Give a user a label, a document, a record and a conversation."""
    administrator = app.administrator
    key = ApiKeys(app.database).create(administrator, user, scopes=("read", "write")).key
    app.policy.add_label(administrator, f"zq{user}-label")
    app.policy.add_grant(administrator, user, f"zq{user}-label", write=True)
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=600) as client:
        form = {"collection": f"zq{user}-papers", "label": f"zq{user}-label"}
        sent = client.post("/v1/documents", files={"file": (f"zq{user}.md", paper(user))}, data=form).raise_for_status().json()
        list(client.get(f"/v1/uploads/{sent['id']}/events").iter_lines())
        (document,) = client.get("/v1/documents", params={"collection": form["collection"]}).json()
        asked = {"question": f"What was {company(user)}'s revenue in 2024?", "conversation": "zq"}
        record = client.post("/v1/ask", json=asked).json()["audit_id"]
    with with_session(url, key) as page:
        page.post("/console/ask", data={"question": asked["question"]}).raise_for_status()
    (conversation,) = app.history.conversations(Principal(user))
    words = (f"zq{user}", company(user).lower(), f"{10_000 + sum(map(ord, user)) * 37:,}")
    specialist(app, user)
    names = {
        "name": f"zq{user}-model",
        "document": document["id"],
        "upload": sent["id"],
        "record": record,
        "conversation": conversation.id,
        "number": "1",
        "collection": f"zq{user}-papers",
    }
    return Owned(key, words, {**names, "company": company(user), "word": f"zq{user}word", "model": f"finfoundry/zq{user}-papers"})


def specialist(app: App, user: str) -> None:
    """One in service under the user's label. What it holds is never looked at: others may not know of it."""
    with app.database.owner() as connection:
        connection.execute(
            "INSERT INTO specialists (version, name, family, files, trained_by, state, decided_by, label_id)"
            " SELECT %s, %s, 'credit', '', 'one', 'promoted', 'another', id FROM labels WHERE name = %s",
            (f"zq{user}", f"zq{user}-model", f"zq{user}-label"),
        )


def absent(like: dict[str, str]) -> dict[str, str]:
    """Names of nothing that look like these, each user's others: what was asked before is answered sooner, whether it exists or not."""
    user = like["collection"].removeprefix("zq").removesuffix("-papers")[::-1] + "x"
    return {
        "name": f"zq{user}-model", "document": like["document"][::-1], "number": "1",
        "upload": like["upload"].translate(_SHIFTED), "record": like["record"].translate(_SHIFTED),
        "conversation": like["conversation"].translate(_SHIFTED),
        "collection": f"zq{user}-papers", "company": company(user), "word": f"zq{user}word", "model": f"finfoundry/zq{user}-papers",
    }  # fmt: skip


def attempts(paths: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Method, path and body of one or more requests to each route; names in braces are filled in."""
    bodies: dict[str, list[Any]] = {
        "/v1/ask": [{"question": "What was {company}'s revenue in 2024?"}, {"question": "And in 2024?", "conversation": "zq"},
                    {"question": "What was {company}'s revenue in 2024?", "stream": True},
                    {"question": "Revenue in 2024?", "collection": "{collection}"}],
        "/v1/search": [{"query": "{word}"}, {"query": "{company} revenue"}, {"query": "revenue", "collection": "{collection}"}],
        "/v1/verify": [{"answer": "Revenue was $5 million.", "evidence": [{"document": "{document}"}]}],
        "/v1/summaries": [{"documents": ["{document}"]}],
        "/v1/readings": [{"document": "{document}", "page": 1, "box": [1, 1, 90, 90], "why": "x"},
                         {"document": "{document}", "page": 1, "fields": {"text": "1", "metric": "x", "period": "2024-12-31"}, "why": "x"}],
        "/v1/readings/try": [{"document": "{document}", "page": 1, "box": [1, 1, 90, 90]},
                             {"document": "{document}", "page": 1, "fields": {"text": "1", "metric": "x", "period": "2024-12-31"}}],
        "/v1/corrections": [{"fact": "{document}/1", "fields": {"unit": "USD"}, "why": "x"}],
        "/v1/corrections/try": [{"fact": "{document}/1", "fields": {"unit": "USD"}}],
        "/v1/risk-changes": [{"document": "{document}", "against": "{document}"}],
        "/v1/feedback": [{"audit_id": "{record}", "verdict": "right"}],
        "/v1/guards/objections": [{"act": "{record}"}],
        "/v1/guards/objections/{number}/ruling": [{"uphold": True}],
        "/v1/chat/completions": [{"model": "finfoundry", "messages": [{"role": "user", "content": "Revenue of {company} in 2024?"}]},
                                 {"model": "{model}", "messages": [{"role": "user", "content": "Revenue in 2024?"}]},
                                 {"model": "{model}", "messages": [{"role": "user", "content": "Revenue in 2024?"}], "stream": True}],
        "/v1/responses": [{"model": "finfoundry", "input": "Revenue of {company} in 2024?"}, {"model": "{model}", "input": "Revenue?"},
                          {"model": "finfoundry+sources", "input": "Revenue of {company} in 2024?", "stream": True}],
        "/v1/rerank": [{"query": "{word}", "documents": ["Revenue of {company}"]}],
        "/v2/rerank": [{"query": "{word}", "documents": ["Revenue of {company}"]}],
        "/v1/specialists/{name}/score": [{"row": {"income": 1}}, {"rows": [{"income": 1}], "reasons": False}],
        "/v1/embeddings": [{"model": "{model}", "input": "x"}],
    }  # fmt: skip
    queries = {"/v1/facts": ["?entity={company}", "?metric=Revenue&collection={collection}", "?limit=50"],
               "/v1/documents": ["", "?collection={collection}"]}  # fmt: skip
    made = []
    for path, methods in paths.items():
        for method in methods:
            if path in ("/metrics", "/healthz", "/readyz") or (method, path) == ("post", "/v1/documents"):
                continue
            for body, query in itertools.product(bodies.get(path, [None]), queries.get(path, [""])):
                made.append((method, path + query, body))
    return made + PAGES


# Of the console: they are no part of the API, and a session opens them.
PAGES: list[tuple[str, str, Any]] = [
    *(("get", f"/console/{path}", None) for path in (
        "ask", "documents", "documents/{document}", "evidence/{document}/1", "facts?entity={company}", "facts.xlsx?entity={company}",
        "search?q={word}", "audit/{record}", "api", "ask/{conversation}", "ask/{conversation}/export", "ask/{conversation}/1/figures/1",
        "ask/{conversation}/1/receipt.json",
        "ask/{conversation}/1/chart.svg", "ask/{conversation}/1/figures.xlsx", "shared/{conversation}", "documents/{document}?find={word}",
        "documents/{document}/tables.xlsx", "documents/{document}/text.md", "documents/{document}/whole.json", "documents?q={word}",
        "documents?collection={collection}", "facts?entity={company}&view=grid", "facts?document={document}",
        "corrections?document={document}", "correct?fact={document}/1", "vocabulary",
        "readings?document={document}&page=1", "readings?document={document}&page=1&kind=figure", "messages?text=No+upload+{upload}",
        "facts?metric=Revenue", "facts?metric=Revenue&view=grid", "facts?metric={word}&view=grid",
    )),
    ("post", "/console/ask/{conversation}/rename", {"title": "x"}),
    ("post", "/console/ask/{conversation}/share", {"on": "true"}),
    ("post", "/console/ask/{conversation}/delete", {}),
    ("post", "/console/shared/{conversation}/1/sign", {"receipt": "{record}"}),
    ("post", "/console/shared/{conversation}/{record}/withdraw", {}),
    ("post", "/console/ask", {"question": "And in 2023?", "conversation": "{conversation}"}),
    ("post", "/console/feedback", {"record": "{record}", "verdict": "right"}),
    ("post", "/console/correct", {"fact": "{document}/1", "unit": "USD", "why": "x", "act": "propose"}),
    *(("post", "/console/readings", {"document": "{document}", "page": "1", **given}) for given in (
        {"kind": "table", "x0": "1", "y0": "1", "x1": "90", "y1": "90"},
        {"kind": "figure", "text": "1", "metric": "x", "period": "2024-12-31"},
    )),
    ("post", "/console/documents/{document}/read-again", {}),
    ("post", "/console/documents/{document}/label", {"label": "general"}),
    ("post", "/console/documents/{document}/delete", {}),
    ("post", "/console/audit/{record}", {}),
    *(("post", f"/console/{path}", {"question": "What was {company}'s revenue in 2024?"}) for path in ("ask", "ask/stream")),
    ("post", "/console/ask", {"question": "Revenue in 2024?", "collection": "{collection}"}),
]  # fmt: skip


def filled(value: Any, names: dict[str, str]) -> Any:
    """The attempt with names in the place of braces; what is no name of ours becomes "x"."""
    if isinstance(value, str):
        return re.sub(r"\{([\w:]+)\}", lambda match: names.get(match[1].split(":")[0], "x"), value)
    if isinstance(value, dict):
        return {name: filled(one, names) for name, one in value.items()}
    return [filled(one, names) for one in value] if isinstance(value, list) else value


def plain(answer: httpx.Response, names: dict[str, str]) -> str:
    """The answer without what varies and without what was asked for."""
    text = _cells(answer.content) if answer.headers.get("content-type") == WORKBOOK else answer.text
    for value in sorted(names.values(), key=len, reverse=True):
        if len(value) > 1:
            text = text.replace(value, "*").replace(json.dumps(value)[1:-1], "*")
    return _VARIES.sub("", text)


def _cells(data: bytes) -> str:
    """All text of a workbook; when it was made is not told."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return "\n".join(book.read(name).decode() for name in book.namelist() if not name.startswith("docProps"))


def look(client: httpx.Client, attempt: tuple[str, str, Any], names: dict[str, str]) -> tuple[httpx.Response, float]:
    method, path, body = (filled(part, names) for part in attempt)
    begun = time.perf_counter()
    given: Any = {"data": body} if path.startswith("/console") else {"json": body}
    answer = client.request(method, path, **given)
    return answer, 1000 * (time.perf_counter() - begun)


def compare(client: httpx.Client, attempt: tuple[str, str, Any], owner: Owned, seen: Seen, *, hidden_first: bool) -> None:
    """One request for the owner's, one for what is not there, in either order."""
    nothing = absent(owner.names)
    answers = {}
    for names in (owner.names, nothing) if hidden_first else (nothing, owner.names):
        answers[names is owner.names] = look(client, attempt, names)
        seen.requests += 1
    (hidden, took), (missing, took_absent) = answers[True], answers[False]
    seen.statuses[hidden.status_code] += 1
    route = f"{attempt[0].upper()} {attempt[1]} {json.dumps(attempt[2])[:60] if attempt[2] else ''}".strip()
    told, other = plain(hidden, owner.names).lower(), plain(missing, nothing).lower()
    if any(word in told for word in owner.words):
        seen.leaks.append(f"{route}: {told[:200]}")
    if hidden.status_code != missing.status_code or told != other:
        at = next((place for place, (a, b) in enumerate(zip(told, other, strict=False)) if a != b), min(len(told), len(other)))
        part = slice(max(at - 60, 0), at + 60)
        seen.differences.append(f"{route}: {hidden.status_code} …{told[part]}… / {missing.status_code} …{other[part]}…")
    seen.times[route][0].append(took)
    seen.times[route][1].append(took_absent)


def pairs(
    app: App,
    url: str,
    wanted: int,
    users: Sequence[str] = USERS,
    seen: Seen | None = None,
    keep: Callable[[Seen], None] = lambda _: None,
    only: str = "",
) -> Seen:
    """Until so many requests were made: all routes, all ordered pairs, again and again in another order. ``seen``: what was seen before;
    ``keep`` is told every thousand requests; ``only``: routes whose path holds this.
    """
    owned = {user: own(app, url, user) for user in users}
    every = attempts(httpx.get(f"{url}/openapi.json", timeout=600).json()["paths"])
    made = [attempt for attempt in every if only in attempt[1]]
    seen = seen or Seen()
    draw = random.Random(1 + seen.requests)
    with ExitStack() as open_:
        keys = {user: open_.enter_context(with_key(url, owned[user].key)) for user in users}
        sessions = {user: open_.enter_context(with_session(url, owned[user].key)) for user in users}
        for attempt, (one, other) in _rounds(made, users, draw):
            if seen.requests >= wanted:
                break
            client = (sessions if attempt[1].startswith("/console") else keys)[one]
            compare(client, attempt, owned[other], seen, hidden_first=draw.random() < 0.5)
            if seen.requests % EACH == 0:
                keep(seen)
    return seen


def with_key(url: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=600)


@contextmanager
def with_session(url: str, key: str) -> Iterator[httpx.Client]:
    """As a browser that has signed in."""
    with httpx.Client(base_url=url, headers={"Origin": url, "Accept": "text/html"}, timeout=600) as client:
        assert client.post("/console/login", data={"key": key}).status_code == 303
        yield client


def _rounds(
    made: list[tuple[str, str, Any]], users: Sequence[str], draw: random.Random
) -> Iterator[tuple[tuple[str, str, Any], tuple[str, str]]]:
    while True:
        every = list(itertools.product(made, itertools.permutations(users, 2)))
        draw.shuffle(every)
        yield from every


def kept(path: Path) -> Seen | None:
    """What an earlier run has seen."""
    if not path.exists():
        return None
    told = json.loads(path.read_text())
    seen = Seen(told["requests"], told["leaks"], told["differences"])
    seen.times |= {route: (list(hidden), list(missing)) for route, (hidden, missing) in told["times"].items()}
    seen.statuses.update({int(status): number for status, number in told["statuses"].items()})
    return seen


def auc(hidden: list[float], missing: list[float]) -> float:
    """How often a time of the first is longer than one of the second; ties count half."""
    longer = sum((a > b) + (a == b) / 2 for a in hidden for b in missing)
    return longer / (len(hidden) * len(missing))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--state", type=Path, help="a file that keeps what was seen, to go on from")
    parser.add_argument("--only", default="", help="only routes whose path holds this")
    wanted = parser.parse_args()
    seen = (kept(wanted.state) if wanted.state else None) or Seen()

    def keep(now: Seen) -> None:
        if wanted.state:
            beside = wanted.state.with_suffix(".part")
            beside.write_text(json.dumps(vars(now)))
            beside.replace(wanted.state)

    try:
        with server() as (url, _, app):
            pairs(app, url, min(wanted.requests, 1_000_000), seen=seen, keep=keep, only=wanted.only)
    finally:
        keep(seen)
    tell(seen)


def tell(seen: Seen) -> None:
    print(f"{seen.requests:,} requests over {len(seen.times)} kinds of request and {len(USERS) * (len(USERS) - 1)} pairs of users")
    print(f"statuses of what is hidden: {dict(sorted(seen.statuses.items()))}")
    print(f"leaks: {len(seen.leaks)}; answers that differ from those of what is not there: {len(seen.differences)}")
    for told in [*seen.leaks, *seen.differences][:20]:
        print(f"  {told}")
    told_apart = sorted(((auc(*times), len(times[0]), route) for route, times in seen.times.items()), key=lambda row: -abs(row[0] - 0.5))
    for score, count, route in told_apart[:8]:
        error = (1 / (6 * count)) ** 0.5  # of the AUC of two equal samples of this size
        print(f"AUC {score:.3f} ± {error:.3f} (n {count}) {route}")
    every = sum(score * count for score, count, _ in told_apart) / max(sum(count for _, count, _ in told_apart), 1)
    print(f"AUC over all kinds of request {every:.3f} (limit {LIMIT})")
    raise SystemExit(bool(seen.leaks or seen.differences or every > LIMIT))
