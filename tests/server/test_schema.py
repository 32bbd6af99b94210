"""Requests made from the service's own OpenAPI document, right ones and wrong ones; in full by ``benchmarks/service.py fuzz``."""

from __future__ import annotations

import os

import httpx
import pytest
from tests.server.conftest import Live

from measures.service.fuzz import fuzz

CASES = int(os.environ.get("FINFOUNDRY_FUZZ_CASES", "150"))


@pytest.mark.filterwarnings("default")  # of the fuzzer's own libraries
def test_every_answer_is_one_that_the_document_names(live: Live) -> None:
    told = fuzz(live.url, live.new_key("fuzzer", "read", "write", "raw", "audit"), CASES)
    assert told.cases >= CASES // 3, "some operations have few distinct requests"
    assert told.failures == []


def test_the_document_names_every_field_that_an_answer_has(live: Live) -> None:
    """Good enough to make a client from: each operation of ours has an id, a summary and a body of a named shape."""
    document = httpx.get(f"{live.url}/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["operationId"], (path, method)
            assert operation.get("description"), (path, method)
            content = next(answer for status, answer in operation["responses"].items() if status.startswith("2")).get("content", {})
            assert all(one.get("schema") != {} for one in content.values()), (path, method)
