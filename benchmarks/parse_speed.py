"""Pages a second from bytes to words, blocks and tables: in one process with a profile, and over all workers.

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

from finfoundry.core.document import Document
from finfoundry.knowledge.parse.pdf import parse
from finfoundry.knowledge.parse.workers import WorkerPool

DATA = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("files", nargs="*", type=Path)
    paths = arguments.parse_args().files or development_files()
    files = [(path.read_bytes(), path.name) for path in paths]
    alone(files)
    shared(files)
    profile(*files[0])


def development_files() -> list[Path]:
    """Eight English filings and annual reports, one Chinese report."""
    english = sorted((DATA / "en_filings" / "financebench" / "pdfs").glob("*10K.pdf"))[::4]
    paths = [*english, *sorted((DATA / "en_filings" / "rag_challenge2").glob("*.pdf"))[:2], *(DATA / "zh_filings" / "docs").glob("*.pdf")]
    if not paths:
        raise SystemExit(f"The data is not there: {DATA} (set FINFOUNDRY_DATA, or name files)")
    return paths


def counts(document: Document) -> str:
    blocks = [block for page in document.pages for block in page.blocks]
    tables = [block for block in blocks if block.kind == "table"]
    words = sum(len(page.words) for page in document.pages)
    return f"{words:7} words {len(blocks):5} blocks {len(tables):4} tables {sum(len(table.cells) for table in tables):6} cells"


def alone(files: list[tuple[bytes, str]]) -> None:
    print("one process, CPU time:")
    total, spent = 0, 0.0
    for data, name in files:
        start = time.process_time()
        document = parse(data, name, ocr=False)
        seconds = time.process_time() - start
        total, spent = total + len(document.pages), spent + seconds
        print(f"  {name[:44]:44} {len(document.pages):4} pages {len(document.pages) / seconds:6.0f} pages/CPU-s  {counts(document)}")
    print(f"  all: {total / spent:.0f} pages a CPU-second, peak memory {peak(resource.RUSAGE_SELF):.0f} MB")


def shared(files: list[tuple[bytes, str]]) -> None:
    with WorkerPool() as pool:
        for _ in pool.parse_all(files[:1] * pool.size):
            pass  # start the workers
        start, own = time.perf_counter(), time.process_time()
        pages = sum(len(outcome.pages) for outcome in pool.parse_all(files) if isinstance(outcome, Document))
        seconds, own = time.perf_counter() - start, time.process_time() - own
        size = pool.size
    load = os.getloadavg()[0]
    print(
        f"{size} workers: {pages / seconds:.0f} pages/s by the clock (load average {load:.1f} with us), "
        f"this process {own / pages * 1000:.1f} ms a page, largest worker {peak(resource.RUSAGE_CHILDREN):.0f} MB"
    )


def peak(who: int) -> float:
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return resource.getrusage(who).ru_maxrss / unit


def profile(data: bytes, name: str) -> None:
    print(f"profile of {name}, own time:")
    profiler = cProfile.Profile()
    profiler.runcall(parse, data, name, ocr=False)
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(18)


if __name__ == "__main__":
    main()
