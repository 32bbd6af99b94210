"""Readers of labelled data over small files in the shapes of the collections: what a record holds, and what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.record_readers import READERS, TaskRecord, items, text_of
from finfoundry.core.tasks.task import EntitySpan, TaskSource


def read(reader: str, file: Path, text: str, **source: Any) -> list[TaskRecord]:
    file.write_text(text, encoding="utf-8")
    return list(READERS[reader]([file], TaskSource(paths=[file.name], **source)))


def marked(record: TaskRecord) -> list[tuple[str, str]]:
    """The stretches that the spans of a record lie on, with their labels."""
    return [(record.fields["text"][span.start : span.end], span.label) for span in record.spans]


# --- files


def test_the_same_rows_are_read_from_every_kind_of_file(tmp_path: Path) -> None:
    rows = [{"a": "1", "b": "x, y"}, {"a": "2", "b": "z"}]
    texts = {
        "list.json": json.dumps(rows),
        "spaced.json": "\n " + json.dumps(rows),
        "lines.jsonl": "\n\n".join(map(json.dumps, rows)),
        "bom.json": "\ufeff" + json.dumps(rows),
        "table.csv": 'a,b\n1,"x, y"\n2,z\n',
        "table.tsv": "a\tb\n1\tx, y\n2\tz\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        assert list(items(tmp_path / name)) == list(items(tmp_path / f"{name}.gz")) == rows, name


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    contents = {"latin.txt": "Größe".encode("latin-1"), "cut.json.gz": gzip.compress(b"[1, 2]")[:-6], "plain.gz": b"no archive"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=name):
            text_of(tmp_path / name)
    with pytest.raises(InputError, match=r"absent\.json"):
        text_of(tmp_path / "absent.json")
    (tmp_path / "broken.json").write_text("[1, 2")
    with pytest.raises(InputError, match=r"broken\.json"):
        list(items(tmp_path / "broken.json"))


# --- rows


def test_lists_are_named_by_the_columns_and_fields_are_parted(tmp_path: Path) -> None:
    (one, other) = read(
        "records", tmp_path / "a.json", '[["Q: why? A: because", 1], ["plain", null]]', columns=("text", "label"),
        part={"text": r"Q: (?P<question>.*?) A: (?P<answer>.*)"},
    )  # fmt: skip
    assert one.fields == {"text": "Q: why? A: because", "label": "1", "question": "why?", "answer": "because"}
    assert other.fields == {"text": "plain", "label": ""}


@pytest.mark.parametrize("row", [["one"], ["one", "two", "three"]])
def test_a_list_of_another_length_is_refused_with_its_number(row: list[str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"entry 2 of .* has {len(row)} values, the task names 2 columns"):
        read("records", tmp_path / "a.json", json.dumps([["a", "b"], row]), columns=("text", "label"))


@pytest.mark.parametrize(
    ("score", "label"), [(0.1, "neutral"), (-0.1, "neutral"), (0.101, "positive"), (-0.101, "negative"), (0, "neutral"), (1, "positive")]
)
def test_a_score_is_a_sentiment_beyond_a_tenth_either_way(score: float, label: str, tmp_path: Path) -> None:
    page = {"7": {"sentence": "Up it goes", "info": [{"sentiment_score": str(score), "target": "Heron"}]}}
    (record,) = read("aspects", tmp_path / "a.json", json.dumps(page))
    assert record.fields == {"text": "Up it goes", "entity": "Heron", "target": label}
    assert record.meta == {"score": score}


def test_each_entity_of_a_headline_is_a_record(tmp_path: Path) -> None:
    rows = [{"Title": "Heron up, Egret down", "Decisions": "{'Heron': 'positive', \"Egret's\": 'negative'}"}]
    found = read("entity_sentiment", tmp_path / "a.json", json.dumps(rows))
    assert [record.fields for record in found] == [
        {"text": "Heron up, Egret down", "entity": "Heron", "target": "positive"},
        {"text": "Heron up, Egret down", "entity": "Egret's", "target": "negative"},
    ]


@pytest.mark.parametrize(
    ("title", "mood", "direction"),
    [
        ("Heron shares rise 2% on results", "positive", "up"),
        ("Egret up, Heron futures fell further", "negative", "down"),
        ("HERON tanks", "negative", "down"),
        ("Heron rises too fast: analysts", "negative", "contradicted"),
        ("Heron slips", "neutral", "undecided"),
        ("Heron net profit up 40%", "positive", "no price"),
        ("Egret up as Heron buys it", "positive", "no price"),
        ("Heron upgraded", "positive", "no price"),
    ],
)
def test_a_headline_has_the_direction_that_people_decided_of_a_price(title: str, mood: str, direction: str, tmp_path: Path) -> None:
    rows = [{"Title": title.replace("HERON", "Heron"), "Decisions": f"{{'Heron': '{mood}'}}"}]
    (record,) = read("headline_moves", tmp_path / "a.json", json.dumps(rows))
    assert record.fields["target"] == direction


@pytest.mark.parametrize(
    ("aspects", "score", "direction"),
    [
        ("['Stock/Price Action']", 0.4, "up"),
        ("['Stock/Technical Analysis']", -0.4, "down"),
        ("['Corporate/Sales', 'Stock/Price Action/Bearish']", -0.4, "down"),
        ("['Stock/Price Action/Bearish/Bearish Behavior']", 0.4, "contradicted"),
        ("['Stock/Price Action']", 0.05, "undecided"),
        ("['Stock/Price Action/Volatility/Sell-Off']", -0.4, "no price"),
        ("['Corporate/Sales']", 0.9, "no price"),
        ("['Market/Volatility]", 0.9, "no price"),
    ],
)
def test_a_post_has_the_direction_of_its_score_where_it_is_about_a_price(
    aspects: str, score: float, direction: str, tmp_path: Path
) -> None:
    page = {"7": {"sentence": "There it goes", "info": [{"sentiment_score": str(score), "target": "Heron", "aspects": aspects}]}}
    (record,) = read("aspect_moves", tmp_path / "a.json", json.dumps(page))
    assert record.fields == {"text": "There it goes", "entity": "Heron", "target": direction}


# --- tags


TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG")


def tokens(file: Path, *lines: tuple[str, str, int]) -> list[TaskRecord]:
    rows = ["doc_idx\tgold_token\tgold_label", *(f"{document}\t{token}\t{tag}" for document, token, tag in lines)]
    return read("tokens", file, "\n".join(rows), columns=TAGS)


def test_tokens_are_sentences_with_their_entities(tmp_path: Path) -> None:
    found = tokens(
        tmp_path / "t.tsv",
        ("1", "Ada", 1), ("1", "King", 2), ("1", "left", 0), ("1", "Heron", 3), ("1", "Mills", 4), ("1", ".", 0),
        ("1", "Why", 0), ("1", "?", 0), ("1", "Next", 0), ("2", "Egret", 3), ("2", " ", 0), ("2", "rose", 0),
    )  # fmt: skip
    assert [record.fields["text"] for record in found] == ["Ada King left Heron Mills .", "Why ?", "Next", "Egret rose"]
    assert [record.fields["document"] for record in found] == ["t.tsv:1"] * 3 + ["t.tsv:2"]
    assert [marked(record) for record in found] == [[("Ada King", "PER"), ("Heron Mills", "ORG")], [], [], [("Egret", "ORG")]]


def test_entities_end_where_another_begins(tmp_path: Path) -> None:
    (found,) = tokens(
        tmp_path / "t.tsv", ("1", "Ada", 1), ("1", "Bo", 1), ("1", "Heron", 4), ("1", "and", 0), ("1", "Mills", 4), ("1", "Ltd", 4)
    )
    assert marked(found) == [("Ada", "PER"), ("Bo", "PER"), ("Heron", "ORG"), ("Mills Ltd", "ORG")]


def test_characters_are_joined_without_spaces(tmp_path: Path) -> None:
    text = "text\tlabels\n苍 鹭 在 沪\tB-ORG I-ORG O B-LOC\n鹭 鹭\tB-ORG I-LOC\n"
    found = read("characters", tmp_path / "c.txt", text)
    assert [record.fields for record in found] == [{"text": each, "document": each, "target": ""} for each in ("苍鹭在沪", "鹭鹭")]
    assert [marked(record) for record in found] == [[("苍鹭", "ORG"), ("沪", "LOC")], [("鹭", "ORG"), ("鹭", "LOC")]]
    assert found[0].spans == (EntitySpan(0, 2, "ORG"), EntitySpan(3, 4, "LOC"))


@pytest.mark.parametrize("line", ["苍 鹭\tO", "苍\tO O", "苍 鹭"])
def test_characters_without_a_tag_each_are_refused_with_their_line(line: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 3 of"):
        read("characters", tmp_path / "c.txt", f"text\tlabels\n苍\tO\n{line}\n")


# --- tables and exams


def page(**answer: object) -> dict[str, Any]:
    question: dict[str, Any] = {"uid": "q1", "question": "How much?", "answer": "12", "scale": "million", "answer_type": "span"}
    return {
        "table": {"uid": "t1", "table": [["", " 2024 "], ["Revenue", "12"]]},
        "paragraphs": [{"order": "10", "text": "Last."}, {"order": "2", "text": "Second."}, {"order": "1", "text": "First."}],
        "questions": [question | answer],
    }


def test_a_question_has_its_table_and_the_paragraphs_in_their_order(tmp_path: Path) -> None:
    (record,) = read("tatqa", tmp_path / "t.json", json.dumps([page(derivation="6+6", answer_from="table")]))
    assert record.fields == {
        "table": " | 2024\nRevenue | 12", "paragraphs": "First.\nSecond.\nLast.", "question": "How much?",
        "page": "t1", "target": "12 million",
    }  # fmt: skip
    assert record.meta == {
        "answer": "12", "scale": "million", "table": [["", " 2024 "], ["Revenue", "12"]], "paragraphs": ["First.", "Second.", "Last."],
        "answer_type": "span", "answer_from": "table", "derivation": "6+6", "uid": "q1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "scale", "target"),
    [
        (["Ada", "Bo"], "", "Ada; Bo"),
        ([3], "percent", "3 percent"),
        (3.5, "", "3.5"),
        ("none", None, "none"),
        (["1", "2"], "thousand", "1; 2 thousand"),
    ],
)
def test_the_answer_to_a_question_is_told_with_its_scale(answer: object, scale: str | None, target: str, tmp_path: Path) -> None:
    (record,) = read("tatqa", tmp_path / "t.json", json.dumps([page(answer=answer, scale=scale)]))
    assert record.fields["target"] == target
    assert record.meta["answer"] == answer
    assert record.meta["scale"] == (scale or "")
    assert record.meta["derivation"] == ""


def test_options_of_an_exam_are_columns_or_a_printed_dictionary(tmp_path: Path) -> None:
    columns = read("exam", tmp_path / "audit.csv", "id,question,A,B,C,answer\n1,Which?,one,two,,B \n")
    printed = [
        {"context": "A case.", "question": "Which?", "choices": "{'A': 'one', 'B': \"it's two\", 'C': 'three, four'}", "answer": None}
    ]
    (one,), (other,) = columns, read("exam", tmp_path / "law.json", json.dumps(printed))
    assert one.fields == {"text": "Which?", "options": "A. one\nB. two", "area": "audit", "target": "B"}
    assert other.fields == {"text": "A case.\nWhich?", "options": "A. one\nB. it's two\nC. three, four", "area": "law", "target": ""}
