"""Settings: environment ``FINFOUNDRY_…`` first, then ``finfoundry.toml`` in the home, then the defaults here.

``FINFOUNDRY_HOME`` holds all state; nothing is written elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from finfoundry.core.disclosure import Place


def default_home() -> Path:
    """``~/.finfoundry``; for root whose home is closed to others ``/var/lib/finfoundry``, because PostgreSQL refuses to run as
    root and the unprivileged user it runs as could not reach the former.
    """
    home = Path.home()
    if os.geteuid() == 0 and not all(folder.stat().st_mode & 0o001 for folder in (home, *home.parents)):
        return Path("/var/lib/finfoundry")
    return home / ".finfoundry"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="FINFOUNDRY_", extra="forbid", hide_input_in_errors=True)  # a misspelt name may hold a DSN

    home: Path = Field(default_factory=default_home)
    database: SecretStr | None = None  # DSN; None = the embedded PostgreSQL in the home
    model: str = "qwen2.5-coder-1.5b-instruct"  # a name of the catalogue, or a path to a GGUF file
    drafts: Literal["auto", "on", "off"] = (
        "auto"  # whether the model plans and writes answers; auto: not one too small for it (base/llama.py)
    )
    cheap_model: str = ""  # asked first of what rules and facts leave to a model, where ``cascade`` says how sure its answer has to be
    cascade: Path | None = None  # the bars, written by `finfoundry cascade --out`
    models: Path | None = None  # a folder with weights, looked into before any network: FOLDER/NAME/FILE or FOLDER/FILE
    engine: str = "llama"  # llama.cpp in a child process; none, openai (engine_url), scripted, or another package's
    engine_url: str | None = None  # an OpenAI-compatible server instead of the engine in a child process
    engine_key: SecretStr | None = None
    engine_builds: Path | None = None  # a folder with builds of llama.cpp for some processors (runtime/engine_builds.py)
    reader: str = "shipped"  # of questions whose words no rule explains: the shipped one, one that was installed by its name, or off
    planner: str = ""  # the adapter beside the model that plans, by its name (dev-…), where none is released; off
    scorer: str = "shipped"  # of questions and the sentences that may answer them: likewise
    state_reader: str = "shipped"  # of the base model's states over a question and what may answer it: shipped, a name, or off
    figure_scorer: str = "shipped"  # of questions and the lines of tables that may answer them: shipped, a name, or off
    concept_reader: Literal["shipped", "off"] = "shipped"  # of the metrics that questions in everyday words mean
    personal_reader: str = "shipped"  # of personal data in prompts to another's engine: likewise
    tagger: str = "shipped"  # of harms in questions, passages, tools' results, answers: likewise
    guard_strict: Literal["refuse", "computed", "open"] = "computed"  # where the tagger cannot be read: nothing, no model's words, or all
    learn_from_questions: bool = (
        False  # whether those without an answer, from now on, may be learned from (finfoundry reader data --questions)
    )
    embedder: str = "multilingual-e5-small"
    embedder_english: str = "all-minilm-l6-v2"  # for English texts, where it is pulled; empty = one encoder for all
    embedder_url: str | None = None
    context: int = Field(default=4096, ge=512)  # tokens of one request to the engine in the child process, prompt and answer
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1)
    cache: Literal["f16", "q8_0"] = "f16"  # how the engine in the child process keeps keys and values; q8_0 takes half of the memory
    speculate: str = ""  # what proposes tokens that it then checks: prompt (words seen before), or a smaller model of its tokenizer
    collection: str = "default"
    oidc_issuer: str | None = None  # an identity provider whose tokens are taken in addition to our own keys
    oidc_audience: str = "finfoundry"
    oidc_keys: str | None = None  # address of its keys (JWKS); None = as its discovery document says
    oidc_user: str = "sub"  # the claim that names the user: one that users cannot choose themselves
    oidc_roles: str = "roles"  # the claim with administrator, auditor, analyst, service; "a.b" for b within a
    oidc_skew: float = 60.0  # seconds by which clocks may differ
    oidc_client: str | None = None  # under which this product is registered there: people sign in on the page at the provider
    oidc_client_secret: SecretStr | None = None  # None = a public client
    public_url: str | None = None  # the address by which browsers come, where a proxy before the server has another name
    certificate_threshold: float = 0.6  # documents below it are marked
    max_file_bytes: int = 200 * 1024 * 1024
    max_pages: int = Field(default=5000, ge=1)  # of one file, as are the next five (knowledge/bounds.py)
    max_blocks: int = Field(default=100_000, ge=1)  # headings, paragraphs, lists and tables
    max_cells: int = Field(default=300_000, ge=1)
    max_characters: int = Field(default=20_000_000, ge=1)
    max_columns: int = Field(default=4_000, ge=1)  # of one table
    max_objects: int = Field(default=200_000, ge=1)  # drawn on one page of a PDF
    parse_timeout: float = Field(default=600.0, gt=0)  # seconds a file at most; a small file gets less (knowledge/ingest/workers.py)
    parse_memory: int = Field(default=6 * 1024**3, ge=256 * 1024**2)  # bytes for one file at most; a small file gets less
    readers: int = Field(default_factory=lambda: max(2, min(4, os.cpu_count() or 1)), ge=1)  # files sent over HTTP that are read at once
    question_characters: int = 4000
    accepted_error: float | None = Field(
        default=None, ge=0, le=1
    )  # withholds what is less sure; below 0.05 the shipped calibration bears none: docs/evaluation.md
    calibration: Path | None = None  # of the confidence, written by `finfoundry calibrate`; None = the shipped one
    strict: bool = False  # withholds what a model wrote, and calls a checked answer wrong, where nothing decides one of its sentences
    ask_slots: int = Field(default=4, ge=1)  # questions that one process of the server works at side by side
    ask_waiting: int = Field(default=256, ge=0)  # in its queue
    ask_waiting_tenant: int = Field(default=128, ge=0)  # of one tenant: the users of a group
    ask_waiting_user: int = Field(default=32, ge=0)
    ask_deadline: float = Field(default=30.0, gt=0)  # seconds for a question, from its arrival; then the closest passages are given instead
    check_slots: int = Field(default_factory=lambda: max(2, min(4, os.cpu_count() or 1)), ge=1)  # answers that are checked side by side
    address_connections: int = Field(default=256, ge=1)  # that one address may have open; more behind a proxy that passes no addresses on
    answer_cache_seconds: float = Field(default=86400.0, ge=0)  # how long an answer may be given again
    disclosure: Place = "none"  # label generated content as the law of this place asks: none, cn, eu, cn+eu (core/disclosure.py)
    disclosure_producer: str = ""  # name or code of who offers the service, for the label of Chinese law
    worker: bool = True  # false: another machine over the same database runs the worker, and seals the audit
    audit_syslog: bool = False  # true: each sealed head goes to the system's log, from where it can go to another machine
    retrieval_log: Path | None = None  # a file that gets one line a search, for replaying and scoring (benchmarks/retrieval_log.py)

    @property
    def own_engine(self) -> bool:
        """Whether the engine is the child process of this home."""
        return self.engine == "llama" and not self.engine_url

    @property
    def has_model(self) -> bool:
        """Whether a chat model may answer; without one rules, stored figures and quotation do."""
        return self.engine != "none"

    @property
    def foreign_engine(self) -> bool:
        """Whether the engine is a server elsewhere, to which no personal data are sent."""
        return self.engine_url is not None or self.engine == "openai"

    @property
    def engine_name(self) -> str:
        """What people know it by: the address of a server, or a name."""
        return self.engine_url or self.engine

    @model_validator(mode="after")
    def _name_the_producer(self) -> Self:
        if "cn" in self.disclosure and not self.disclosure_producer:
            raise ValueError("disclosure for cn needs disclosure_producer, the name or code of who offers the service")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where settings are read, the strongest first: arguments, the environment, the home's ``finfoundry.toml``."""
        home = Path(os.environ.get("FINFOUNDRY_HOME") or default_home())
        toml = TomlConfigSettingsSource(settings_cls, toml_file=home / "finfoundry.toml")
        return (init_settings, env_settings, toml)
