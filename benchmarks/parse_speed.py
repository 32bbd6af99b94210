"""Pages a second from bytes to words, blocks, tables and facts: in one process with a profile, and over two workers as `ingest` runs them.

python benchmarks/parse_speed.py [FILE…]
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import resource
import sys
import time
from pathlib import Path

from finfoundry.core.document import Parsed
from finfoundry.core.errors import NotFound
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.ingest.workers import Workers
from measures import carried_out

WORKERS = 2
DATA = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("files", nargs="*", type=Path)
    paths = arguments.parse_args().files or development_files()
    files = [(path.read_bytes(), path.name) for path in paths]
    alone(files)
    shared(paths)
    profile(*files[0])


def development_files() -> list[Path]:
    """Eight English filings and annual reports, one Chinese report."""
    english = sorted((DATA / "en_filings" / "financebench" / "pdfs").glob("*10K.pdf"))[::4]
    paths = [*english, *sorted((DATA / "en_filings" / "rag_challenge2").glob("*.pdf"))[:2], *(DATA / "zh_filings" / "docs").glob("*.pdf")]
    if not paths:
        raise NotFound(f"the data is not there: {DATA}", remedy="Set FINFOUNDRY_DATA, or name files")
    return paths


def counts(parsed: Parsed) -> str:
    document = parsed.document
    blocks = [block for page in document.pages for block in page.blocks]
    tables = [block for block in blocks if block.kind == "table"]
    words = sum(len(page.words) for page in document.pages)
    cells = sum(len(table.cells) for table in tables)
    return f"{words:7} words {len(blocks):5} blocks {len(tables):4} tables {cells:6} cells {len(parsed.facts):5} facts"


def alone(files: list[tuple[bytes, str]]) -> None:
    print("one process, CPU time:")
    total, spent = 0, 0.0
    for data, name in files:
        start = time.process_time()
        parsed = parse(data, name)
        seconds = time.process_time() - start
        pages = len(parsed.document.pages)
        total, spent = total + pages, spent + seconds
        print(f"  {name[:44]:44} {pages:4} pages {pages / seconds:5.0f} pages/CPU-s {counts(parsed)}")
    print(f"  all: {total / spent:.0f} pages a CPU-second, peak memory {peak(resource.RUSAGE_SELF):.0f} MB")


def shared(paths: list[Path]) -> None:
    """All files over the workers by the clock, transfer of the outcome included."""
    pool = Workers(processes=WORKERS)
    files = [(path, path.read_bytes()) for path in paths]
    for _ in pool.parse_all(files[:1] * WORKERS):
        pass  # start the workers
    start = time.perf_counter()
    outcomes = list(pool.parse_all(sorted(files, key=lambda file: -len(file[1]))))
    seconds = time.perf_counter() - start
    pool.close()
    pages = sum(len(outcome.result.document.pages) for outcome in outcomes if isinstance(outcome.result, Parsed))
    load = os.getloadavg()[0]
    largest = peak(resource.RUSAGE_CHILDREN)
    print(f"{WORKERS} workers: {pages / seconds:.0f} pages/s by the clock (load {load:.1f} with us), largest worker {largest:.0f} MB")


def peak(who: int) -> float:
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return resource.getrusage(who).ru_maxrss / unit


def profile(data: bytes, name: str) -> None:
    print(f"profile of {name}, own time:")
    profiler = cProfile.Profile()
    profiler.runcall(parse, data, name)
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(18)


if __name__ == "__main__":
    carried_out(main)
