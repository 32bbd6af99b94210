"""Which rule a text names: by a title that its paper bears, also where more is said of it: who gave it, its number, what carried it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from finfoundry.knowledge.laws.register import NAMELESS, Law
from finfoundry.knowledge.laws.titles import bracketed, title_key

TERM = 4  # characters by which a term is known; titles are longer
_LONGER = re.compile(r"[\u4e00-\u9fff]{0,10}(?:办法|细则|若干规定|条例|通知|意见|解释)")
_CARRYING = ("印发", "发布", "公布", "下发", "转发")  # behind which a title is the one that is carried: 关于印发…的通知
_CHANGING = ("修改", "修订", "修正", "废止")  # behind which a title is part of another one: of what changes it
_NUMBERED = re.compile(r"([\u4e00-\u9fff]{4,40}[令告])[〔\[(（【]((?:19|20)\d\d)[〕\])）】]第?(\d{1,4})号")
_SEAMS = re.compile(r"[()（）〔〕\[\]]|[—–]{1,2}")  # between the parts of a title that is said with its number


def named_law(question: str, laws: Sequence[Law]) -> Law | None:
    """The rule whose title the question says, the longest where one is part of another; None where it says none, or one that many
    papers bear.
    """
    borne = Counter(law.key for law in laws if NAMELESS.fullmatch(law.key))
    laws = [law for law in laws if borne[law.key] <= 1]
    if titles := [question[start + 1 : end - 1] for start, end in bracketed(question)]:
        return _bearing([title_key(title) for title in titles], laws) or _only(titles, laws)
    said = "".join(title_key(question).split())
    named = [key for law in laws for key in law.keys if len(key) > TERM and _says(said, "".join(key.split()))]
    longest = max(map(len, named), default=0)
    return _bearing([key for key in named if len(key) == longest], laws) or _numbered([question], laws)


def _bearing(keys: Sequence[str], laws: Sequence[Law]) -> Law | None:
    """The rule that bears one of the titles: as its own, else as another one of its paper."""
    own = next((law for law in laws if law.key in keys), None)
    return own or next((law for law in laws if any(key in keys for key in law.keys)), None)


def _only(titles: Sequence[str], laws: Sequence[Law]) -> Law | None:
    """The only rule, with its versions, whose title is said with more around it; None where several may be meant."""
    said = [title_key("".join(title.split())) for title in titles]
    parts = {title_key(part) for title in said for part in _SEAMS.split(title)}
    found = [law for law in laws if any(key in parts or any(_around(title, key) for title in said) for key in law.keys if _tells(key))]
    return found[0] if len({law.versions for law in found}) == 1 else _numbered(titles, laws)


def _tells(key: str) -> bool:
    return len(key) > TERM and not NAMELESS.fullmatch(key)


def _around(said: str, key: str) -> bool:
    """Whether what is said is this title behind who gave it (…关于…的通知), or carried by another paper (关于印发…的通知)."""
    before, found, behind = said.partition(key)
    given = key.startswith("关于") and not behind
    return bool(found) and (given or (before.endswith(_CARRYING) and behind.startswith("的")))


def _numbered(texts: Sequence[str], laws: Sequence[Law]) -> Law | None:
    """The order or notice without a title that a text cites by its number."""
    cited = [title_key(f"{found[1]}〔{found[2]}〕第{found[3]}号") for text in texts for found in _NUMBERED.finditer("".join(text.split()))]
    return next((law for law in laws if law.key.endswith("号") and any(one.endswith(law.key) for one in cited)), None)


def _says(said: str, title: str) -> bool:
    """Whether a text says a title, and not as a part of a longer one: 行政许可法 in 行政许可法实施办法."""
    before, found, behind = said.partition(title)
    carried = before.endswith(_CARRYING) and behind.startswith("的")
    return bool(found) and not before.endswith(_CHANGING) and (carried or not _LONGER.match(behind))
