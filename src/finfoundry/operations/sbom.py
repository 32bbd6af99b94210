"""The software bill of materials of a bundle: CycloneDX 1.6 (ECMA-424), as JSON."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from finfoundry import __version__
from finfoundry.operations.wheels import OWN, Wheel, canonical, needed

# An SPDX expression: identifiers joined by AND, OR and WITH. Any other text is a name, not an expression.
EXPRESSION = re.compile(r"^\(*[A-Za-z0-9.+-]+\)*( (AND|OR|WITH) \(*[A-Za-z0-9.+-]+\)*)*$")


@dataclass(frozen=True, slots=True)
class Weights:
    """A model in the bundle: digests by file name, as they lie there."""

    name: str
    licence: str
    original: str
    sha256: dict[str, str]


def bill(wheels: Sequence[Wheel], digests: dict[str, str], models: Sequence[Weights], at: datetime) -> dict[str, Any]:
    """``digests``: SHA-256 by the wheel's file name."""
    own = next(wheel for wheel in wheels if wheel.name == OWN)
    parts = [library(wheel, digests[wheel.path.name]) for wheel in wheels if wheel.name != OWN]
    weights = [model(one) for one in models]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ' '.join(sorted(digests.values())))}",
        "version": 1,
        "metadata": {
            "timestamp": at.isoformat(timespec="seconds"),
            "tools": {"components": [{"type": "application", "name": OWN, "version": __version__}]},
            "component": {**library(own, digests[own.path.name]), "type": "application"},
        },
        "components": parts + weights,
        "dependencies": edges(wheels, [str(one["bom-ref"]) for one in weights]),
    }


def library(wheel: Wheel, sha256: str) -> dict[str, Any]:
    """A wheel as a component of CycloneDX."""
    return {
        "type": "library",
        "bom-ref": reference(wheel),
        "name": wheel.name,
        "version": wheel.version,
        "purl": reference(wheel),
        "hashes": [{"alg": "SHA-256", "content": sha256}],
        "licenses": licences(wheel.licence),
    }


def model(weights: Weights) -> dict[str, Any]:
    """Weights as a component of CycloneDX, which names their files with their digests."""
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{weights.name}",
        "name": weights.name,
        "description": f"weights of {weights.original}",
        "licenses": licences(weights.licence),
        "components": [
            {"type": "file", "bom-ref": f"model:{weights.name}/{file}", "name": file, "hashes": [{"alg": "SHA-256", "content": sha256}]}
            for file, sha256 in sorted(weights.sha256.items())
        ],
    }


def licences(text: str) -> list[dict[str, Any]]:
    return [{"expression": text}] if EXPRESSION.match(text) else [{"license": {"name": text}}]


def reference(wheel: Wheel) -> str:
    return f"pkg:pypi/{wheel.name}@{wheel.version}"


def edges(wheels: Sequence[Wheel], weights: Sequence[str]) -> list[dict[str, Any]]:
    """Dependencies among the packages and weights of the bundle, as CycloneDX writes them."""
    references = {wheel.name: reference(wheel) for wheel in wheels}
    found = []
    for wheel in wheels:
        extras = (
            {extra for line in wheel.requires for extra in re.findall(r"extra\s*==\s*['\"]([^'\"]+)", line)} if wheel.name == OWN else set()
        )
        names = {canonical(name) for extra in ("", *extras) for name, _ in needed(wheel.requires, extra)}
        below = sorted(references[name] for name in names if name in references and name != wheel.name)
        found.append({"ref": reference(wheel), "dependsOn": below + (list(weights) if wheel.name == OWN else [])})
    return found
