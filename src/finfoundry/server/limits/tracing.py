"""Spans for OpenTelemetry, where its SDK is installed (``finfoundry[telemetry]``) and the environment names a collector.

The web framework's own spans hold paths and queries, which may hold ids and words of people; ours hold the route and the status.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

Finish = Callable[[str, str], None]
COLLECTORS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Tracing:
    """Starts a span for a request; without a collector it does nothing."""

    def __init__(self, provider: Any = None) -> None:
        self._provider = provider or (_provider() if any(name in os.environ for name in COLLECTORS) else None)
        self._tracer = self._provider.get_tracer("finfoundry") if self._provider else None

    def start(self, method: str, headers: Mapping[str, str], request_id: str) -> Finish:
        """What to call at the end with the route and the status."""
        if self._tracer is None:
            return _nothing
        from opentelemetry import propagate, trace

        attributes = {"http.request.method": method, "finfoundry.request_id": request_id}
        parent = propagate.extract({name: headers[name] for name in ("traceparent", "tracestate") if name in headers})
        span = self._tracer.start_span(method, context=parent, kind=trace.SpanKind.SERVER, attributes=attributes)

        def finish(route: str, status: str) -> None:
            span.update_name(f"{method} {route}")
            span.set_attributes({"http.route": route, "http.response.status_code": int(status)})
            if int(status) >= 500:
                span.set_status(trace.StatusCode.ERROR)
            span.end()

        return finish

    def close(self) -> None:
        """Send what waits."""
        if self._provider:
            self._provider.shutdown()


def _nothing(_route: str, _status: str) -> None:
    pass


def _provider() -> Any:
    """Raises ImportError, which names the package, where the extra is not installed: a collector was asked for."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", "finfoundry")}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
