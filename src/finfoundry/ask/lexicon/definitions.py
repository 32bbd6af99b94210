"""A definition that the question gives ("ROA is defined as: net income / average total assets …") as a formula. It wins over the library.

The right side is arithmetic whose terms are words: ``365 * (average accounts payable between FY2019 and FY2020) / (FY2020 COGS + change in
inventory between FY2019 and FY2020)``, "total current assets divided by total current liabilities", 流动资产除以流动负债. Each term
becomes a concept, a formula, an earlier definition of the same question, or a metric known by its label only.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.vocabulary import Vocabulary, tokens
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import find_periods


@dataclass(frozen=True, slots=True)
class Definition:
    """``expression`` is in the language of formulas; ``labels`` holds the words of metrics that no vocabulary knows."""

    name: str
    expression: str
    labels: dict[str, str]


_SENTENCE_END = r"(?=[.;。；!?？！](?:\s|$|(?<=[。；？！]))|\n|$|,\s*(?:where|with|in which|round|answer)\b|，)"
_STATEMENTS = (
    (
        rf"(?P<name>[^.,;:。，；：?？!()（）]{{1,80}}?)\s+(?:is|are|was)\s+"
        rf"(?:defined|calculated|computed|measured)\s+(?:as|by)\s*:?\s*(?P<right>.+?){_SENTENCE_END}"
    ),
    rf"\b[Dd]efin(?:e|ing)\s+(?:the\s+)?(?P<name>[^.;:?!]{{1,80}}?)\s+as\s*:?\s*(?P<right>.+?){_SENTENCE_END}",
    (
        rf"(?P<name>[^.,;:。，；：?？!()（）]{{0,80}}?),?\s*\(?(?:defined|calculated|computed)\s+as\s*:?\s*"
        rf"(?P<right>.+?)(?:{_SENTENCE_END}|\)\s*[?.])"
    ),
    (
        rf"(?P<name>[^，。；：？=＝]{{1,30}}?)(?:的)?(?:定义为|的计算公式为|计算公式为|计算公式是|按照?公式)[:：]?"
        rf"(?P<right>.+?){_SENTENCE_END}"
    ),
    (
        rf"(?:^|[.?!,(]\s*)(?P<name>)(?:[Tt]ake|[Uu]se|[Uu]sing|[Aa]pply|[Cc]alculate\s+(?:it|this)\s+as)\s*:?\s*(?:the\s+formula\s*:?\s*)?"
        rf"(?P<right>[^.;?!,]*?\s[/÷-]\s[^.;?!,]*?){_SENTENCE_END}"
    ),
    r"(?P<name>[一-鿿A-Za-z]{2,20})[（(](?P<right>[^()（）]*[一-鿿]\s*[÷/]\s*[一-鿿][^()（）]*)[)）]",
    rf"(?:公式[:：为是]?\s*)?(?P<name>[\w%&（）()一-鿿 -]{{1,40}}?)\s*[=＝]\s*(?P<right>[^=＝]+?){_SENTENCE_END}",
)
_PATTERNS = tuple(re.compile(pattern) for pattern in _STATEMENTS)


def definitions(question: str, vocabulary: Vocabulary) -> list[Definition]:
    """The definitions of a question in the order given. What cannot be read as a formula is left out, so that no PlanError is raised."""
    statements: dict[tuple[int, int], tuple[str, str]] = {}
    for match in (match for pattern in _PATTERNS for match in pattern.finditer(question)):
        if not any(match.start("right") < end and start < match.end("right") for start, end in statements):
            statements[match.span("right")] = (_target(match["name"]), match["right"])
    stated = [statements[key] for key in sorted(statements)]
    alone = _read_all(stated, vocabulary, [])
    return _read_all(stated, vocabulary, alone)  # again, now that each may name another, given before or after it


def _read_all(stated: list[tuple[str, str]], vocabulary: Vocabulary, known: list[Definition]) -> list[Definition]:
    found = []
    for name, right in stated:
        others = {item.name: item for item in known if item.name != name}
        with contextlib.suppress(PlanError):
            found.append(read_formula(name, right, vocabulary, others))
    return found


def _target(name: str) -> str:
    """The thing defined: the last words before "is defined as"."""
    name = re.sub(r"^.*\b(?:what (?:is|was|are|were)|compute|calculate|the)\s+", "", name.strip(), flags=re.IGNORECASE)
    return re.sub(r"^(?:其中|请问|这里)", "", name).strip(" \"'“”()（）")


def read_formula(name: str, right: str, vocabulary: Vocabulary, known: Mapping[str, Definition] | None = None) -> Definition:
    """The arithmetic of words that defines a name. Raises PlanError where there is none, or none over metrics: "2018 = 100 %"."""
    reader = _Reader(_lex(right), vocabulary, known or {})
    expression = reader.expression()
    if not reader.done or not re.search(r"[-+*/]", expression) or not names_in(expression):
        raise PlanError(f"not a formula: {right[:120]}")
    return Definition(name, expression, reader.labels)


# --- lexing ---------------------------------------------------------------------------------------------------------------------

_ASIDE = re.compile(r"(?<=[\w一-鿿])\s*[（(](?![^()（）]*(?:[-+*/×÷]|divided|plus|minus|less|除以|加|减))[^()（）]*[)）]")
_OPERATOR = re.compile(
    r"\s*(?:(?P<divide>/|÷|\bdivided\s+by\b|除以)|(?P<times>\*|×|\btimes\b|\bmultiplied\s+by\b|乘以|乘)|(?P<plus>\+|＋|\bplus\b|加上?)"
    r"|(?P<minus>(?<=[\s)）])[-–—−](?=\s)|(?<=[一-鿿)）])[-–—−－](?=[一-鿿(（])|\bminus\b|\bless\b|减去?)|(?P<open>[(（\[{])"
    r"|(?P<close>[)）\]}]))\s*",
    re.IGNORECASE,
)
_SIGNS = {"divide": "/", "times": "*", "plus": "+", "minus": "-", "open": "(", "close": ")"}
_NUMBER = re.compile(r"\$?\s*(\d+(?:\.\d+)?)\s*(%?)$")
_FROM_STATEMENT = re.compile(
    r"\s*[(,]?\s*\b(?:from|in|on|per|as (?:shown|reported) (?:in|on))\s+(?:(?:the|its|their)\s+)?(?:consolidated\s+)?"
    r"(?:balance sheets?|(?:income|cash flows?) statements?"
    r"|statements? of (?:income|operations|earnings|cash flows|financial position))\b\)?",
    re.I,
)
_WORDS_FIRST = (
    (re.compile(r"\bratio of (.+?) to (.+)", re.I), r"\1 / \2"),
    (re.compile(r"\bsum of (.+?) and (.+)", re.I), r"(\1 + \2)"),
)


def _lex(text: str) -> list[str]:
    """Operators as themselves, terms as their words."""
    text = _FROM_STATEMENT.sub("", _ASIDE.sub("", text.strip().strip("\"'“”")))
    for pattern, replacement in _WORDS_FIRST:
        text = pattern.sub(replacement, text)
    pieces: list[str] = []
    position = 0
    for match in _OPERATOR.finditer(text):
        pieces += [text[position : match.start()].strip(), _SIGNS[match.lastgroup or ""]]
        position = match.end()
    pieces.append(text[position:].strip())
    return [piece for piece in pieces if piece]


# --- parsing --------------------------------------------------------------------------------------------------------------------

_FILLER = re.compile(
    r"\b(?:(?:at\s+)?(?:the\s+)?(?:end|close)\s+of(?:\s+the)?(?:\s+(?:fiscal\s+)?(?:year|period))?|year[- ]end|fiscal year|year"
    r"|value of|the|its|their|company's|as reported|reported|unadjusted|for|of|in|at)\b",
    re.I,
)
_AVERAGE = re.compile(r"^(?:the\s+)?(?:average|mean|平均)\s*(?:of\s+)?|平均(?:余额|值)?$", re.I)
_CHANGE = re.compile(r"^(?:the\s+)?(?:change|increase|movement)\s+in\s+|(?:变动|变化|增加|增加额|变动额)$", re.I)


@dataclass(slots=True)
class _Reader:
    """Recursive descent over the pieces; terms are turned into names on the way."""

    pieces: list[str]
    vocabulary: Vocabulary
    known: Mapping[str, Definition]
    labels: dict[str, str] = field(default_factory=dict)
    position: int = 0
    depth: int = 0

    @property
    def done(self) -> bool:
        return self.position == len(self.pieces)

    def _peek(self) -> str:
        return "" if self.done else self.pieces[self.position]

    def _take(self) -> str:
        self.position += 1
        return self.pieces[self.position - 1]

    def expression(self) -> str:
        left = self._product()
        while self._peek() in ("+", "-"):
            left = f"{left} {self._take()} {self._product()}"
        return left

    def _product(self) -> str:
        left = self._factor()
        while self._peek() in ("*", "/"):
            left = f"{left} {self._take()} {self._factor()}"
        return left

    def _factor(self) -> str:
        self.depth += 1
        if self.done or self.depth > 200:
            raise PlanError("a formula that breaks off")
        piece = self._take()
        if piece == "(":
            inner = self.expression()
            if self._peek() == ")":
                self._take()
            return f"({inner})"
        if piece in _SIGNS.values():
            raise PlanError(f"a formula with {piece} where a term should stand")
        return self._term(piece)

    def _term(self, words: str) -> str:
        if number := _NUMBER.match(words):
            return f"{number[1]} / 100" if number[2] else number[1]
        periods = find_periods(words)
        years = sorted({found.fiscal_year for found in periods if found.fiscal_year})
        plain = _without_periods(words)
        average, change = (bool(pattern.search(plain)) for pattern in (_AVERAGE, _CHANGE))
        prior = any(found.offset == -1 for found in periods)
        for pattern in (_AVERAGE, _CHANGE):
            plain = pattern.sub(" ", plain).strip()
        name = self._name(plain)
        if average and len(years) >= 2:
            return f"mean({name}, {years[0]}, {years[-1]})"
        if change and len(years) >= 2:
            return f"({name}[{years[-1]}] - {name}[{years[0]}])"
        dated = f"{name}[{years[-1]}]" if years else name
        return f"average({dated})" if average else f"change({dated})" if change else f"prior({dated})" if prior else dated

    def _name(self, words: str) -> str:
        """What a term names: an earlier definition, a formula or concept of the vocabulary, or a label."""
        for definition in self.known.values():
            if _same(definition.name, words):
                self.labels |= definition.labels
                return f"({definition.expression})"
        plain = _FILLER.sub(" ", words).strip(" ,:的")
        mention = self.vocabulary.exact(words) or self.vocabulary.exact(plain)
        if mention is not None:
            return mention.name
        if not tokens(plain) or len(tokens(plain)) > 16:
            raise PlanError(f"not a term of a formula: {words[:80]}")
        name = label_name(plain)
        self.labels[name] = plain
        return name


def label_name(words: str) -> str:
    """A name for a metric that is known by its label only."""
    return "label_" + "_".join(re.sub(r"\W+", "_", token.text).strip("_") for token in tokens(words))


def _same(one: str, other: str) -> bool:
    return [token.text for token in tokens(one)] == [token.text for token in tokens(other)]


_BETWEEN = re.compile(r"\b(?:between|from|for|in|during|at|as of|over|at the end of|the end of)\s*$", re.I)


def _without_periods(words: str) -> str:
    """The words of a term without its years and without what ties them to it."""
    kept, position = "", 0
    for found in find_periods(words):
        gap = _BETWEEN.sub("", words[position : found.start])
        kept += "" if re.fullmatch(r"\s*(?:and|to|through|-|–|与|和|至|,)?\s*", gap) else gap
        position = found.end
    rest = words[position:]
    return re.sub(r"\s+", " ", kept + (" " + re.sub(r"^'s\b|^的", "", rest))).strip(" ,")
