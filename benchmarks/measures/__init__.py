"""What the families of benchmarks measure, a module each, and what benchmarks share.

``benchmarks/light.py``, ``releases.py``, ``service.py``, ``specialists.py`` and ``training.py`` run the modules of the folder of their
name; a module with a ``main`` is a measure.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from finfoundry.core.errors import FinfoundryError

ROOT = Path(__file__).resolve().parents[2]
WHERE = "Set FINFOUNDRY_DATA, or the option that names it (`--help`), to where it lies"


def measures(family: str) -> dict[str, str]:
    """The measures of a family with the first line of what each says of itself: ``measures("light")["speed"]``."""
    found = {}
    for path in sorted((Path(__file__).parent / family).glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body):
            found[path.stem.replace("_", "-")] = (ast.get_docstring(tree) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")
    return found


def run(family: str, doc: str | None) -> None:
    """Run the measure that the command line names; without a name, or with one that is not there, say which there are."""
    found, asked = measures(family), sys.argv[1:2]
    if asked and asked[0] in found:
        sys.argv = [f"{sys.argv[0]} {asked[0]}", *sys.argv[2:]]
        sys.path.append(str(ROOT))  # some stand on stores and readers of the tests
        return carried_out(lambda: import_module(f"measures.{family}.{asked[0].replace('-', '_')}").main())
    wants_help = asked in (["-h"], ["--help"])
    told = "\n".join([(doc or "").strip(), "", *(f"  {name:26}{said}" for name, said in found.items())])
    print(told, file=sys.stdout if wants_help else sys.stderr)
    raise SystemExit(0 if wants_help else 2)


def carried_out(main: Callable[[], None]) -> None:
    """A benchmark as a command: what it needs and does not find is said, and ends it with 2."""
    try:
        main()
    except FinfoundryError as error:
        needed = str(error)
    except ModuleNotFoundError as error:
        needed = f"{error}. Install the package, or the extra of finfoundry that brings it"
    except (FileNotFoundError, NotADirectoryError) as error:
        needed = f"{error.filename or error} is not there. {WHERE}"
    else:
        return
    print(needed, file=sys.stderr)
    raise SystemExit(2)


def command(family: str, measure: str) -> list[str]:
    """How a measure starts itself once more, in a process of its own."""
    return [sys.executable, str(ROOT / "benchmarks" / f"{family}.py"), measure]


def described(doc: str | None) -> argparse.ArgumentParser:
    """A parser that shows a docstring as it is written."""
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
