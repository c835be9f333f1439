from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from plat_runtime.call import Call
from plat_runtime.options import Options

# After this long past its deadline a call is taken for stuck.
_STUCK_AFTER_MS = 1_000


class Instance:
    """The one application that this process serves, and the calls that run. For any thread."""

    def __init__(self, options: Options):
        self.state = "loading"
        self.reason = ""
        self._app: Callable[..., Any] | None = None
        self._concurrency = options.concurrency
        self._is_settled = threading.Event()
        self._running: set[Call] = set()

    def loaded(self, app: Callable[..., Any]) -> None:
        self._app = app
        self.state = "ready"
        self._is_settled.set()

    def failed(self, reason: str) -> None:
        self.reason = reason
        self.state = "failed"
        self._is_settled.set()

    def readiness(self) -> dict[str, str]:
        return {"status": self.state, **({"reason": self.reason} if self.state == "failed" else {})}

    def wait_until_loaded(self) -> Callable[..., Any] | None:
        """The application, or None when it could not be loaded."""
        self._is_settled.wait()
        return self._app

    def begin(self, call: Call) -> None:
        self._running.add(call)

    def end(self, call: Call) -> None:
        self._running.discard(call)

    def is_stuck(self, now_ms: float) -> bool:
        running = list(self._running)
        return len(running) >= self._concurrency and all(now_ms > call.deadline_ms + _STUCK_AFTER_MS for call in running)
