"""Questions and sentences written by hand over public papers: the read part in plain rows, the blind part sealed beside it.

    python benchmarks/hand_rows.py seal ROWS.jsonl benchmarks/by_hand/NAME.jsonl
    python benchmarks/hand_rows.py papers benchmarks/by_hand/NAME.jsonl... --data DATA --into FOLDER

Whoever wrote them had not seen the code. A row says its ``part``; of the rows of the part blind only sums are printed, ever: NAME.sealed
is no secret, it keeps them from being read by chance. ``papers`` lays the papers that rows are about into a folder, as ``finfoundry
ingest`` takes them.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import textwrap
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measures import carried_out

Row = dict[str, Any]


def rows(file: Path) -> list[Row]:
    """The rows of a file, and those that lie sealed beside it."""
    lines = file.read_text("utf-8").splitlines()
    sealed = file.with_suffix(".sealed")
    if sealed.exists():
        lines += zlib.decompress(base64.b64decode(sealed.read_bytes())).decode().splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def seal(source: Path, target: Path) -> None:
    """Part the rows of a file: those to be read into the target, the others sealed beside it."""
    lines = [line for line in source.read_text("utf-8").splitlines() if line.strip()]
    read = [line for line in lines if json.loads(line)["part"] == "read"]
    blind = [line for line in lines if json.loads(line)["part"] != "read"]
    target.write_text("".join(f"{line}\n" for line in read), "utf-8")
    packed = base64.b64encode(zlib.compress("\n".join(blind).encode(), 9)).decode()
    target.with_suffix(".sealed").write_text("\n".join(textwrap.wrap(packed, 140)) + "\n", "ascii")
    print(f"{target}: {len(read)} rows to be read, {len(blind)} sealed")


def lay(files: Sequence[Path], data: Path, folder: Path) -> None:
    """Copy the papers that rows are about; inline XBRL is unpacked. Papers within a file (``file#id``) are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {paper for file in files for row in rows(file) for paper in row.get("papers", [row.get("paper", "#")]) if "#" not in paper}
    for name in sorted(named):
        source = data / name
        held = source.read_bytes()
        target = folder / source.name.removesuffix(".gz")
        target.write_bytes(gzip.decompress(held) if source.suffix == ".gz" else held)
    print(f"{len(named)} papers in {folder}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_subparsers(dest="what", required=True)
    parting = what.add_parser("seal")
    parting.add_argument("source", type=Path)
    parting.add_argument("target", type=Path)
    laying = what.add_parser("papers")
    laying.add_argument("files", type=Path, nargs="+")
    laying.add_argument("--data", type=Path, required=True)
    laying.add_argument("--into", type=Path, required=True)
    given = parser.parse_args()
    if given.what == "seal":
        seal(given.source, given.target)
    else:
        lay(given.files, given.data, given.into)


if __name__ == "__main__":
    carried_out(main)
