"""How many losses the certificate notices: parts of parsed papers are dropped or changed, each alone, and the certificate must tell.

python benchmarks/planted_losses.py [FILE…] [--data DIR] [--plants N] [--seed N] [--keep FILE] [--missed N] [--alarms [FILE]]
                                    [--judged FILE]

Prints for each kind of loss the share that was noticed, over read development papers in Chinese and English; then what the certificate
tells of the papers as they are, a paper and a thousand printed runs of digits: its alarms. Whether these are losses or false alarms is told
by looking: ``--alarms`` prints each with its place, and writes them as JSON lines where a file is named; with ``false: true`` added to the
lines that are none, ``--judged`` counts them. What is dropped is dropped between reading and the certificate, with the facts that come from
it; what the file prints is taken before. ``--keep`` writes the rows of each paper as they come, and goes on from them.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from finfoundry.core.document import Document, Fact
from finfoundry.knowledge.balance.balancing import balance_of
from finfoundry.knowledge.balance.printed import printed
from finfoundry.knowledge.balance.told.told_losses import told_losses
from finfoundry.knowledge.ingest.parse_file import parse
from planted_kinds import PLANTS, Paper

DATA = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
LARGEST = 1_000_000  # bytes of a PDF: ten thousand plants into a thousand pages show no more than two hundred into twenty
Row = dict[str, object]


def main() -> None:
    given = _given()
    rows = _kept(given.keep)
    for path in given.files or papers(given.data):
        if not any(row["paper"] == path.name for row in rows):
            found = list(rows_of(path, given.plants, given.seed))
            rows += found
            if given.keep:
                with given.keep.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    _print_noticed(rows, given.missed)
    _print_alarms(rows, shown=given.alarms is not None)
    if given.alarms:
        lines = [row for row in rows if row["of"] == "alarm"]
        given.alarms.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines), encoding="utf-8")
    if given.judged:
        _print_judged(rows, [json.loads(line) for line in given.judged.read_text(encoding="utf-8").splitlines()])


def _given() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("files", nargs="*", type=Path)
    arguments.add_argument("--data", type=Path, default=DATA, help="a folder with en_filings, zh_filings and zh_tw, where no file is named")
    arguments.add_argument("--plants", type=int, default=8, help="of each kind, on each paper")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--keep", type=Path, help="a file of rows that are done: these papers are not read again")
    arguments.add_argument("--missed", type=int, default=0, help="losses that nobody noticed, how many of each kind to print")
    arguments.add_argument("--alarms", type=Path, nargs="?", const=Path(), help="print what is told of the papers as they are, or write it")
    arguments.add_argument("--judged", type=Path, help="alarms that were looked at")
    found = arguments.parse_args()
    if found.alarms == Path():
        found.alarms = None if found.alarms is None else Path(os.devnull)
    return found


def papers(data: Path) -> list[Path]:
    """Thirty papers of both languages, none of a blind part: PDFs, pages of HTML, text, filings with tags."""
    english = [path for path in sorted((data / "en_filings" / "financebench" / "pdfs").glob("*.pdf")) if path.stat().st_size < LARGEST]
    found = [*english[::2], *sorted((data / "en_filings" / "ixbrl").glob("*.gz"))[1::3]]
    found += [*sorted((data / "zh_filings" / "docs").iterdir()), *sorted((data / "zh_tw" / "finance_text").glob("*.pdf"))[::4]]
    if not found:
        raise SystemExit(f"The data is not there: {data} (--data DIR, or name files)")
    return found


def _kept(path: Path | None) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path and path.exists() else []


def read(path: Path) -> Paper:
    """A paper with what it prints."""
    data, name = path.read_bytes(), path.name
    if name.endswith(".gz"):
        data, name = gzip.decompress(data), name.removesuffix(".gz")
    parsed = parse(data, name)
    document = parsed.document
    tables = [(p, b) for p, page in enumerate(document.pages) for b, block in enumerate(page.blocks) if block.kind == "table"]
    return Paper(name, parsed, copy.deepcopy(printed(document, data)), tables)


def rows_of(path: Path, plants: int, seed: int) -> Iterator[Row]:
    """The paper as it is, each alarm on it, and each loss that was planted into it: noticed or not."""
    paper = read(path)
    clean = _told(paper, paper.parsed.document, paper.facts)
    runs = paper.parsed.certificate.digits.runs if paper.parsed.certificate.digits else 0
    yield {"of": "paper", "paper": path.name, "runs": runs, "mark": paper.parsed.certificate.mark}
    yield from ({"of": "alarm", "paper": path.name, "alarm": alarm, "times": times} for alarm, times in clean.items())
    for kind, plant in PLANTS.items():
        chance = random.Random(f"{seed} {kind} {paper.name}")
        for number in range(plants):
            if (changed := plant(paper, chance)) is not None:
                noticed = bool(_told(paper, *changed) - clean)
                yield {
                    "of": "plant",
                    "paper": path.name,
                    "kind": kind,
                    "number": number,
                    "noticed": noticed,
                    "what": _what(paper, *changed),
                }


def _told(paper: Paper, document: Document, facts: list[Fact]) -> Counter[str]:
    """All that the certificate tells of digits, signs, scales, tags and labels."""
    told = Counter(one.shown() for one in balance_of(paper.prints, document, facts).lost)
    told.update(told_losses(paper.prints, document, facts))
    return told


def _what(paper: Paper, document: Document, facts: list[Fact]) -> str:
    """What was planted, shortly: the first fact that is another, or the number of blocks and cells that are gone."""
    before, after = set(map(id, paper.facts)), set(map(id, facts))
    changed = next((fact for fact in facts if id(fact) not in before), None)
    gone = next((fact for fact in paper.facts if id(fact) not in after), None)
    parts = [f"page {fact.page} {' › '.join(fact.metric)[:60]}: {fact.text} = {fact.value:f}" for fact in (gone, changed) if fact]
    if document is not paper.parsed.document and not parts:
        texts = Counter(_texts(paper.parsed.document))
        texts.subtract(_texts(document))
        parts = [text[:80] for text, count in texts.items() if count > 0][:1]
    return " → ".join(parts)


def _texts(document: Document) -> Iterator[str]:
    for block in (block for page in document.pages for block in page.blocks):
        yield from (cell.text for cell in block.cells) if block.cells else (block.text,)


# ---- what is printed


def _print_noticed(rows: Iterable[Row], missed: int) -> None:
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    unseen = defaultdict[str, list[Row]](list)
    for row in (row for row in rows if row["of"] == "plant"):
        counts[str(row["kind"])][bool(row["noticed"])] += 1
        unseen[str(row["kind"])] += [] if row["noticed"] else [row]
    for kind, found in counts.items():
        print(f"{kind:28} noticed {found[True]:5} of {found.total():5}  {found[True] / found.total():7.2%}")
        for row in unseen[kind][:missed]:
            print(f"    not noticed: {row['paper']}: {row['what']}")
    together = sum(counts.values(), Counter[bool]())
    print(f"{'all':28} noticed {together[True]:5} of {together.total():5}  {together[True] / max(together.total(), 1):7.2%}")


def _print_alarms(rows: list[Row], *, shown: bool) -> None:
    """How much is told of the papers as they are, and each of it where it is to be shown."""
    clean = [row for row in rows if row["of"] == "paper"]
    alarms = [row for row in rows if row["of"] == "alarm"]
    for paper in clean:
        mine = [row for row in alarms if row["paper"] == paper["paper"]]
        mark = f"  MARK: {paper['mark']}" if paper["mark"] else ""
        print(f"{str(paper['paper'])[:44]:44} {paper['runs']:6} runs, alarms as it is: {_times(mine):4}{mark}")
        for row in mine if shown else ():
            print(f"    {row['times']} × {row['alarm']}")
    print(f"papers {len(clean)}, alarms {_rates(clean, alarms)}; marked {sum(bool(row['mark']) for row in clean)}")


def _print_judged(rows: list[Row], judged: list[Mapping[str, object]]) -> None:
    """The alarms that are no loss, as they were judged; those that nobody looked at are named."""
    known = {(one["paper"], one["alarm"]): bool(one.get("false")) for one in judged}
    clean = [row for row in rows if row["of"] == "paper"]
    alarms = [row for row in rows if row["of"] == "alarm"]
    false = [row for row in alarms if known.get((row["paper"], row["alarm"]))]
    unseen = [row for row in alarms if (row["paper"], row["alarm"]) not in known]
    print(f"false alarms {_rates(clean, false)}; in {len({row['paper'] for row in false})} papers; not looked at: {_times(unseen)}")


def _times(rows: Iterable[Row]) -> int:
    return sum(int(str(row["times"])) for row in rows)


def _rates(clean: list[Row], alarms: list[Row]) -> str:
    runs, count = sum(int(str(row["runs"])) for row in clean), _times(alarms)
    return f"{count}: {count / max(len(clean), 1):.2f} a paper, {1000 * count / max(runs, 1):.2f} a thousand of {runs:,} runs"


if __name__ == "__main__":
    main()
