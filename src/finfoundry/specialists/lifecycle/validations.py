"""What a validator found, as a sealed record, and the gate that a version passes before it is used.

A validation is written by somebody who did not train the version: an answer to every demand of the checklist, findings, conditions, and
its last day. It is kept in the database and, word for word, in the audit record, whose digest is chained and signed. Who promotes is a
third person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from psycopg.types.json import Jsonb
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from finfoundry.core.errors import InputError, IntegrityError, NotPermitted
from finfoundry.core.principal import Principal, is_proved
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection
from finfoundry.specialists.models.specialist import CHECKLIST, check_sealed

Outcome = Literal["fit", "fit with conditions", "unfit"]
Severity = Literal["low", "medium", "high"]
Verdict = Literal["met", "not met", "not applicable"]
LONGEST = timedelta(days=3 * 366)  # that a validation may hold
Sealed = Callable[[str], Mapping[str, Any] | None]  # audit record -> its validation, where the record is chained and signed
_STRICT = ConfigDict(extra="forbid")


@checked(config=_STRICT, frozen=True)
class Finding:
    """What the validator found wrong."""

    what: str
    severity: Severity
    open: bool = True


@checked(config=_STRICT, frozen=True)
class ChecklistAnswer:
    """A validator's answer to one demand of the checklist. ``shown`` repeats what the specialist says of it."""

    asks: str
    verdict: Verdict
    why: str = ""
    shown: str = ""


@checked(config=_STRICT, frozen=True)
class Form:
    """What a validator signs. ``expires``: the last day on which the validation holds."""

    outcome: Outcome
    expires: date
    checklist: list[ChecklistAnswer]
    findings: list[Finding] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Signed:
    """A validation on record."""

    id: int
    specialist: str
    version: str
    outcome: str
    expires: str
    findings: list[str]  # that are open
    conditions: list[str]
    not_met: list[str]
    validated_by: str
    at: str
    seal: str
    record: str


def demands(folder: Path) -> list[tuple[str, str]]:
    """The checklist under a specialist's seal: each demand with what is shown of it. Raises NotFound, IntegrityError, InputError."""
    check_sealed(folder)
    if not (folder / CHECKLIST).is_file():
        raise InputError(f"{folder} was trained before the checklist came under the seal", remedy="Train it again")
    return [(one["asks"], f"{one['verdict']}: {one['shown']}") for one in json.loads((folder / CHECKLIST).read_text("utf-8"))]


def blank(shown: Sequence[tuple[str, str]]) -> str:
    """A form to be filled in: every demand with what the specialist shows, and no verdict."""
    told = {
        "outcome": "",
        "expires": "",
        "findings": [],
        "conditions": [],
        "checklist": [{"asks": asks, "shown": found, "verdict": "", "why": ""} for asks, found in shown],
    }
    head = f"# outcome: {' | '.join(get_args(Outcome))}; expires: YYYY-MM-DD; verdict: {' | '.join(get_args(Verdict))}\n"
    head += f"# a finding: {{what: …, severity: {' | '.join(get_args(Severity))}, open: true}}; a verdict other than met needs its why\n"
    return head + yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=120)


def read_form(path: Path) -> Form:
    """Raises InputError: not there, or not filled in."""
    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path} cannot be read: {error}", remedy="Make a form with finfoundry specialists form DIR --out FILE") from error
    return form_of(told, path.name)


def form_of(told: Any, name: str) -> Form:
    """Raises InputError: not filled in."""
    try:
        return TypeAdapter(Form).validate_python(told)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"{name}, {place}: {first['msg']}", remedy="Fill in every verdict; the form does not do it itself") from error


def check_form(form: Form, asked: Sequence[str], day: date) -> None:
    """Raises InputError: it leaves a demand out, ends too early or too late, or its outcome contradicts what it says."""
    answered = [one.asks for one in form.checklist]
    if missing := [asks for asks in asked if asks not in answered]:
        raise InputError(f"The checklist leaves out: {missing[0]}", remedy=f"Answer all {len(asked)} demands")
    if unsaid := [one.asks for one in form.checklist if one.verdict != "met" and not one.why.strip()]:
        raise InputError(f"No reason is given for the verdict of: {unsaid[0]}")
    if not day <= form.expires <= day + LONGEST:
        raise InputError(f"A validation cannot hold until {form.expires}", remedy="Give a day from today on, within three years")
    short = [one.asks for one in form.checklist if one.verdict == "not met"]
    left = [one.what for one in form.findings if one.open]
    if form.outcome == "fit" and (short or left or form.conditions):
        raise InputError(
            f"What is fit has nothing left open: {(short or left or form.conditions)[0]}",
            remedy="Say 'fit with conditions', with the conditions, or 'unfit'",
        )
    if form.outcome == "fit with conditions" and not form.conditions:
        raise InputError("No condition is given", remedy="Say under which conditions it may be used")
    if form.outcome != "unfit" and any(one.open and one.severity == "high" for one in form.findings):
        raise InputError("A high finding is open: it is not fit", remedy="Say 'unfit', or close the finding first")


def sign(connection: Connection, principal: Principal, about: Mapping[str, Any], form: Form, asked: Sequence[str], figures: Any) -> Signed:
    """Put a validation on record, in a transaction of the owner's. ``about``: name, version, trained_by, trained_proof.

    Raises NotPermitted: the one who trained cannot validate; InputError as ``check_form``.
    """
    if about["trained_by"] == principal.user:
        raise NotPermitted(f"{principal.user} trained this version and may not validate it", remedy="Let a second person do it")
    _told_apart(principal, about["trained_by"], about["trained_proof"], "trained")
    now = datetime.now(UTC)
    check_form(form, asked, today())
    told = json.loads(TypeAdapter(Form).dump_json(form))
    content = {**about, "validated_by": principal.user, "proof": principal.proof, "at": now.isoformat(), "form": told, "figures": figures}
    digest = seal_of(content)
    record = audit.AuditRecord(principal.user, "specialist validated", (audit.AuditStep("validation", content),), target=about["version"])
    audit.append(connection, record)
    row = connection.execute(
        "INSERT INTO specialist_validations (version, trained_by, validated_by, proof, at, content, seal, record)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (about["version"], about["trained_by"], principal.user, principal.proof, now, Jsonb(content), digest, record.id),
    ).fetchone()
    return _signed(int(row[0]) if row else 0, content, digest, record.id)


def today() -> date:
    """The day, in UTC, by which it is judged whether a validation has expired."""
    return datetime.now(UTC).date()


def seal_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of what was signed."""
    return hashlib.sha256(audit.canonical(audit.plain(content))).hexdigest()


def listed(connection: Connection, version: str) -> list[Signed]:
    """All validations of a version, the latest first."""
    rows = connection.execute(f"{_ROWS} WHERE version = %s ORDER BY id DESC", (version,)).fetchall()
    return [_signed(number, content, digest, str(record)) for number, content, digest, record, _ in rows]


def gate(
    connection: Connection, principal: Principal, version: str, trained_by: str, retired_at: datetime | None, sealed: Sealed | None
) -> int:
    """The validation on which a version may be promoted: the latest one decides.

    Raises:
        NotPermitted: there is none, it found the version unfit, has expired, or is by who trained or promotes.
        IntegrityError: it is not what was sealed.
    """
    row = connection.execute(f"{_ROWS} WHERE version = %s ORDER BY id DESC LIMIT 1", (version,)).fetchone()
    if row is None:
        raise NotPermitted("Nobody validated this version", remedy="Let a validator do it: finfoundry specialists sign DIR …")
    number, content, digest, record, column = row
    if seal_of(content) != digest or (content["version"], content["validated_by"]) != (version, column):
        raise IntegrityError(f"Validation {number} was altered", remedy="Validate the version again")
    known = sealed(str(record)) if sealed else None
    if known is None or seal_of(known) != digest:
        raise IntegrityError(f"Validation {number} is not the one that was sealed", remedy="Validate the version again")
    if content["validated_by"] == trained_by or content["trained_by"] != trained_by:
        raise NotPermitted(f"Validation {number} is by the one who trained", remedy="Let another person validate it")
    if content["validated_by"] == principal.user:
        raise NotPermitted(f"{principal.user} validated this version and may not promote it", remedy="Let a third person do it")
    _told_apart(principal, content["validated_by"], content["proof"], "validated")
    if content["form"]["outcome"] == "unfit":
        raise NotPermitted(f"Validation {number} found this version unfit", remedy="Train it again, or validate it again")
    if date.fromisoformat(content["form"]["expires"]) < today():
        raise NotPermitted(f"Validation {number} expired on {content['form']['expires']}", remedy="Validate the version again")
    if retired_at is not None and datetime.fromisoformat(content["at"]) <= retired_at:
        raise NotPermitted("The version was retired since it was validated", remedy="Validate it again before it comes back")
    return int(number)


def _told_apart(principal: Principal, other: str, proof: str, act: str) -> None:
    if is_proved(principal.proof) and not is_proved(proof):
        raise NotPermitted(
            f"nothing proves that {other} {act} this version, so that it may have been you",
            remedy="Let it be done again, with a key (FINFOUNDRY_KEY)",
        )


_ROWS = "SELECT id, content, seal, record, validated_by FROM specialist_validations"


def _signed(number: int, content: Mapping[str, Any], digest: str, record: str) -> Signed:
    form = content["form"]
    left = [f"{one['severity']}: {one['what']}" for one in form["findings"] if one["open"]]
    short = [one["asks"] for one in form["checklist"] if one["verdict"] == "not met"]
    return Signed(
        number, content["name"], content["version"], form["outcome"], form["expires"], left, form["conditions"], short,
        content["validated_by"], content["at"], digest, record,
    )  # fmt: skip
