"""Identities on the balance sheets found in filings: how many hold, and each one that does not, with its page and both sides.

    python benchmarks/balance_identities.py [--data DIR] [--only PART]

Filings: the PDFs under en_filings/financebench and zh_filings of DIR (FINFOUNDRY_DATA). A balance sheet counts as found where a column
of a balance statement holds total assets. Identities: assets against liabilities and equity, current and noncurrent parts, and the
subtotals against the rows above them (knowledge/ingest/identities.py).

"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from finfoundry.core.document import Fact, Identity
from finfoundry.core.errors import NotFound
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.formats.pdf import parse
from finfoundry.knowledge.ingest.identities import find_identities, statement_columns
from measures import WHERE, carried_out

FOLDERS = ("en_filings/financebench", "zh_filings")
SUBJECTS = ("assets", "liabilities", "subtotal")


def of_balance(facts: Sequence[Fact]) -> list[Identity]:
    """The identities on balance sheets; two statements compared are another matter."""
    return [identity for identity in find_identities(facts) if identity.name.startswith(SUBJECTS)]


def sheets(facts: Sequence[Fact]) -> int:
    """Columns of balance statements that hold total assets."""
    return sum("Assets" in column for column in statement_columns([fact for fact in facts if fact.statement == "balance"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--only", default="", help="a part of the file name")
    options = parser.parse_args()
    files = [file for folder in FOLDERS for file in sorted((options.data / folder).rglob("*.pdf")) if options.only in file.name]
    if not files:
        raise NotFound(f"there are no filings in {options.data}", remedy=WHERE)
    total: Counter[str] = Counter()
    for file in files:
        facts = extract(parse(file.read_bytes(), file.name))
        found = of_balance(facts)
        total.update(filings=1, with_sheet=sheets(facts) > 0, columns=sheets(facts), tried=len(found), held=sum(one.held for one in found))
        for one in found:
            if not one.held:
                print(f"{file.name} p{one.page} {one.period}: {one.name}: {one.left} against {one.right}, {one.left - one.right} apart")
    print(
        f"{total['filings']} filings, {total['with_sheet']} with a balance sheet ({total['columns']} columns); identities "
        f"{total['held']} of {total['tried']} held ({total['held'] / max(total['tried'], 1):.1%})"
    )


if __name__ == "__main__":
    carried_out(main)
