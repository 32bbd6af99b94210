"""Questions, sentences and wordings that nobody is to read: runs the scripts of the folder that holds them, which print counts only.

    python benchmarks/sealed.py questions|sentences [--blind FOLDER] [--lang en,zh,zh-tw] [--limit N] [--seed S] [--data DATA]
    python benchmarks/sealed.py wording [--blind FOLDER] [--system rules] [--limit N] [--seed S] [--data DATA]

``--keep FILE --as NAME`` keeps the counts of the questions under a name in a file of runs, from which README's table is made
(``docs/rates.py``).

FOLDER (or ``FINFOUNDRY_BLIND``) holds ``papers.py`` and ``wording.py`` with their sealed rows; it lies outside the tree. They read papers
and tables into the home that ``FINFOUNDRY_HOME`` names. What is asked is the ``finfoundry`` of the Python that runs this. Ends with the
script's own exit status, with 2 where the folder, the script or the home is not there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

SCRIPTS = {"questions": ("papers.py", ["questions"]), "sentences": ("papers.py", ["sentences"]), "wording": ("wording.py", [])}
PASSED = ("lang", "system", "limit", "seed", "data")  # a script refuses one that it does not have


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=SCRIPTS)
    parser.add_argument("--blind", type=Path, default=os.environ.get("FINFOUNDRY_BLIND"))
    for name in PASSED:
        parser.add_argument(f"--{name}")
    parser.add_argument("--keep", type=Path, help="a file of runs, such as docs/rates.json")
    parser.add_argument("--as", dest="name", default="delivered", help="the name of the run in it")
    options = parser.parse_args(given)
    script, leading = SCRIPTS[options.what]
    command = Path(sys.executable).with_name("finfoundry")
    if lacking := _lacking(options.blind, script, command):
        parser.error(lacking)
    passed = [part for name in PASSED if (value := getattr(options, name)) is not None for part in (f"--{name}", value)]
    ran = [sys.executable, "-u", str(options.blind / script), *leading, str(command), *passed]
    if options.keep is None:
        return subprocess.run(ran, check=False).returncode
    done = subprocess.run(ran, check=False, capture_output=True, text=True)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    if done.returncode == 0:
        keep(options.keep, options.name, counted(done.stdout), f"python benchmarks/sealed.py questions {' '.join(passed)}".strip())
    return done.returncode


_LINE = re.compile(r"^(?P<group>\S+)\s+n\s+(?P<n>\d+)\s+right (?P<right>[\d.]+|-).*?\]?\s*(?P<rest>(?:[a-z_ ]+ \d+ %\s*)*)$")
_REST = re.compile(r"([a-z_]+(?: [a-z]+)*) (\d+) %")


def counted(printed: str) -> dict[str, dict[str, int]]:
    """Group → how many questions ended how, of what the script prints: shares of n, rounded to whole percents but for ``right``."""
    return {found["group"]: dict(_counts(found)) for line in printed.splitlines() if (found := _LINE.match(line.strip()))}


def _counts(found: re.Match[str]) -> Iterator[tuple[str, int]]:
    n = int(found["n"])
    rest = {name.strip(): round(int(share) * n / 100) for name, share in _REST.findall(found["rest"])}
    right, late, wrong = round(float(found["right"]) * n / 100), rest.get("late or failed", 0), rest.get("wrong", 0)
    yield from (("right", right), ("wrong", wrong), ("no answer", n - right - late - wrong), ("late", late))


def keep(file: Path, name: str, groups: dict[str, dict[str, int]], command: str) -> None:
    """Put a run under its name into a file of runs, in the place of the one of before."""
    kept = json.loads(file.read_text("utf-8"))["runs"] if file.is_file() else []
    commit = subprocess.run(["git", "rev-parse", "--short=8", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    machine = f"{os.cpu_count()} cores, default limits"
    run = {"name": name, "date": date.today().isoformat(), "commit": commit, "machine": machine, "command": command, "groups": groups}
    runs = [run if one["name"] == name else one for one in kept]
    runs = runs if run in runs else [*runs, run]
    file.write_text(json.dumps({"runs": runs}, indent=1) + "\n", "utf-8")


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
