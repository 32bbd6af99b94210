"""FinanceBench questions that hold a text, answered and judged as ``finfoundry evaluate financebench`` does, in a file to read.

    python benchmarks/financebench.py [--data ../shared/data] [--limit N] [--only TEXT] [--rules] [--out DIR]

For work on a handful of questions; figures come from ``finfoundry evaluate financebench``, which keeps rows and goes on after a kill.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from pathlib import Path

from finfoundry.app import open_app
from finfoundry.evals.suites.financebench import SHARED
from finfoundry.usecases.evaluation.systems import reply_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/out"))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--only", default="", help="questions whose text or document holds this")
    parser.add_argument("--rules", action="store_true", help="without a model")
    given = parser.parse_args()
    items = [item for item in SHARED.items(given.data) if given.only.lower() in f"{item.question} {item.meta['document']}".lower()]
    counts: Counter[str] = Counter()
    lines = []
    with open_app() as app:
        if given.rules:
            app.agent.engine = None
        for item in items[: given.limit]:
            started = time.perf_counter()
            answer = app.ask(app.administrator, item.question)
            verdict = SHARED.score(item, reply_of(answer))
            counts[verdict.verdict] += 1
            cited = ", ".join(f"{citation.document.name} p.{citation.page}" for citation in answer.citations)
            lines.append(
                f"## {verdict.verdict} · {item.id} · {item.kind} · {time.perf_counter() - started:.1f} s\nQ: {item.question}\n"
                f"gold: {item.gold} ({item.meta['document']} p.{[page for _, page in item.meta['pages']]})\nours: [{answer.status}] "
                f"{answer.text}\nreason: {answer.reason} · {verdict.why}\ncited: {cited}\nwarnings: {answer.warnings}\n"
            )
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "financebench.md").write_text("\n".join(lines), encoding="utf-8")
    print(f"{dict(counts)} of {len(lines)}; read {given.out / 'financebench.md'}")


if __name__ == "__main__":
    main()
