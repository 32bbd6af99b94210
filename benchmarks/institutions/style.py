"""How one paper prints: currency, scale, signs, dashes, the order and heads of columns, drawn by a seed as real reports differ."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from institutions.terms import Kind, Lang

CURRENCIES = {
    "USD": ("US dollars", "US$", "美元"), "GBP": ("pounds sterling", "£", "英镑"), "EUR": ("euros", "€", "欧元"),
    "HKD": ("Hong Kong dollars", "HK$", "港元"), "SGD": ("Singapore dollars", "S$", "新加坡元"), "CNY": ("Renminbi", "RMB", "人民币"),
}  # fmt: skip
SCALES_EN = {1_000: ("thousands", "'000"), 1_000_000: ("millions", " million")}
SCALES_ZH = {1: "元", 1_000: "千元", 10_000: "万元", 1_000_000: "百万元"}


@dataclass(frozen=True)
class Style:
    """``scale`` is what statements count money in, ``digits`` its decimals; ``broad`` the scale of highlights (two decimals)."""

    lang: Lang
    year: int
    month: int  # in which the fiscal year ends
    currency: str
    scale: int
    digits: int
    broad: int
    brackets: bool
    nil: str
    costs_negative: bool
    newest_first: bool
    notes: bool  # a column of note numbers
    parent: bool  # columns of the parent company beside the group's
    restated: bool
    changes: bool  # a column of changes in highlights
    shares: bool  # columns of per cent of the total in breakdowns
    head: int  # which way columns name their period
    unit_line: str
    broad_line: str
    file: str  # pdf, html, docx
    repeats: bool  # heads come again on the next page

    @property
    def step(self) -> Decimal:
        return Decimal(self.scale).scaleb(-self.digits)

    @property
    def sign(self) -> str:
        """The currency as prose writes it."""
        return CURRENCIES[self.currency][1]


def style_of(draw: random.Random, kind: Kind, lang: Lang) -> Style:
    zh = lang == "zh"
    currency = draw.choices(["CNY", "HKD"], [9, 1])[0] if zh else draw.choice(["USD", "GBP", "EUR", "HKD", "SGD", "CNY"])
    scale = _scale(draw, kind, zh)
    digits = 2 if scale in (1, 10_000) else 0
    broad = scale if draw.random() < 0.6 or kind == "fund" else 100_000_000 if zh else 1_000_000_000
    return Style(
        lang, draw.choice((2023, 2024, 2025)), 12 if zh or draw.random() < 0.8 else draw.choice((3, 6)), currency, scale, digits, broad,
        draw.random() < (0.35 if zh else 0.85), draw.choice(("-", "–", "—")), draw.random() < (0.3 if zh else 0.7),
        draw.random() < 0.9, draw.random() < 0.6, kind != "fund" and draw.random() < 0.5, draw.random() < 0.2, draw.random() < 0.5,
        draw.random() < 0.6, draw.randrange(4), unit_line(draw, lang, currency, scale), unit_line(draw, lang, currency, broad),
        draw.choices(("pdf", "html", "docx"), (7, 2, 1))[0], draw.random() < 0.7,
    )  # fmt: skip


def _scale(draw: random.Random, kind: Kind, zh: bool) -> int:
    if kind == "fund":
        return 1 if zh else 1_000
    return draw.choice((1, 1_000, 10_000, 1_000_000, 1_000_000)) if zh else draw.choice((1_000, 1_000_000, 1_000_000))


def unit_line(draw: random.Random, lang: Lang, currency: str, scale: int) -> str:
    """The line over a table that says what its amounts are counted in."""
    name, sign, chinese = CURRENCIES[currency]
    if lang == "zh":
        unit = "亿元" if scale == 100_000_000 else SCALES_ZH[scale]
        other = unit.removesuffix("元") + chinese if currency != "CNY" else f"人民币{unit}"
        forms = [f"（除特别注明外，金额单位均为{other}）", f"单位：{other}", f"（{other}）", f"金额单位：{other}"]
        return draw.choice([*forms, f"单位：{unit} 币种：{chinese}"])
    if scale == 1_000_000_000:
        return draw.choice([f"(in billions of {name})", f"({sign} billion)", f"{sign} billion"])
    plural, short = SCALES_EN[scale]
    forms = [f"(in {plural} of {name})", f"(Expressed in {plural} of {name} unless otherwise stated)", f"{sign}{short}", f"({sign}{short})"]
    return draw.choice(forms)


def printed(value: Decimal, style: Style, unit: str, scale: int | None = None) -> str:
    """A number as a cell shows it."""
    if unit == "percent":
        return signed(f"{abs(value) * 100:.2f}", value < 0, style) + "%"
    if unit == "money":
        scale = scale or style.scale
        digits = 2 if scale in (1, 10_000, 100_000_000, 1_000_000_000) and (scale != style.scale or style.digits) else style.digits
        amount = (value / scale).quantize(Decimal(1).scaleb(-digits))
        return signed(f"{abs(amount):,.{digits}f}", amount < 0, style) if amount else style.nil
    digits = {"times": 2, "area": 2, "per_share": 2, "nav": 4, "count": 0}[unit]
    return signed(f"{abs(value):,.{digits}f}", value < 0, style) if value else style.nil


def signed(text: str, negative: bool, style: Style) -> str:
    return f"({text})" if negative and style.brackets else f"-{text}" if negative else text
