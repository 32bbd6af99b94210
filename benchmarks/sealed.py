"""Questions, sentences and wordings that nobody is to read: runs the scripts of the folder that holds them, which print counts only.

    python benchmarks/sealed.py questions|sentences [--blind FOLDER] [--lang en,zh,zh-tw] [--limit N] [--seed S] [--data DATA]
    python benchmarks/sealed.py wording [--blind FOLDER] [--system rules] [--limit N] [--seed S] [--data DATA]

FOLDER (or ``FINFOUNDRY_BLIND``) holds ``papers.py`` and ``wording.py`` with their sealed rows; it lies outside the tree. They read papers
and tables into the home that ``FINFOUNDRY_HOME`` names. What is asked is the ``finfoundry`` of the Python that runs this. Ends with the
script's own exit status, with 2 where the folder, the script or the home is not there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SCRIPTS = {"questions": ("papers.py", ["questions"]), "sentences": ("papers.py", ["sentences"]), "wording": ("wording.py", [])}
PASSED = ("lang", "system", "limit", "seed", "data")  # a script refuses one that it does not have


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=SCRIPTS)
    parser.add_argument("--blind", type=Path, default=os.environ.get("FINFOUNDRY_BLIND"))
    for name in PASSED:
        parser.add_argument(f"--{name}")
    options = parser.parse_args(given)
    script, leading = SCRIPTS[options.what]
    command = Path(sys.executable).with_name("finfoundry")
    if lacking := _lacking(options.blind, script, command):
        parser.error(lacking)
    passed = [part for name in PASSED if (value := getattr(options, name)) is not None for part in (f"--{name}", value)]
    return subprocess.run([sys.executable, "-u", str(options.blind / script), *leading, str(command), *passed], check=False).returncode


def _lacking(blind: Path | None, script: str, command: Path) -> str:
    """What a run needs and does not have; empty where nothing lacks."""
    if blind is None:
        return "name the folder of the sealed scripts: --blind FOLDER, or FINFOUNDRY_BLIND"
    if not blind.is_dir():
        return f"there is no folder {blind}"
    if not (blind / script).is_file():
        return f"{blind} has no {script}"
    if not os.environ.get("FINFOUNDRY_HOME"):
        return "set FINFOUNDRY_HOME: the papers and tables are read into it"
    return "" if command.is_file() else f"there is no {command}: run this by the Python of an environment with finfoundry"


if __name__ == "__main__":
    raise SystemExit(main())
