from __future__ import annotations

import contextvars
import resource
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .http_request import Request
    from .options import Options

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
        self.cancelled = threading.Event()
        self.is_over = False
        self._cpu_at_start = 0

    def start_clock(self) -> None:
        self._cpu_at_start = time.process_time_ns()

    def usage_headers(self) -> list[tuple[str, str]]:
        """What the proxy records of a call. CPU time is the process's, so calls that overlap each see the other's too."""
        cpu_us = (time.process_time_ns() - self._cpu_at_start) // 1000 if self._cpu_at_start else 0
        memory_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return [("x-plat-cpu-us", str(cpu_us)), ("x-plat-memory-bytes", str(memory_bytes))]


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
