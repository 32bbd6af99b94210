"""What must not stand in any file of the repository, and what must."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MACHINE = re.compile(r"(?<![\w.~{}/-])/(?:work|home|root|Users|srv)/[a-z]")
REGISTRY = re.compile(
    # the folder of wheels that a bundle brings along is no host
    r"(?:--(?:extra-)?index-url|--find-links|--trusted-host)\b[ =]\s*(?!wheels\b)\S|https?://[^\s/]*(?:pypi|artifactory|nexus)[^\s]*/simple"
)
BINARY = {".png", ".npz", ".ico", ".woff2", ".ttf", ".safetensors"}

SHIPPED = ROOT / "src" / "finfoundry" / "ask" / "data"
OF_PERSONAL_DATA = {"personal", "tagger"}  # they find what must not leave: understanding asks none of them
LARGEST_TOGETHER = 24 * 2**20  # bytes: the 24 MB of the goal taken as MiB; in megabytes of 10^6 they are 24.4


def tracked() -> list[Path]:
    """Files of the repository; without git (a source archive) all that are not made by tools."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode != 0:
        pytest.skip("not a git checkout: the tree cannot be told from what tools made")
    paths = (ROOT / name for name in listing.stdout.split("\0") if name)
    return [path for path in paths if path.is_file() and path.suffix not in BINARY]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in tracked()}


def found(texts: dict[str, str], pattern: re.Pattern[str]) -> dict[str, str]:
    return {name: match[0] for name, text in texts.items() if (match := pattern.search(text))}


def test_no_machine_path(texts: dict[str, str]) -> None:
    assert not found({name: text for name, text in texts.items() if name != "tests/repository/test_tree.py"}, MACHINE)


def test_no_registry_host(texts: dict[str, str]) -> None:
    assert not found({name: text for name, text in texts.items() if name != "tests/repository/test_tree.py"}, REGISTRY)


def test_no_document_of_others(texts: dict[str, str]) -> None:
    assert not [name for name in texts if name.lower().endswith((".pdf", ".xlsx", ".docx", ".gz", ".gguf", ".onnx"))]


def test_files_stay_small(texts: dict[str, str]) -> None:
    """A source file past 600 lines needs a reason; there is none yet."""
    assert not {name: n for name, text in texts.items() if name.endswith(".py") and (n := text.count("\n")) > 600}


def test_what_is_shipped_for_understanding_names_its_weights_and_stays_small_together() -> None:
    """Low-rank changes and heads, each in a folder with a manifest; a new one counts from the day that it is there."""
    held = (file.parent for file in SHIPPED.rglob("manifest.json"))
    folders = [folder for folder in held if folder.relative_to(SHIPPED).parts[0] not in OF_PERSONAL_DATA]
    assert {folder.name for folder in folders} >= {"reader", "scorer", "figure_scorer", "state_reader", "concept_reader"}
    for folder in folders:
        digests = {hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
        assert json.loads((folder / "manifest.json").read_text("utf-8"))["sha256"] in digests, folder.name
    assert sum(file.stat().st_size for folder in folders for file in folder.iterdir()) <= LARGEST_TOGETHER


@pytest.mark.parametrize(
    "name",
    ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE", "Makefile", ".ci/run", "docs/index.md"],
)
def test_a_newcomer_finds(name: str) -> None:
    assert (ROOT / name).stat().st_size > 100


def test_links_between_pages_lead_somewhere(texts: dict[str, str]) -> None:
    """Relative links of every Markdown file; anchors are left to the documentation's own build."""
    broken = []
    for name, text in texts.items():
        if name.endswith(".md") and not name.startswith("docs/lab/"):  # dated pages, written once
            for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)\s#]+)", text):
                if not ((ROOT / name).parent / target).exists():
                    broken.append(f"{name}: {target}")
    assert not broken
