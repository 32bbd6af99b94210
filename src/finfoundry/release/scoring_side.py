"""One side of the exam of what scores questions beside what may answer them."""

from __future__ import annotations

from dataclasses import dataclass, field

from finfoundry.evals.rows import Item, Reply, Solver
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.pair_scores import AT, BAR, BESIDE, HEAD, Beside
from finfoundry.release.candidate import sha256_of
from finfoundry.release.evidence import code_digest, key_of
from finfoundry.release.exam import SuiteTerms
from finfoundry.release.serving_scorer import PairScorer, scorer_of
from finfoundry.runtime.settings import Settings

SCORING = (
    "finfoundry.core",
    "finfoundry.base.text_encoder",
    "finfoundry.base.state_reader",
    "finfoundry.base.tuned_adapter",
    "finfoundry.base.first_layers",
)  # the code that scores: what is read, what it is put together of, the graph's run


@dataclass(frozen=True)
class ScoringSide:
    """A scorer as it serves, or none; ``sha256`` of all its files. All that stands beside a question is read together, as it is when the
    question is asked, and once for all suites: what is read in one batch decides the last bits.
    """

    slot: str
    scorer: PairScorer | None
    sha256: str
    scores: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def key(self, suite: str, terms: SuiteTerms) -> str:
        return key_of({self.slot: self.sha256}, None, code_digest(*SCORING), suite, terms, 0)

    def solver(self, suite: Suite, name: str) -> Solver:  # noqa: ARG002  one way to score, whatever the suite
        def solve(item: Item) -> Reply:
            head, looked_at = item.meta[HEAD], item.meta[AT]
            if self.scorer is None or not self.scorer.reads(head):
                return Reply("", status="no_evidence")
            told = self._scored(self.scorer, head, item.meta[BESIDE])
            likely = max(told[place] for place in looked_at)
            first = [str(place) for place in looked_at if told[place] == likely]
            return Reply(
                first[0] if len(first) == 1 else "", status="answered" if likely >= BAR else "no_evidence", confidence=round(likely, 4)
            )

        return solve

    def _scored(self, scorer: PairScorer, head: str, one: Beside) -> list[float]:
        if (head, one.question) not in self.scores:
            pairs = [(one.question, passage) for passage in one.passages]
            self.scores[head, one.question] = [float(score) for score in scorer.scores(head, pairs)]
        return self.scores[head, one.question]


def scoring_side(slot: str, settings: Settings, released: str | None) -> ScoringSide:
    """The scorer of a release, or that of the settings. Raises ModelError."""
    found = scorer_of(slot, settings, released)
    return ScoringSide(slot, found, sha256_of(found.folder) if found else "")
