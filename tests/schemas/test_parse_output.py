"""What ``finfoundry parse --json`` prints for real documents is what its schema says."""

import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from finfoundry.cli import schemas
from finfoundry.demo.report import annual_report, client_report
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.shown.views import json_text, parse_view

CSV = "item,2024,2023\n资产总计（万元）,1234.5,1100\nNet profit,(12),9\n".encode()
HTML = b"<html><body><h1>Notes</h1><table><tr><th></th><th>2024</th></tr><tr><td>Revenue</td><td>$ 1,234</td></tr></table></body></html>"
FILES = {"client.pdf": client_report(), "table.csv": CSV, "page.html": HTML, "note.md": b"# Title\n\nRevenue was 12 million.\n"}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(schemas.schema("parse"))


def errors(validator: Draft202012Validator, output: object) -> Iterator[str]:
    for error in validator.iter_errors(output):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


@pytest.mark.parametrize("name", list(FILES))
def test_small_files(name: str, validator: Draft202012Validator) -> None:
    output = json.loads(json_text(parse_view(parse(FILES[name], name))))
    assert list(errors(validator, output)) == []
    assert output["pages"]


def test_the_annual_report(validator: Draft202012Validator) -> None:
    report = annual_report()
    output = json.loads(json_text(parse_view(parse(report.data, "report.pdf"))))
    assert list(errors(validator, output)) == []
    assert len(output["pages"]) == report.pages
    assert "total assets" in {fact["metric"][-1].lower() for fact in output["facts"]}


def test_a_field_too_many_is_noticed(validator: Draft202012Validator) -> None:
    output = json.loads(json_text(parse_view(parse(CSV, "table.csv"))))
    assert list(errors(validator, output | {"more": 1}))
    del output["certificate"]["score"]
    assert list(errors(validator, output))
