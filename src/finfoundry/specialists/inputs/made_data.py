"""Data made here for the demonstration and the tests: loans that default, payments that are fraud, transfers that launder, prices."""

from __future__ import annotations

import numpy as np
import pandas as pd


def loans(rows: int, seed: int = 0) -> pd.DataFrame:
    """Loans with a default that depends on income, debt, age of the account, job and purpose."""
    random = np.random.default_rng(seed)
    income = np.round(random.lognormal(8.5, 0.5, rows))
    debt = np.round(random.beta(2, 4, rows), 3)
    months = random.integers(0, 120, rows).astype(float)
    job = random.choice(["salaried", "self-employed", "retired", "none"], rows, p=[0.6, 0.2, 0.15, 0.05])
    purpose = random.choice(["car", "home", "study", "other"], rows)
    odds = (
        -2.2 - 0.8 * (np.log(income) - 8.5) + 4 * (debt - 0.33) - 0.01 * (months - 60) + 0.9 * (job == "none") + 0.3 * (purpose == "other")
    )
    default = (random.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    table = pd.DataFrame({"id": [f"L{number:06d}" for number in range(rows)], "income": income, "debt_ratio": debt, "months_known": months})
    table["job"], table["purpose"], table["region"] = job, purpose, random.choice(["north", "south"], rows)
    table.loc[random.random(rows) < 0.05, "months_known"] = np.nan
    table["default"] = default
    return table


def payments(rows: int, seed: int = 0, days: int = 40) -> pd.DataFrame:
    """Card payments in order of time; some shops are taken over for a while, some cards stolen."""
    random = np.random.default_rng(seed)
    cards, shops = max(rows // 60, 20), max(rows // 80, 15)
    at = np.sort(random.integers(0, days * 86_400, rows))
    card, shop = random.integers(0, cards, rows), random.integers(0, shops, rows)
    usual = random.lognormal(3.5, 0.6, cards)
    amount = usual[card] * random.lognormal(0, 0.4, rows)
    stolen = random.integers(0, days, cards) * np.where(random.random(cards) < 0.2, 1, 10_000)
    taken = random.integers(0, days, shops) * np.where(random.random(shops) < 0.1, 1, 10_000)
    day = at / 86_400
    by_card = (day >= stolen[card]) & (day < stolen[card] + 5) & (random.random(rows) < 0.5)
    by_shop = (day >= taken[shop]) & (day < taken[shop] + 10) & (random.random(rows) < 0.6)
    amount = np.asarray(np.where(by_card, amount * 5, amount), dtype=np.float64).round(2)
    moments = pd.Timestamp("2024-03-01") + pd.to_timedelta(at, unit="s")
    table = pd.DataFrame(
        {"id": np.arange(rows) * 7 + 100_000, "at": moments, "card": [f"C{n}" for n in card], "shop": [f"S{n}" for n in shop]}
    )
    table["amount"], table["fraud"] = amount, (by_card | by_shop).astype(int)
    return table


def prices(days: int, seed: int = 0) -> pd.DataFrame:
    """Two series of daily prices with fat tails."""
    moves = np.random.default_rng(seed).standard_t(5, (days, 2)) * 0.01
    table = pd.DataFrame(100 * np.exp(np.cumsum(moves, axis=0)), columns=["ACME", "BETA"])
    table.insert(0, "date", pd.bdate_range("2016-01-01", periods=days))
    return table


def laundering(accounts: int, patterns: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Accounts, transfers, and the truth: account → pattern and collector. Everyday transfers have an account's own usual amount."""
    random = np.random.default_rng(seed)
    usual = random.lognormal(5, 0.6, accounts)
    edges: list[tuple[int, int, float, float]] = []
    for source in range(accounts):
        for destination in random.choice(accounts, random.integers(2, 8), replace=False):
            if destination != source:
                edges.append((source, int(destination), float(usual[source] * random.normal(1, 0.03)), float(random.uniform(0, 100))))
    truth: list[tuple[int, str, int]] = []
    members = iter(random.permutation(accounts).tolist())
    for number in range(patterns):
        kind = ("fan-in", "fan-out", "cycle", "scatter-gather")[number % 4]
        who = [next(members) for _ in range(7)]
        sum_, start = float(random.lognormal(7.5, 0.3)), float(random.uniform(0, 90))
        made = _pattern(kind, who, sum_, start, random)
        edges += made
        middle = who[-1] if kind in ("fan-in", "scatter-gather") else who[0]
        taking_part = {end for edge in made for end in edge[:2]}
        truth += [(account, kind, middle) for account in taking_part]
    transfers = pd.DataFrame(edges, columns=["from", "to", "amount", "time"]).sort_values("time").round({"amount": 2, "time": 3})
    roles = pd.DataFrame(truth, columns=["account", "pattern", "collector"])
    table = pd.DataFrame({"account": np.arange(accounts), "age": random.integers(1, 3000, accounts)})
    table["laundering"] = table["account"].isin(roles["account"]).astype(int)
    return table, transfers.reset_index(drop=True), roles


def _pattern(kind: str, who: list[int], amount: float, start: float, random: np.random.Generator) -> list[tuple[int, int, float, float]]:
    def edge(source: int, destination: int, late: float) -> tuple[int, int, float, float]:
        return source, destination, float(amount * random.uniform(0.95, 1.05)), start + late + float(random.uniform(0, 1))

    if kind == "fan-in":
        return [edge(one, who[-1], 0) for one in who[:-1]]
    if kind == "fan-out":
        return [edge(who[0], one, 0) for one in who[1:]]
    if kind == "cycle":
        ring = who[:4]
        return [
            edge(source, destination, 1.5 * step) for step, (source, destination) in enumerate(zip(ring, [*ring[1:], ring[0]], strict=True))
        ]
    return [edge(who[0], one, 0) for one in who[1:-1]] + [edge(one, who[-1], 2) for one in who[1:-1]]
