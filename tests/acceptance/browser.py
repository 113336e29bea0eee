"""A real browser for the tests: Chromium without a window, driven over its DevTools pipe."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
"""Debian's package is called chromium."""


class Browser:
    """One page. `said` is all that it told of itself: console, errors, refused and wanted loads."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._number = 0
        self._rest = b""
        self._session: str | None = None
        self.said: list[str] = []
        self.wanted: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self._note(answer)

    def open(self, file: Path, width: int, *, dark: bool = False) -> None:
        """Show a file at a width, until it has loaded."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=file.as_uri())
        until = time.monotonic() + 30
        while self.value("document.readyState + location.href") != "complete" + file.as_uri():
            assert time.monotonic() < until
            time.sleep(0.05)

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript comes to, in spite of the page's own policy."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def screenshot(self, file: Path) -> None:
        """The whole page, however long."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._back, 1 << 20)
            assert more, "the browser has gone"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _note(self, event: dict[str, Any]) -> None:
        method, told = event.get("method"), event.get("params")
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.said.append(json.dumps(told))
        elif method == "Network.requestWillBeSent":
            assert told is not None
            self.wanted.append(told["request"]["url"])


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """A browser that keeps what it writes in `folder`."""
    assert CHROMIUM
    ours, its = os.pipe()[::-1], os.pipe()
    to, its_in = ours[0], ours[1]
    back, its_out = its
    # The protocol's ends are descriptors 3 and 4.
    command = (
        f'exec 3<&{its_in} 4>&{its_out}; exec "$0" --headless --no-sandbox --disable-gpu '
        '--disable-dev-shm-usage --hide-scrollbars --remote-debugging-pipe "$@"'
    )
    process = subprocess.Popen(
        ["bash", "-c", command, CHROMIUM, f"--user-data-dir={folder / 'chromium'}"],
        pass_fds=(its_in, its_out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(its_in)
    os.close(its_out)
    try:
        yield Browser(to, back)
    finally:
        os.close(to)
        try:
            process.wait(10)  # It ends when the pipe does.
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(back)
