"""Names of companies, made comparable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_FORM = re.compile(
    r"\b(incorporated|inc|corporation|corp|company|co|limited|ltd|plc|llc|llp|lp|sa|nv|ag|se|spa|gmbh|holdings?|group|the)\b"
    r"|股份有限公司|有限责任公司|有限公司|股份公司|公司"
)


def entity_key(name: str) -> str:
    """A name without case, punctuation, legal form: "NETFLIX, INC." and "Netflix" are one; so are 某某股份有限公司 and 某某.

    >>> entity_key("The Coca-Cola Company")
    'coca cola'
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    plain = plain.replace("'s ", " ").replace("'", "").replace("’", "").replace("&", " and ")
    plain = re.sub(r"[\W_]+", " ", re.sub(r"\b(\w)\.(?=\w\b)", r"\1", plain))
    short = " ".join(_FORM.sub(" ", plain).split())
    return short or " ".join(plain.split())


def entity_keys(names: Iterable[str | None]) -> list[str]:
    """Distinct keys in order, empty ones left out."""
    return list(dict.fromkeys(key for name in names if name and (key := entity_key(name))))
