"""The planner: it finds what asking everybody finds, with fewer questions; it says what comes nearest; money is exact."""

from __future__ import annotations

import errno
import json
import random
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from finfoundry.core.errors import InputError, SettingsError
from finfoundry.evals.paired import lower_difference
from finfoundry.evals.rows import Row
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.light.fit import Fit, Fitting, Terms, budget_of, checked
from finfoundry.usecases.light.pareto import Point, draw, front
from finfoundry.usecases.light.planner import cheapest, judged, nearest, steps
from finfoundry.usecases.light.prices import Prices, Spent, read_prices, year

PRICES = Prices(currency="CNY", core_second=Decimal("0.00002"), gib_month=Decimal("20"))


class Asked:
    """Models that are right on items of a shared difficulty as often as their skill says; counts what it is asked."""

    def __init__(self, skills: dict[str, float], seed: int) -> None:
        source = random.Random(seed)
        self.hard = [source.random() for _ in range(200)]
        self.skills, self.most, self.source = skills, dict.fromkeys(skills, 0), source

    def __call__(self, model: str, count: int) -> Sequence[Row]:
        self.most[model] = max(self.most[model], count)
        return [self._row(number, hard < self.skills[model]) for number, hard in enumerate(self.hard[:count])]

    @staticmethod
    def _row(number: int, right: bool) -> Row:
        return Row(str(number), "", str(number), "", "", "", "answered", "correct" if right else "wrong", float(right))


SKILLS = {"tiny": 0.3, "small": 0.5, "middle": 0.86, "large": 0.87, "best": 0.88}
COSTS = {"tiny": 1.0, "small": 2.0, "middle": 3.0, "large": 4.0, "best": 9.0}


def test_it_finds_what_asking_all_finds_with_half_the_questions() -> None:
    for seed in range(4):
        few, all_of_them = Asked(SKILLS, seed), Asked(SKILLS, seed)
        found = judged(COSTS, "best", few, target=0.9, budget=99, items=200)
        every = judged(COSTS, "best", all_of_them, target=0.9, budget=99, items=200, every=True)
        assert (one := cheapest(found)) is not None
        assert (other := cheapest(every)) is not None
        assert one.model == other.model == "middle"
        assert sum(few.most.values()) < 0.6 * sum(all_of_them.most.values())
        assert [item.verdict for item in found] == ["hopeless", "hopeless", "suffices", "not asked", "reference"]


def test_many_candidates_need_more_proof_each() -> None:
    """Nine that lose just as much as may be lost: one is chosen by chance in 5 % of cases at most, not nine times as often."""
    source, tries, n = random.Random(0), 2000, 200
    bound = cache(lambda lost, of: lower_difference(0, lost, n, of))
    worst = [min(sum(source.random() < 0.1 for _ in range(n)) for _ in range(9)) for _ in range(tries)]
    assert sum(bound(lost, 9) >= -0.1 for lost in worst) / tries <= 0.05
    assert sum(bound(lost, 1) >= -0.1 for lost in worst) / tries > 0.2, "uncorrected"
    skills, costs = {"a": 0.85, "b": 0.88}, {"a": 1.0, "b": 9.0}
    others = {f"x{place}": 0.1 for place in range(8)}
    alone = judged(costs, "b", Asked(skills, 1), target=0.9, budget=9, items=50)[0]
    many = judged(costs | dict.fromkeys(others, 2.0), "b", Asked(skills | others, 1), target=0.9, budget=9, items=50)[0]
    dear = judged(costs | dict.fromkeys(others, 20.0), "b", Asked(skills | others, 1), target=0.9, budget=9, items=50)[0]
    assert alone.difference == many.difference
    assert alone.lower == dear.lower > many.lower, "who is over budget cannot be chosen"


def test_other_weights_are_asked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows belong to the bytes that answered, not to their name."""
    asked = list[tuple[str, int]]()

    class Answers:
        def __init__(self, settings: Settings, _: Path, out: Path, limit: int, **__: Any) -> None:
            self.right, self.out, self.count = Path(settings.model).read_bytes() != b"GGUF poor", out, limit

        def __enter__(self) -> Answers:
            return self

        def __exit__(self, *_: object) -> None: ...

        def evaluate(self, _: list[str]) -> None:
            asked.append((self.out.name, self.count))
            (self.out / "finfe").mkdir(parents=True, exist_ok=True)
            rows = [Asked._row(number, self.right or number % 2 == 0) for number in range(self.count)]
            (self.out / "finfe" / "rows.jsonl").write_text("".join(row.line for row in rows))

    monkeypatch.setattr("finfoundry.usecases.light.fit.Evaluation", Answers)
    for name, content in (("light", b"GGUF poor"), ("best", b"GGUF best, larger")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.gguf").write_bytes(content)
        forms = {form: {"path": path, "sha256": ""} for form, path in (("gguf", "model.gguf"), ("factors", "factors.safetensors"))}
        (tmp_path / name / "manifest.json").write_text(json.dumps({"name": name, "base": "b", "base_sha256": "", "forms": forms}))
    told = Terms("finfe", str(tmp_path / "best"), (str(tmp_path / "light"),), target=0.9)

    def fit() -> Fit:
        return Fitting(Settings(home=tmp_path), tmp_path, tmp_path / "out").fit(told)

    def verdict(found: Fit) -> str:
        return found.compared[0].judged.verdict

    assert verdict(fit()) == "hopeless"
    before = len(asked)
    assert verdict(fit()) == "hopeless"
    assert len(asked) == before, "the same weights are not asked again"
    (tmp_path / "light" / "model.gguf").write_bytes(b"GGUF good")
    found = fit()
    assert verdict(found) == "suffices"
    assert found.proposal is not None
    assert found.proposal.count("--form") == 1
    assert len({folder for folder, _ in asked if folder.startswith("light")}) == 2


def test_a_full_disk_amid_candidates_is_said_and_other_faults_are_not_its(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told, at = Terms("finfe", "best", ("light",)), Fitting(Settings(home=tmp_path), tmp_path, tmp_path / "out")
    for fault, raised in ((errno.ENOSPC, SettingsError), (errno.EIO, OSError)):
        monkeypatch.setattr(Fitting, "_ask", partial(_fails, fault))
        with pytest.raises(raised, match=r"full" if fault == errno.ENOSPC else r"wrong"):
            at.fit(told)


def _fails(fault: int, *_: object) -> None:
    raise OSError(fault, "something is wrong")


def test_a_bound_is_needed_and_not_the_mean() -> None:
    """Equal on the few items asked is no proof: with 25 items nothing within two points of the reference can be shown."""
    found = judged({"a": 1.0, "b": 2.0}, "b", Asked({"a": 0.8, "b": 0.8}, 1), target=0.98, budget=9, items=25)
    assert cheapest(found) is None
    assert found[0].verdict == "loses"
    assert found[0].difference == 0


def test_a_budget_that_nothing_meets_is_said() -> None:
    found = judged(COSTS, "best", Asked(SKILLS, 0), target=0.9, budget=2.5, items=200)
    assert cheapest(found) is None
    assert (near := nearest(found)) is not None
    assert near.model == "small"
    assert {one.model: one.verdict for one in found}["middle"] == "over budget"
    assert nearest(judged(COSTS, "best", Asked(SKILLS, 0), target=0.9, budget=0.5, items=200)) is None


def test_a_reference_that_knows_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="nothing rightly"):
        judged(COSTS, "best", Asked(dict.fromkeys(SKILLS, 0.0), 0), target=0.9, budget=9, items=50)


def test_steps_double_and_end_with_all() -> None:
    assert steps(200) == [25, 50, 100, 200]
    assert steps(60) == [25, 50, 60]
    assert steps(10) == [10]


def test_the_bill_of_a_year_is_exact() -> None:
    spent = Spent(seconds=0.35, cores=2, bytes=3 * 2**29)
    assert year(spent, PRICES, 10_000) == Decimal("51.10") + Decimal("360.00")
    faster = Prices(**PRICES.model_dump() | {"accelerator_second": Decimal("0.0005"), "accelerators": 2})
    assert year(spent, faster, 10_000) == Decimal("51.10") + Decimal("1277.50") + Decimal("360.00")


def test_prices_are_read_as_written(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("currency: EUR\ncore_second: 0.1\ngib_month: 3\n")
    assert read_prices(tmp_path / "p.yaml").core_second == Decimal("0.1")
    whole = "currency: EUR\ncore_second: 0.1\ngib_month: 3\n"
    (tmp_path / "p.yaml").write_text(whole + "accelerator_second: 0.7\naccelerators: 1\n")
    assert read_prices(tmp_path / "p.yaml").accelerator_second == Decimal("0.7")
    for bad in (
        "currency: EUR\n", "currency: EUR\ncore_second: -1\ngib_month: 3\n", "a: [", "currency: EUR\ncore_second: x\ngib_month: 1",
        whole + "accelerators: 1\n", whole + "accelerator_second: 0.7\n", whole + "accelerator_second: -1\naccelerators: 1\n",
    ):  # fmt: skip
        (tmp_path / "bad.yaml").write_text(bad)
        with pytest.raises(InputError, match=r"bad\.yaml"):
            read_prices(tmp_path / "bad.yaml")


def test_budgets_have_units() -> None:
    assert budget_of("800ms", None) == ("ms", 800)
    assert budget_of("300 MiB", PRICES) == ("MiB", 300)
    assert budget_of("1200.5", PRICES) == ("a year", 1200.5)
    assert budget_of("", None)[0] == "MiB"
    for bad in ("12", "fast", "-3ms"):
        with pytest.raises(InputError, match="budget"):
            budget_of(bad, None)


def test_terms_are_checked() -> None:
    with pytest.raises(InputError, match="0 candidates"):
        checked(Terms("t", "a", ("a",)))
    with pytest.raises(InputError, match="10 candidates"):
        checked(Terms("t", "a", tuple(f"m{number}" for number in range(10))))
    with pytest.raises(InputError, match="target"):
        checked(Terms("t", "a", ("b",), target=98))
    with pytest.raises(InputError, match="one name"):
        checked(Terms("t", "a", ("x/light", "y/light")))


def test_the_front_holds_the_best_at_their_price() -> None:
    points = [Point("a", 1, 0.5), Point("b", 2, 0.4), Point("c", 3, 0.9, chosen=True), Point("d", 3, 0.7)]
    assert [one.name for one in front(points)] == ["a", "c"]
    assert draw(points).count("<circle") == 4
