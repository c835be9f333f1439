"""INVARIANTS
- Everything but `start` and `sole_request_id` runs on the server's loop, so nothing here needs a lock.
- Never more than `concurrency` calls run; a slot is held until its handler has really ended, also when the caller left.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
import uuid
from collections import deque
from typing import Callable

from .call import Call
from .connection import Connection
from .executors import Executor
from .http_request import Request
from .http_response import encode_json
from .options import Options
from .specialize import Specializer

# After this long past its deadline a call is taken for stuck.
_STUCK_AFTER_MS = 1_000
# Calls in flight get this long to end before the process does.
_DRAIN_SECONDS = 25.0
_BACKLOG = 1_024


class RuntimeServer:
    def __init__(self, options: Options, on_end_of_call: Callable[[str], None]):
        self.options = options
        self.body_limit_bytes = options.body_limit_bytes
        self.loop = asyncio.new_event_loop()
        self.stopped = threading.Event()
        self._on_end_of_call = on_end_of_call
        self.specializer = Specializer(options.app_dir, self._begin_loading) if options.is_generic else None
        self._state = "generic" if options.is_generic else "loading"
        self._reason = ""
        self._executor: Executor | None = None
        self._connections: set[Connection] = set()
        self._calls: dict[Connection, Call] = {}
        self._running: dict[Call, asyncio.TimerHandle] = {}
        self._waiting: deque[Call] = deque()
        self._sole_call: Call | None = None
        self._is_stopping = False
        self._listener: asyncio.AbstractServer | None = None

    # life

    def start(self) -> None:
        """Listens, then serves on a thread of its own. Raises OSError when the port is taken."""
        listening = socket.create_server((self.options.host, self.options.port), backlog=_BACKLOG)

        def serve() -> None:
            asyncio.set_event_loop(self.loop)
            self._listener = self.loop.run_until_complete(
                self.loop.create_server(self._connect, sock=listening, backlog=_BACKLOG)
            )
            self.loop.run_forever()

        threading.Thread(target=serve, name="plat-server", daemon=True).start()

    def loaded(self, executor: Executor) -> None:
        self._executor = executor
        self._state = "ready"
        self._start_waiting()

    def failed(self, reason: str) -> None:
        self._state = "failed"
        self._reason = reason
        self._start_waiting()

    def sole_request_id(self) -> str | None:
        """The call that a line belongs to which a thread of the user's printed. Only with a concurrency of 1 it is known."""
        return self._sole_call.request_id if self._sole_call is not None else None

    def stop(self) -> None:
        """Takes no further connection, lets the calls in flight end, then lets the main thread go."""
        if self._is_stopping:
            return
        self._is_stopping = True
        if self._listener is not None:
            self._listener.close()
        for connection in list(self._connections):
            connection.keep_alive = False
            if connection.is_idle:
                connection.close()
        self.loop.call_later(_DRAIN_SECONDS, os._exit, 0)
        self._stop_if_idle()

    def _stop_if_idle(self) -> None:
        if not self._is_stopping or self._running or self._waiting:
            return
        # The last answer still has to reach the socket.
        self.loop.call_later(0.02, self._end)

    def _end(self) -> None:
        self.stopped.set()
        if self.specializer is not None:
            self.specializer.stop()
        if self._executor is not None:
            self._executor.stop()
        self.loop.call_later(2.0, os._exit, 0)

    # connections

    def _connect(self) -> Connection:
        connection = Connection(self)
        self._connections.add(connection)
        return connection

    def on_idle(self, connection: Connection) -> None:
        if self._is_stopping:
            connection.close()

    def on_left(self, connection: Connection) -> None:
        self._connections.discard(connection)
        call = self._calls.pop(connection, None)
        if call is None:
            return
        call.cancelled.set()
        if call in self._waiting:
            self._waiting.remove(call)

    def on_request(self, request: Request, connection: Connection) -> None:
        if self._is_stopping:
            connection.keep_alive = False
        if request.target.startswith("/_plat/"):
            self._answer_reserved(request, connection)
        elif request.headers.get("upgrade", "h2c").lower() != "h2c":
            # A server may ignore an offer of HTTP/2, which some clients send with every first request.
            message = f'A handler function cannot switch protocols to "{request.headers["upgrade"]}".'
            self._answer(request, connection, 501, {"errorType": "UpgradeRefused", "errorMessage": message}, "invalid")
        else:
            request_id = request.headers.get("x-plat-request-id") or str(uuid.uuid4())
            timeout = request.headers.get("x-plat-timeout-ms", "")
            timeout_ms = int(timeout) if timeout.isdecimal() and int(timeout) > 0 else self.options.timeout_ms
            call = Call(request, connection, request_id, timeout_ms)
            self._calls[connection] = call
            self._waiting.append(call)
            self._start_waiting()

    def _answer_reserved(self, request: Request, connection: Connection) -> None:
        path = request.target.split("?", 1)[0]
        is_read = request.method in ("GET", "HEAD")
        if is_read and path == "/_plat/health":
            is_stuck = self._is_stuck()
            self._answer(request, connection, 503 if is_stuck else 200, {"status": "stuck" if is_stuck else "ok"})
        elif is_read and path == "/_plat/ready":
            body = {"status": self._state, **({"reason": self._reason} if self._state == "failed" else {})}
            self._answer(request, connection, 200 if self._state == "ready" else 503, body)
        elif self.specializer is not None and request.method == "POST" and path == "/_plat/specialize":
            status, answer = self.specializer.take(request.body)
            self._answer(request, connection, status, answer)
        else:
            body = {"errorType": "NotFound", "errorMessage": f"There is no {request.method} {path}."}
            self._answer(request, connection, 404, body)

    def _begin_loading(self, options: Options) -> None:
        self.options = options
        self.body_limit_bytes = options.body_limit_bytes
        self._state = "loading"

    def _answer(self, request: Request, connection: Connection, status: int, body: object, outcome: str | None = None) -> None:
        headers = [("x-plat-outcome", outcome)] if outcome else []
        is_head = request.method == "HEAD"
        connection.write(encode_json(status, body, headers, keep_alive=connection.keep_alive, is_head=is_head))
        connection.finish()

    # calls

    def _is_stuck(self) -> bool:
        if len(self._running) < self.options.concurrency:
            return False
        now_ms = time.time() * 1000
        return all(now_ms > call.deadline_ms + _STUCK_AFTER_MS for call in self._running)

    def _start_waiting(self) -> None:
        while self._waiting and self._state not in ("generic", "loading") and len(self._running) < self.options.concurrency:
            call = self._waiting.popleft()
            if self._executor is None:
                self._refuse_unloaded(call)
                continue
            remaining = call.deadline_ms / 1000 - time.time()
            self._running[call] = self.loop.call_later(max(0.0, remaining), call.cancelled.set)
            if self.options.concurrency == 1:
                self._sole_call = call
            self._executor.submit(call, len(self._running))

    def _refuse_unloaded(self, call: Call) -> None:
        self._calls.pop(call.connection, None)
        body = {"errorType": "LoadError", "errorMessage": self._reason}
        self._answer(call.request, call.connection, 500, body, "error")

    def end_call(self, call: Call, data: bytes | None) -> None:
        """The handler has ended. `data` is the last of its answer; None cuts the connection."""
        timer = self._running.pop(call, None)
        if timer is not None:
            timer.cancel()
        self._sole_call = None
        self._on_end_of_call(call.request_id)
        if self._calls.pop(call.connection, None) is not None:
            if data is None:
                self._cut(call)
            else:
                call.connection.write(data)
                call.connection.finish()
        self._start_waiting()
        self._stop_if_idle()

    def _cut(self, call: Call) -> None:
        """Ends a streamed answer so that the client sees that it is not whole: a missing last chunk says so, but only
        HTTP/1.1 has one."""
        if call.request.version == "HTTP/1.1":
            call.connection.close()
        else:
            call.connection.destroy()
