"""Prices that stand still or lack: a series that nobody quotes looks calm to every model, and is not."""

from __future__ import annotations

import numpy as np
import pandas as pd

STALE = 10  # days without any move from which on a price counts as not quoted: two working weeks
LATEST, MOST_MISSING = 250, 0.1  # days that are looked at, and the share of them that may lack a value


def unmoved_days(values: pd.Series) -> int:
    """How many days at the end of a series of returns did not move at all: [0.01, 0, 0] → 2."""
    moved = np.flatnonzero(values.to_numpy(dtype=np.float64) != 0)
    return len(values) - (int(moved[-1]) + 1 if len(moved) else 0)


def why_stale(name: str, values: pd.Series) -> str | None:
    """Why a series of returns is taken for stale; None where it moves: "column 'ACME': it has not moved for 250 days, since …"."""
    days = unmoved_days(values)
    if days < STALE:
        return None
    since = str(values.index[-days])[:10]
    return f"column {name!r}: it has not moved for {days} days, since {since}: a price that stands still is stale, not without risk"


def missing_values(returns: pd.DataFrame) -> list[str]:
    """What is to be said of series that lack values on many of the latest days: a move over several days counts as one day's."""
    latest = returns.iloc[-LATEST:]
    lacking = latest.isna().sum()
    return [
        f"column {str(name)!r}: {int(count)} of the latest {len(latest)} days have no value: a move over several days counts as one day's"
        for name, count in lacking.items()
        if count > MOST_MISSING * len(latest) and latest[name].notna().any()
    ]
