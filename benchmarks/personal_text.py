"""Personal data in running text that another hand wrote: how much is found, and how much of what is found is personal, by kind.

    python benchmarks/personal_text.py FILE [--part read|blind] [--show] [--reader FOLDER]
    python benchmarks/personal_text.py --made 40 [--show] [--reader FOLDER]
    python benchmarks/personal_text.py --papers 6 [--show] [--reader FOLDER]

A span is found where four fifths of it are covered by one of its kind; a finding that touches nothing is a false one. Baselines: what
proves itself alone (``governance/pii``), and the rules without a reader. ``--reader``: the folder ``onnx`` of a run of the recipe
personal-spans; else the one of the settings. ``--made``: texts put together here, so many of each language, in registers that no reader
learned (own layouts). ``--show`` prints what was missed, never of the part blind.

``--papers``: so many papers of each language, put together of a statement, rules of the house and such texts, are masked, and what needs no
personal data is asked of either, by rules alone: *right* of the paper as it is and masked, and how often both are told the same.
*Left*: personal values that still stand in the masked papers.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from finfoundry.app import App, open_app
from finfoundry.base.privacy.personal_reader import personal_reader
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.answer import Answer, Language
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import TextReader
from finfoundry.governance import pii
from finfoundry.governance.personal.filled_slots import filled
from finfoundry.governance.personal_text import personal_spans, without_personal
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.machine import read_settings
from finfoundry.runtime.settings import Settings
from measures import carried_out
from planted_values import SHORTEST, made

KINDS = {"id_number": "identity", "passport": "identity", "birth_date": "birth", "card": "account"}
COVERED = 0.8
LINES: dict[Language, dict[str, str]] = {  # of a statement, and how each is asked for
    "en": {one: f"What was {one[0].lower()}{one[1:]} in 2024?" for one in ("Total revenue", "Net income", "Total assets", "Total equity")},
    "zh": {one: f"2024年{one}是多少？" for one in ("营业总收入", "净利润", "资产总计", "所有者权益合计")},
}
RULES: dict[Language, dict[str, str]] = {
    "en": {
        "A safe deposit box costs {} dollars a year.": "How much does a safe deposit box cost a year?",
        "Early repayment costs {} dollars.": "How much does early repayment cost?",
        "Loan files are kept for {} years.": "For how many years are loan files kept?",
    },
    "zh": {
        "保管箱年费为{}元。": "保管箱年费是多少？",
        "提前还款收取手续费{}元。": "提前还款收取多少手续费？",
        "贷款档案保存{}年。": "贷款档案保存几年？",
    },
}
TEXTS = 4  # about people in a paper
Found = tuple[str, int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--made", type=int, metavar="N")
    parser.add_argument("--papers", type=int, metavar="N")
    parser.add_argument("--part", choices=("read", "blind"), default="read")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--reader", type=Path)
    given = parser.parse_args()
    if given.papers:
        masked_papers(given.papers, TextEncoder(given.reader) if given.reader else personal_reader(read_settings()), show=given.show)
        return
    rows = made_rows(given.made) if given.made else rows_of_part(given.file, given.part)
    reader = TextEncoder(given.reader) if given.reader else personal_reader(Settings())
    readers: dict[str, Callable[[str], Sequence[Found]]] = {
        "rules and reader": lambda text: [(KINDS.get(one.kind, one.kind), one.start, one.end) for one in personal_spans(text, reader)],
        "rules alone": lambda text: [(KINDS.get(one.kind, one.kind), one.start, one.end) for one in personal_spans(text)],
        "proved alone": lambda text: [(KINDS.get(one.kind, one.kind), one.start, one.end) for one in pii.find(text)],
    }
    for name, read in readers.items():
        right, missed, false = Counter[str](), Counter[str](), Counter[str]()
        for row in rows:
            wanted, found = wanted_of(row), read(row["text"])
            for one in wanted:
                held = any(one[0] == other[0] and covers(one, other) >= COVERED for other in found)
                (right if held else missed)[one[0]] += 1
                if given.show and given.part == "read" and not held:
                    print(f"  {name} misses {one[0]}: {row['id']} {row['text'][one[1] : one[2]]}")
            false.update(other[0] for other in found if not any(covers(one, other) > 0 for one in wanted))
        print(f"{name}, part {'made' if given.made else given.part}, {len(rows)} texts")
        for kind in sorted({*right, *missed, *false}):
            of, said = right[kind] + missed[kind], right[kind] + false[kind]
            print(
                f"  {kind:9} recall {right[kind]:3} of {of:3} = {right[kind] / max(1, of):.2f}  precision {right[kind] / max(1, said):.2f}"
            )


def rows_of_part(file: Path, part: str) -> list[dict[str, Any]]:
    return [row for row in map(json.loads, file.read_text("utf-8").splitlines()) if row["part"] == part and "spans" in row]


def made_rows(each: int) -> list[dict[str, Any]]:
    """Own layouts as rows of another hand are."""
    return [
        {"id": number, "text": one.text, "spans": [{"text": one.text[start:end], "type": kind} for start, end, kind in one.spans]}
        for number, one in enumerate(made(each, 0))
    ]


def wanted_of(row: dict[str, object]) -> list[Found]:
    text, spans = str(row["text"]), row["spans"]
    found, after = list[Found](), Counter[str]()
    for span in spans if isinstance(spans, list) else []:
        start = text.find(span["text"], after[span["text"]])
        after[span["text"]] = start + 1
        found.append((KINDS.get(span["type"], span["type"]), start, start + len(span["text"])))
    return found


def covers(wanted: Found, found: Found) -> float:
    """The share of what is wanted that was found."""
    return max(0, min(wanted[2], found[2]) - max(wanted[1], found[1])) / max(1, wanted[2] - wanted[1])


def masked_papers(each: int, reader: TextReader | None, *, show: bool) -> None:
    models, source = read_settings(), random.Random(0)
    texts, counts = list(made(each * TEXTS, 0)), Counter[tuple[str, str]]()
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        (Path(home) / "models").symlink_to(models.home.absolute() / "models")
        with open_app(models.model_copy(update={"home": Path(home), "worker": False, "engine": "none"})) as app:
            for number in range(2 * each):
                language: Language = "zh" if number < each else "en"
                about = texts[number * TEXTS : (number + 1) * TEXTS]
                paper, questions = made_paper(source, language, [one.text for one in about])
                masked = without_personal(paper, reader)
                values = {one.text[start:end] for one in about for start, end, _ in one.spans if end - start >= SHORTEST}
                counts[language, "planted"] += len(values)
                counts[language, "left"] += sum(value in masked for value in values)
                for question, wanted in questions.items():
                    plain, hidden = (told(app, question, text) for text in (paper, masked))
                    kind = "figures" if question in LINES[language].values() else "sentences"
                    counts[language, f"{kind} asked"] += 1
                    counts[language, f"{kind} right"] += wanted in plain.text
                    counts[language, f"{kind} right, masked"] += wanted in hidden.text
                    counts[language, f"{kind} the same"] += (plain.status, plain.text) == (hidden.status, hidden.text)
                    if show and (plain.text != hidden.text or wanted not in hidden.text):
                        print(f"{question} {wanted}\n  {plain.status} {plain.text!r}\n  {hidden.status} {hidden.text!r}", file=sys.stderr)
    for (spoken, what), count in counts.items():
        print(f"{spoken} {what:24} {count:4}")


def made_paper(source: random.Random, language: Language, about: Sequence[str]) -> tuple[str, dict[str, str]]:
    """A paper of Markdown with the texts between its rules, and what is asked of it with what answers."""
    company, chinese = filled("COMPANY", source, language == "zh")[1], language == "zh"
    figures = {line: [f"{source.randrange(1_000, 9_000):,}" for _ in range(2)] for line in LINES[language]}
    rules = {rule: str(source.randrange(11, 97)) for rule in RULES[language]}
    head = "| 项目（单位：万元） | 2024年 | 2023年 |" if chinese else "| In thousands of dollars | 2024 | 2023 |"
    table = [head, "|---|---|---|", *(f"| {line} | {' | '.join(values)} |" for line, values in figures.items())]
    said = [rule.format(number) for rule, number in rules.items()]
    body = [part for pair in zip(about, ["\n".join(table), *said], strict=True) for part in pair]
    asked = {LINES[language][line]: values[0] for line, values in figures.items()}
    return "\n\n".join([f"# {company}", *body]), {**asked, **{RULES[language][rule]: number for rule, number in rules.items()}}


def told(app: App, question: str, paper: str) -> Answer:
    return app.ask(ADMINISTRATOR, question, papers=[parse(paper.encode(), "report.md")])


if __name__ == "__main__":
    carried_out(main)
