"""A headless Chromium to test pages with: started, told and asked over a pipe in its own protocol (DevTools), without further packages."""

from __future__ import annotations

import base64
import functools
import http.server
import json
import os
import pathlib
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from typing import Any

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--disable-dev-shm-usage", "--mute-audio", "--remote-debugging-pipe",
    "--disable-features=IsolateSandboxedIframes",  # frames of a page in its own process: one connection reaches them all
)  # fmt: skip


class Failed(Exception):
    """What the browser said that it could not do."""


class Chromium:
    """A browser; :meth:`page` opens a page in it."""

    def __init__(self, *switches: str):
        if PROGRAM is None:
            raise FileNotFoundError("there is no Chromium: apt-get install chromium")
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()

        def hand_over() -> None:  # the browser reads at 3 and writes at 4
            reads, writes = os.dup(to_read), os.dup(to_write)
            os.dup2(reads, 3)
            os.dup2(writes, 4)

        command = [PROGRAM, *_SWITCHES, f"--user-data-dir={self._profile.name}", *switches]
        self._process = subprocess.Popen(
            command,
            close_fds=False,
            preexec_fn=hand_over,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._count, self._answers, self.pages = 0, queue.Queue(), {}
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        rest = b""
        while chunk := os.read(self._read, 1 << 20):
            *messages, rest = (rest + chunk).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    self._answers.put(message)
                elif message.get("sessionId") in self.pages:
                    self.pages[message["sessionId"]].happened(message["method"], message["params"])

    def call(self, method: str, session: str | None = None, seconds: float = 60, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while True:
            answer = self._answers.get(timeout=seconds)
            if answer["id"] == self._count:
                break
        if "error" in answer:
            raise Failed(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def page(self) -> Page:
        return Page(self)

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.terminate()
        self._process.wait(20)
        os.close(self._write)
        self._profile.cleanup()


class Page:
    """A page: what it loads and complains about is kept in ``requests`` and ``complaints``."""

    def __init__(self, browser: Chromium):
        self.browser, self.requests, self.complaints, self.frames = browser, [], [], {}
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.pages[self.session] = self
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.call(method, self.session, **parameters)

    def happened(self, method: str, event: dict[str, Any]) -> None:
        """Keep what tests ask about."""
        if method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = event["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "assert"):
            self.complaints.append(" ".join(str(a.get("value", a.get("description"))) for a in event["args"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] == "error":
            self.complaints.append(f"{event['entry']['text']} {event['entry'].get('url', '')}")
        elif method == "Runtime.executionContextCreated":
            context = event["context"]
            self.frames[context["id"]] = context.get("auxData", {}).get("frameId")
        elif method == "Runtime.executionContextsCleared":
            self.frames.clear()
        elif method == "Page.javascriptDialogOpening":  # confirm(): yes
            threading.Thread(target=self._say_yes, daemon=True).start()

    def _say_yes(self) -> None:
        message = {"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}, "sessionId": self.session}
        os.write(self.browser._write, json.dumps(message).encode() + b"\0")

    def size(self, width: int, height: int = 900, phone: bool = False) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def dark(self, on: bool) -> None:
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if on else "light"}])

    def open(self, url: str) -> None:
        """Go to an address, and wait until everything is loaded."""
        self.requests.clear()
        self.complaints.clear()
        answer = self.call("Page.navigate", url=url)
        if answer.get("errorText"):
            raise Failed(f"{url}: {answer['errorText']}")
        self.until("document.readyState == 'complete'")

    def ask(self, expression: str, frame: int | None = None) -> Any:
        """The value of an expression of JavaScript (a promise is waited for), in the page or in the execution context of a frame."""
        where = {"contextId": frame} if frame is not None else {}
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True, **where
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Failed(f"{expression}: {details.get('exception', {}).get('description') or details['text']}")
        return answer["result"].get("value")

    def until(self, expression: str, seconds: float = 30, frame: int | None = None) -> Any:
        """Ask again until the answer is true, and return it."""
        end = time.monotonic() + seconds
        while not (answer := self.ask(expression, frame)):
            if time.monotonic() > end:
                raise TimeoutError(f"{expression} was still {answer!r} after {seconds} s; the page complained: {self.complaints}")
            time.sleep(0.02)
        return answer

    def inner(self, seconds: float = 10) -> list[int]:
        """The execution contexts of the frames within the page."""
        main = self.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
        end = time.monotonic() + seconds
        while not (found := [c for c, f in self.frames.items() if f and f != main]) and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def key(self, key: str, shift: bool = False, control: bool = False) -> None:
        code = {"Tab": 9, "Enter": 13, "Backspace": 8, "Escape": 27}[key]
        modifiers = 8 * shift + 2 * control
        text = {"text": "\r"} if key == "Enter" and not modifiers else {}
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, modifiers=modifiers,
                **(text if kind == "keyDown" else {}),
            )  # fmt: skip

    def picture(self, path: str | pathlib.Path, whole: bool = False) -> None:
        content = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(content["data"]))

    def close(self) -> None:
        self.browser.pages.pop(self.session)
        self.call("Page.close")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class Served:
    """A folder on a port of this machine: ``with Served(folder) as address``."""

    def __init__(self, folder: str | pathlib.Path, handler: type[http.server.SimpleHTTPRequestHandler] = _Quiet):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
        self._server.daemon_threads = True

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
