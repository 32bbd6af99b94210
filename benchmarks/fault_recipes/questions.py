"""Questions, through the agent by rules alone: words that change the meaning, signs, scales, labels, charts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from fault_recipes.book import Bench, Seen, Trial, fault
from fault_recipes.papers import statement
from fault_recipes.tags import filing, tag
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.evals.silent_errors.written_files import as_html

Papers = dict[str, bytes]


def asked(bench: Bench, collection: str, papers: Papers, question: str) -> Answer:
    """The answer over a collection, which is ingested when it is asked first."""
    folder = bench.folder / collection
    if not folder.exists():
        folder.mkdir()
        for name, data in papers.items():
            (folder / name).write_bytes(data)
        bench.app.ingest(ADMINISTRATOR, [folder], collection=collection)
    return bench.app.ask(ADMINISTRATOR, question, collection=collection)


def question(
    bench: Bench,
    collection: str,
    papers: Papers,
    words: str,
    *,
    right: Sequence[str] = (),
    wrong: Sequence[str] = (),
    warned: Sequence[str] = (),
) -> Trial:
    """Right where an answer has all of ``right`` and nothing of ``wrong``; said where none is told, or a warning has one of ``warned``;
    else it waits for the path of answers.
    """

    def run() -> Seen:
        answer = asked(bench, collection, papers, words)
        if answer.status != "answered":
            return Seen("said", f"{answer.status}: {(answer.reason or '')[:100]}")
        told = f"{answer.text} | {'; '.join(answer.warnings)}"
        if all(one in answer.text for one in right) and not any(one in answer.text for one in wrong):
            return Seen("right")
        if any(one in warning for one in warned for warning in answer.warnings):
            return Seen("said", told)
        return Seen("waits", told)

    return Trial(f"{words} ({collection})", run)


# ---- B101, B106: what was known by a day


def _year(bank: str, year: int, filed: str, values: Sequence[tuple[int, str, str]]) -> bytes:
    """A report on a year: its day, and total assets and equity at ends of years."""
    heads = ["EUR million", *(f"31 December {one[0]}" for one in values)]
    rows = [heads, ["Total assets", *(one[1] for one in values)], ["Total equity", *(one[2] for one in values)]]
    return as_html(statement(f"{bank} annual report {year}", f"Approved and filed on {filed}", "EUR million", rows))


ROOK: Papers = {
    "rook-2022.html": _year("Rook Bank", 2022, "20 February 2023", [(2022, "800", "80"), (2021, "700", "70")]),
    "rook-2023.html": _year("Rook Bank", 2023, "22 February 2024", [(2023, "900", "90"), (2022, "810", "81")]),
    "rook-2024.html": _year("Rook Bank", 2024, "20 March 2025", [(2024, "1,000", "100"), (2023, "905", "91")]),
}


@fault("B101")
def known_on_a_day(bench: Bench) -> Iterator[Trial]:
    ask = partial(question, bench, "rook", ROOK)
    day = ("15 March", "filed", "known", "originally", "later paper")
    yield ask("What were Rook Bank's total assets in 2023 as known on 15 March 2025?", right=["900"], wrong=["905"], warned=day[:1])
    yield ask("What were Rook Bank's total assets in 2022 as originally reported?", right=["800"], wrong=["810"], warned=day[3:4])
    yield ask(
        "What were Rook Bank's total assets at 31 December 2024 as at 1 March 2025?", wrong=["1,000", "1 billion"], warned=("1 March",)
    )
    yield ask(
        "By what had been filed by 1 March 2024, what were Rook Bank's total assets in 2023?",
        right=["900"],
        wrong=["905"],
        warned=("1 March",),
    )
    yield ask("What was Rook Bank's total equity in 2022 as first published?", right=["80"], wrong=["81"], warned=("first",))


@fault("B106")
def back_dated(bench: Bench) -> Iterator[Trial]:
    ask = partial(question, bench, "rook", ROOK)
    yield ask(
        "As of 1 June 2024, what were Rook Bank's latest total assets?", right=["900"], wrong=["1,000", "1 billion"], warned=("1 June",)
    )
    yield ask(
        "What would the answer have been on 1 June 2024: Rook Bank's latest total assets?",
        right=["900"],
        wrong=["1,000"],
        warned=("1 June",),
    )
    yield ask(
        "Going by the papers on file on 1 June 2023, what were Rook Bank's total assets in 2022?",
        right=["800"],
        wrong=["810"],
        warned=("1 June",),
    )


# ---- B036: a rounded figure of the prose


def _prose(sentence: str, first: bool) -> bytes:
    letter = f"<h2>Letter</h2><p>{sentence.format(tag('172', 'Assets', 'd2024', scale=9, decimals=-9))}</p>"
    table = (
        "<h2>Balance sheet</h2><table><tr><td>(in millions)</td><td>December 31, 2024</td></tr>"
        f"<tr><td>Total assets</td><td>{tag('171,797', 'Assets', 'd2024', decimals=-6)}</td></tr>"
        f"<tr><td>Total liabilities</td><td>{tag('150,200', 'Liabilities', 'd2024', decimals=-6)}</td></tr></table>"
    )
    return filing([letter, table] if first else [table, letter])


@fault("B036")
def rounded_prose(bench: Bench) -> Iterator[Trial]:
    sentence = "Marwick's assets came to about ${} billion at the end of 2024."
    for name, first in (("letter-first", True), ("table-first", False)):
        ask = partial(question, bench, f"marwick-{name}", {"marwick.html": _prose(sentence, first)})
        for words in (
            "What were Marwick's total assets in 2024?",
            "How large were Marwick's assets in 2024?",
            "How big was the balance sheet of Marwick in 2024?",
        ):
            yield ask(words, right=["171.797"], wrong=["172 billion"], warned=("171", "table"))


# ---- OWN02-1: lines that are called a loss


def _loss(label: str, zh: bool = False) -> bytes:
    if zh:
        rows = [["项目", "2024年"], ["营业收入", "1,000"], [label, "300"]]
        return as_html(statement("松岗电子股份有限公司", "2024年度利润表", "单位：人民币百万元", rows))
    return as_html(
        statement("Tarnwick Group plc", "Income statement 2024", "EUR million", [["", "2024"], ["Revenue", "1,000"], [label, "300"]])
    )


@fault("OWN02-1")
def losses(bench: Bench) -> Iterator[Trial]:
    operating = partial(question, bench, "loss-operating", {"tarnwick.html": _loss("Operating loss")})
    yield operating("What was Tarnwick's operating margin in 2024?", right=["-30"])
    tax = partial(question, bench, "loss-tax", {"tarnwick.html": _loss("Loss before tax")})
    yield tax("What was Tarnwick's pre-tax margin in 2024?", right=["-30"])
    lines = [["", "2024", "2023"], ["Revenue", "1,000", "900"], ["Loss before tax", "310", "220"]]
    two = {"tarnwick.html": as_html(statement("Tarnwick Group plc", "Income statement 2024", "EUR million", lines))}
    yield question(bench, "loss-two", two, "By what percentage did Tarnwick's pre-tax profit change in 2024?", wrong=["profit rose"])
    net = partial(question, bench, "loss-net", {"tarnwick.html": _loss("Net loss for the year")})
    yield net("What was Tarnwick's net profit in 2024?", right=["-", "300"], warned=("loss",))
    yield net("What was Tarnwick's net profit margin in 2024?", right=["-30"])
    for label, words in (("营业亏损", "松岗电子2024年的营业利润率是多少？"), ("净亏损", "松岗电子2024年的净利率是多少？")):
        yield question(bench, f"loss-{label}", {"songgang.html": _loss(label, zh=True)}, words, right=["-30"])
    rows = [("Revenue", tag("1,000", "Revenues")), ("Net loss", tag("500", "NetIncomeLoss", sign=True))]
    body = "".join(f"<tr><td>{label}</td><td>{cell}</td></tr>" for label, cell in rows)
    tagged = filing(f"<table><tr><td>(in millions)</td><td>2024</td></tr>{body}</table>")
    yield question(bench, "loss-tagged", {"marwick.html": tagged}, "What was Marwick's net profit margin in 2024?", right=["-50"])


# ---- B068: a chart


def _quarry(years: Sequence[tuple[str, str, str]]) -> bytes:
    profits, costs = ["Net profit", *(one[1] for one in years)], ["Research costs", *(one[2] for one in years)]
    rows = [["GBP million", *(one[0] for one in years)], profits, costs, ["Revenue", *("640" for _ in years)]]
    return as_html(statement("Quarry Labs plc", "Income statement", "GBP million", rows))


@fault("B068")
def charts(bench: Bench) -> Iterator[Trial]:
    papers = {"quarry.html": _quarry([("2024", "45", "61"), ("2023", "(12)", ""), ("2022", "38", "52")])}

    def drawn(words: str, look: Callable[[object], str | None]) -> Trial:
        def run() -> Seen:
            from finfoundry.server.console.ask.answer_chart import chart_of

            answer = asked(bench, "quarry", papers, words)
            chart = chart_of(answer, "en") if answer.status == "answered" else None
            if chart is None:
                return Seen("said", f"no chart: {answer.text or answer.reason}"[:200])
            wrong = look(chart)
            return Seen("silent", f"{wrong}: {[(bar.label, bar.value, bar.series) for bar in chart.bars]}") if wrong else Seen("right")

        return Trial(words, run)

    def gap(chart: object) -> str | None:
        bars = chart.bars  # type: ignore[attr-defined]
        return None if any(bar.figure is None for bar in bars) else "no gap for 2023"

    def named(chart: object) -> str | None:
        series = {bar.series for bar in chart.bars}  # type: ignore[attr-defined]
        return None if len(series) > 1 or chart.name or chart.others else "nothing says which line is drawn"  # type: ignore[attr-defined]

    yield drawn("What were Quarry Labs' research costs in 2022, 2023 and 2024?", gap)
    yield drawn("What were Quarry Labs' research costs from 2022 to 2024?", gap)
    yield drawn("What were Quarry Labs' net profit and operating margin in 2022, 2023 and 2024?", named)
    yield drawn("What were Quarry Labs' net profit and research costs in 2022, 2023 and 2024?", named)
    yield drawn("What was Quarry Labs' net profit in 2022, 2023 and 2024?", named)


# ---- PAGE1: one page, one language and scale


@fault("PAGE1")
def one_scale(bench: Bench) -> Iterator[Trial]:
    def paper(profit: str, revenue: str) -> Papers:
        rows = [["项目", "2024年"], ["营业收入", revenue], ["净利润", profit]]
        return {"yunzhou.html": as_html(statement("云洲商业银行股份有限公司", "2024年度利润表", "单位：人民币百万元", rows))}

    def scales(name: str, papers: Papers, words: str) -> Trial:
        def run() -> Seen:
            answer = asked(bench, f"yunzhou-{name}", papers, words)
            if answer.status != "answered":
                return Seen("said", f"{answer.status}: {answer.reason}")
            mixed = "million" in answer.text and "billion" in answer.text
            return Seen("waits", answer.text) if mixed else Seen("right")

        return Trial(f"{words} ({name})", run)

    yield scales("one", paper("9,737", "26,426"), "What was 云洲商业银行's net profit margin in 2024?")
    yield scales("two", paper("812", "12,640"), "What was 云洲商业银行's net profit margin in 2024?")
    english = [["", "2024"], ["Revenue", "26,426"], ["Net profit", "9,737"]]
    papers = {"harrow.html": as_html(statement("Harrow Bank plc", "Income statement 2024", "EUR million", english))}
    yield scales("three", papers, "What was Harrow Bank's net profit margin in 2024?")
