"""Plain questions within the politeness and the asides of people who write in a bank: how many are answered as the bare question is.

    PYTHONPATH=. python benchmarks/asides.py [FILE] [--show] [--json]

FILE (``by_hand/asides.jsonl``, by a hand that knew nothing of the product) holds a text a line, with ``{question}`` where the bare question
stands. Each is asked by rules alone over one company's statement. ``--show`` prints those of the part that may be read which fail.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.language import simplified
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.evals.intervals import wilson
from hand_rows import rows

ROWS = Path(__file__).parent / "by_hand" / "asides.jsonl"
BARE = {"en": "what was Northwind's net income in 2020?", "zh": "北港航运2020年的净利润是多少？"}
COMPANIES = {"en": ("Northwind Traders Inc", "Northwind"), "zh": ("北港航运股份有限公司", "北港航运")}
LABELS = {"en": ("Revenue", "Net income"), "zh": ("营业收入", "净利润")}


def agent(lang: str) -> Agent:
    """Who answers over the statement of one company, of two years."""
    store, (name, alias) = MemoryStore(), COMPANIES[lang]
    paper = document(f"{lang}-2020", name, 2020, (alias,), language=lang)
    for concept, label, values in zip(("Revenues", "ProfitLoss"), LABELS[lang], (("8870", "9310"), ("4790", "5020")), strict=True):
        store.add(paper, concept, label, dict(zip((2019, 2020), values, strict=True)), statement="income")
    return Agent(None, store, MemorySearch())


def main() -> None:
    """Print how many are answered, by language and part."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path, nargs="?", default=ROWS)
    options.add_argument("--show", action="store_true")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    agents = {lang: agent(lang) for lang in BARE}
    bare = {lang: agents[lang].ask(ADMINISTRATOR, question)[0].text for lang, question in BARE.items()}
    right, every = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in rows(given.file):
        lang, asked = row["lang"], row["text"].replace("{question}", BARE[row["lang"]])
        told = agents[lang].ask(ADMINISTRATOR, asked)[0]
        every[lang, row["part"]] += 1
        right[lang, row["part"]] += told.status == "answered" and simplified(told.text) == bare[lang]
        if given.show and row["part"] == "read" and simplified(told.text) != bare[lang]:
            print(f"{told.status}: {told.text!r} | {asked}", file=sys.stderr)
    shares = {key: wilson(right[key], count) for key, count in sorted(every.items())}
    lines = [
        {"lang": lang, "part": part, "asked": every[lang, part], "as the bare question": right[lang, part],
         "share": f"{one.value:.1%} [{one.low:.1%}, {one.high:.1%}]"}
        for (lang, part), one in shares.items()
    ]  # fmt: skip
    print(json.dumps(lines, indent=2, ensure_ascii=False) if given.json else "\n".join(map(str, lines)))


if __name__ == "__main__":
    main()
