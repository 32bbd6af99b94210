"""Which statement a table is, and whose: by the words above it, confirmed by the lines in it."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from finfoundry.core.document import Fact, Scope
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.concepts import find_concept, label_key, statements_of

_TITLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("cash flow", r"statements?\s+of\s+(?:\w+\s+)?cash\s+flows?|cash\s+flows?\s+statements?|现金流量简?表(?!补充)"),
        (
            "equity",
            r"(?:statements?\s+of\s+(?:changes\s+in\s+)?(?:\w+[\s,]+)*?(?:(?:stock|share)(?:holders|owners)['’]?\s+|total\s+)?(?:equity|deficit|investment)|(?:所有者|股东)?权益变动表)",
        ),
        ("comprehensive income", r"statements?\s+of\s+(?:other\s+)?(?:\w+\s+)?comprehensive\s+(?:income|loss|earnings)"),
        ("balance", r"balance\s+sheets?|statements?\s+of\s+(?:\w+\s+)?financial\s+(?:position|condition)|资产负债简?表|财务状况简?表"),
        (
            "income",
            r"(?:statements?\s+of\s+(?:\w+\s+)?(?:income|operations|earnings|profit)|income\s+statements?|profit\s+and\s+loss|(?<!综合)利润简?表|损益简?表)",
        ),
        ("segments", r"\b(?:reportable|operating|business)?\s*segments?\b|分部(?:信息|报告)|分行业|分产品|分地区"),
    )
)
_WHOLE_TITLE = re.compile(r"[\u3400-\u9fff\s]{0,8}(?:利润|损益|资产负债|财务状况|现金流量)表")
_PARENT = re.compile(
    r"(?<!归属于)(?<!归属)母公司(?!和|及|与|可供|股东|所有者|普通股|拥有人|的?净利润|存在)|parent\s+company(?:\s+only)?|registrant\s+only|(?<!本)(?<!合并)公司(?:资产负债表|利润表|现金流量表|所有者权益|股东权益)",
    re.IGNORECASE,
)
_CONSOLIDATED = re.compile(r"合并|consolidated", re.IGNORECASE)
_SENTENCE = re.compile(
    r"\b(?:were|was|are|is|following|included|recognized|recorded|our|see|in\s+the|as\s+follows)\b|[.:;]$|[。：；]$|分析|相关|变动(?!表)|补充|构成|影响|调整",
    re.IGNORECASE,
)
_EARNED = re.compile(r"\b(?:revenues?|sales|turnover)$|^(?:revenues?|sales)\s+(?:from|of)\b|收入$", re.IGNORECASE)
_PART = re.compile(r"\bother\b|其他|利息|投资|interest|non-?operating|营业外|\b(?:cost|change)s?\b", re.IGNORECASE)
MAX_TITLE = 160
SHORTEST = 6  # lines of an income statement
BALANCE_TOTALS = {"Assets", "Liabilities", "LiabilitiesAndStockholdersEquity"}
SIDES = {"Assets", "LiabilitiesAndStockholdersEquity"}
NET = {"ProfitLoss", "NetIncomeLoss"}
STATEMENTS = frozenset({"balance", "income", "cash flow"})
RESULT = frozenset({"Revenues", "OperatingIncomeLoss", "IncomeLossBeforeIncomeTaxes"})
FULL = 6  # labels of a table that is a statement
APART = 20  # pages between the consolidated statement and the parent's, with the notes between them
MAIN = {"income", "balance", "cash flow", "equity", "comprehensive income"}


def title_of(texts: Iterable[str]) -> str | None:
    """The statement that the nearest short text names; texts come nearest first."""
    for text in texts:
        if len(text) <= MAX_TITLE and not _SENTENCE.search(text.strip()) and (name := _named(text)):
            return name
    return None


def _named(text: str) -> str | None:
    found = [(match.start(), order, name) for order, (name, pattern) in enumerate(_TITLES) if (match := pattern.search(text))]
    mains = [item for item in found if item[2] in MAIN]
    return min(mains or found, key=lambda item: item[1])[2] if found else None


def _is_a_title(text: str) -> bool:
    """Whether a line of a title is the name of a statement and nothing else: 合并综合损益表."""
    return any(_WHOLE_TITLE.fullmatch(part.strip()) for part in text.split(" / "))


def scope_of(texts: Iterable[str]) -> Scope | None:
    """Whose figures the first short text that says so names; None where none does."""
    for text in texts:
        if len(text) <= MAX_TITLE and (_CONSOLIDATED.search(text) or _PARENT.search(text)):
            return (
                "parent"
                if _PARENT.search(text) and not re.search(r"合并及(?:母)?公司|consolidated", text, re.IGNORECASE)
                else "consolidated"
            )
    return None


def statement_of(titles: Sequence[str], labels: Sequence[str]) -> str | None:
    """The statement by title where at least one line fits, or by the lines alone where many fit."""
    named = title_of(titles)
    votes = votes_of(labels)
    if named in {"equity", "segments"}:
        return named
    if named and (votes[named] >= 2 or (named == "comprehensive income" and votes["income"])):
        return named
    of_balances = named == "cash flow"  # whose lines on what receivables and payables used are called as in the balance sheet
    if named and votes[named] and (of_balances or votes[named] == max(votes.values())) and any(map(_is_a_title, titles)):
        return named  # a page on which a statement goes on may hold few lines that are known
    if votes:
        (best, count), *others = votes.most_common(2)
        if (
            count >= 6
            and count >= 0.4 * len(labels)
            and count >= 2 * (others[0][1] if others else 0)
            and not any(_SENTENCE.search(t) for t in titles[:2])
            and (best != "balance" or _sums_up_a_side(labels))
        ):
            return best
    return None if any(_SENTENCE.search(text) for text in titles[:2]) else _by_its_ends([label for label in labels if label.strip()])


def _by_its_ends(labels: Sequence[str]) -> str | None:
    """The statement of lines that hardly any list knows: both totals of a balance sheet, or from what was earned down to the net profit."""
    held = {concept.name for label in labels if (concept := find_concept((label,), "balance"))}
    if held >= SIDES:
        return "balance"
    last = find_concept((labels[-1],), "income") if len(labels) >= SHORTEST else None
    return "income" if last and last.name in NET and earned(labels[0]) else None


def earned(label: str) -> bool:
    """Whether a line is called revenue or sales, of whatever: "Feed sales", 运输收入; none of interest and other income."""
    return _EARNED.search(label) is not None and not _PART.search(label)


def _sums_up_a_side(labels: Sequence[str]) -> bool:
    """Whether lines that no title calls a balance sheet are more than the composition of equity, or of debt."""
    return any((concept := find_concept((label,), "balance")) and concept.name in BALANCE_TOTALS for label in labels if label.strip())


def votes_of(labels: Sequence[str]) -> Counter[str]:
    """How many different lines of each statement the labels are."""
    votes: Counter[str] = Counter()
    for label in dict.fromkeys(label_key(label) for label in labels):
        votes.update(statements_of(label))
    return votes


def single_statement(facts: list[Fact]) -> Iterator[Fact]:
    """Where no table is an income statement, a statement of comprehensive income that begins with revenue is it, too (IAS 1.10A)."""
    lines: dict[int | None, set[str]] = defaultdict(set)
    for fact in facts:
        if fact.statement == "income" and fact.concept:
            lines[fact.table].add(fact.concept)
    apart = any(len(found) >= FULL for found in lines.values())
    whole = {fact.table for fact in facts if fact.statement == "comprehensive income" and fact.concept in RESULT and not fact.dimensions}
    for fact in facts:
        yield replace(fact, statement="income") if not apart and fact.table in whole else fact


def of_the_parent(tables: list[BlockTable]) -> set[int]:
    """Statements that do not call themselves consolidated, far behind those that do: IFRS reports hold both. The tables' numbers."""
    first: dict[str | None, int] = {}
    for table in tables:
        if table.statement in STATEMENTS and table.scope == "consolidated":
            first.setdefault(table.statement, table.page.number)
    later = [table for table in tables if table.scope is None and table.page.number > first.get(table.statement, sys.maxsize) + APART]
    return {table.number for table in later if len(table.labels) >= FULL}
