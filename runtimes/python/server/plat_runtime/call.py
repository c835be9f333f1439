from __future__ import annotations

import contextvars
import resource
import threading
import time
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from .http_request import Request
    from .options import Options

_SELF_AND_CHILDREN = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

current_call: contextvars.ContextVar[Call | None] = contextvars.ContextVar("plat_call", default=None)
"""The call that the running code belongs to."""


class Call:
    """One call of the function, from its request to the end of its handler."""

    __slots__ = ("request", "connection", "request_id", "deadline_ms", "cancelled", "is_over", "_cpu_at_start")

    def __init__(self, request: Request, connection: Any, request_id: str, timeout_ms: int):
        self.request = request
        self.connection = connection
        self.request_id = request_id
        self.deadline_ms = int(time.time() * 1000) + timeout_ms
        self.cancelled = Cancellation()
        self.is_over = False
        self._cpu_at_start = 0

    def start_clock(self) -> None:
        self._cpu_at_start = _cpu_us()

    def usage_headers(self) -> list[tuple[str, str]]:
        """What the proxy records of a call. CPU time is that of the process and of the child processes it has waited for, so
        calls that overlap each see the other's too."""
        cpu_us = _cpu_us() - self._cpu_at_start if self._cpu_at_start else 0
        memory_bytes = max(resource.getrusage(who).ru_maxrss for who in _SELF_AND_CHILDREN) * 1024
        return [("x-plat-cpu-us", str(cpu_us)), ("x-plat-memory-bytes", str(memory_bytes))]


def _cpu_us() -> int:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time_ns() // 1000 + int((children.ru_utime + children.ru_stime) * 1_000_000)


class PlainFailure(Exception):
    """A failure whose traceback would say nothing to the function's author."""


class Cancellation(threading.Event):
    """Set when the caller leaves or the deadline passes."""

    def __init__(self) -> None:
        super().__init__()
        self._listeners: list[Callable[[], None]] = []

    def set(self) -> None:
        super().set()
        for listener in self._listeners:
            listener()

    def when_set(self, listener: Callable[[], None]) -> None:
        """Calls the listener, which must bear to be called twice, at once or later, on any thread."""
        self._listeners.append(listener)
        if self.is_set():
            listener()


class Context:
    """The second argument of a handler."""

    def __init__(self, call: Call, options: Options):
        self._call = call
        self.function_name = options.function_name
        self.function_version = options.function_version
        self.project = options.project
        self.memory_limit_in_mb = options.memory_mb
        self.request_id = call.request_id
        self.aws_request_id = call.request_id
        self.deadline_ms = call.deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._call.deadline_ms - int(time.time() * 1000))

    @property
    def cancelled(self) -> threading.Event:
        """Set when the caller leaves or the deadline passes."""
        return self._call.cancelled
