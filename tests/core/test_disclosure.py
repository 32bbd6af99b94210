"""Labels of generated content: what the standard wants in them, and that none is there where no law asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import openpyxl
import pytest

from finfoundry.core.answer import Answer
from finfoundry.core.disclosure import Language, Place, disclose, of_file
from finfoundry.core.errors import SettingsError
from finfoundry.machine import read_settings
from finfoundry.usecases.workbook import write_workbook

KEYS = ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"]


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("place", ["cn", "cn+eu"])
def test_the_visible_label_of_china_names_ai_and_generation(place: Place, language: Language) -> None:
    found = disclose(place, "Harbour Bank", language, "a-1")
    assert found
    assert "人工智能" in found.text or "AI" in found.text
    assert "生成" in found.text


@pytest.mark.parametrize("language", get_args(Language))
def test_the_implicit_label_has_the_fields_of_the_standard(language: Language) -> None:
    found = disclose("cn", "Harbour Bank", language, "a-1")
    assert found
    told = json.loads(found.metadata()["AIGC"])
    assert list(told) == KEYS
    assert (told["Label"], told["ContentProducer"], told["ProduceID"]) == ("1", "Harbour Bank", "a-1")


@pytest.mark.parametrize("language", get_args(Language))
def test_europe_is_told_that_it_is_an_ai_system_and_files_are_marked(language: Language) -> None:
    found = disclose("eu", "", language, "a-1")
    assert found
    assert "AI system" in found.text or "人工智能系统" in found.text
    assert (found.metadata(), found.aigc) == ({"AIGenerated": "true"}, None)


def test_elsewhere_nothing_is_added() -> None:
    assert disclose("none", "", "zh", "a-1") is None
    assert Answer("1", "answered", "en", "Net profit was 5.").shown == "Net profit was 5."


def test_a_reader_of_text_alone_sees_the_label() -> None:
    answer = Answer("1", "answered", "zh", "净利润为5元。", disclosure=disclose("cn", "港湾银行", "zh", "1"))
    assert answer.shown.startswith("净利润为5元。\n\n")
    assert "人工智能（AI）生成" in answer.shown


def test_chinese_law_needs_the_name_of_the_producer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path))
    monkeypatch.setenv("FINFOUNDRY_DISCLOSURE", "cn")
    with pytest.raises(SettingsError, match="disclosure_producer"):
        read_settings()
    monkeypatch.setenv("FINFOUNDRY_DISCLOSURE_PRODUCER", "港湾银行")
    assert read_settings().disclosure == "cn"


def test_an_exported_workbook_is_marked(tmp_path: Path) -> None:
    write_workbook([], tmp_path / "marked.xlsx", of_file("cn+eu", "港湾银行", "a-1"))
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert book.sheetnames == ["facts", "AI"]
    assert ["生成" in str(row[0].value) for row in book["AI"].rows] == [True, True]
    properties = {one.name: one.value for one in book.custom_doc_props}  # type: ignore[attr-defined]
    assert properties["AIGenerated"] == "true"
    assert json.loads(properties["AIGC"])["ContentProducer"] == "港湾银行"


def test_an_exported_workbook_is_plain_where_no_law_asks(tmp_path: Path) -> None:
    write_workbook([], tmp_path / "plain.xlsx", of_file("none", "", "a-1"))
    assert openpyxl.load_workbook(tmp_path / "plain.xlsx").sheetnames == ["facts"]
