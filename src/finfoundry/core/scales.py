"""Words of scale with their powers of ten, in English, other Latin scripts, Indian, Japanese and both ways of writing Chinese."""

from __future__ import annotations

# A word of these is a scale wherever the place is that of one.
WORDS: dict[str, int] = {
    "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "lakh": 5, "lac": 5, "crore": 7, "mln": 6, "mn": 6, "bn": 9, "bln": 9,
    "tn": 12, "mio": 6, "mrd": 9, "mia": 9, "md": 9, "mld": 9, "tsd": 3, "tausend": 3, "million(s)": 6, "millionen": 6, "milliarde": 9,
    "milliarden": 9, "millier": 3, "milliard": 9, "millones": 6, "millón": 6, "milione": 6, "milioni": 6, "miliardi": 9, "migliaia": 3,
    "milhão": 6, "milhões": 6, "milhares": 3, "milhar": 3, "miljoen": 6, "duizend": 3, "duizenden": 3, "miljoner": 6, "millioner": 6,
    "tys": 3, "tis": 3, "тыс": 3, "млн": 6, "млрд": 9, "тысяч": 3, "миллионов": 6,
}  # fmt: skip
# These are one only right beside a currency: elsewhere they are other things.
LETTERS: dict[str, int] = {"m": 6, "mm": 6, "k": 3, "b": 9, "cr": 7, "l": 5, "miles": 3, "mill": 6, "th": 3}
PREFIXES: dict[str, int] = {"T": 3, "k": 3, "K": 3, "M": 6, "m": 6, "t": 3, "B": 9, "Md": 9}  # TEUR, k€, MSEK
# Behind a currency: thousand in German reports and trillion in American ones; a thousand in Portuguese, a million in English.
MIL: dict[str, int] = {"BRL": 3, "CZK": 6}  # what it is where the currency tells
UNSURE = frozenset(("T", "t", "mil", "Mil"))
ZEROS: dict[str, int] = {"000": 3, "0,000": 4, "000,000": 6, "000.000": 6, "000000": 6, "000,000,000": 9}
MULTIPLIERS: dict[str, int] = {"1": 0, "ten": 1, "hundred": 2, "10": 1, "100": 2, "1,000": 3, "1000": 3, "10,000": 4, "100,000": 5}
HAN: dict[str, int] = {
    "百": 2, "千": 3, "仟": 3, "千个": 3, "万": 4, "萬": 4, "十万": 5, "十萬": 5, "百万": 6, "百萬": 6, "佰万": 6, "佰萬": 6,
    "千万": 7, "千萬": 7, "仟万": 7, "仟萬": 7, "亿": 8, "億": 8, "十亿": 9, "十億": 9, "百亿": 10, "百億": 10, "千亿": 11, "千億": 11,
    "万亿": 12, "萬億": 12, "兆": 12, "천": 3, "백만": 6, "억": 8, "십억": 9,
}  # fmt: skip
