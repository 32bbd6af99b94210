"""A typed client of the service.

with Client("http://127.0.0.1:8000", key) as client:
    answer = client.ask("What were total assets at the end of 2024?")
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter

from finfoundry.binding.verify import Report
from finfoundry.core.answer import Answer
from finfoundry.core.document import Box
from finfoundry.core.errors import EngineBusy, EngineTimeout, FinfoundryError, InputError, NotFound, NotPermitted, StoreError
from finfoundry.governance.guards.guard_register import GuardObjection, Wanted
from finfoundry.knowledge.shown.views import DocumentView, FactView, HitView
from finfoundry.knowledge.storage.store import Removed, StoredDocument
from finfoundry.usecases.uploads import Upload

T = TypeVar("T")
Evidence = str | Mapping[str, str]
_ERRORS: dict[int, type[FinfoundryError]] = {
    400: InputError, 401: NotPermitted, 403: NotPermitted, 404: NotFound, 408: InputError, 413: InputError, 429: EngineBusy,
    503: StoreError, 504: EngineTimeout,
}  # fmt: skip


class Client:
    """One server, one key. Methods raise the errors of ``core.errors`` with the server's message and remedy."""

    def __init__(self, url: str, key: str, *, timeout: float = 150.0, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def ask(
        self, question: str, *, collection: str | None = None, conversation: str | None = None, papers: Sequence[Evidence] = ()
    ) -> Answer:
        """``papers``: given with the question, and asked instead of what is stored: texts, or ``{"text"|"file": …, "name": …}``."""
        body = {"question": question, "collection": collection, "conversation": conversation, "papers": list(papers)}
        return self._call(Answer, "POST", "/v1/ask", json=body)

    def verify(self, answer: str, evidence: Sequence[Evidence], question: str = "", *, strict: bool | None = None) -> Report:
        """``evidence``: texts, or ``{"text"|"file"|"document": …, "name": …}`` as the API takes them. ``strict``: the
        report does not hold where a sentence is unchecked.
        """
        body = {"answer": answer, "evidence": list(evidence), "question": question, "strict": strict}
        return self._call(Report, "POST", "/v1/verify", json=body)

    def object(self, act: str, wanted: Wanted = "answer", reason: str = "", label: str = "") -> GuardObjection:
        """Say that ``act``, the audit id of an answer of yours, should have been answered, or refused with a label."""
        body = {"act": act, "wanted": wanted, "reason": reason, "label": label}
        return self._call(GuardObjection, "POST", "/v1/guards/objections", json=body)

    def search(self, query: str, limit: int = 10, *, collection: str | None = None) -> list[HitView]:
        return self._call(list[HitView], "POST", "/v1/search", json={"query": query, "limit": limit, "collection": collection})

    def facts(
        self,
        entity: str | None = None,
        metric: str | None = None,
        period: str | None = None,
        *,
        collection: str | None = None,
        limit: int = 1000,
    ) -> list[FactView]:
        """Facts by company, metric as printed or by concept, and period (ISO, or a year); at most ``limit``."""
        asked = {"entity": entity, "metric": metric, "period": period, "collection": collection, "limit": limit}
        return self._call(list[FactView], "GET", "/v1/facts", params={name: value for name, value in asked.items() if value is not None})

    def score(self, model: str, rows: Sequence[Mapping[str, Any]], *, reasons: bool = True, as_of: str | None = None) -> dict[str, Any]:
        """Score rows by the promoted version of a specialist, accounts by their transfers up to the day ``as_of`` where one is given.

        The shape is docs/schemas/specialist-scores.json.
        """
        asked: dict[str, Any] = {"rows": list(rows), "reasons": reasons}
        if as_of is not None:
            asked["as_of"] = as_of
        return self._call(dict[str, Any], "POST", f"/v1/specialists/{model}/score", json=asked)

    def documents(self, collection: str | None = None) -> list[StoredDocument]:
        return self._call(list[StoredDocument], "GET", "/v1/documents", params={"collection": collection} if collection else {})

    def document(self, document: str) -> DocumentView:
        return self._call(DocumentView, "GET", f"/v1/documents/{document}")

    def delete(self, document: str) -> Removed:
        return self._call(Removed, "DELETE", f"/v1/documents/{document}")

    def upload(self, path: Path, *, collection: str | None = None, label: str = "general", wait: float = 600.0) -> Upload:
        """Send a file and wait, at most ``wait`` seconds, until it is read; ``wait=0`` returns at once."""
        place = {"label": label, **({"collection": collection} if collection else {})}
        with path.open("rb") as file:
            upload = self._call(Upload, "POST", "/v1/documents", files={"file": (path.name, file)}, data=place)
        deadline = time.monotonic() + wait
        while upload.state in ("waiting", "reading") and time.monotonic() < deadline:
            time.sleep(0.3)
            upload = self._call(Upload, "GET", f"/v1/uploads/{upload.id}")
        return upload

    def picture(self, document: str, page: int, *, box: Box | None = None) -> bytes:
        """A page of a PDF as a PNG, with the box marked."""
        query = {"box": ",".join(map(str, box))} if box else {}
        return self._send("GET", f"/v1/documents/{document}/pages/{page}.png", params=query).content

    def _call(self, kind: type[T], method: str, path: str, **options: Any) -> T:
        return TypeAdapter(kind).validate_json(self._send(method, path, **options).content)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise EngineTimeout("The server did not answer in time", remedy="Ask for less at once") from error
        except httpx.HTTPError as error:
            raise StoreError(
                f"The server cannot be reached ({type(error).__name__})", remedy="Check its address: finfoundry serve"
            ) from error
        if response.is_error:
            raise _error(response)
        return response


def _error(response: httpx.Response) -> FinfoundryError:
    try:
        problem = response.json()["error"]
    except (ValueError, KeyError, TypeError):
        problem = {"message": f"The server answered {response.status_code}", "remedy": None}
    return _ERRORS.get(response.status_code, FinfoundryError)(problem["message"], remedy=problem.get("remedy"))
