"""Which runs of digits refer (to a note, a footnote, a source) or count (a list, a section, a page) by the signs around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finfoundry.knowledge.balance.digit_runs import DigitRun

LONGEST_MARK = 2  # digits of the mark of a footnote

_OPENS, _CLOSES = "(（[【⁽", ")）]】⁾"
_REFERS = re.compile(
    r"(?:\b(?:notes?|items?|exhibits?|schedules?|appendix|annex|section|sec\.|part|pages?|pp?\.|table|figure|paragraph|article|level|no\.?|nos\.?|"
    r"rule|form|topic|asc|asu|ifrs|ias|fas|sfas|footnotes?)[\s#]*(?:[\d.,\-–()&\s]|\b[a-z]\b|and|to|through)*"
    r"|[附注註第表图圖页頁节節章条條款项項号號、]\s*[（(]?)$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\s*[（(\[]?\s*(?:第\s*)?\d{1,3}(?:\.\d{1,3})*\s*(?:[)）\]]|[.、．:：](?!\d)|(?=\s|$))")
_SIGN = "$€£¥￥"


def is_mark(text: str, run: DigitRun) -> bool:
    """Whether a run is the mark of a footnote: raised, or low and alone in brackets beside words: "Loans (1)", "[12]", "310⁽¹⁾"."""
    if run.raised:
        return True
    end = run.start + len(run.text)
    if len(run.digits) > LONGEST_MARK or run.digits != run.text:
        return False
    before, after = text[run.start - 1 : run.start], text[end : end + 1]
    bracketed = before and before in _OPENS and after and after in _CLOSES
    starred = before in {"*", "†", "‡", "#"} and not after.isdigit()
    return bool(bracketed and (text[: run.start - 1] + text[end + 1 :]).strip(" $€£¥%")) or starred


def refers(text: str, run: DigitRun) -> bool:
    """Whether the words before a run say that it names a note, a page, a section: "Note 5", "附注七、12", "page 41"."""
    return _REFERS.search(text[max(0, run.start - 40) : run.start]) is not None


def is_ordinal(text: str, runs: Sequence[DigitRun]) -> bool:
    """Whether the first run of a text counts it: "1.", "(2) Loans", "第3节", "5.1 Scope"."""
    found = _ORDINAL.match(text)
    return found is not None and found.end() > runs[0].start and not any(sign in found[0] for sign in _SIGN)
