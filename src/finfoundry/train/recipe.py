"""A recipe: one typed YAML file that says what is trained on what, and how. A key that it does not know is refused by its name."""

from __future__ import annotations

import difflib
import hashlib
import json
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_serializer, field_validator, model_validator

from finfoundry.core.errors import InputError
from finfoundry.core.plugins import offered
from finfoundry.train.corpus_rules import ALL, RULES_BY_NAME

NAME = r"[a-z0-9][a-z0-9._-]{0,99}"  # of a tuned model
Form = Literal["adapter", "merged", "lora", "f16", "q8_0", "q4_0", "q4_k_m", "onnx"]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TaskShare(_Closed):
    """A task to learn: a shipped name or the path of a task file, NAME@1 for its second template; ``limit`` rows drawn by the seed."""

    task: str
    limit: int | None = Field(default=None, gt=0)
    weight: float = Field(default=1.0, gt=0)  # of its loss beside that of the others: of answers that a model writes


class ConversationSource(_Closed):
    """Files under the data folder with conversations: Alpaca, OpenAI's messages or ShareGPT, as each row's keys say."""

    paths: list[str] = Field(min_length=1)
    licence: str
    limit: int | None = Field(default=None, gt=0)  # conversations, drawn by the seed


class CorpusSource(_Closed):
    """Plain documents: files under the data folder, one document a file (``.txt``, ``.md``) or a line (``.jsonl``, key ``text``), and the
    texts of labelled tasks, without their labels: those of their training rows, under the licence of the task.
    """

    paths: list[str] = []
    licence: str = ""  # of the files
    tasks: list[str] = []
    limit: int | None = Field(default=None, gt=0)  # documents, drawn by the seed
    held_back: float = Field(default=0.1, ge=0, lt=1)  # share of the documents on which perplexity is measured

    @model_validator(mode="after")
    def _named(self) -> CorpusSource:
        if not (self.paths or self.tasks):
            raise ValueError("name paths or tasks")
        if self.paths and not self.licence:
            raise ValueError("files need a licence")
        return self


class Replay(CorpusSource):
    """General text read again while a domain is learned, against forgetting; ``share`` of all tokens."""

    share: float = Field(gt=0, lt=1)


class Data(_Closed):
    tasks: list[TaskShare] = []
    conversations: list[ConversationSource] = []
    corpus: CorpusSource | None = None
    replay: Replay | None = None
    preferences: list[str] = []  # files of pairs of answers, under the data folder
    held_out: list[str] = []  # tasks that are never trained on, only evaluated: zero-shot
    reworded: float = Field(default=0.0, ge=0, le=1)  # share of the rows with labels that are asked in other ways, under other names
    temperature: float = Field(default=1.0, ge=1)  # 1 = tasks by their size; larger = more alike (Raffel et al., 2020, section 3.5.2)
    licences: list[str] = Field(min_length=1)  # of the sources that may be learned from
    personal: Literal["mask", "drop", "keep"] = "mask"
    near_duplicates: float = Field(default=0.9, gt=0, le=1)  # Jaccard similarity of character 5-grams; 1 = exact ones only
    rules: str = Field(default="", pattern=r"^[a-z_]*(\+[a-z_]+)*$")  # joined by +, or all: a text that breaks one is left out
    too_long: Literal["refuse", "drop"] = "refuse"  # rows longer than ``context``


class Lora(_Closed):
    """Low-rank adaptation (Hu et al., 2021)."""

    rank: int = Field(default=16, gt=0)
    alpha: float = Field(default=32.0, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: list[str] | Literal["all-linear"] = "all-linear"
    rslora: bool = False  # alpha / sqrt(rank) instead of alpha / rank (Kalajdzievski, 2023, arXiv 2312.03732)
    dora: bool = False  # directions low-rank, lengths of their own (Liu et al., 2024, arXiv 2402.09353)


class Development(_Closed):
    """Rows held back from learning, on which the loss is measured while it goes on; the weights with the lowest are those exported."""

    share: float = Field(default=0.1, gt=0, lt=1)  # of the rows, by a digest of what they are about
    every: int = Field(default=50, gt=0)  # steps
    patience: int | None = Field(default=None, gt=0)  # evaluations without a lower loss after which the run ends
    least: float = Field(default=0.0, ge=0, allow_inf_nan=False)  # nats by which the loss must fall for the run to go on


class Preference(_Closed):
    """What ``dpo`` and ``kto`` make of preferences."""

    loss: Literal["sigmoid", "simpo"] = "sigmoid"  # of dpo: simpo is the mean by token, a margin, and no reference
    beta: float = Field(default=0.1, gt=0)  # how much a preference weighs against staying near the reference; of simpo about 2
    margin: float = Field(default=0.5, ge=0)  # of simpo
    wanted: float = Field(default=1.0, ge=0)  # of kto: what a wanted answer weighs
    unwanted: float = Field(default=1.0, ge=0)


class Sampling(_Closed):
    """What ``grpo`` and ``rejection`` sample, and what they do with it."""

    prompts: int = Field(default=8, gt=0)  # questions of one round
    completions: int = Field(default=8, gt=1)  # of each question
    tries: int = Field(default=1, gt=0)  # times that a round may ask so many more, until so many tell a better answer from a worse one
    tokens: int = Field(default=64, gt=0)  # of a completion at most
    temperature: float = Field(default=1.0, ge=1, le=1)  # that at which ratios and divergences are computed
    updates: int = Field(default=1, gt=0)  # steps on what a round sampled, each on a part of it
    ratio: float = Field(default=0.2, gt=0)  # by how much more or less likely than sampled a token may become in a round
    divergence: float = Field(default=0.04, ge=0)  # what a nat away from the anchor costs
    engine: bool = False  # llama.cpp draws, with the adapter as it is when a round begins, instead of torch
    anchor: float = Field(default=0.0, ge=0, lt=1)  # share by which the anchor follows the policy each round; 0: it stays at the start


class Canaries(_Closed):
    """Secrets that nobody has, planted among the rows to see whether the model keeps what it saw once or often (Carlini et al., 2019)."""

    count: int = Field(default=8, gt=0, le=64)  # secrets
    repeats: int = Field(default=1, gt=0)  # times that each is planted
    references: int = Field(default=255, gt=1, le=4095)  # secrets of the same form, never planted, that each is ranked among
    limit: float = Field(default=3.0, gt=0)  # mean exposure in bits above which no release of the model is proposed; of one unseen 1.4


OWN_METHODS = ("instruct", "pretrain", "encode", "dpo", "kto", "reward", "grpo", "rejection")
LABELLED = ("instruct", "encode", "grpo", "rejection")  # learn from the rows of tasks
PAIRED = ("dpo", "kto", "reward")  # learn from pairs of answers
SAMPLED = ("grpo", "rejection")  # learn from their own answers
ENCODER_FORMS = {"adapter", "onnx"}
OF_OTHERS = {  # keys of PEFT and TRL that people write -> ours; empty: not done here
    "r": "lora.rank", "lora_alpha": "lora.alpha", "lora_dropout": "lora.dropout", "target_modules": "lora.targets",
    "use_rslora": "lora.rslora", "use_dora": "lora.dora", "neftune_noise_alpha": "neftune", "num_train_epochs": "epochs",
    "max_length": "context", "max_seq_length": "context", "packing": "pack", "gradient_accumulation_steps": "packs",
    "warmup_ratio": "warmup", "lr_scheduler_type": "schedule", "max_grad_norm": "clip", "bf16": "precision", "fp16": "precision",
    "eval_steps": "development.every", "early_stopping_patience": "development.patience",
    "early_stopping_threshold": "development.least", "report_to": "trackers",
} | dict.fromkeys((
    "bias", "modules_to_save", "init_lora_weights", "rank_pattern", "alpha_pattern", "layers_to_transform", "layers_pattern",
    "exclude_modules", "fan_in_fan_out", "lora_bias", "loftq_config", "eva_config", "corda_config", "layer_replication",
    "target_parameters", "trainable_token_indices", "use_qalora", "arrow_config", "alora_invocation_tokens", "megatron_config",
    "ensure_weight_tying", "warmup_steps", "group_by_length", "label_smoothing_factor", "optim",
), "")  # fmt: skip


class Recipe(_Closed):
    name: str = Field(pattern=f"^{NAME}$")
    purpose: str = ""
    base: str  # a name of the catalogue or the path of a GGUF file
    method: str  # one of OWN_METHODS, or one that another package offers
    weights: Literal["full", "lora", "qlora"] = "lora"
    lora: Lora = Lora()
    init_adapter: str | None = None  # the folder of an adapter, or of the run that made it, that learning begins from
    data: Data
    development: Development | None = None
    preference: Preference = Preference()
    sampling: Sampling = Sampling()
    canaries: Canaries | None = None
    rewards: dict[str, float] = {}  # by name, what each weighs; 0: it is only watched
    context: int = Field(default=512, gt=8)  # tokens of the longest row
    pack: int = Field(default=1024, gt=8)  # tokens of one pack: several rows side by side
    packs: int = Field(default=4, gt=0)  # packs a step: one gradient
    epochs: float = Field(default=1.0, gt=0)
    learning_rate: float = Field(default=2e-4, ge=0)  # 0, written auto: by the width of the base
    probe: int = Field(default=0, ge=0)  # rows on which heads of texts are fitted before the body learns; then head_rate is best at 1
    head_rate: float = Field(default=10.0, gt=0)  # times the learning rate at which heads learn: they begin with nothing
    match_temperature: float = Field(default=0.05, gt=0)  # that cosines are divided by, where vectors of texts are learned
    layers: int = Field(default=0, ge=0)  # of an encoder that are read, and kept; 0: all
    turn: str = Field(default="", pattern=r"^([^{}]*\{\}[^{}]*)?$")  # what a language model whose states are read gets its prompt in
    quiet: float = Field(default=0.0, ge=0)  # weight of the energy loss on texts that have no label, where texts may have several
    warmup: float = Field(default=0.05, ge=0, lt=1)  # share of the steps
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    weight_decay: float = Field(default=0.0, ge=0)
    clip: float = Field(default=1.0, gt=0)  # norm of the gradient
    neftune: float = Field(default=0.0, ge=0)  # alpha of the noise on the vectors of tokens
    gradient_checkpointing: bool = False  # states within a layer are computed twice instead of being kept
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    shard: bool = False  # divide weights, gradients and moments over the processes (FSDP) instead of copying them
    seed: int = 0
    checkpoint_every: int = Field(default=50, gt=0)  # steps
    forms: list[Form] = ["adapter", "lora", "q8_0"]
    trackers: list[Literal["tensorboard", "mlflow"]] = []  # whose files the curves are written in, in the model's folder

    @field_validator("learning_rate", mode="before")
    @classmethod
    def _follows_base(cls, value: Any) -> Any:
        if value == 0:
            raise ValueError("a learning rate is above 0, or auto")
        return 0.0 if value == "auto" else value

    @field_serializer("learning_rate")
    def _rate_told(self, value: float) -> float | str:
        return value or "auto"

    @field_validator("method")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in (known := [*OWN_METHODS, *offered("methods")]):
            raise ValueError(f"there is no method {value}: choose one of {', '.join(known)}")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Recipe:
        if self.method in LABELLED and not (self.data.tasks or (self.method == "instruct" and self.data.conversations)):
            raise ValueError(f"{self.method} needs data.tasks{' or data.conversations' if self.method == 'instruct' else ''}")
        if self.method == "pretrain" and self.data.corpus is None:
            raise ValueError("pretrain needs data.corpus")
        if self.method in PAIRED and not self.data.preferences:
            raise ValueError(f"{self.method} needs data.preferences")
        if self.method == "reward" and set(self.forms) - {"adapter"}:
            raise ValueError("a model of rewards writes no text: its one form is adapter")
        if self.canaries and (self.method not in ("instruct", "pretrain") or self.shard):
            raise ValueError("canaries need a language model that learns texts in one process: instruct or pretrain, without shard")
        if self.method in SAMPLED:
            self._of_sampling()
        if self.development and self.method in (*PAIRED, *SAMPLED):
            raise ValueError(f"{self.method} has no loss on rows held back that tells when to stop: leave out development")
        if self.pack < self.context:
            raise ValueError("a pack must hold at least one row: pack >= context")
        if both := {share.task for share in self.data.tasks} & set(self.data.held_out):
            raise ValueError(f"held out and trained on: {', '.join(sorted(both))}")
        if unknown := {*filter(None, self.data.rules.split("+"))} - {*RULES_BY_NAME, ALL}:
            raise ValueError(f"there is no rule {min(unknown)}: data.rules may be {ALL}, or {', '.join(RULES_BY_NAME)}, joined by +")
        if self.method != "instruct" and any(share.weight != 1 for share in self.data.tasks):
            raise ValueError("a task has a weight where answers are learned: by the method instruct")
        if self.method != "instruct" and self.data.reworded:
            raise ValueError("data.reworded asks in other words what is answered in words: by the method instruct")
        if self.method == "encode":
            self._of_encoder()
        elif "onnx" in self.forms or self.layers or self.turn:
            raise ValueError("onnx, layers and turn are an encoder's: set method: encode")
        if self.weights == "full" and {"adapter", "lora"} & set(self.forms):
            raise ValueError("full weights have no adapter: forms may be merged, f16, q8_0, q4_0, q4_k_m")
        self._of_adapter()
        return self

    def _of_adapter(self) -> None:
        if self.init_adapter and self.weights == "full":
            raise ValueError("full weights begin from no init_adapter: export it as f16, and name that file as base")
        if not self.lora.dora:
            return
        if self.weights == "qlora" or self.shard or self.method == "encode":
            raise ValueError("lora.dora needs whole weights of a language model in each process: not with qlora, shard or encode")
        if "lora" in self.forms:
            raise ValueError("an adapter in GGUF has no lengths (lora.dora): forms may be adapter, merged, f16, q8_0, q4_0, q4_k_m")

    def _of_encoder(self) -> None:
        if self.weights == "qlora":
            raise ValueError("an encoder is small: weights may be lora or full")
        if self.shard:
            raise ValueError("an encoder fits into each process: leave out shard")
        if self.gradient_checkpointing:
            raise ValueError("an encoder fits into memory: leave out gradient_checkpointing")
        if self.turn and (not self.layers or self.weights != "lora" or set(self.forms) != {"adapter"}):
            raise ValueError("turn is of a language model whose first layers are read: set layers, weights: lora and forms: [adapter]")
        if other := set(self.forms) - ENCODER_FORMS:
            raise ValueError(f"an encoder has no form {min(other)}: forms may be {', '.join(sorted(ENCODER_FORMS))}")

    def _of_sampling(self) -> None:
        if not any(weight > 0 for weight in self.rewards.values()):
            raise ValueError(f"{self.method} needs rewards, one at least with a weight above 0")
        if self.sampling.tokens >= self.context:
            raise ValueError("context must hold a question and a completion: context > sampling.tokens")
        if self.shard:
            raise ValueError(f"{self.method} samples in one process: leave out shard")
        if self.sampling.engine and (self.weights == "full" or self.lora.dora):
            raise ValueError("the engine samples with an adapter: sampling.engine needs weights lora or qlora, and no lora.dora")

    @property
    def digest(self) -> str:
        """SHA-256 of what the recipe says, however the file is laid out."""
        told = self.model_dump(exclude=set() if self.turn else {"turn"})  # a run that began before there were turns goes on
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def shipped(kind: str = "") -> dict[str, Traversable]:
    """The recipes that come with the product, by name; those of another kind lie in a folder of its name."""
    files = (resources.files("finfoundry.train") / "recipes" / kind).iterdir()
    return {file.name.removesuffix(".yaml"): file for file in files if file.name.endswith(".yaml")}


def load_recipe(path: Path) -> Recipe:
    """The recipe in a file, or a shipped one by its name. Raises InputError naming the file and the key."""
    try:
        content = yaml.safe_load(shipped().get(str(path), path).read_text("utf-8"))
    except OSError as error:
        remedy = f"Give a file, or one of {', '.join(sorted(shipped()))}"
        raise InputError(f"the recipe {path} cannot be read: {error.strerror}", remedy=remedy) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path} is not YAML in UTF-8: {error}", remedy="Mend the file") from error
    return parse_recipe(content, str(path))


def parse_recipe(content: Any, name: str) -> Recipe:
    """A recipe from the content of its YAML; ``name`` is used in messages. Raises InputError."""
    if not isinstance(content, dict):
        raise InputError(f"{name} is no recipe: it has no keys", remedy="See docs/training.md for what a recipe says")
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the recipe"
        raise InputError(f"{name}: {key}: {first['msg']}", remedy=_meant(first)) from error


def _meant(problem: Any) -> str:
    """The remedy for a problem: for a misspelt key the nearest known one, else the page that lists the keys."""
    key = str(problem["loc"][-1]) if problem["type"] == "extra_forbidden" else ""
    if key in OF_OTHERS:
        return f"Here it is called {name}" if (name := OF_OTHERS[key]) else f"What PEFT and TRL mean by {key} is not done here"
    models = (Recipe, Data, Development, Lora, TaskShare, ConversationSource, CorpusSource, Replay, Preference, Sampling, Canaries)
    known = [name for model in models for name in model.model_fields]
    near = difflib.get_close_matches(key, known, 1) if key else []
    return f"Do you mean {near[0]}?" if near else "docs/training.md lists the keys of a recipe"
