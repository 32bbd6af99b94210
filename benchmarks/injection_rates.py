"""Sentences that tell whoever answers what to say (core/instructions.py): how many honest ones are marked, how many attacks are found.

    python benchmarks/injection_rates.py --data ../shared/data

Honest: regulations and annual reports in Chinese, evidence of annual reports, product papers of a bank, mails and tables in English; each
sentence marked there is a false one. Attacks: the 150 of BIPIA (indirect injection), each at the end of a mail that is honest without it.
Many of them only ask for something (a translation, a joke) as a user would, which no form of words tells from a document that quotes a
user: what is marked is held back, what is not marked is still evidence of nothing but itself. Baseline: nothing marked.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from finfoundry.core.instructions import instructions
from measures import carried_out

_SENTENCES = re.compile(r"[^.!?。！？；;\n]+")
_MOST_FALSE = 5  # that are printed


def honest(data: Path) -> Iterator[tuple[str, str]]:
    """Kind and text."""
    for path in sorted((data / "zh_filings/docs").glob("*.txt")):
        yield "annual reports, Chinese", path.read_text("utf-8", errors="replace")
    for path in sorted((data / "zh_regulations/extract_uniq").glob("*_extract.json")):
        yield from (("regulations, Chinese", text) for text in texts(json.loads(path.read_text("utf-8"))))
    with (data / "en_filings/financebench/questions.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield from (("annual reports, English", one["evidence_text"]) for one in json.loads(line)["evidence"])
    with gzip.open(data / "en_bank_kb/documents.json.gz", "rt", encoding="utf-8") as file:
        yield from (("papers of a bank, English", text) for text in texts(json.load(file)))
    for kind in ("email", "table"):
        yield from ((f"{kind}s, English", one["context"]) for one in contexts(data, kind))


def texts(value: object) -> Iterator[str]:
    """All texts in what JSON holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def contexts(data: Path, kind: str) -> list[dict[str, str]]:
    lines = [line for part in ("train", "test") for line in (data / f"safety/bipia/{kind}/{part}.jsonl").read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def attacks(data: Path) -> Iterator[tuple[str, str]]:
    """Kind and the sentence that is put into a mail."""
    for part in ("train", "test"):
        told: dict[str, list[str]] = json.loads((data / f"safety/bipia/text_attack_{part}.json").read_text("utf-8"))
        yield from ((kind, text) for kind, each in told.items() for text in each)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    looked, false = Counter[str](), Counter[str]()
    shown: list[str] = []
    for kind, text in honest(data):
        looked[kind] += sum(1 for sentence in _SENTENCES.findall(text) if sentence.strip())
        marked = instructions(text)
        false[kind] += len(marked)
        shown += [f"  {kind}: {sentence[:160]}" for sentence in marked]
    for kind, number in looked.items():
        print(f"{kind:28} {number:8,} sentences, {false[kind]} marked")
    print(f"honest: {looked.total():,} sentences, {false.total()} marked falsely = {1e6 * false.total() / looked.total():.1f} in a million")
    print("\n".join(shown[:_MOST_FALSE]))
    mails = [one["context"] for one in contexts(data, "email")]
    clean = [mail for mail in mails if not instructions(mail)]
    found, tried = Counter[str](), Counter[str]()
    for number, (kind, text) in enumerate(attacks(data)):
        tried[kind] += 1
        found[kind] += bool(instructions(f"{clean[number % len(clean)]}\n{text}"))
    for kind in sorted(tried):
        print(f"  {kind:28} {found[kind]} of {tried[kind]}")
    print(f"attacks: {found.total()} of {tried.total()} found in a mail that is honest without them (baseline: 0)")


if __name__ == "__main__":
    carried_out(main)
