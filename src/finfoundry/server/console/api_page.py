"""The OpenAPI document as a page: every route with what it takes and gives, and every shape by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from finfoundry.governance.api_keys import Bearer
from finfoundry.server.console.render import fragment, page, reader_language
from finfoundry.server.routes.credentials import opened

_REF = "#/components/schemas/"
api_page = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class TypePart:
    """A stretch of a type as it is shown; ``shape`` is the name of the shape that it is."""

    text: str
    shape: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentedField:
    """A parameter of a route, or a field of a shape."""

    name: str
    where: str
    type: tuple[TypePart, ...]
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    anchor: str
    description: str
    parameters: tuple[DocumentedField, ...]
    body: tuple[TypePart, ...]
    answers: tuple[tuple[str, tuple[TypePart, ...]], ...]  # by status


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    description: str
    fields: tuple[DocumentedField, ...]


@api_page.get("/docs")
async def docs() -> Response:
    """Where frameworks show their interface by custom."""
    return RedirectResponse("/console/api", 303)


@api_page.get("/console/api")
async def show(request: Request, bearer: Annotated[Bearer, Depends(opened("read"))]) -> Response:
    return page(request, "api.html", bearer, "api", described=_described(request, bearer))


def _described(request: Request, bearer: Bearer) -> str:
    """What the page tells: the same for everybody, so it is written once in each language."""
    state, language = request.app.state, reader_language(request)
    kept: dict[str, str] = getattr(state, "described", {})
    state.described = kept
    if language not in kept:
        document = request.app.openapi()
        told = {"groups": operations(document), "shapes": shapes(document), "version": document["info"]["version"]}
        kept[language] = fragment(request, "api_content.html", bearer, **told)
    return kept[language]


def operations(document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """The routes of an OpenAPI document by their tags."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            parameters = (
                _field(each["name"], each["in"], each["schema"], each.get("required", False)) for each in one.get("parameters", ())
            )
            answers = tuple((status, _content(answer)) for status, answer in one["responses"].items())
            made = Operation(
                method.upper(), path, one["operationId"], one.get("description", ""), tuple(parameters),
                _content(one.get("requestBody", {})), answers,
            )  # fmt: skip
            found.setdefault((one.get("tags") or [""])[0], []).append(made)
    return found


def shapes(document: Mapping[str, Any]) -> list[Shape]:
    """The shapes of bodies, by name."""
    return [
        Shape(name, schema.get("description", ""), tuple(_fields(schema)) or (_field("", "", schema, True),))
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def _fields(schema: Mapping[str, Any]) -> Iterator[DocumentedField]:
    for name, one in schema.get("properties", {}).items():
        yield _field(name, "", one, name in schema.get("required", ()))


def _field(name: str, where: str, schema: Mapping[str, Any], required: bool) -> DocumentedField:
    return DocumentedField(name, where, tuple(_type(schema)), required, schema.get("description", ""))


def _content(told: Mapping[str, Any]) -> tuple[TypePart, ...]:
    """What a body is: by its types of content, those of our own shapes by name."""
    parts: list[TypePart] = []
    for kind, content in told.get("content", {}).items():
        if kind != "application/json":
            parts.append(TypePart(f"{', ' if parts else ''}{kind}: "))
        elif parts:
            parts.append(TypePart(", "))
        parts += _type(content.get("schema", {}))
    return tuple(parts)


def _type(schema: Mapping[str, Any]) -> Iterator[TypePart]:
    if name := schema.get("$ref", "").removeprefix(_REF):
        yield TypePart(name, name)
    elif choices := schema.get("anyOf") or schema.get("oneOf"):
        for number, one in enumerate(choices):
            yield from [TypePart(" | ")] * bool(number)
            yield from _type(one)
    elif schema.get("type") == "array":
        yield TypePart("[")
        yield from _type(schema.get("items", {}))
        yield TypePart("]")
    else:
        values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
        yield TypePart(" | ".join(map(repr, values)) or str(schema.get("format") or schema.get("type") or "any"))
