"""Chains of causes over made credit memos, in which one cause was planted: are all links bound, is the conclusion right, does it hang on
what it cites?

    python benchmarks/chains.py [--each 2] [--seed 7] [--show]

*Bound*: of the steps of all chains, those whose figures are bound to cited cells. *Right*: of the memos, those whose chain begins with the
planted cause, moved as planted, and ends with what was asked, moved as plain arithmetic has it. *Premise*: of the facts that right chains
cite, those without which the chain is another or none. A statement says some facts twice, as a line and as the difference of two: a fact is
taken out with one of the lines that it follows from, and, apart, as a line alone. The baseline is a line that the chain does not cite.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Collection, Mapping

from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import GivenPapers, given_papers
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.usecases.chains.made_memos import BALANCE, INCOME, MadeMemo, made_memos, memo_cases
from measures import carried_out


class _NoMeaning:
    """A search that compares nothing: chains need none."""

    def likeness(self, question: str, texts: object) -> list[float]:  # noqa: ARG002
        return []


FOLLOWS = {  # from which a line follows, one of each pair
    "gross": "cost", "operating": "pretax", "pretax": "net", "assets": "noncurrent_assets", "liabilities": "noncurrent_liabilities",
    "noncurrent_liabilities": "liabilities", "current_liabilities": "", "equity": "",
}  # fmt: skip


def asked(memo: MadeMemo, without: Collection[str] = (), instead: Mapping[str, int] | None = None) -> Answer:
    papers: GivenPapers = given_papers([parse(memo.paper(without, instead).encode(), "memo.md")], _NoMeaning())  # type: ignore[arg-type]
    return Agent(None, papers, papers).ask(ADMINISTRATOR, memo.question)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    memos, counts = made_memos(given.each, given.seed), Counter[str]()
    source = random.Random(given.seed)
    for memo in memos:
        answer = asked(memo)
        counts["steps"] += len(answer.chain)
        counts["bound"] += sum(bool(step.citations) for step in answer.chain)
        counts["shown"] += bool(answer.chain)
        right = is_right(memo, answer)
        counts["right"] += right
        if given.show and not right:
            print(
                f"{memo.id}: {memo.question}\n  planted {memo.root} {memo.moved}; told {told(answer)}; {answer.status} {answer.text[:160]}"
            )
        if right:
            without_premise(memo, answer, counts, source)
    print(f"{len(memos)} memos, {len(memo_cases()['cases'])} causes, zh and en; chains shown {counts['shown']}")
    print(f"  links bound            {counts['bound']} of {counts['steps']} = {share(counts['bound'], counts['steps'])}")
    print(f"  conclusion right       {counts['right']} of {len(memos)} = {share(counts['right'], len(memos))}")
    print(f"  premise taken: changed {counts['changed']} of {counts['premises']} = {share(counts['changed'], counts['premises'])}")
    print(
        f"  its line alone taken   {counts['line changed']} of {counts['premises']} = {share(counts['line changed'], counts['premises'])}"
    )
    print(f"  another line taken     {counts['other changed']} of {counts['others']} = {share(counts['other changed'], counts['others'])}")


def is_right(memo: MadeMemo, answer: Answer) -> bool:
    if not answer.chain:
        return False
    first, last = answer.chain[0], answer.chain[-1]
    return (first.metric, first.moved, last.metric, last.moved) == (memo.root, memo.moved, memo.asked, memo.asked_moved)


def without_premise(memo: MadeMemo, answer: Answer, counts: Counter[str], source: random.Random) -> None:
    """Each line that the chain cites, taken out of the paper by itself; and one that it does not cite."""
    labels = memo_cases()["lines"][memo.language]
    quotes = " | ".join(citation.quote for citation in answer.citations)
    chained = {marker for step in answer.chain for marker in step.citations}
    cited = [citation.quote for citation in answer.citations if citation.marker in chained]
    named = [key for key in (*INCOME, *BALANCE) if any(one.startswith(labels[key]) for one in cited)]
    for key in named:
        counts["premises"] += 1
        counts["line changed"] += told(asked(memo, (key,))) != told(answer)
        counts["changed"] += told(asked(memo, (key, FOLLOWS.get(key, "")))) != told(answer)
    others = [key for key in (*INCOME, *BALANCE) if labels[key] not in quotes]
    if others:
        counts["others"] += 1
        counts["other changed"] += told(asked(memo, (source.choice(others),))) != told(answer)


def told(answer: Answer) -> list[tuple[str, str, str]]:
    return [(step.metric, step.first, step.last) for step in answer.chain]


def share(part: int, whole: int) -> str:
    return f"{part / max(1, whole):.3f}"


if __name__ == "__main__":
    carried_out(main)
