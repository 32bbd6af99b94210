"""On whose behalf something is done. Set by trusted code only; the database's row policies read it."""

from __future__ import annotations

from dataclasses import dataclass, field

from finfoundry.core.errors import NotPermitted


@dataclass(frozen=True, slots=True)
class Principal:
    """A user as the database sees it. An administrator manages users, labels and grants, and reads every label. An auditor reads the
    whole audit, contents included, and of the documents what the labels allow.
    """

    user: str
    administrator: bool = False
    auditor: bool = False
    proof: str = field(default="not proved", compare=False)  # how it is known who this is; kept in the record of a decision


ADMINISTRATOR = Principal("administrator", administrator=True)


def is_proved(proof: str) -> bool:
    """Whether a credential of the person's own showed who it was."""
    return proof.startswith(("key ", "token "))


def require_administrator(principal: Principal) -> None:
    """Raises NotPermitted for anybody else."""
    if not principal.administrator:
        raise NotPermitted(f"{principal.user} is not an administrator", remedy="Ask an administrator; on the command line, leave out --as")


def require_auditor(principal: Principal) -> None:
    """Raises NotPermitted for anybody but an auditor or an administrator."""
    if not (principal.auditor or principal.administrator):
        raise NotPermitted(f"{principal.user} is not an auditor", remedy="Ask an administrator for the role 'auditor'")
