"""``make bare`` hides what only a developer's machine has."""

from __future__ import annotations

import subprocess
from pathlib import Path

BARE = Path(__file__).parents[2] / ".ci" / "bare"
LOOK = "for one in chromium chromium-browser google-chrome; do command -v $one; done; fc-list 2>/dev/null; exit 7"


def test_no_browser_and_no_font_is_found() -> None:
    """Neither where mounts are allowed nor where the environment has to do."""
    found = subprocess.run([str(BARE), "sh", "-c", LOOK], capture_output=True, text=True, timeout=60, check=False)
    assert (found.stdout, found.returncode) == ("", 7), found.stderr


def test_without_namespaces_it_says_what_stays(tmp_path: Path) -> None:
    never = tmp_path / "unshare"
    never.write_text("#!/bin/sh\nexit 1\n")
    never.chmod(0o755)
    argv = ["env", f"PATH={tmp_path}:/usr/bin:/bin", str(BARE), "sh", "-c", LOOK]
    found = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert (found.stdout, found.returncode) == ("", 7)
    assert "/usr/lib/postgresql" in found.stderr
