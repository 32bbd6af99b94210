"""Nothing is written outside the home and nothing calls home: libraries that would are told not to."""

import os
import subprocess
import sys
from pathlib import Path

RECOGNISE = """
import importlib.resources, finfoundry, onnxruntime
models = importlib.resources.files("rapidocr") / "models"
file = min((f for f in models.iterdir() if f.name.endswith(".onnx")), key=lambda f: f.stat().st_size)
onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
"""


def test_onnxruntime_leaves_nothing_behind(tmp_path: Path) -> None:
    """It writes a device id and a queue of events into the user's cache as soon as a session is made, unless it is told not to."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    subprocess.run([sys.executable, "-c", RECOGNISE], check=True, env=environment | {"HOME": str(tmp_path)})
    assert not list(tmp_path.rglob("*"))
