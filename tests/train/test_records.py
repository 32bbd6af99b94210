"""Curves in the files of TensorBoard and MLflow, and cards: read back by other means than they were written."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from tests.train.test_loop import run

from finfoundry.train.base import Base
from finfoundry.train.curve import read_log
from finfoundry.train.data.personal import Screen
from finfoundry.train.development import read_development
from finfoundry.train.recipe import Recipe
from finfoundry.train.records.tensorboard import masked, write_events

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]
DOUBLE, FLOAT, INT64, STRING, MESSAGE = 1, 2, 3, 9, 11  # of descriptor.proto


def event_type() -> type:
    """TensorBoard's ``Event``, as far as it is used, described to the library of protocol buffers."""
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", syntax="proto3")
    for name, fields in {
        "Value": [("tag", 1, STRING, ""), ("simple_value", 2, FLOAT, "")],
        "Summary": [("value", 1, MESSAGE, ".Value")],
        "Event": [
            ("wall_time", 1, DOUBLE, ""),
            ("step", 2, INT64, ""),
            ("file_version", 3, STRING, ""),
            ("summary", 5, MESSAGE, ".Summary"),
        ],
    }.items():
        message = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            message.field.add(name=field, number=number, type=kind, type_name=of or None, label=3 if field == "value" else 1)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found: type = message_factory.GetMessageClass(pool.FindMessageTypeByName("Event"))
    return found


def events(path: Path) -> list[tuple[str, int, float]]:
    """(tag, step, value) of every event; each length and content is checked."""
    data, place, found, kind = path.read_bytes(), 0, [], event_type()
    while place < len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        assert struct.unpack_from("<I", data, place + 8)[0] == masked(data[place : place + 8])
        body = data[place + 12 : place + 12 + length]
        assert struct.unpack_from("<I", data, place + 12 + length)[0] == masked(body)
        event = kind.FromString(body)  # type: ignore[attr-defined]
        found += [(value.tag, event.step, value.simple_value) for value in event.summary.value] or [(event.file_version, 0, 0.0)]
        place += 16 + length
    return found


def test_the_checksum_is_crc32c() -> None:
    """Of RFC 3720, appendix B.4: 32 zeros, and 32 bytes of ones."""
    for data, crc in ((bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E)):
        assert masked(data) == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_events_are_read_as_protocol_buffers(tmp_path: Path) -> None:
    path = write_events(tmp_path, [("train/loss", 1, 2.5, 0.1), ("train/loss", 300, -1.25, 9.0)])
    assert events(path) == [("brain.Event:2", 0, 0.0), ("train/loss", 1, 2.5), ("train/loss", 300, -1.25)]


def test_a_run_leaves_its_curves_and_its_cards(recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    """What the trackers' files hold is what the log says, in each step once, also where a run goes on."""
    asked = recipe(trackers=["tensorboard", "mlflow"], development={"share": 0.2, "every": 3}, purpose="Cards or loans.")
    folder = tmp_path / "run"
    run(asked, bases("llama"), data, folder, screen)
    run(asked, bases("llama"), data, folder, screen)
    points, held = read_log(folder / "log.jsonl", 10**6), read_development(folder / "development.jsonl")
    (file,) = (folder / "tensorboard").iterdir()
    losses = [(step, value) for tag, step, value in events(file) if tag == "train/loss"]
    assert [step for step, _ in losses] == [point.step for point in points]
    assert [value for _, value in losses] == pytest.approx([point.loss for point in points], rel=1e-6)
    assert [step for tag, step, _ in events(file) if tag == "development/loss"] == [point.step for point in held]

    (meta,) = (folder / "mlruns" / "1").glob("*/meta.yaml")
    told = yaml.safe_load(meta.read_text("utf-8"))
    assert (told["run_name"], told["status"], told["run_id"]) == ("cards", 3, meta.parent.name)
    lines = (meta.parent / "metrics" / "train" / "loss").read_text("utf-8").splitlines()
    assert [(int(step), float(value)) for _, value, step in map(str.split, lines)] == [(point.step, point.loss) for point in points]
    assert (meta.parent / "params" / "lora.rank").read_text("utf-8") == "4"

    head, card = (folder / "README.md").read_text("utf-8").removeprefix("---\n").split("---\n", 1)
    assert yaml.safe_load(head)["base_model"] == "tiny-llama"
    assert "Cards or loans." in card
    assert bases("llama").sha256 in card
    assert "development_loss" in card
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    source = manifest["data"]["sources"][0]
    about = (folder / "DATA.md").read_text("utf-8")
    assert f"| cards | task | en | CC0-1.0 | {source['read']} | {source['kept']} |" in about
    assert source["files"][0]["sha256"] in about
