"""Chromium without a window, driven over its debugging pipe (no port, no further library)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class PageReplaced(AssertionError):
    """The page was replaced before a script ran in it."""


class Page:
    """One tab."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._number, self._rest = 0, b""
        self.told: list[str] = []  # what the browser complained of: errors of scripts, breaches of the policy
        target = self.call("Target.createTarget", {"url": "about:blank"}, session=None)["targetId"]
        self.session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True}, session=None)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Inspector"):
            self.call(f"{domain}.enable")

    def call(self, method: str, parameters: dict[str, Any] | None = None, session: str | None = "") -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters or {}}
        if session == "":
            message["sessionId"] = self.session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            got = self._receive()
            if got.get("id") == self._number:
                if "navigated or closed" in got.get("error", {}).get("message", ""):
                    raise PageReplaced(got)
                assert "error" not in got, got
                return got["result"]

    def _receive(self) -> Any:
        while b"\0" not in self._rest:
            piece = os.read(self._back, 1 << 20)
            assert piece, "the browser ended"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        got = json.loads(line)
        assert got.get("method") != "Inspector.targetCrashed", "the page crashed: too little memory?"
        if got.get("method") == "Runtime.exceptionThrown":
            self.told.append(str(got["params"]["exceptionDetails"]))
        if got.get("method") == "Log.entryAdded" and got["params"]["entry"]["level"] in ("error", "warning"):
            self.told.append(got["params"]["entry"]["text"])
        return got

    def run(self, script: str) -> Any:
        """The value of an expression; a promise is waited for."""
        made = self.call("Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True})
        assert "exceptionDetails" not in made, made
        return made["result"].get("value")

    def until(self, script: str, seconds: float = 90.0) -> None:
        deadline = time.monotonic() + seconds
        while not self._holds(script):
            assert time.monotonic() < deadline, f"{script}: {self.run('document.body.innerText')}"
            time.sleep(0.1)

    def _holds(self, script: str) -> bool:
        try:
            return bool(self.run(f"Boolean({script})"))
        except PageReplaced:
            return False  # not yet: one page gave way to the next before it was asked

    def on(self, selector: str, act: str) -> None:
        """Does ``click`` or ``focus`` to what stands on the page, once it is there and its scripts have run: looking and doing are one
        step, for a page may be replaced between two.
        """
        place = f"document.readyState === 'complete' && document.querySelector({json.dumps(selector)})"
        self.until(f"(place => place && (place.{act}(), true))({place})")

    def click(self, selector: str) -> None:
        self.on(selector, "click")

    def focus(self, selector: str) -> None:
        self.on(selector, "focus")

    def open(self, url: str) -> None:
        self.call("Page.navigate", {"url": url})
        self.until(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")  # its scripts have run

    def key(self, name: str, code: int) -> None:
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if name == "Enter" and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", {"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code, **text})

    def type(self, text: str) -> None:
        self.call("Input.insertText", {"text": text})

    def screenshot(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot", {"format": "png"})["data"])

    def look(self, *, width: int = 1100, height: int = 900, dark: bool = False) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", size)
        self.call("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})


@contextmanager
def browser() -> Iterator[Page]:
    """A fresh browser; its profile is gone afterwards."""
    assert PROGRAM
    folder = tempfile.mkdtemp(prefix="ff-browser-")
    (to_read, to), (back, back_write) = os.pipe(), os.pipe()

    def pipes() -> None:
        copies = os.dup(to_read), os.dup(back_write)  # 3 and 4 may be taken by the pipes themselves
        os.dup2(copies[0], 3)
        os.dup2(copies[1], 4)

    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--hide-scrollbars",
        "--remote-debugging-pipe",
        f"--user-data-dir={folder}",
    ]
    process = subprocess.Popen([PROGRAM, *options], preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(to_read)
    os.close(back_write)
    try:
        yield Page(to, back)
    finally:
        process.kill()
        process.wait()
        os.close(to)
        os.close(back)
        shutil.rmtree(folder, ignore_errors=True)
