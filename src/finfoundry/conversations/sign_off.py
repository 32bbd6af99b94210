"""Signing an answer off: a second person, who was given the link, stands for what it says; on record, and taken back at will.

Whether somebody may is decided by the database (``0370_signed_answers.sql``): the answer is somebody else's, is answered, and all that it
rests on may be read and lies under labels that the signer may write under.
"""

from __future__ import annotations

import uuid

from finfoundry.conversations.answer_sources import drawn_from
from finfoundry.conversations.history import PastTurn, by_link, key_of
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database

LONGEST_NOTE = 2_000  # characters


class SignOff:
    """Signatures of the answers of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def signable(self, principal: Principal, link: str) -> set[int]:
        """The numbers of the turns that the principal may sign."""
        with self._database.transaction(principal) as connection:
            return {number for (number,) in connection.execute("SELECT signable_turns(%s)", (key_of(link),)).fetchall()}

    def sign(self, principal: Principal, link: str, number: int, receipt: str, note: str = "") -> str:
        """Sign the answer of a turn that bears this receipt; the record of the signature.

        Raises:
            NotFound: there is no such answer that the principal may see by this link.
            NotPermitted: it is the principal's own, or rests on what the principal may not write.
            InputError: it is not an answer that states something, was asked anew since it was seen, or the note is too long.
        """
        said = note.strip()
        if len(said) > LONGEST_NOTE:
            raise InputError(f"The note has {len(said):,} characters, more than {LONGEST_NOTE:,}", remedy="Say it shorter")
        with self._database.transaction(principal) as connection:
            turn, record = _signed_turn(connection, principal, link, number, receipt), str(uuid.uuid4())
            row = connection.execute(
                "SELECT sign_answer(%s, %s, %s, %s, %s, %s)", (key_of(link), number, receipt, said, principal.proof, record)
            ).fetchone()
            if row is None or row[0] is None:
                _signed_turn(connection, principal, link, number, receipt)  # it may have been asked anew meanwhile
                raise NotPermitted(
                    f"{principal.user} may not sign this answer: it rests on labels that {principal.user} may only read",
                    remedy="An administrator grants it: finfoundry grants add USER LABEL --write",
                )
            told = {"receipt": receipt, "digest": row[0], "note": said, "proof": principal.proof}
            step = audit.AuditStep("signature", told, tuple(drawn_from(turn.answer)) if turn.answer else ())
            audit.append(connection, audit.AuditRecord(principal.user, "answer signed", (step,), target=receipt, id=record))
        return record

    def withdraw(self, principal: Principal, record: str) -> None:
        """Take one's own signature back. Raises NotFound."""
        with self._database.transaction(principal) as connection:
            delete = "DELETE FROM answer_signatures WHERE record = %s AND signed_by = %s RETURNING receipt, digest"
            found = connection.execute(delete, (key_of(record), principal.user)).fetchone()
            if found is None:
                raise NotFound("There is no such signature of yours", remedy="Open the link again")
            step = audit.AuditStep("signature", {"receipt": str(found[0]), "digest": found[1], "signature": record})
            audit.append(connection, audit.AuditRecord(principal.user, "signature withdrawn", (step,), target=str(found[0])))


def _signed_turn(connection: Connection, principal: Principal, link: str, number: int, receipt: str) -> PastTurn:
    _, shared = by_link(connection, link)
    turn = next((one for one in shared.seen if one.number == number), None)
    if turn is None or turn.answer is None:
        raise NotFound("There is no such answer", remedy="Open the link again")
    if shared.person == principal.user:
        raise NotPermitted("Your own answer cannot be signed by you", remedy="Give the link to a second person")
    if turn.answer.status != "answered":
        raise InputError(f"What is {turn.answer.status} states nothing that could be signed", remedy="Ask again, and sign that answer")
    if turn.answer.audit_id != receipt:
        raise InputError("The question was asked anew since you saw its answer", remedy="Load the page again")
    return turn
