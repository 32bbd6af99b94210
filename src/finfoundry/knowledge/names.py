"""Names of companies, made comparable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from finfoundry.core.language import simplified

_FORM = re.compile(
    r"\b(incorporated|inc|corporation|corp|company|co|limited|ltd|plc|llc|llp|lp|sa|nv|ag|se|spa|gmbh|holdings?|group|the|and)\b"
    r"|股份有限公司|有限责任公司|有限公司|股份公司|公司"
)

_PAPER = re.compile(
    r"\b(?:fy|q[1-4])?\s*(?:19|20)\d\d|\b(?:10 ?k|10 ?q|8 ?k|20 ?f|annual|interim|quarterly|earnings|report|prospectus)\b"
    r"|[（(]?(?:年度报告|年报|半年度|季度报告|季报|招股)",
    re.IGNORECASE,
)
_WORDS_OF_FILES = """
account accounts attachment board book budget clients company copy customers data document download draft email export fig figures file
final forecast forwarded fw fwd image img letter list long mail memo minutes new note notes old page photo presentation re results scan
scanned sheet slides statement statements summary table template test untitled upload version wg workbook aw
"""
_FILES = frozenset(_WORDS_OF_FILES.split())  # what files are called that are named after no company


@lru_cache(maxsize=100_000)
def entity_key(name: str) -> str:
    """A name without case, punctuation, legal form: "NETFLIX, INC." and "Netflix" are one; so are 某某股份有限公司 and 某某.

    >>> entity_key("The Coca-Cola Company")
    'coca cola'
    """
    plain = simplified(unicodedata.normalize("NFKC", name)).casefold()
    plain = plain.replace("'s ", " ").replace("'", "").replace("’", "").replace("&", " ")
    plain = re.sub(r"[\W_]+", " ", re.sub(r"\b(\w)\.(?=\w\b)", r"\1", plain))
    short = " ".join(_FORM.sub(" ", plain).split())
    return short or " ".join(plain.split())


def whole_keys(name: str) -> list[str]:
    """The name's key, and for Chinese the same without the gaps that brackets leave: 某某(集团)公司 is 某某集团公司."""
    key = entity_key(name)
    return list(dict.fromkeys([key, key.replace(" ", "")])) if re.search(r"[\u4e00-\u9fff]", key) else [key]


def entity_keys(names: Iterable[str | None]) -> list[str]:
    """Distinct keys in order, empty ones left out."""
    return list(dict.fromkeys(key for name in names if name and (key := entity_key(name))))


def file_key(file_name: str) -> str | None:
    """The company that a file is named after: the words before the first year, quarter or kind of document, without those of files.

    A reader files documents under the company's name, even where the document itself prints no more than a brand.

    >>> file_key("JOHNSON_JOHNSON_2022Q4_EARNINGS.pdf")
    'johnson johnson'
    """
    stem = re.sub(r"[_\-.\s]+", " ", file_name.rpartition("/")[2].rpartition(".")[0])
    found = _PAPER.split(stem, maxsplit=1)[0] if _PAPER.search(stem) else ""
    words = entity_key(re.sub(r"\d+", " ", found)).split()
    while words and words[-1] in _FILES:
        words.pop()
    while words and words[0] in _FILES:
        words.pop(0)
    key = " ".join(words)
    return key if len(key) > 2 else None
