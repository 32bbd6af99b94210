"""A document's number of 40 random bits, and how people write it. A sequence would reveal how many documents one cannot see."""

from __future__ import annotations

import secrets

from finfoundry.core.errors import NotFound

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
LENGTH = 8


def new_number() -> int:
    return secrets.randbits(5 * LENGTH)


def document_id(number: int) -> str:
    """
    >>> document_id(1)
    '00000001'
    """
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))


def document_number(id: str) -> int:
    """The inverse. Raises NotFound for what cannot be an id."""
    places = [ALPHABET.find(character) for character in id.lower()]
    if len(places) != LENGTH or -1 in places:
        raise no_document(id)
    number = 0
    for place in places:
        number = number << 5 | place
    return number


def no_document(id: str) -> NotFound:
    return NotFound(f"No document {id!r}", remedy="See `finfoundry documents list`")
