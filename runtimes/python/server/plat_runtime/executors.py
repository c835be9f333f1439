"""Where user code runs.

A plain `def` handler runs on worker threads, the first of which is the main thread: some libraries work only there, and
with a concurrency of 1 it is the only one. An `async def` handler runs on one event loop, on the main thread: clients made
in one call (an HTTP session, a database pool) belong to a loop, so a loop per thread would break every client kept in a
module. The HTTP server has a loop and a thread of its own, so health answers whatever user code does.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import Protocol

from .call import Call
from .carry_call import Carrier


class Executor(Protocol):
    def submit(self, call: Call, running: int) -> None: ...
    def run_on_main_thread(self) -> None: ...
    def stop(self) -> None: ...


class ThreadExecutor:
    """The server never has more than `concurrency` calls running, so there are never more threads than that."""

    def __init__(self, carrier: Carrier):
        self._carrier = carrier
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._threads = 1

    def submit(self, call: Call, running: int) -> None:
        self._calls.put(call)
        if running > self._threads:
            self._threads += 1
            threading.Thread(target=self._work, name=f"plat-worker-{self._threads}", daemon=True).start()

    def run_on_main_thread(self) -> None:
        self._work()

    def stop(self) -> None:
        for _ in range(self._threads):
            self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            self._carrier.carry_sync(call)
            del call  # what the call holds must not live until the next one comes


class LoopExecutor:
    def __init__(self, carrier: Carrier, loop: asyncio.AbstractEventLoop):
        self._carrier = carrier
        self.loop = loop
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, call: Call, running: int) -> None:
        self.loop.call_soon_threadsafe(self._start, call)

    def run_on_main_thread(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)

    def _start(self, call: Call) -> None:
        task = self.loop.create_task(self._carrier.carry_async(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class LazyLoop:
    """An event loop on a thread of its own, for what a plain `def` handler returns that has to be awaited."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="plat-user-loop", daemon=True).start()
            return self._loop
