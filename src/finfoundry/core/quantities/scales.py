"""Words of scale with their powers of ten, in English, other Latin scripts, Indian, Japanese and both ways of writing Chinese."""

from __future__ import annotations

# A word of these is a scale wherever the place is that of one.
WORDS: dict[str, int] = {
    "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "lakh": 5, "lac": 5, "crore": 7, "mln": 6, "mn": 6, "bn": 9, "bln": 9,
    "tn": 12, "mio": 6, "mrd": 9, "mia": 9, "md": 9, "mld": 9, "tsd": 3, "tausend": 3, "million(s)": 6, "millionen": 6, "milliarde": 9,
    "milliarden": 9, "millier": 3, "milliard": 9, "millones": 6, "millón": 6, "milione": 6, "milioni": 6, "miliardi": 9, "migliaia": 3,
    "milhão": 6, "milhões": 6, "milhares": 3, "milhar": 3, "miljoen": 6, "duizend": 3, "duizenden": 3, "miljoner": 6, "millioner": 6,
    "tys": 3, "tis": 3, "тыс": 3, "млн": 6, "млрд": 9, "тысяч": 3, "миллионов": 6,
    "mila": 3, "tusen": 3, "tusind": 3, "tisíc": 3, "tisíce": 3, "tysiąc": 3, "tysiąca": 3, "tysiące": 3, "tysięcy": 3, "тысяча": 3,
    "тысячи": 3, "тысячах": 3, "тис": 3, "тисяч": 3, "тисяча": 3, "тисячі": 3,
    "miljon": 6, "milion": 6, "milionu": 6, "miliony": 6, "milionů": 6, "miliona": 6, "milionów": 6, "миллион": 6, "миллиона": 6,
    "миллионах": 6, "мільйон": 6, "мільйона": 6, "мільйони": 6, "мільйонів": 6,
    "miliardo": 9, "miljard": 9, "miljarden": 9, "miljarder": 9, "milliarder": 9, "miliard": 9, "miliarda": 9, "miliardy": 9, "miliardů": 9,
    "miliardów": 9, "bilhão": 9, "bilhões": 9, "миллиард": 9, "миллиарда": 9, "миллиардов": 9, "миллиардах": 9, "мільярд": 9,
    "мільярда": 9, "мільярди": 9, "мільярдів": 9,
    "billionen": 12, "billón": 12, "billones": 12, "biljoen": 12, "biljon": 12, "biljoner": 12, "billioner": 12, "bilion": 12,
    "bilionu": 12, "biliony": 12, "bilionů": 12, "biliona": 12, "bilionów": 12, "trilhão": 12, "trilhões": 12, "трлн": 12,
    "триллион": 12, "триллиона": 12, "триллионов": 12, "трильйон": 12, "трильйона": 12, "трильйони": 12, "трильйонів": 12,
}  # fmt: skip
# These are a scale only right next to a currency: elsewhere they have other meanings.
LETTERS: dict[str, int] = {"m": 6, "mm": 6, "k": 3, "b": 9, "cr": 7, "l": 5, "miles": 3, "mill": 6, "th": 3, "mi": 6, "bi": 9}
PREFIXES: dict[str, int] = {"T": 3, "k": 3, "K": 3, "M": 6, "m": 6, "t": 3, "B": 9, "Md": 9}  # TEUR, k€, MSEK
THOUSANDS = frozenset(("mil", "miles"))  # of millions: mil millones, miles de millones
# Behind a currency: thousand in German reports and trillion in American ones; a thousand in Portuguese, a million in English.
MIL: dict[str, int] = {"BRL": 3, "CZK": 6}  # the power of ten where the currency decides
UNSURE = frozenset(("T", "t", "mil", "Mil"))
ZEROS: dict[str, int] = {"000": 3, "0,000": 4, "000,000": 6, "000.000": 6, "000000": 6, "000,000,000": 9}
MULTIPLIERS: dict[str, int] = {"1": 0, "ten": 1, "hundred": 2, "10": 1, "100": 2, "1,000": 3, "1000": 3, "10,000": 4, "100,000": 5}
MULTIPLIERS |= {"1.000": 3, "10.000": 4, "100.000": 5}  # as Dutch and German reports print them
HAN: dict[str, int] = {
    "百": 2, "千": 3, "仟": 3, "千个": 3, "万": 4, "萬": 4, "十万": 5, "十萬": 5, "百万": 6, "百萬": 6, "佰万": 6, "佰萬": 6,
    "千万": 7, "千萬": 7, "仟万": 7, "仟萬": 7, "亿": 8, "億": 8, "十亿": 9, "十億": 9, "百亿": 10, "百億": 10, "千亿": 11, "千億": 11,
    "万亿": 12, "萬億": 12, "兆": 12, "천": 3, "만": 4, "십만": 5, "백만": 6, "천만": 7, "억": 8, "십억": 9, "백억": 10, "천억": 11,
    "조": 12,
}  # fmt: skip
