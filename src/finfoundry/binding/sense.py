"""What the sentence around one figure says of it, held against every item of the evidence: which metric, when, whose, in which unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Literal

from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.index import EvidenceIndex
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.labels import weight, word_lists, words
from finfoundry.binding.sentence.modifiers import Modifiers, Name
from finfoundry.binding.sentence.verbs import told_by_verb
from finfoundry.binding.sentence.when import When, agree, exact, lasts, shifted, without_periods
from finfoundry.core.periods import FoundPeriod
from finfoundry.core.quantities.numbers import PrintedNumber

Reason = Literal[
    "not there", "digit differs", "wrong scale", "sign differs", "other unit", "other year", "other entity", "other scope", "sibling row",
    "metric not found", "only in the question", "direction differs",
]  # fmt: skip
STRONG = 0.7  # words that name a label this well decide which metric is meant
NAMED = 0.45  # below it, words do not name a label
_PROSE = 0.3  # words that a passage and a claim must share
_OWN_WORDS = 1.5  # weight of the words before a figure by which it differs from its neighbours
_JOINTS = re.compile(r",\s|，|、|\band\b|[和与及]")
_MOST_JOINTS = 8
_RESULTING = frozenset(("aftertax",))  # what is earned is so
_CHANGE = re.compile(r"\b(?:chang|var(?:y|i)|rate|cagr|year[- ]over[- ]year)\w*|变动|变化|同比|环比|增|减|幅|率", re.IGNORECASE)
_SOURCES = ("cell", "sql", "specialist", "calculation", "span", "question")


class Sense:
    """What one figure's sentence says, worked out against the evidence."""

    def __init__(self, evidence: EvidenceIndex, claim: Claim, text: str) -> None:
        self.evidence, self.claim = evidence, claim
        self.items = evidence.items
        self.context, self.named = self._metric_words()
        self.whens = tuple(When.found(period) for period in self._periods())
        dated = any(when.kind not in ("year", "date") or when.spanned for when in self.whens)
        self._months = 0 if dated else claim.months
        self.entities = evidence.entities.of_claim(claim, text, evidence.question.text, evidence.labels)
        self._modifiers = Modifiers(
            evidence.entities.blotted(claim.sentence),
            max(claim.number.start - claim.start, 0),
            evidence.labels.names_row,
            nameless=not evidence.entities.groups,
        )
        self._another: dict[tuple[int, bool], bool] = {}
        self._plain: dict[int, frozenset[Reason]] = {}
        self._best_row, self._best_prose = self._best_rival(prose=False), self._best_rival(prose=True)

    # ---- the metric

    def _metric_words(self) -> tuple[str, bool]:
        """The closest words that name some label strongly; else those that name one best; else whether nothing is named at all."""
        told, bare = (*self.claim.contexts, self.evidence.question.text), self.evidence.entities.without
        for group in self.in_order(), self.by_verb(), *(map(bare, group) for group in (told[:2], *((one,) for one in told[2:]))):
            scored = [(self._best_score(context), place, context) for place, context in enumerate(group)]
            if scored and max(scored)[0] >= STRONG:
                return max(scored)[2], True
        best = max((self._best_score(bare(one)), -place, bare(one)) for place, one in enumerate(told))
        return best[2], best[0] >= _PROSE

    def _best_score(self, context: str) -> float:
        return self.evidence.labels.best(context)

    def in_order(self) -> list[str]:
        """ "A and B were 1 and 2": the kth name for the kth figure."""
        if self.claim.order is None:
            return []
        place, count = self.claim.order
        parts = split_names(self.claim.lead, count, self.evidence)
        return [parts[place]] if parts else []

    def by_verb(self) -> list[str]:
        """The name of what "the company earned 5" tells, where the words around it name no row: not "Converse earned 5 in fees"."""
        claim, labels = self.claim, self.evidence.labels
        before, _, behind = claim.contexts[0].partition(" … ")
        verb = None if (claim.number.unit or "").endswith(("/share", "ratio")) else told_by_verb(before)
        if verb is None:
            return []
        beside = self.evidence.entities.without(without_periods(f"{before[: verb.start]} {behind}"))
        return [] if any(map(labels.knows, words(beside) - word_lists()["times"] - _RESULTING)) else [verb.name]

    def score(self, index: int) -> float:
        return self.evidence.labels.scores(self.context).get(self.evidence.label_of[index], 0.0)

    def _best_rival(self, *, prose: bool) -> float:
        """How well the words name the best label, of a row or of prose, that has an item of this unit, period, scope and entity."""
        known = self.evidence.labels.known
        for number, score in self.evidence.labels.ranked(self.context):
            if score < _PROSE:
                break
            if known[number].prose is prose and any(not self.plain_conflicts(index) for index in self.evidence.by_label[number]):
                return score
        return 0.0

    # ---- time

    def _periods(self) -> tuple[FoundPeriod, ...]:
        asked = [period for period in self.evidence.question.periods if period.kind != "relative"]
        own = self.claim.periods
        if own and any(period.kind == "relative" for period in own):
            base = next((year for period in asked if (year := When.found(period).fiscal_year)), None)
            own = tuple(_shift(period, base) for period in own if base is not None)
        if own:
            return own
        return tuple(asked) if len(asked) == 1 or not self.claim.periods else ()

    # ---- conflicts

    def conflicts(self, index: int) -> set[Reason]:
        """Why the figure cannot be an item, its value apart: unit, period, scope, entity, sign, metric; empty where it can."""
        item = self.items[index]
        found = set(self.plain_conflicts(index))
        if not fits_sign(self.claim, item):
            found.add("sign differs")
        metric = self._metric_conflict(index)
        if metric or self.is_another(index):
            found.add(metric or "sibling row")
        return found

    def plain_conflicts(self, index: int) -> frozenset[Reason]:
        """The conflicts of an item but for those of its value, sign and metric."""
        if index not in self._plain:
            self._plain[index] = frozenset(self._plain_conflicts(index))
        return self._plain[index]

    def _plain_conflicts(self, index: int) -> Iterator[Reason]:
        item = self.items[index]
        if not fits_unit(self.claim.number, item):
            yield "other unit"
        if not self.fits_time(index):
            yield "other year"
        if not self._fits_scope(item):
            yield "other scope"
        if not self.evidence.entities.fits(self.entities, item.entity):
            yield "other entity"

    def fits_who(self, index: int) -> bool:
        """Whether an item is of the right entity and scope, whatever the rest."""
        item = self.items[index]
        return self._fits_scope(item) and self.evidence.entities.fits(self.entities, item.entity)

    def is_another(self, index: int, *, anywhere: bool = False) -> bool:
        """Whether what stands before an item's name makes it another thing: "pledged assets" are no total assets."""
        key = index, anywhere
        if key not in self._another:
            item = self.items[index]
            months = {when.period.months for when in item.whens if when.period is not None and when.period.start is not None}
            name = Name.of(item.label, item.above, item.entity, months)
            self._another[key] = self.names_another(name, anywhere=anywhere)
        return self._another[key]

    def names_another(self, name: Name, *, anywhere: bool = False) -> bool:
        """The same of a name."""
        return not self.evidence.composed and self._modifiers.make_another(name, anywhere=anywhere)

    def may_mean(self, index: int) -> bool:
        """Whether an item may be what a figure is computed from: of the right entity and scope, and named somewhere as it is."""
        return self.fits_who(index) and not self.is_another(index, anywhere=True)

    def fits_time(self, index: int) -> bool:
        item = self.items[index]
        if item.change and self.claim.number.percent and self.claim.direction and item.whens:
            return self._fits_change(item)
        if self._months and item.whens:
            return any(lasts(self._months, self.whens, when) for when in item.whens)
        return not self.whens or not item.whens or any(agree(claimed, when) for claimed in self.whens for when in item.whens)

    def _fits_change(self, item: EvidenceItem) -> bool:
        """A change belongs to two years; a table's column of changes may be dated by either."""
        years = {when.fiscal_year for when in item.whens}
        return not self.whens or any(when.fiscal_year in years or (when.fiscal_year or 0) - 1 in years for when in self.whens)

    def _fits_scope(self, item: EvidenceItem) -> bool:
        wanted = self.claim.scope or (None if item.scope != "parent" else "consolidated")
        if item.scope is None:
            return wanted != "parent"  # filings speak of the group where they don't say
        return wanted is None or wanted == item.scope

    def _metric_conflict(self, index: int) -> Reason | None:
        item, score = self.items[index], self.score(index)
        if item.source == "span" and item.direction and self.claim.number.percent and not self._tells_change():
            return "sibling row"  # the passage says by how much something changed, the claim how large it is
        if any(not part & words(f"{self.context} {self.claim.sentence} {self.evidence.question.text}") for part in item.label.required):
            return "sibling row"
        if item.source == "span" and self._is_neighbours(item):
            return "sibling row"
        if item.source == "calculation" and score >= self._best_row - 0.3:
            return None
        if not self.named:
            return None if self._says_nothing() else "metric not found"
        rival = max(self._best_prose - 0.15, self._best_row if self._best_row >= STRONG else 0.0) if item.label.prose else self._best_row
        if score + 0.05 < rival or (not self.exact_time(index) and self._has_exact(score)):
            return "sibling row"
        return None if score >= (_PROSE if item.label.prose else NAMED) else "metric not found"

    def _is_neighbours(self, item: EvidenceItem) -> bool:
        """Whether the words are those right before another figure of the passage's sentence, and none of those before this one."""
        said = words(self.context)
        if not item.label.alternatives or weight(said & item.label.alternatives[0]):
            return False
        beside = self.evidence.spans_of.get((item.label.alternatives[-1], item.unit), ())
        return any(weight(said & self.items[other].label.alternatives[0]) >= _OWN_WORDS for other in beside)

    def _tells_change(self) -> bool:
        return self.claim.direction != 0 or _CHANGE.search(self.claim.nearby) is not None

    def exact_time(self, index: int) -> bool:
        """Whether an item is an instant where an instant is claimed, a span where a span is."""
        whens = self.items[index].whens
        return not self.whens or not whens or any(exact(claimed, when) for claimed in self.whens for when in whens)

    def _has_exact(self, score: float) -> bool:
        """Whether a row named as well has an item of just the claimed time: a span where a span is claimed."""
        scores = self.evidence.labels.scores(self.context)
        rivals = [index for number, other in scores.items() if other + 0.05 >= score for index in self.evidence.by_label[number]]
        return any(self.items[index].whens and self.exact_time(index) and not self.plain_conflicts(index) for index in rivals)

    def _says_nothing(self) -> bool:
        """Whether the sentence and the question name no metric at all, so that the value alone has to do."""
        said = words(self.evidence.entities.without(f"{self.claim.sentence} {self.evidence.question.text}"))
        return not said

    # ---- choosing

    def _dated(self) -> bool:
        return bool(self.whens or self.claim.periods or self.claim.earlier)

    def rank(self, index: int) -> tuple[int, int, float, int, int, int]:
        """The smaller the better: cited, of just the time, well named, of a stored cell; the latest where no time is told."""
        item = self.items[index]
        cited = 0 if self.evidence.evidence_of[index] + 1 in self.claim.markers else 1
        exact = 0 if not self.whens or item.whens else 1
        end = item.whens[0].period.end if item.whens and item.whens[0].period and not self._dated() else None
        late = -end.toordinal() if end else 0
        return cited, exact, -round(self.score(index), 2), _SOURCES.index(item.source), late, index

    def meant(self) -> list[int]:
        """Items that the words name, whatever their value, best first."""
        scores = self.evidence.labels.scores(self.context)
        found = [
            index
            for number, score in scores.items()
            if score >= max(NAMED, self._best_row - 0.05)
            for index in self.evidence.by_label[number]
        ]
        return sorted((index for index in found if not self.plain_conflicts(index)), key=lambda index: -self.score(index))


def split_names(lead: str, count: int, evidence: EvidenceIndex) -> list[str]:
    """Cut "Research and development and net income were" into ``count`` names: where the parts name labels best, each of them well. Empty
    where no cut does.
    """
    joints = [match.span() for match in _JOINTS.finditer(lead)][-_MOST_JOINTS:]
    best: list[str] = []
    best_score = 0.0
    for cuts in combinations(joints, count - 1):
        edges = [0, *(edge for cut in cuts for edge in cut), len(lead)]
        parts = [evidence.entities.without(lead[start:end]) for start, end in zip(edges[::2], edges[1::2], strict=True)]
        scores = [evidence.labels.most(part) for part in parts]
        if min(scores) >= STRONG and sum(scores) > best_score:
            best, best_score = parts, sum(scores)
    return best


def _shift(period: FoundPeriod, base: int | None) -> FoundPeriod:
    return period if period.kind != "relative" or base is None else shifted(base, period.offset or 0)


# --- whether a printed figure can be an item, by unit and by sign ---------------------------------------------------------------

_DOLLARS = frozenset(("USD", "HKD", "CAD", "AUD", "SGD", "NZD", "TWD"))
_YEN_SIGN = frozenset(("CNY", "JPY"))
_SHARE_SCALE = 100  # of cents and 角
PURE = frozenset(("ratio", "count", "shares", "years", "months", "days"))
_OUTFLOW = re.compile(
    r"purchase|payment|repay|expenditure|charges?\b|impairment|write-?(?:off|down)|spending|fees?\b|restructuring|acquisition|paid|used|cost|expense|tax|depreciation|amorti[sz]ation|dividend|loss|deficit|decrease"
    r"|treasury|allowance|interest|provision|addition|investment|支付|购建|偿还|成本|支出|税|亏损|流出|减少|减值|折旧|摊销|损失|分配|回购|赔款|给付|费",
    re.IGNORECASE,
)
_INFLOW = re.compile(
    r"income|profit|earnings|sales|revenue|proceeds|provided|assets|equity|利润|收入|收益|资产|权益|净额|净利|盈余", re.IGNORECASE
)
_PAYS = re.compile(
    r"^(?:less:?\s)?(?:\w+\s)?(?:purchases?|payments?|repayments?|acquisitions?|repurchases?|additions?|dividends?|distributions?)\b|^[减]?[:：]?(?:支付|购建|购买|偿还|投资支付|取得)",
    re.IGNORECASE,
)
_INCREASE, _DECREASE = re.compile(r"\bincrease|增加", re.IGNORECASE), re.compile(r"\bdecrease|减少", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_TOLD_LOSS = re.compile(
    r"\b(?:loss(?:es)?|lost|deficit|outflow)\b(?!.*\b(?:profit|income|earned|inflow)\b)|亏损(?!.*(?:盈利|利润))", re.IGNORECASE
)
_LOSS_OF = re.compile(r"\b(?:loss|deficit)\s+of\s*[$€£¥]?\s*$|亏损(?:了|额)?(?:为|达)?\s*$", re.IGNORECASE)
_LOSS = re.compile(r"loss|deficit|亏损|损失|赤字|decrease|decline|减少|下降", re.IGNORECASE)


def fits_unit(number: PrintedNumber, item: EvidenceItem) -> bool:
    """Whether a printed figure can have an item's unit. A bare "$" is any dollar, a bare "¥" yuan or yen; no unit fits any.

    A stored fact whose currency is stated nowhere fits only a figure without a unit, a count or shares.
    """
    printed, unit = number.unit, item.unit
    if item.unstated:
        return printed is None or printed in ("count", "shares")
    if printed is None or unit is None or printed == unit:
        return True
    if unit.endswith("/share") and number.scale > _SHARE_SCALE:
        return False  # no share earns millions
    if printed == "ratio" or unit == "ratio":
        return {printed, unit} <= {"ratio", "count"} and not number.percent
    if printed in PURE or unit in PURE:
        return {printed, unit} <= {"shares", "count"}
    return _same_money(number.text, printed, unit)


def _same_money(text: str, printed: str, unit: str) -> bool:
    ours, _, per = printed.partition("/")
    theirs, _, of = unit.partition("/")
    if per and not of:
        return False
    if ours == theirs:
        return True
    bare_dollar = ours == "USD" and not re.search(r"U\.?S|美元", text)
    bare_yen = "¥" in text and not re.search(r"[A-Z]|元", text)
    if {ours, theirs} == {"CNY", "TWD"} and "元" in text and not re.search(r"人民币|RMB|CNY|[台臺]币|NT", text):
        return True  # a bare 元 is that of the paper
    return (bare_dollar and theirs in _DOLLARS) or (bare_yen and {ours, theirs} <= _YEN_SIGN)


def fits_sign(claim: Claim, item: EvidenceItem) -> bool:
    """Whether signs agree, or the words carry the sign: "a loss of 5", "paid 5", "fell by 5". Brackets in prose may be mere brackets."""
    number = claim.number
    if item.direction and claim.direction and item.direction != claim.direction:
        return False
    if item.change and claim.direction and item.value and number.value > 0 and not claim.move:
        return (item.value > 0) is (claim.direction > 0)
    if not item.value or not number.value:
        return True
    moved = _named_move(item) if claim.direction and not claim.move and not number.percent and number.value > 0 else 0
    if moved:
        return claim.direction == (moved if item.value > 0 else -moved)
    if item.value > 0 and item.source == "cell" and _told_as_loss(claim, item):
        return False
    negative, below = number.value < 0, item.value < 0
    if negative == below or number.parenthesised:
        return True
    name = f"{item.reference.metric or ''}"
    if below:  # printed without the sign that the source has
        return claim.negative or _goes_on(claim) or (claim.direction < 0 and number.unit in ("ratio", None)) or spends(name)
    return (not item.signed and item.source == "span") or bool(_LOSS.search(name) and not _INFLOW.search(name) and claim.negative)


def _goes_on(claim: Claim) -> bool:
    """Whether a figure without words of its own is one of a loss that the sentence told of: "the loss widened from 2 to 5"."""
    told = claim.sentence[: max(claim.number.start - claim.start, 0)]
    return not words(claim.heads[0]) and _TOLD_LOSS.search(told) is not None


def _named_move(item: EvidenceItem) -> int:
    """What a positive value of a row of movements means by its name: 1 of "increase (decrease)", -1 of "(increase) decrease", else 0."""
    if item.source != "cell":
        return 0
    name = _IN_BRACKETS.sub(" ", (item.reference.metric or "").rpartition(" > ")[2])
    rises, falls = bool(_INCREASE.search(name)), bool(_DECREASE.search(name))
    return rises - falls


def _told_as_loss(claim: Claim, item: EvidenceItem) -> bool:
    """Whether the words right before a figure call it a loss, and its row is a profit: "operating profit was a loss of 5"."""
    leaf = (item.reference.metric or "").rpartition(" > ")[2]
    before = claim.contexts[0].partition(" … ")[0]
    return _LOSS_OF.search(before) is not None and _INFLOW.search(leaf) is not None and _LOSS.search(leaf) is None


def spends(name: str) -> bool:
    """Whether a row is of money going out, which is often printed in brackets and stated without them."""
    leaf = name.rpartition(" > ")[2]
    if _PAYS.search(leaf):
        return True
    return bool(_OUTFLOW.search(leaf)) and not _INFLOW.search(
        re.sub(r"income tax|taxes on income|costs? of (?:revenue|sale)s?|利润分配|所得税|资产减值", "tax", leaf, flags=re.IGNORECASE)
    )
