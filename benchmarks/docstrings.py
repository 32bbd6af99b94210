"""How far docstrings say what a caller has to know, and how often prose uses words of a dialect for terms of the field.

    python benchmarks/docstrings.py [--list PACKAGE] [--json]

By package: public functions; those that raise an error of ours, in their own body or by a private function of their module, without a
docstring (or one of their class) that says so ("Raises InputError where ..."); those that take or return arrays without a docstring (or a
comment at the array type's name) that gives a shape; those over eight lines without a docstring or a decorator that describes them; and
uses in docstrings and comments of "told" for stated, "beside" for next to, "stands" for is, "paper" for filing or document, "member" for
segment. Functions whose docstring is the help text of a command or a route are left out. Baseline: the same command in a checkout of an
older commit.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "finfoundry"
DIALECT = re.compile(r"(?<![\w`.\"'])(?:tell(?:s|ing)?|told|beside|stand(?:s|ing)?|stood|papers?|members?)\b(?![\w`])", re.IGNORECASE)
ARRAY = re.compile(r"\b(?:NDArray|ndarray|Tensor)\b")
SHAPE = re.compile(r"\bshapes?\b|\(\w+,(?: \w+(?:, \w+)*)?\)|\b(?:scalar|one an? \w+)\b", re.IGNORECASE)  # "(n,)", "(rows, columns)"
SHOWN = {"command", "callback", "get", "post", "put", "delete", "patch", "api_route", "tool", "resource", "prompt"}  # docstrings for users
Function = ast.FunctionDef | ast.AsyncFunctionDef
WHAT = ("raises, not said", "arrays, no shape", "long, no docstring", "dialect")
LONG = 8  # lines of a function that does not explain itself


@dataclass(frozen=True)
class Found:
    """One thing to be put right."""

    package: str
    place: str  # file:line
    kind: str  # one of WHAT
    text: str  # a function's name and its errors, or the line


def errors() -> frozenset[str]:
    """Names of the classes that derive from FinfoundryError."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    known = {"FinfoundryError"}
    while more := {name for name, of in bases.items() if of & known} - known:
        known |= more
    return frozenset(known)


def public(body: list[ast.stmt], of_class: str = "") -> Iterator[tuple[Function, str]]:
    """Public functions of a module and public methods of its public classes, each with its class's docstring ("" for a function)."""
    for node in body:
        if isinstance(node, Function) and not node.name.startswith("_") and not _for_users(node):
            yield node, of_class
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node.body, ast.get_docstring(node) or "")


def _for_users(function: Function) -> bool:
    calls = (one.func if isinstance(one, ast.Call) else one for one in function.decorator_list)
    return any(isinstance(call, ast.Attribute) and call.attr in SHOWN for call in calls)


def _described(function: Function) -> bool:
    """Whether a decorator is given a text, as ``@point("COPY", "documents in bulk")`` is."""
    given = (word for call in function.decorator_list if isinstance(call, ast.Call) for word in call.args)
    return any(isinstance(word, ast.Constant) and isinstance(word.value, str) for word in given)


def raised(function: Function, private: dict[str, Function], known: frozenset[str]) -> set[str]:
    """Errors of ours that a function raises itself or by private functions of its module; what it calls under ``try`` is left out."""
    found, seen, rest = set(), set[str](), list[ast.AST](function.body)
    while rest:
        node = rest.pop()
        if isinstance(node, ast.Raise) and node.exc is not None:
            found |= {one.id for one in ast.walk(node.exc) if isinstance(one, ast.Name)} & known
        if isinstance(node, ast.Call) and (name := _called(node)) in private and name not in seen:
            seen.add(name)
            rest += private[name].body
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            rest += [*node.handlers, *node.orelse, *node.finalbody] if isinstance(node, ast.Try) else ast.iter_child_nodes(node)
    return found


def _called(call: ast.Call) -> str:
    """``f`` of ``f(...)`` and of ``self.f(...)``, else nothing."""
    match call.func:
        case ast.Name(name) | ast.Attribute(ast.Name("self"), name):
            return name
    return ""


def array_names() -> tuple[set[str], set[str]]:
    """Names that modules give to array types: all, and those whose comment gives the shape wherever they are defined."""
    lines: dict[str, list[str]] = {}
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and ARRAY.search(ast.unparse(node.value)) and not isinstance(node.value, ast.Call):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        lines.setdefault(target.id, []).append(text.split("\n")[node.lineno - 1])
    return set(lines), {name for name, every in lines.items() if all(SHAPE.search(line.partition("#")[2]) for line in every)}


def takes_arrays(function: Function, named: set[str], explained: set[str]) -> bool:
    """Whether a signature has an array whose shape its type's name does not say."""
    arguments = function.args
    notes = [one.annotation for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)] + [function.returns]
    written = [ast.unparse(note) for note in notes if note is not None]
    words = {word for note in written for word in re.findall(r"\w+", note)}
    return bool(words & (named - explained)) or any(ARRAY.search(note) for note in written)


def prose(text: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Lines of docstrings and comments, with their numbers."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef | ast.Module) and node.body and ast.get_docstring(node) is not None:
            first = node.body[0]
            for number in range(first.lineno, (first.end_lineno or first.lineno) + 1):
                yield number, text.split("\n")[number - 1]
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def read(path: Path, known: frozenset[str], named: set[str], explained: set[str]) -> tuple[int, list[Found]]:
    """How many public functions a file has, and what is to be put right in it."""
    text = path.read_text(encoding="utf-8")
    tree, name = ast.parse(text), str(path.relative_to(SOURCE))
    package = name.split("/")[0] if "/" in name else "(top)"
    functions, found = list(public(tree.body)), list[Found]()
    private = {one.name: one for one in ast.walk(tree) if isinstance(one, Function) and one.name.startswith("_")}
    for one, of_class in functions:
        said, place = ast.get_docstring(one) or "", f"{name}:{one.lineno}"
        lacking = sorted(error for error in raised(one, private, known) if error not in said)
        if lacking and not re.search(r"\braises?\b", f"{said} {of_class}", re.IGNORECASE):
            found.append(Found(package, place, WHAT[0], f"{one.name}: {', '.join(lacking)}"))
        if not said and not _described(one) and (one.end_lineno or one.lineno) - one.lineno >= LONG:
            found.append(Found(package, place, WHAT[2], one.name))
        if takes_arrays(one, named, explained) and not SHAPE.search(said):
            found.append(Found(package, place, WHAT[1], one.name))
    for number, line in prose(text, tree):
        found += [Found(package, f"{name}:{number}", WHAT[3], line.strip()) for _ in DIALECT.findall(line)]
    return len(functions), found


def count() -> tuple[dict[str, int], list[Found]]:
    """Public functions by package, and all that is to be put right."""
    known, functions, found = errors(), dict[str, int](), list[Found]()
    named, explained = array_names()
    for path in sorted(SOURCE.rglob("*.py")):
        number, here = read(path, known, named, explained)
        package = path.relative_to(SOURCE).parts[0] if path.parent != SOURCE else "(top)"
        functions[package] = functions.get(package, 0) + number
        found += here
    return functions, found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--list", metavar="PACKAGE", help="name the places in a package or a folder of it")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    functions, found = count()
    if given.list:
        for one in found:
            if one.place.startswith(given.list):
                print(f"{one.place}  {one.kind}  {one.text}")
        return
    rows = {name: {kind: sum(one.package == name and one.kind == kind for one in found) for kind in WHAT} for name in functions}
    rows["all"] = {kind: sum(row[kind] for row in rows.values()) for kind in WHAT}
    functions["all"] = sum(functions.values())
    if given.json:
        print(json.dumps({name: {"public functions": functions[name], **row} for name, row in rows.items()}))
        return
    print(f"{'package':12} {'functions':>9}  {'   '.join(WHAT)}")
    for name, row in rows.items():
        print(f"{name:12} {functions[name]:9,}  " + "   ".join(f"{row[kind]:{len(kind)},}" for kind in WHAT))


if __name__ == "__main__":
    main()
