"""How long it takes to check an answer of 20 figures against 10 pages, and how much memory the process holds.

    python benchmarks/binder_speed.py [--rounds 50]

Each round has new pages and a new answer; then the pages serve once more, as they do in a service.
Half of a page is a statement given as HTML, half is prose.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import time

from finfoundry.binding import verify
from finfoundry.core.answer import Language
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.evals.binder.made_statements import COMPANIES, StatementCompany, company, tell

FIGURES = 20


def page(firm: StatementCompany, number: int, chance: random.Random) -> str:
    """A page: a table of half of the facts of three years, and a paragraph."""
    labels = list(dict.fromkeys(fact.metric[-1] for fact in firm.facts))[number % 2 :: 2]
    years = (2020, 2019, 2018)
    rows = "".join(f"<tr><td>{label}</td>{''.join(f'<td>{firm.find(label, year).text}</td>' for year in years)}</tr>" for label in labels)
    scale = {1: "单位：元", 1000: "(in thousands of US$)", 10**6: "(in millions of US$)"}[int(firm.facts[0].scale)]
    head = "<tr><th></th>" + "".join(f"<th>{year}{'年' if firm.language == 'zh' else ''}</th>" for year in years) + "</tr>"
    facts = [fact for fact in firm.facts if fact.scope == "consolidated"]
    prose = "\n".join(tell(firm, chance.choice(facts), chance).text for _ in range(10))
    return f"<p>{scale}</p><table>{head}{rows}</table><p>{prose}</p>"


def round_of(language: Language, chance: random.Random) -> tuple[str, list[str]]:
    firms = [company(name, language, chance) for name in COMPANIES[language][:5]]
    pages = [page(firm, number, chance) for firm in firms for number in (0, 1)]
    facts = [fact for fact in firms[0].facts if fact.scope == "consolidated"]
    answer: list[str] = []
    while (left := FIGURES - len(find_numbers("\n".join(answer)))) > 0:
        sentence = tell(firms[0], chance.choice(facts), chance).text
        answer += [sentence] if len(find_numbers(sentence)) <= left else []
    return "\n".join(answer), pages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    arguments = parser.parse_args()
    chance = random.Random(1)
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        took, busy, again, figures, bound, characters = [], [], [], 0, 0, 0
        for _ in range(arguments.rounds):
            answer, pages = round_of(language, chance)
            start, start_busy = time.perf_counter(), time.process_time()
            report = verify(answer, pages)
            took.append(1000 * (time.perf_counter() - start))
            busy.append(1000 * (time.process_time() - start_busy))
            start_again = time.perf_counter()
            verify(answer.replace("1", "2"), pages)  # another answer against the pages that were read a moment ago
            again.append(1000 * (time.perf_counter() - start_again))
            figures, bound = figures + len(report.figures), bound + report.bound
            characters += sum(map(len, pages))
        print(
            f"{language}: {figures / arguments.rounds:.1f} figures ({bound / figures:.1%} bound) against 10 pages of "
            f"{characters / arguments.rounds / 10:.0f} characters: median {statistics.median(took):.1f} ms, "
            f"p95 {sorted(took)[int(0.95 * len(took))]:.1f} ms; of the processor alone {statistics.median(busy):.1f} and "
            f"{sorted(busy)[int(0.95 * len(busy))]:.1f} ms; the same pages again p95 {sorted(again)[int(0.95 * len(again))]:.1f} ms"
        )
    print(f"memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
