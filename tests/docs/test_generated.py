"""The command reference and the JSON Schemas say what the code says."""

import pytest
from jsonschema import Draft202012Validator

from docs import generate
from finfoundry.cli import schemas


def test_nothing_is_stale() -> None:
    assert generate.stale() == [], "run `make reference`"


def test_every_command_is_described() -> None:
    text = generate.reference()
    for command in ("pull", "ingest", "ask", "verify", "documents show", "audit replay", "grants add"):
        assert f"`finfoundry {command}`" in text


@pytest.mark.parametrize("name", list(schemas.SOURCES))
def test_schemas_are_schemas_and_closed(name: str) -> None:
    schema = schemas.schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f":{name}:v{schemas.VERSION}")
    for part in schema.get("$defs", {}).values():
        assert part.get("additionalProperties") is False or "properties" not in part
