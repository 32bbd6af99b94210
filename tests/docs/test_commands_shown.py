"""Every command line that a page shows is one that the program takes: its name, its arguments, its options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from finfoundry.cli.main import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted({ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").rglob("*.md")} - {ROOT / "docs" / "commands.md"})
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shown(page: Path) -> Iterator[list[str]]:
    """The command lines in the blocks of a page, as words; continued lines joined, comments cut off, pipes ended."""
    for block in FENCE.findall(page.read_text("utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\|(?=\s)|;(?=\s)|\s>\s", line):
                words = part.strip().removeprefix("$ ").split()
                while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                    words = words[1:]
                if words[:1] == ["finfoundry"]:
                    yield shlex.split(part[part.index("finfoundry") :], comments=True)[1:]


class Refused(Exception):
    """The program does not take these words."""


def parse(words: list[str]) -> None:
    """Nothing is run. Raises Refused with the program's own message."""
    command, context = get_command(cli), None
    while hasattr(command, "resolve_command"):
        context = type(command).context_class(command, parent=context, info_name=command.name)
        if not words or (words[0].startswith("-") and getattr(command, "invoke_without_command", False)):
            break
        try:
            _, command, words = command.resolve_command(context, words)
        except Exception as error:
            raise Refused(str(error)) from error
    if "--help" in words:
        return
    try:
        command.make_context(command.name, list(words), parent=context)
    except Exception as error:
        raise Refused(str(error)) from error


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_command_that_a_page_shows_is_one(page: Path) -> None:
    wrong = []
    for words in shown(page):
        try:
            parse(words)
        except Refused as error:
            wrong.append(f"finfoundry {' '.join(words)}: {error}")
    assert wrong == []


def test_the_reader_of_pages_finds_what_is_there_and_refuses_what_is_not() -> None:
    assert sum(1 for page in PAGES for _ in shown(page)) > 100
    with pytest.raises(Refused):
        parse(["ask", "why", "--no-such-option"])
    with pytest.raises(Refused):
        parse(["no-such-command"])
