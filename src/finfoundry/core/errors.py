"""The exceptions that finfoundry raises on purpose.

FinfoundryError
├── SettingsError        a setting is missing or contradicts another
├── InputError           a file, question or argument that cannot be used as it is
│   ├── ParseError       a document that cannot be read
│   └── PlanError        a plan that cannot be carried out
├── NotFound             a thing named by the caller that is not there (or not visible)
├── NotPermitted         an act that the identity may not do
├── ModelError           weights missing, damaged or of the wrong kind
├── EngineError          the engine failed or died
│   ├── EngineBusy       the queue is full
│   ├── SchemaRefused    the engine cannot keep to the shape that a reply must have
│   └── EngineTimeout    the deadline passed
├── StoreError           the database failed or is unreachable
├── ProcessError         a background process does not start or answer
└── IntegrityError       a digest, signature or chain does not match
"""


class FinfoundryError(Exception):
    """An error that a person can act on: what happened, and the remedy."""

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}" if self.remedy else self.message


class SettingsError(FinfoundryError):
    """A setting is missing or contradicts another."""


class InputError(FinfoundryError):
    """A file, question or argument that cannot be used as it is."""


class ParseError(InputError):
    """A document that cannot be read."""


class PlanError(InputError):
    """A plan that cannot be carried out."""


class NotFound(FinfoundryError):
    """A thing named by the caller that is not there, or not visible to the caller."""


class NotPermitted(FinfoundryError):
    """An act that the identity may not do."""


class ModelError(FinfoundryError):
    """Weights that are missing, damaged or of the wrong kind."""


class EngineError(FinfoundryError):
    """The engine failed or died."""


class EngineBusy(EngineError):
    """The engine's queue is full; try again later."""


class SchemaRefused(EngineError):
    """The engine cannot keep to the JSON Schema that a reply must have."""


class EngineTimeout(EngineError):
    """The deadline passed before the engine finished."""


class StoreError(FinfoundryError):
    """The database failed or cannot be reached."""


class ProcessError(FinfoundryError):
    """A background process (database, engine, worker) does not start or does not answer."""


class IntegrityError(FinfoundryError):
    """A digest, signature or chain does not match what was recorded."""
