"""The same passages given to all: product, plain prompt and LlamaIndex answer questions of one true figure; who releases a wrong one?

    python benchmarks/same_passages.py --home FOLDER --keep FILE [--count 30] [--seed S] [--lang en]
        [--systems product,naive,llamaindex] [--show]

Each question is of a made report (``benchmarks/institutions``) and comes with the table that holds its figure, the heading above it, and
the next table behind. The product gets them as a paper of its own, the others as the text of their prompt: the plain one of
``evals/systems/naive``, LlamaIndex by its default response synthesis over the passages as a node (extra ``evals``). ``rules`` is the
product without a model. One base model serves all, that of FOLDER. Answers are kept in FILE, and a run that was stopped goes on. All
are judged by the strict judge.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import Engine, Message, Request
from finfoundry.evals.judging import judge
from finfoundry.evals.systems import naive
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.release.engine import EngineOnDemand
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from institutions.composed import Report
from institutions.files import made, written
from institutions.questions import Asker, Question
from institutions.statements import Block, Grid, Heading
from institutions.terms import KINDS

System = Callable[[Question, Sequence[Block]], str | None]  # None: nothing is answered


class _NoMeaning:
    """No encoder: the passages are given, not searched for."""

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG002
        return []


def given_blocks(report: Report, question: Question) -> list[Block]:
    """The first table that prints a figure of the truth, what stands above it since the heading, and the table behind it."""
    wanted = {
        cell.text for cell in report.truth if any(figure.value == cell.value for truth in question.truths for figure in truth.figures)
    }
    places = [
        at for at, block in enumerate(report.blocks)
        if isinstance(block, Grid) and any(cell in wanted for row in block.rows for cell in row)
    ]  # fmt: skip
    if not places:
        return []
    start = max((at for at in range(places[0]) if isinstance(report.blocks[at], Heading)), default=0)
    behind = next((at for at in range(places[0] + 1, len(report.blocks)) if isinstance(report.blocks[at], Grid)), places[0])
    return [report.blocks[0], *report.blocks[start : behind + 1]]


def as_text(blocks: Sequence[Block]) -> str:
    """The passages as a prompt shows them: a line a row."""
    lines = []
    for block in blocks:
        if isinstance(block, Grid):
            lines += [one for one in (block.title, block.unit_line) if one]
            lines += [" | ".join(cell or "" for cell in row) for row in (*block.heads, *block.rows)]
        elif hasattr(block, "text"):
            lines.append(block.text)
    return "\n".join(lines)


def product(engine: Engine | None) -> System:
    def answered(question: Question, blocks: Sequence[Block]) -> str | None:
        report = question.report
        name, data = written(_of_blocks(report, blocks))
        paper = parse(data, name)
        agent = Agent(engine, given_papers([paper], _NoMeaning()), _NoMeaning()).over([paper])  # type: ignore[arg-type]
        answer, _ = agent.ask(ADMINISTRATOR, question.text)
        return answer.text if answer.status == "answered" else None

    return answered


def _of_blocks(report: Report, blocks: Sequence[Block]) -> Report:
    """The report with these blocks alone, as a web page."""
    cut = object.__new__(Report)
    cut.__dict__.update(report.__dict__, blocks=list(blocks), style=replace(report.style, file="html"))
    return cut


def plain(engine: Engine) -> System:
    def answered(question: Question, blocks: Sequence[Block]) -> str | None:
        asked = f"Context:\n{as_text(blocks)}\n\nQuestion: {question.text}"
        messages = (Message("system", naive.SYSTEM), Message("user", asked))
        said = naive.reply(engine.chat(Request(messages, max_tokens=naive.ANSWER_TOKENS)).text, [], 0, 0)
        return said.text if said.status == "answered" else None

    return answered


def llamaindex(engine: Engine, context: int) -> System:
    """Raises SettingsError where the extra is not installed."""
    from llama_index.core import get_response_synthesizer
    from llama_index.core.schema import NodeWithScore, TextNode

    from finfoundry.evals.systems.llamaindex import PeerModel

    synthesizer = get_response_synthesizer(llm=PeerModel(engine=engine, context=context))

    def answered(question: Question, blocks: Sequence[Block]) -> str | None:
        nodes = [NodeWithScore(node=TextNode(text=as_text(blocks)), score=1.0)]
        said = naive.reply(str(synthesizer.synthesize(question.text, nodes=nodes)), [], 0, 0)
        return said.text if said.status == "answered" else None

    return answered


def questions(seed: int, lang: str, count: int) -> Iterator[tuple[str, Question, list[Block]]]:
    """Questions with one true figure and the passages that hold it, one of each report in turn."""
    reports = [made(kind, lang, seed, number, file="html") for number in range(3) for kind in KINDS]  # type: ignore[arg-type]
    asked = [[one for one in Asker(report, seed).questions() if one.truths and one.truths[0].figures] for report in reports]
    found = 0
    for at in range(max(map(len, asked))):
        for report, own in zip(reports, asked, strict=True):
            blocks = given_blocks(report, own[at]) if at < len(own) else []
            if blocks and found < count:
                found += 1
                yield f"{seed}/{report.kind}/{report.name}/{at}", own[at], blocks


def verdict(question: Question, text: str | None) -> str:
    if text is None:
        return "not answered"
    found = [judge(truth, question.text, text) for truth in question.truths]
    return "right" if any(one.verdict == "correct" for one in found) else "wrong and released"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lang", default="en")
    parser.add_argument("--systems", default="product,naive,llamaindex")
    parser.add_argument("--show", action="store_true", help="what is wrong and released")
    given = parser.parse_args()
    kept = [json.loads(line) for line in given.keep.read_text("utf-8").splitlines()] if given.keep.exists() else []
    texts = {(row["system"], row["question"]): row["text"] for row in kept}
    settings = Settings(home=given.home)
    counts: dict[str, Counter[str]] = {}
    with closing(EngineOnDemand(settings, Supervisor(settings.home))) as engine, given.keep.open("a", encoding="utf-8") as stream:
        makers: dict[str, Callable[[], System]] = {
            "product": lambda: product(engine),
            "rules": lambda: product(None), "naive": lambda: plain(engine), "llamaindex": lambda: llamaindex(engine, settings.context)
        }  # fmt: skip
        systems = {name: makers[name]() for name in given.systems.split(",")}
        for id, question, blocks in questions(given.seed, given.lang, given.count):
            for name, answered in systems.items():
                if (name, id) not in texts:
                    texts[name, id] = answered(question, blocks)
                    stream.write(json.dumps({"system": name, "question": id, "text": texts[name, id]}, ensure_ascii=False) + "\n")
                    stream.flush()
                found = verdict(question, texts[name, id])
                counts.setdefault(name, Counter())[found] += 1
                if given.show and found == "wrong and released":
                    print(f"{name}: {question.text}\n    want {question.gold}\n    got  {texts[name, id]}", file=sys.stderr)
    for name, count in counts.items():
        total = sum(count.values())
        print(f"{name}: {total} questions; " + "; ".join(f"{key} {count[key]}" for key in ("right", "wrong and released", "not answered")))


if __name__ == "__main__":
    main()
