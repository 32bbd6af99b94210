"""A bundle, installed and run where there is no network: in a namespace with loopback only, as on a machine that was just set up.

    python benchmarks/sealed_install.py [--bundle DIR] [--model NAME …] [--extra NAME …] [--no-drill]

Makes the bundle (with the network that this machine has), enters a namespace without a route, checks the sums, installs with ``--no-index
--require-hashes`` into a new environment, verifies the bundle from there, looks at the machine, and runs every feature once
(``finfoundry.operations.drill``, in a namespace of its own). Prints what the kernel counted; the control at its end is the baseline.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from finfoundry.machine import read_settings
from finfoundry.operations import bundle as bundling
from finfoundry.operations import namespace
from measures import carried_out


def timed(name: str, argv: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    """Run a program, print how long it took, and return what it printed; end here if it fails."""
    started = time.monotonic()
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    print(f"{name}: {'done' if done.returncode == 0 else 'FAILED'}, {time.monotonic() - started:.0f} s", flush=True)
    if done.returncode:
        sys.exit((done.stderr or done.stdout)[-2000:])
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, help="A bundle that is there already.")
    parser.add_argument("--model", action="append", default=[], help="A model to bundle [those of the settings].")
    parser.add_argument("--extra", action="append", default=[], help="An extra to bundle [specialists].")
    parser.add_argument("--no-drill", action="store_true", help="Stop after the installation.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ff-bundle-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        bundle = options.bundle.resolve() if options.bundle else work / "bundle"
        if not options.bundle:
            started = time.monotonic()
            told = bundling.bundle(read_settings(), bundle, models=options.model, extras=options.extra or ["specialists"])
            held = f"{told.wheels} wheels, models {', '.join(told.models)}, {told.bytes / 1e6:.0f} MB"
            print(f"bundle: {held}, {time.monotonic() - started:.0f} s", flush=True)
        namespace.enter()
        print(f"namespace: interfaces {', '.join(namespace.interfaces())}, {namespace.routes()} routes beyond loopback")
        install(bundle, work, all_features=not options.no_drill)
        tried = namespace.tried()
        print(f"installation: {tried.without_route} attempts to leave, {tried.datagrams} datagrams; control: {namespace.control()} of 2")


def install(bundle: Path, work: Path, *, all_features: bool) -> None:
    """By the words of INSTALL.md, with a Python that needs no venv package."""
    timed("sha256sum --check", ["sha256sum", "--check", "--quiet", "SHA256SUMS"], bundle)
    environment = work / "environment"
    timed("environment", [sys.executable, "-m", "venv", "--without-pip", str(environment)], work)
    python = environment / "bin" / "python"
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "FINFOUNDRY_", "PYTHONPATH", "VIRTUAL_ENV"))}
    pip = [sys.executable, "-m", "pip", "--isolated", "--python", str(python), "install", "--quiet", "--no-index", "--find-links", "wheels"]
    timed("pip install --no-index --require-hashes", [*pip, "--require-hashes", "--requirement", "requirements.txt"], bundle, plain)
    home = work / "home"
    home.mkdir(mode=0o755)
    shutil.copytree(bundle / "models", home / "models", copy_function=os.link if same_disk(bundle, home) else shutil.copy2)
    sealed = plain | {"FINFOUNDRY_HOME": str(home)}
    timed("finfoundry bundle verify", [str(environment / "bin" / "finfoundry"), "bundle", "verify", str(bundle)], work, sealed)
    if not all_features:
        return
    print("every feature, by the installed package:")
    drill = [str(python), "-m", "finfoundry.operations.drill", str(home / "models")]
    lines = told_live(drill, work, sealed)
    counted = json.loads(lines[-1])
    failed = [one["name"] for one in map(json.loads, lines[:-1]) if one["ok"] is False]
    if failed or counted["tried"]["without_route"] or counted["tried"]["datagrams"] or not counted["control"]:
        sys.exit(f"not sealed: failed {failed}, counted {counted}")


def told_live(argv: list[str], folder: Path, environment: dict[str, str]) -> list[str]:
    """The lines of a program, printed as they come. Ends here if it fails."""
    with subprocess.Popen(argv, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        lines = []
        for line in program.stdout:
            print("  " + line, end="", flush=True)
            lines.append(line)
    if program.returncode:
        sys.exit(f"the drill ended with {program.returncode}")
    return lines


def same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


if __name__ == "__main__":
    carried_out(main)
