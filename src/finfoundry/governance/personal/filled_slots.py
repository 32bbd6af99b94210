"""Slots of clauses filled with names, places and things that hardly occur twice, put together from parts (``data/parts.yaml``)."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.governance.personal import made_numbers
from finfoundry.governance.personal_text import surnames

LABELS = {
    "name": "name", "titled": "name", "surname": "name", "given": "name", "address": "address", "account": "account", "phone": "phone",
    "identity": "identity", "birth": "birth",
}  # fmt: skip  # the slots that are personal data, and of which kind


@cache
def personal_data(name: str) -> Any:
    """The content of one of the files in ``data``."""
    return yaml.safe_load(resources.files("finfoundry.governance.personal").joinpath(f"data/{name}.yaml").read_text("utf-8"))


def filled(slot: str, source: random.Random, chinese: bool) -> tuple[str, str, str]:
    """A slot's text: what stands before the part that is personal data (a title), that part, what stands after it."""
    if slot in ("titled", "surname", "given"):
        return _partly(slot, source, chinese)
    maker = _MAKERS[slot]
    return "", maker(source, chinese), ""


def _partly(slot: str, source: random.Random, chinese: bool) -> tuple[str, str, str]:
    if chinese:
        family = source.choice(surnames())
        return "", family + (source.choice(_parts(chinese)["titles"]) if slot == "titled" else ""), ""
    first, last = _english(source)
    if slot == "given":
        return "", first, ""
    title = source.choice(_parts(chinese)["titles"])
    return (f"{title} ", source.choice([last, last, f"{first} {last}"]), "") if slot == "titled" else ("", last, "")


def _parts(chinese: bool) -> Any:
    return personal_data("parts")["zh" if chinese else "en"]


def name(source: random.Random, chinese: bool) -> str:
    """A full name: in Chinese texts a foreign one at times, in English ones of many origins, some with a middle letter or two surnames."""
    if not chinese:
        first, last = _english(source)
        drawn = source.random()
        middle = f" {source.choice('ABCDEFGHJKLMNPRSTW')}." if drawn < 0.08 else ""
        return f"{first}{middle} {last}" + (f"-{_english(source)[1]}" if drawn > 0.9 else "")
    if source.random() < 0.06:
        return "·".join("".join(source.choices(_parts(chinese)["foreign"], k=source.randrange(2, 5))) for _ in range(2))
    if source.random() < 0.04:
        return " ".join(_english(source))
    return source.choice(surnames()) + "".join(source.choices(_parts(chinese)["given"], k=source.choice([1, 2, 2, 2])))


def _english(source: random.Random) -> tuple[str, str]:
    origins = _parts(chinese=False)["origins"]
    origin = origins[source.choice([*origins, "english", "english", "english"])]
    first, last = ("".join(source.choice(part) for part in origin[which]).strip() for which in ("first", "last"))
    return first, " ".join(last.split())


def _place(source: random.Random, count: int = 2) -> str:
    return "".join(source.sample(_parts(chinese=True)["places"], count))


def address(source: random.Random, chinese: bool) -> str:
    """Where somebody lives, in more or less full."""
    if not chinese:
        return _english_address(source)
    parts = _parts(chinese)
    city = source.choice(parts["cities"]) if source.random() < 0.75 else ""
    district = _place(source) + source.choice(parts["districts"]) if source.random() < 0.8 else ""
    street = f"{_place(source)}{source.choice(parts['roads'])}{source.randrange(1, 2000)}{source.choice(['号', '号', '弄', '号院'])}"
    estate = _place(source) + source.choice(parts["estates"]) if source.random() < 0.5 or not (city or district) else ""
    block, room = source.randrange(1, 40), source.randrange(101, 2900)
    door = source.choice([f"{block}号楼{room}室", f"{block}栋{room}", f"{block}幢2单元{room}室", f"{room}室", f"{block}-{room}", ""])
    return city + district + source.choice([street, street, f"{_place(source)}村{block}组" if not estate else street]) + estate + door


def _surname(source: random.Random) -> str:
    return _english(source)[1].replace(" ", "")


def _english_address(source: random.Random) -> str:
    street = f"{source.randrange(1, 3000)}{source.choice(['', '', '', 'A'])} {_surname(source)} " + source.choice(
        _parts(chinese=False)["streets"]
    )
    flat = source.choice(
        ["", "", "", f"Flat {source.randrange(1, 90)}, ", f"Apt {source.randrange(1, 30)}B, ", f"Unit {source.randrange(1, 30)}, "]
    )
    letters = "".join(source.choices("ABDEGHJLNPRSTUWY", k=2))
    british = f"{letters}{source.randrange(1, 30)} {source.randrange(1, 10)}{''.join(source.choices('ABDEFGHJLNPQRSTUWXYZ', k=2))}"
    american = f"{source.choice(_parts(chinese=False)['states'])} {source.randrange(10000, 99999)}"
    code = source.choice([f" {british}", f", {british}", f", {american}", f" {american}", f", {source.randrange(10000, 99999)}", ""])
    return f"{flat}{street}{source.choice([',', ',', ''])} {_surname(source)}{code}" if source.random() < 0.85 else f"{flat}{street}"


def office(source: random.Random, chinese: bool) -> str:
    """An address of a company: as long as a person's, without rooms to live in."""
    if not chinese:
        return f"{source.randrange(1, 900)} {_english(source)[1]} {source.choice(_parts(chinese)['streets'])}"
    parts = _parts(chinese)
    return f"{source.choice(parts['cities'])}{_place(source)}区{_place(source)}{source.choice(parts['roads'])}{source.randrange(1, 999)}号"


def _named_after(kind: str) -> Callable[[random.Random, bool], str]:
    def made(source: random.Random, chinese: bool) -> str:
        tail = source.choice(_parts(chinese)[kind])
        return f"{_place(source)}{tail}" if chinese else f"{_english(source)[1]} {tail}"

    return made


def _job(source: random.Random, chinese: bool) -> str:
    jobs: Sequence[str] = _parts(chinese)["jobs"]
    return source.choice(jobs)


_MAKERS: dict[str, Callable[[random.Random, bool], str]] = {
    "name": name, "address": address, "account": made_numbers.account, "phone": made_numbers.phone, "identity": made_numbers.identity,
    "birth": made_numbers.birth, "OFFICE": office, "COMPANY": _named_after("firms"), "BRANCH": _named_after("branches"),
    "PRODUCT": _named_after("products"), "DAY": made_numbers.day, "AMOUNT": made_numbers.amount, "JOB": _job,
    "CODE": lambda source, _: made_numbers.code(source), "NUMBER": lambda source, _: made_numbers.digits(source, 4),
    "PERCENT": lambda source, _: f"{source.randrange(1, 999) / 10}%",
    "HOTLINE": lambda source, _: f"{source.choice(['955', '400-', '0800 '])}{source.randrange(10, 99)}",
    "CREDITCODE": lambda source, _: f"91{made_numbers.digits(source, 8)}MA{made_numbers.digits(source, 6)}",
}  # fmt: skip
