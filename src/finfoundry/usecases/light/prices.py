"""What answers cost: a price file, the load of a scene, and the bill of a year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from finfoundry.core.errors import InputError

CENT = Decimal("0.01")
GIB = 2**30
DAYS, MONTHS = 365, 12


class Prices(BaseModel):
    """``core_second``, ``accelerator_second`` and ``gib_month`` (of memory that is held) in one currency; ``accelerators``: on how many the
    engine that is measured computes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    currency: str
    core_second: Decimal = Field(ge=0)
    gib_month: Decimal = Field(ge=0)
    accelerator_second: Decimal | None = Field(default=None, ge=0)
    accelerators: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.accelerator_second is None) != (self.accelerators == 0):
            raise ValueError("accelerator_second and accelerators belong together: one without the other makes no bill")
        return self


@dataclass(frozen=True, slots=True)
class Spent:
    """What one model takes for an answer, and holds all the time."""

    seconds: float  # of the clock
    cores: int
    bytes: int


def read_prices(path: Path) -> Prices:
    """Raises InputError naming the file and the key."""
    try:
        return Prices.model_validate(yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))  # noqa: S506  texts: no float of money
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        remedy = "Write currency, core_second and gib_month, as docs/light.md shows"
        raise InputError(f"the price file {path} cannot be used: {error}", remedy=remedy) from error


def year(spent: Spent, prices: Prices, answers_a_day: int) -> Decimal:
    """The bill of a year, to the cent."""
    a_second = spent.cores * prices.core_second + prices.accelerators * (prices.accelerator_second or 0)
    work = Decimal(str(spent.seconds)) * answers_a_day * DAYS * a_second
    held = Decimal(spent.bytes) / GIB * MONTHS * prices.gib_month
    return (work + held).quantize(CENT, ROUND_HALF_UP)
