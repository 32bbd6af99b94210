"""Who may what, by what a principal is: nobody is an administrator or an auditor who is not said to be one."""

from __future__ import annotations

import pytest

from finfoundry.core.errors import NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal, is_proved, require_administrator, require_auditor


def test_a_user_is_neither_administrator_nor_auditor_and_proved_by_nothing() -> None:
    ana = Principal("ana")
    for required in (require_administrator, require_auditor):
        with pytest.raises(NotPermitted, match=r"^ana is not an"):
            required(ana)
    assert not is_proved(ana.proof)


def test_an_auditor_reads_the_audit_and_administers_nothing_and_an_administrator_does_both() -> None:
    auditor = Principal("lu", auditor=True)
    require_auditor(auditor)
    with pytest.raises(NotPermitted):
        require_administrator(auditor)
    require_administrator(ADMINISTRATOR)
    require_auditor(ADMINISTRATOR)


@pytest.mark.parametrize(
    ("proof", "proved"), [("key 7", True), ("token 7", True), ("not proved", False), ("alone", False), ("a key 7", False)]
)
def test_a_credential_is_a_proof_and_a_name_is_none(proof: str, proved: bool) -> None:
    assert is_proved(proof) is proved
    assert Principal("ana", proof=proof) == Principal("ana")  # who it is does not depend on how that is known
