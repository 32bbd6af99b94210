"""Text of others in a prompt: it stays data, whatever it says and however it is laid out."""

from __future__ import annotations

import re

# Words by which chat templates mark turns (ChatML, Llama 2 and 3, Gemma, Mistral, Phi, DeepSeek, GLM).
_TURN = re.compile(
    r"<[|｜]|[|｜]>|</?(?:s|system|user|assistant|think|tool_call|tool_response)>|<(?:start|end)_of_turn>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|<</?SYS>>|\[gMASK\]|<sop>|<[be]os>",
    re.IGNORECASE,
)


def as_data(text: str) -> str:
    """The text for its place in a prompt: what a chat template would take for the mark of a turn is opened up by a space.

    The number and order of letters and digits stay, so quotes can still be found; without such marks the text is returned as it is.
    """
    opened = _TURN.sub(lambda match: f"{match.group()[0]} {match.group()[1:]}", text)
    return opened if opened == text else as_data(opened)  # two marks may share a character: "<|>"


def in_lines(text: str) -> str:
    """The text where each of its lines but the first is indented: none of them can pass for a line of the prompt itself."""
    return "\n  ".join(line for line in as_data(text).splitlines() if line.strip())
