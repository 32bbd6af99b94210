"""Write what is derived from the code: the command reference (docs/commands.md), the JSON Schemas (docs/schemas), the pictures, and
the rates of right answers (docs/rates.json) and what was measured beside (docs/figures.yaml) into the pages that show them, and the order
in which a paper is read for facts (docs/facts.md).

``--check`` writes nothing and exits 1 when a file differs from what the code says.
"""

import json
import subprocess
import sys
from pathlib import Path

from docs import figures, passes, rates
from docs.picture import PATHS, picture
from finfoundry.cli import schemas

DOCS = Path(__file__).parent
SCHEMAS_HEAD = """# Output schemas

Every `--json` output has a JSON Schema (draft 2020-12), derived from the types that are printed and checked against real output by the
tests. Every field is always there; nothing else is. Exact values are decimal strings in base units. `$id` ends in the version of the
schema; a change that breaks a reader raises it.

"""

SCHEMAS_HEAD_ZH = """# 输出模式

每个 `--json` 输出都有 JSON Schema（draft 2020-12），由所打印的类型导出，并由测试与真实输出核对。每个字段总是存在，没有其他字段。
精确值是以基本单位表示的小数字符串。`$id` 以模式的版本结尾；会使读取者失效的改动将提高版本。

"""


def reference() -> str:
    """Every command with its arguments and options, as Typer writes them from the live program."""
    command = [sys.executable, "-m", "typer", "finfoundry.cli.main", "utils", "docs", "--name", "finfoundry", "--title", "Commands"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603  our own words only


def outputs() -> dict[Path, str]:
    """Each derived file with the text that it should hold."""
    files = {DOCS / "commands.md": reference()}
    for language in PATHS:
        files[DOCS / f"path.{language}.svg"] = picture(language)
    files[DOCS / "schemas.md"] = SCHEMAS_HEAD + "".join(map(_listed, schemas.SOURCES))
    files[DOCS / "zh" / "schemas.md"] = SCHEMAS_HEAD_ZH + "".join(_listed(name, "../") for name in schemas.SOURCES)
    for name in schemas.SOURCES:
        text = json.dumps(schemas.schema(name), indent=2, ensure_ascii=False) + "\n"
        files[DOCS / "schemas" / f"{name}.json"] = text
    for page in rates.PAGES:
        path = DOCS.parent / page
        files[path] = rates.written(path.read_text("utf-8"), page)
    for page, language in figures.PAGES.items():
        files[DOCS.parent / page] = figures.page(language)
    for page, language in passes.PAGES.items():
        files[DOCS.parent / page] = passes.page(language)
    return files


def _listed(name: str, above: str = "") -> str:
    """A schema with the commands that print it; ``above`` leads from the page to the folder of the pages."""
    printed_by = ", ".join(f"`{command}`" for command, printed in schemas.COMMANDS.items() if printed == name)
    return f"- [{name}]({above}schemas/{name}.json){': ' if printed_by else ''}{printed_by}\n"


def stale() -> list[str]:
    """Names of derived files that are missing, differ, or belong to no output any more."""
    wanted = outputs()
    different = [path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
    orphans = [path for path in (DOCS / "schemas").glob("*.json") if path not in wanted]
    return [str(path.relative_to(DOCS.parent)) for path in (*different, *orphans)]


def write() -> None:
    for path, text in outputs().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


def main() -> int:
    if "--check" not in sys.argv:
        write()
        return 0
    names = stale()
    for name in names:
        sys.stderr.write(f"{name} does not say what the code says. Run `make reference`.\n")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
