"""What the service tells of itself: counters of several processes as one, and spans without content."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.server.conftest import QUESTION, Live

from finfoundry.server.limits import metrics as module
from finfoundry.server.limits.metrics import BUCKETS, MetricCounts, Metrics
from finfoundry.server.limits.tracing import Tracing


def lines(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}


def test_a_histogram_counts_each_bucket_and_what_is_below_it() -> None:
    metrics = Metrics()
    for seconds in (0.003, 0.02, 500.0):
        metrics.observe("request_seconds", seconds, route="/x")
    told = lines(metrics.text({}))
    assert told['finfoundry_request_seconds_bucket{route="/x",le="0.005"}'] == 1
    assert told['finfoundry_request_seconds_bucket{route="/x",le="120.0"}'] == 2
    assert told['finfoundry_request_seconds_bucket{route="/x",le="+Inf"}'] == told['finfoundry_request_seconds_count{route="/x"}'] == 3


def test_labels_are_escaped() -> None:
    metrics = Metrics()
    metrics.count("requests_total", route='a"b\\c\nd')
    assert 'route="a\\"b\\\\c\\nd"' in metrics.text({})


def test_the_share_withheld() -> None:
    metrics = Metrics()
    metrics.count("answers_total", 3, status="answered")
    metrics.count("answers_total", status="withheld")
    assert lines(metrics.text({}))["finfoundry_answers_withheld_share"] == 0.25


def test_whichever_process_is_asked_answers_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EACH", 0.01)
    mine, written = Metrics(tmp_path), tmp_path / f"{os.getpid()}.json"
    mine.count("requests_total", 2)
    mine.observe("request_seconds", 1.0)
    with mine.shared(lambda: {"asks_waiting": 5}):
        deadline = time.monotonic() + 10
        while not written.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    other = MetricCounts({("requests_total", ()): 40}, {("request_seconds", ()): [1.0] * (len(BUCKETS) + 2)}, {"asks_waiting": 7.0})
    (tmp_path / "1.json").write_text(other.to_json())  # a process that runs
    (tmp_path / "4194305.json").write_text(other.to_json())  # a number that no process can have
    (tmp_path / "2.json").write_text("{")  # not whole
    told = lines(mine.text({"asks_waiting": 5}))
    assert told["finfoundry_requests_total"] == 82
    assert told["finfoundry_request_seconds_count"] == 3
    assert told["finfoundry_asks_waiting"] == 12, "of those that run"
    assert MetricCounts.from_json(written.read_text()).counts == {("requests_total", ()): 2}


def test_the_service_tells_its_statuses_caches_and_first_tokens(live: Live) -> None:
    body: dict[str, Any] = {"model": "finfoundry", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    raw = {**body, "model": "scripted"}
    with live.client() as ana, live.client(live.raw_key) as rae:
        for _ in range(2):
            assert ana.post("/v1/chat/completions", json=body).status_code == 200
        assert "error" not in rae.post("/v1/chat/completions", json=raw).text
        deadline = time.monotonic() + 30
        while 'finfoundry_first_token_seconds_count{of="engine"}' not in (told := lines(httpx.get(f"{live.url}/metrics").text)):
            assert time.monotonic() < deadline  # a stream is counted once its last byte has left
            time.sleep(0.05)
    assert told['finfoundry_answers_total{status="answered"}'] >= 2
    assert told['finfoundry_answer_cache_total{outcome="hit"}'] >= 1
    assert told['finfoundry_first_token_seconds_count{of="answer"}'] >= 2
    assert told['finfoundry_first_token_seconds_count{of="engine"}'] >= 1
    assert told["finfoundry_completion_tokens_total"] >= 1
    assert told["finfoundry_generation_seconds_total"] > 0
    assert told["finfoundry_queue_seconds_count"] >= 3
    assert 0 <= told["finfoundry_answers_withheld_share"] <= 1


def test_spans_hold_the_route_and_no_content() -> None:
    exported, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    tracing = Tracing(provider)
    parent = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    tracing.start("GET", parent, "r1")("/v1/documents/{document}", "200")
    tracing.start("POST", {}, "r2")("/v1/ask", "503")
    first, second = exported.get_finished_spans()
    assert first.name == "GET /v1/documents/{document}"
    assert first.parent
    assert first.parent.trace_id == 0x0AF7651916CD43DD8448EB211C80319C
    assert not second.status.is_ok
    assert set(json.loads(first.to_json())["attributes"]) == {
        "http.request.method",
        "finfoundry.request_id",
        "http.route",
        "http.response.status_code",
    }
    tracing.close()


def test_without_a_collector_there_are_no_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    tracing = Tracing()
    tracing.start("GET", {}, "r1")("/healthz", "200")
    tracing.close()
