"""How well papers from Taiwan are read: periods of columns, labels of numbers, sums of statements, and what the papers report on.

    python benchmarks/taiwan_statements.py DIRECTORY [--json]

Counts over all PDFs of the directory. ``misdated`` numbers keep a date as the name of a part of a whole (a header that was not read as a
period); ``bare`` ones have no label; ``codes`` are account codes taken for values. A sum is tried where all of its lines are known.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path

from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.formats.pdf import parse
from finfoundry.knowledge.ingest.identities import find_identities

_DATED = re.compile(r"\d{2,4}\s*年|[一二三四五六七八九十]月")
_CODE = re.compile(r"[1-9]\d{3}")


def measure(path: Path) -> tuple[Counter[str], str]:
    """Counts over one paper, and the period and company that it is read to report on."""
    document = parse(path.read_bytes(), path.name)
    facts = [fact for fact in extract(document) if fact.column is not None]
    counts: Counter[str] = Counter(papers=1, numbers=len(facts))
    counts["sure of the period"] = sum(fact.confidence > 0.7 for fact in facts)
    counts["misdated"] = sum(any(_DATED.search(member) for _, member in fact.dimensions) for fact in facts)
    counts["bare"] = sum(not "".join(fact.metric).strip() for fact in facts)
    counts["codes"] = sum(bool(_CODE.fullmatch(fact.text)) for fact in facts)
    counts["with concept"] = sum(fact.concept is not None for fact in facts)
    counts["of a statement"] = sum(fact.statement is not None for fact in facts)
    counts["in another currency"] = sum(fact.unit in {"USD", "CNY"} for fact in facts)
    found = find_identities(facts)
    counts["sums tried"], counts["sums held"] = len(found), sum(identity.held for identity in found)
    counts["papers with a period"] = int(document.profile.period is not None)
    counts["papers on part of a year"] = int(bool(document.profile.period and not document.profile.period.endswith("-12-31")))
    counts["papers with a company"] = int(document.profile.entity is not None)
    return counts, f"{document.profile.period} {document.profile.entity}"


def main() -> None:
    """Print the counts of each paper that has numbers, and those over all."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("directory", type=Path)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    total: Counter[str] = Counter()
    for path in sorted(given.directory.glob("*.pdf"), key=lambda path: path.name):
        counts, said = measure(path)
        total += counts
        if not given.json:
            print(
                f"{path.name:12}{said:60}", *(f"{name} {count}" for name, count in counts.items() if count and name != "papers"), sep="  "
            )
    print(json.dumps(total) if given.json else "\n".join(f"{name:26}{count}" for name, count in total.items()))


if __name__ == "__main__":
    main()
