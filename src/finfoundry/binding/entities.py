"""Which company a sentence speaks of, among those of the evidence, or that it names another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.known_labels import Labels
from finfoundry.binding.sentence.labels import concepts_named, word_lists, words
from finfoundry.binding.sentence.phrases import NAME
from finfoundry.binding.sentence.scopes import without_scope
from finfoundry.binding.sentence.when import without_periods
from finfoundry.core.names.company_names import other_names
from finfoundry.core.periods import find_periods

_SUFFIX = re.compile(
    r"\b(?:incorporated|inc|corporation|corp|company|co|limited|ltd|plc|llc|lp|holdings?|the|s\.?a|n\.?v|ag|se|and subsidiaries)\b\.?"
    r"|股份有限公司|有限责任公司|有限公司|集团公司|控股|（集团）|\(集团\)",
    re.IGNORECASE,
)
_LATIN_NAME = r"[A-Z][\w&.-]*(?:\s+(?:&\s+)?[A-Z][\w&.-]*){0,4}"
_SUBJECT = re.compile(  # what stands before a verb, or owns: also a name all of whose words the evidence knows, "Texas Instruments's"
    rf"(?:^|[,;:]\s|(?<=[a-z\d]\s))(?P<teller>{_LATIN_NAME})\s+(?:[a-z]{{2,}}ed|{'|'.join(sorted(word_lists()['done']))})\b"
    rf"|(?P<owner>{_LATIN_NAME})['’]s?(?=\s)"
)
_NO_WORD = re.compile(r"[^a-z0-9]|\band\b")
_SPEAKING = re.compile(  # names by the words next to them, also in capitals or at the start of the sentence
    rf"(?P<owner>{_LATIN_NAME})['’]s?(?=\s)|(?P<company>{_LATIN_NAME}),?\s+(?:Inc|Corp|Corporation|Company|Ltd|Limited|plc|PLC|LLC|Holdings|Group|Bancorp)\b"
    rf"|(?P<teller>{_LATIN_NAME})\s+(?:reported|recorded|posted|generated|earned|had|disclosed|booked)\b"
    rf"|\b(?:of|for|at|by)\s+(?P<object>{_LATIN_NAME})(?=\s(?:was|were|is|are|in|for|at|as|rose|fell|increased|decreased|amounted|totaled)\b|[,.;])"
)
_CAPITALS = re.compile(
    r"(?<=[a-z,;:(%\d]\s)[A-Z][a-z][\w&.-]*(?:\s+(?:&\s+)?[A-Z][a-z][\w&.-]*){0,4}|(?<=\()[A-Z][a-z]\w+(?:\s+[A-Z][a-z]\w+)*"
)
_CUT_ZH = re.compile(r"[，,。；;：:、（）()“”！？\s]|(?:19|20)\d{2}年|的|在(?!建|产|途)|由|对|与|和")
_NAME_ZH = re.compile(r"[\u4e00-\u9fffA-Za-z*]{2,16}")
_FORM_ZH = re.compile(r"股份|集团|科技|公司|银行$|证券$")
_TRADE_ZH = re.compile(
    r"(?:股份|集团|科技|公司|银行|证券|保险|信托|基金|药业|医药|生物|控股|实业|能源|电力|电气|电子|重工|地产|置业|汽车|食品|化工|材料|通信|信息|环保|建筑|传媒"
    r"|物流|航空|港务|水泥|钢铁|煤业|矿业|农业|乳业|酒业)$"
)
_GENERIC_ZH = re.compile(r"^(?:商业|上市|国有|各|多|部分|其他|同业|境内|境外|中央|母|子|分|本|该|贵|联营|合营|关联|参股|控股).{0,3}$")
_ASKS_ZH = re.compile(r"多少|多大|如何|怎|什么|几[个家人元点成倍%]")  # what asks is no name: 差额多少
_WORD_END = re.compile(r"(?:行业|业务|板块|分部|地区|方面|产品|部分)$")
_LEADING_ZH = re.compile(r"([\u4e00-\u9fff]{2,8}(?:银行|证券|保险|集团|股份|科技|汽车|药业|控股))(?=(?:19|20)\d\d年|的)")
_HEARD = 0.7  # of the pairs of characters of a word that the evidence's text has, where it is one of its words
_TIMES_ZH = re.compile(
    r"第?[一二三四]个?季度?|[上下]半年|前[三三]季度?|各|(?<![去上今本前当次])年[初底末]?|里|[一二三四五六七八九]成|[两二三四五六七八九十]倍"
)
_COMMON = word_lists()["common"]
_COMMON_ZH = re.compile(
    f"(?:{'|'.join(sorted(word_lists()['moves_zh']))})[至到为]?|" + "|".join(sorted(word_lists()["common_zh"], key=len, reverse=True))
)
_ATTRIBUTABLE = re.compile(
    r"\battributable to .{1,40}?(?= (?:for|in|of|at|was|were|is|amounted|came|totaled|stood)\b|[,.;]|$)"
)  # part of a row's name
_TIME = re.compile(r"(?:FY|CY|Q|H)?\d*", re.IGNORECASE)
_INITIAL = re.compile(r"\b([A-Z])\.(?=[A-Z]\b)")  # in one word: Non-U.S.
_PART = 3  # words of a part's name: "Google Cloud"
_OVERLAP = 200  # characters: longer than a name


class Entities:
    """The companies of the evidence by all their names. ``told`` is all that the evidence and the question say, ``earlier`` what the answer
    said before the text.
    """

    def __init__(
        self,
        names: Iterable[tuple[str, ...]],
        rows: Iterable[str] = (),
        told: str = "",
        heard: str = "",
        earlier: str = "",
        said: Callable[[], str] = str,
    ) -> None:
        """``said``: all text of the evidence, asked for where a sentence has a name of words that the evidence knows."""
        self._all, self._squeezed_all = said, ""
        self._earlier = earlier
        self._told = told.lower()
        self._heard = heard
        self.groups = list(dict.fromkeys(names))
        if () in self.groups:
            self.groups.remove(())
        every = [(name, number) for number, group in enumerate(self.groups) for name in (*group, *other_names(group))]
        self._spoken = [(spoken, number) for name, number in every for spoken in spoken_names(name)]
        self._spoken.sort(key=lambda pair: -len(pair[0]))
        self._pattern = _any_of([spoken for spoken, _ in self._spoken])
        flat = {_flat(row).strip() for row in rows}
        self._rows = _any_of(sorted((row for row in flat if self._pattern and self._pattern.search(row)), key=len, reverse=True))
        self._parts = _any_of(sorted((row for row in flat if self._is_part(row)), key=len, reverse=True))
        self._number: dict[str, set[int]] = {}
        for spoken, number in self._spoken:
            self._number.setdefault(spoken, set()).add(number)
        self._bare: dict[str, str] = {}  # of what was asked before: the figures of a sentence share it
        self._blotted: dict[str, str] = {}
        self._strangers: dict[str, str | None] = {}
        self._unheards: dict[str, bool] = {}
        self._before: tuple[str, int, frozenset[int]] = ("", 0, frozenset())  # how far a text was read, and whom it named last

    def named(self, text: str) -> frozenset[int]:
        """The companies that a text names."""
        if self._pattern is None:
            return frozenset()
        found = self._pattern.findall(_ATTRIBUTABLE.sub(" ", _flat(text)))
        return frozenset(number for name in found for number in self._number[name])

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The spans in which a text names one of the companies; digits in there belong to the name."""
        return [match.span() for match in self._pattern.finditer(text.lower())] if self._pattern else []

    def blotted(self, sentence: str) -> str:
        """A sentence without its times, each company's name blotted out by ``NAME`` and blanks, so that places in it stay."""
        if sentence not in self._blotted:
            text = without_periods(sentence)
            for start, end in self.spans(text):
                text = text[:start] + NAME + " " * (end - start - 1) + text[end:]
            self._blotted[sentence] = text
        return self._blotted[sentence]

    def without(self, text: str) -> str:
        """The text with the companies' names cut out, so that they do not read as metrics."""
        if text not in self._bare:
            self._bare[text] = without_scope(self._unnamed(_flat(text)) if self._pattern else text)
        return self._bare[text]

    def _unnamed(self, flat: str) -> str:
        """A text without companies' names, but for those with which the name of a part begins: "google cloud"."""
        if self._pattern is None:
            return flat
        kept = [found.span() for found in self._parts.finditer(flat)] if self._parts else []
        return self._pattern.sub(lambda found: found[0] if any(a <= found.start() < b for a, b in kept) else " ", flat)

    def _is_part(self, row: str) -> bool:
        """Whether a row is called by a company's name and a word or two more, as parts of companies are."""
        found = self._pattern.match(row) if self._pattern else None
        return found is not None and found.end() < len(row) and len(row.split()) <= _PART

    def of_claim(self, claim: Claim, text: str, question: str, labels: Labels) -> frozenset[int] | None:
        """The companies meant: those of the sentence, else of the text before it, else of the question; empty when a stranger is named;
        None when nobody is named.
        """
        if not self.groups:
            return frozenset() if self._unheard(claim.contexts[-2], labels) else None  # without figures: "5 million Swiss francs"
        for part in (claim.nearby, claim.sentence):
            bare = self._rows.sub(" ", _flat(part)) if self._rows else part  # "Total IBM equity at …": the row's name names nobody
            found = self.named(bare)
            if not found and self.stranger(part, labels):
                return frozenset()
            found = found or self.named(part)
            if found:
                return found
        before = self._last_named(text, claim.start) or self.named(self._earlier)
        return before or self.named(question) or (frozenset() if self.stranger(question, labels) else None)

    def _last_named(self, text: str, end: int) -> frozenset[int]:
        """The company that a text names last before a place; places are asked for in order, so that each part is read once."""
        if self._pattern is None:
            return frozenset()
        of, read, last = self._before if self._before[0] is text and self._before[1] <= end else (text, 0, frozenset[int]())
        begin = max(read - _OVERLAP, 0)
        found = [match for match in self._pattern.finditer(_flat(text[begin:end])) if match.start() or not begin]
        last = frozenset(self._number[found[-1][0]]) if found else last
        self._before = of, end, last
        return last

    def stranger(self, text: str, labels: Labels) -> str | None:
        """The name of a company that is none of the evidence's, if the text has one; else None."""
        if text not in self._strangers:
            self._strangers[text] = self._stranger(text, labels)
        return self._strangers[text]

    def _stranger(self, text: str, labels: Labels) -> str | None:
        candidates = [next(group for group in match.groups() if group) for match in _SPEAKING.finditer(text)]
        candidates += _CAPITALS.findall(text)
        latin = next((name for name in candidates if not self.named(name) and _is_latin_name(name, labels)), None)
        latin = latin or next((name for name in self._subjects(text) if not self.named(name) and self._is_unsaid(name)), None)
        first = _LEADING_ZH.match(text)
        if latin is None and first and not _GENERIC_ZH.match(first[1]) and not self.named(first[1]):
            return first[1]
        return latin or next((name for name in _names_zh(text, labels) if not self.named(name) and not self._is_spoken(name)), None)

    def _subjects(self, text: str) -> Iterator[str]:
        """Names of several words, or in capitals, that do or own something in a text."""
        for found in _SUBJECT.finditer(text):
            name = found["teller"] or found["owner"]
            words_of = [word for word in name.split() if word.lower() not in _COMMON and not _TIME.fullmatch(word)]
            if len(words_of) > 1 or (len(words_of) == 1 and _NAMELIKE.search(words_of[0])):
                yield " ".join(words_of)

    def _is_unsaid(self, name: str) -> bool:
        """Whether a name stands nowhere in the evidence, however it is spaced, and is no metric's."""
        if not self._squeezed_all:
            self._squeezed_all = _squeezed(self._all()) or "-"
        squeezed = _squeezed(name)
        return bool(squeezed) and squeezed not in self._squeezed_all and not concepts_named(name)

    def _is_spoken(self, name: str) -> bool:
        """Whether a Chinese word is one of the evidence's text and has no company's form: 国内, 染料行业."""
        bare = _WORD_END.sub("", name)
        pairs = [bare[place : place + 2] for place in range(len(bare) - 1)]
        return not _TRADE_ZH.search(name) and bool(pairs) and sum(pair in self._heard for pair in pairs) >= _HEARD * len(pairs)

    def _unheard(self, text: str, labels: Labels) -> bool:
        """Whether a text names a company of which evidence that names none as its own says nothing at all."""
        if text not in self._unheards:
            self._unheards[text] = bool(self._told) and self._is_unheard(text, labels)
        return self._unheards[text]

    def _is_unheard(self, text: str, labels: Labels) -> bool:
        latin = [next(group for group in match.groups() if group) for match in _SPEAKING.finditer(text)] + _CAPITALS.findall(text)
        unheard = (name for name in latin if not any(part.lower() in self._told for part in re.findall(r"\w{3,}", name)))
        if any(_is_latin_name(name, labels) for name in unheard):
            return True
        return any(_TRADE_ZH.search(name) and not _GENERIC_ZH.match(name) and name not in self._told for name in _names_zh(text, labels))

    def fits(self, meant: frozenset[int] | None, entity: tuple[str, ...]) -> bool:
        if meant is None or (not entity and self.groups):
            return True
        return bool(entity) and self.groups.index(entity) in meant


_NAMELIKE = re.compile(r"^(?=.{2,})(?!.*&.*$)(?:[A-Z][A-Z\d]+|[A-Z]\w*\.\w+|[A-Z]\d\w*)")  # RTX, C3.ai; no R&D


def _squeezed(text: str) -> str:
    return _NO_WORD.sub("", text.lower())


def cut_names(text: str, names: tuple[str, ...]) -> str:
    """A row's label without the company's own name in it."""
    pattern = _any_of(sorted((spoken for name in names for spoken in spoken_names(name)), key=len, reverse=True))
    flat = _flat(text)
    return pattern.sub(" ", flat) if pattern and pattern.search(flat) else text


_LONGEST = 300  # characters: what is longer is no name


@lru_cache(maxsize=5_000)
def _compiled(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name[0] < "\u4e00" else re.escape(name) for name in names))


def _any_of(names: list[str]) -> re.Pattern[str] | None:
    return _compiled(tuple(names)) if names else None


@lru_cache(maxsize=10_000)
def _flat(text: str) -> str:
    return re.sub(r"['’]s?\b", " ", text.lower())


@lru_cache(maxsize=10_000)
def spoken_names(name: str) -> tuple[str, ...]:
    """What a company may be called, in lower case: its name in full, without its legal form, its first word if long, its initials. Empty
    for a name of over 300 characters.
    """
    if len(name) > _LONGEST:
        return ()
    full = " ".join(_flat(name).replace(",", " ").split())
    core = " ".join(_SUFFIX.sub(" ", full).split()).strip(" .&,")
    found = [full, core]
    parts = core.split()
    if len(parts) > 1 and core[0] < "\u4e00":
        initials = "".join(part[0] for part in parts)
        if "&" in parts:
            found += [initials, initials.replace("&", "")]
        elif len(parts) > 2:
            found.append(initials)
        if len(parts[0]) > 5:
            found.append(parts[0])
    return tuple(dict.fromkeys(spoken for spoken in found if len(spoken) > 1))


def _is_latin_name(name: str, labels: Labels) -> bool:
    """Whether half the words of a capitalised name are of no label; small words ("Value of new business") say nothing either way."""
    parts = [
        part for part in re.split(r"(?<!\b[Nn]on)-|[\s&.]+", _INITIAL.sub(r"\1", name)) if part
    ]  # "non-performing" is one word of labels
    strange = [part for part in parts if part.lower() not in _COMMON and not _TIME.fullmatch(part)]
    unknown = [part for part in strange if (said := words(part)) and not any(map(labels.knows, said))]
    return bool(unknown) and len(unknown) * 2 >= len(parts)


def _clauses_zh(text: str) -> list[str]:
    """What stands between the stops of a Chinese text, its years among them; what is left of a period behind its year begins no clause."""
    cuts = list(_CUT_ZH.finditer(text))
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(text)]
    rests = {cut.end(): 0 for cut in cuts if cut[0].endswith("年")}
    for found in find_periods(text) if rests else ():
        rests.update({place: found.end for place in rests if found.start < place < found.end})
    return [text[max(start, rests.get(start, 0)) : end] for start, end in zip(starts, ends, strict=True)]


def _names_zh(text: str, labels: Labels) -> Iterator[str]:
    """Chinese names: the words at the head of a clause, before those of a metric, that are not common ones."""
    for part in _clauses_zh(text):
        if not part or part[0] < "\u4e00":
            continue
        metric = next((i for i in range(len(part) - 1) if labels.names_row(part[i : i + 2])), len(part))
        head = _COMMON_ZH.sub("", _TIMES_ZH.sub("", part[:metric]))
        bare = _FORM_ZH.sub("", head)
        leads = metric < len(part) or _TIMES_ZH.sub("", part) == head or bool(_FORM_ZH.search(head))
        named = leads and _NAME_ZH.fullmatch(head) and not _ASKS_ZH.search(head)
        if len(head) >= 3 and 2 <= len(bare) <= 10 and named and not any(map(labels.knows, words(bare))):
            yield head
