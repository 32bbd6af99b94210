"""Credit memos about companies that do not exist, with one cause planted in each: what moved, and why, is known before it is computed."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.ask.chains.moves import formula_title
from finfoundry.ask.lexicon.metric_terms import title
from finfoundry.core.answer import Language
from finfoundry.core.formulas import formulas

YEAR = 2024
NOISE = 0.01  # by which what was not planted moves at most
INCOME = ("revenue", "cost", "gross", "selling", "admin", "operating", "interest", "pretax", "tax", "net")
BALANCE = (
    "current_assets", "noncurrent_assets", "assets", "short_debt", "current_liabilities", "long_debt", "noncurrent_liabilities",
    "liabilities", "equity",
)  # fmt: skip
Amounts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MadeMemo:
    """``first`` and ``last`` hold the lines of both years in thousands; ``root`` moved as ``moved`` says, and moved ``asked`` by it."""

    id: str
    language: Language
    company: str
    case: str
    asked: str
    root: str
    moved: str
    question: str
    first: Amounts
    last: Amounts

    def paper(self, without: Collection[str] = (), instead: Mapping[str, int] | None = None) -> str:
        """The memo's statements as Markdown; ``without`` some lines, or with other amounts of the later year."""
        words, lines = memo_cases()["words"][self.language], memo_cases()["lines"][self.language]
        last = {**self.last, **(instead or {})}
        told = {"company": self.company, "year": YEAR}
        parts = [f"# {words['title'].format(**told)}", words["cover"].format(**told)]
        for key, names in (("income", INCOME), ("balance", BALANCE)):
            rows = [f"| {lines[name]} | {last[name]:,} | {self.first[name]:,} |" for name in names if name not in without]
            parts.append(f"{words[key].format(company=self.company)}\n\n| | {YEAR} | {YEAR - 1} |\n|---|---|---|\n" + "\n".join(rows))
        return "\n\n".join(parts) + "\n"

    @property
    def asked_moved(self) -> str:
        """Which way what is asked about moved, by plain arithmetic over the lines."""
        return "up" if measured(self.asked, self.last) > measured(self.asked, self.first) else "down"


@cache
def memo_cases() -> Any:
    """The content of ``data/memo_cases.yaml``."""
    return yaml.safe_load(resources.files("finfoundry.usecases.chains").joinpath("data/memo_cases.yaml").read_text("utf-8"))


def made_memos(each: int = 2, seed: int = 0) -> list[MadeMemo]:
    """``each`` memos of every case in each language."""
    source = random.Random(seed)  # noqa: S311  drawn again the same
    languages: tuple[Language, ...] = ("en", "zh")
    return [
        _memo(f"{case}-{language}-{number}", case, language, source)
        for case in memo_cases()["cases"] for language in languages for number in range(each)
    ]  # fmt: skip


def _memo(name: str, case: str, language: Language, source: random.Random) -> MadeMemo:
    told, told_words = memo_cases()["cases"][case], memo_cases()["words"][language]
    company = (
        source.choice(memo_cases()["names"][language]) + (" " if language == "en" else "") + source.choice(memo_cases()["trades"][language])
    )
    first = _whole(_drawn(source))
    last = _whole(_moved(first, told["factors"], source))
    up = measured(told["asked"], last) > measured(told["asked"], first)
    metric = formula_title(formulas()[told["asked"]], language) if told["asked"] in formulas() else title(told["asked"], language)
    question = told_words["question"].format(company=company, year=YEAR, metric=metric, moved=told_words["up" if up else "down"])
    return MadeMemo(name, language, company, case, told["asked"], told["root"], told["moved"], question, first, last)


def _drawn(source: random.Random) -> dict[str, int]:
    """The lines of a year that others follow from."""
    revenue = source.randrange(80_000, 900_000)
    shares = {
        "cost": (0.55, 0.68), "selling": (0.07, 0.10), "admin": (0.05, 0.08), "current_assets": (0.3, 0.5), "noncurrent_assets": (0.5, 0.8),
        "current_liabilities": (0.2, 0.3), "noncurrent_liabilities": (0.2, 0.3),
    }  # fmt: skip
    lines = {name: int(revenue * source.uniform(*between)) for name, between in shares.items()}
    debts = {"short_debt": int(revenue * source.uniform(0.02, 0.04)), "long_debt": int(revenue * source.uniform(0.12, 0.18))}
    interest = int(sum(debts.values()) * source.uniform(0.06, 0.09))
    return {"revenue": revenue, **lines, **debts, "interest": interest, "tax": int(revenue * 0.03)}


def _moved(first: Amounts, factors: Mapping[str, Any], source: random.Random) -> dict[str, int]:
    """The next year: what is planted moves by its factor, interest with the debt where it says so, all else hardly."""
    free = ("revenue", "cost", "selling", "admin", "current_assets", "noncurrent_assets", "current_liabilities", "noncurrent_liabilities",
            "short_debt", "long_debt", "interest", "tax")  # fmt: skip
    lines = {}
    for name in free:
        drawn = factors.get(name)
        factor = source.uniform(*drawn) if isinstance(drawn, list) else 1 + source.uniform(-NOISE, NOISE) / 4
        lines[name] = int(first[name] * factor)
    if factors.get("interest") == "debt":
        debt = (lines["short_debt"] + lines["long_debt"]) / (first["short_debt"] + first["long_debt"])
        lines["interest"] = int(first["interest"] * debt)
    lines["noncurrent_liabilities"] += lines["long_debt"] - first["long_debt"] if "long_debt" in factors else 0
    return lines


def _whole(lines: Mapping[str, int]) -> dict[str, int]:
    """The lines with those that follow from them."""
    found = dict(lines)
    found["gross"] = found["revenue"] - found["cost"]
    found["operating"] = found["gross"] - found["selling"] - found["admin"]
    found["pretax"] = found["operating"] - found["interest"]
    found["net"] = found["pretax"] - found["tax"]
    found["assets"] = found["current_assets"] + found["noncurrent_assets"]
    found["liabilities"] = found["current_liabilities"] + found["noncurrent_liabilities"]
    found["equity"] = found["assets"] - found["liabilities"]
    return found


def measured(metric: str, lines: Amounts) -> float:
    """A metric of the cases by plain arithmetic, apart from the formula library."""
    given = {
        "gross_margin": lines["gross"] / lines["revenue"], "operating_margin": lines["operating"] / lines["revenue"],
        "operating_income": lines["operating"], "interest_coverage": lines["operating"] / lines["interest"],
        "current_ratio": lines["current_assets"] / lines["current_liabilities"], "debt_to_assets": lines["liabilities"] / lines["assets"],
        "net_income": lines["net"], "working_capital": lines["current_assets"] - lines["current_liabilities"],
    }  # fmt: skip
    return float(given[metric])
