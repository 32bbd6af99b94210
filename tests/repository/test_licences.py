"""Everything that the core install brings may be used in a bank's closed product: no GPL, no AGPL, LGPL for psycopg only."""

import re
from email.message import Message
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LESSER_ALLOWED = {"psycopg", "psycopg-binary", "psycopg-pool"}


def closure(root: str) -> dict[str, Message]:
    """Metadata of a distribution and of all that it requires, by canonical name; extras only where asked for."""
    found: dict[str, Message] = {}
    queue = [Requirement(root)]
    seen: set[tuple[str, str]] = set()
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        installed = distribution(name)
        found[name] = installed.metadata  # type: ignore[assignment]  # the real class is email.message.Message
        for extra in {"", *requirement.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, extra))
            for line in installed.requires or []:
                needed = Requirement(line)
                asked = needed.marker is None or needed.marker.evaluate({"extra": extra})
                if asked and (extra == "" or (needed.marker is not None and "extra" in str(needed.marker))):
                    queue.append(needed)
    return found


def licence(metadata: Message) -> str:
    """What a distribution says of its licence: the SPDX expression, else the classifiers, else the old free text's first line."""
    expression = metadata.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [line.rsplit("::", 1)[1].strip() for line in metadata.get_all("Classifier", []) if line.startswith("License ::")]
    named = [name for name in classifiers if name != "OSI Approved"]
    return "; ".join(named) or str(metadata.get("License", "")).strip().split("\n")[0]


def verdict(name: str, text: str) -> str | None:
    """Why a licence is refused, or None. Where a choice is offered (OR), one good side is enough."""
    if not text or text.upper() == "UNKNOWN":
        return "says no licence"
    sides = [side for side in re.split(r"\s+OR\s+", text) if not re.search(r"GPL|General Public", side)]
    if sides:
        return None
    lesser = re.search(r"LGPL|Lesser General Public", text) and not re.search(r"AGPL|Affero|(?<![A-Z])GPL", text)
    return None if lesser and name in LESSER_ALLOWED else f"is under {text}"


@pytest.fixture(scope="module")
def core() -> dict[str, Message]:
    return closure("finfoundry")


def test_the_core_has_no_copyleft(core: dict[str, Message]) -> None:
    refused = {name: why for name, metadata in core.items() if (why := verdict(name, licence(metadata)))}
    assert not refused


def test_the_core_is_light(core: dict[str, Message]) -> None:
    heavy = {"torch", "transformers", "tensorflow", "ray", "scikit-learn", "pandas", "scipy"}
    assert not heavy & core.keys()
    assert {"psycopg", "psycopg-binary", "pypdfium2", "xllamacpp"} <= core.keys()


@pytest.mark.parametrize(
    ("name", "text", "good"),
    [
        ("a", "MIT", True),
        ("a", "Apache-2.0 AND BSD-3-Clause", True),
        ("a", "GPL-3.0-or-later", False),
        ("a", "GNU Affero General Public License v3", False),
        ("a", "MIT OR GPL-2.0-only", True),
        ("psycopg", "LGPL-3.0-only", True),
        ("other", "LGPL-3.0-only", False),
        ("psycopg", "GPL-3.0-only", False),
        ("a", "", False),
    ],
)
def test_verdicts(name: str, text: str, good: bool) -> None:
    assert (verdict(name, text) is None) == good
