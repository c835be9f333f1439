from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import traceback
from typing import Callable

from plat_runtime.call import current_call
from plat_runtime.carry_call import Carrier
from plat_runtime.connection import from_thread
from plat_runtime.executors import Executor, LazyLoop, LoopExecutor, ThreadExecutor
from plat_runtime.load_handler import Handler, LoadError, load_handler
from plat_runtime.logs import PARTIAL_FLUSH_SECONDS, LineFramer, frame_standard_streams
from plat_runtime.options import Options, parse_options
from plat_runtime.runtime_server import RuntimeServer


def serve(load: Callable[[Options], Handler]) -> None:
    """Serves the handler that `load` gives or refuses with a LoadError, until the process is told to end."""
    options = parse_options(os.environ, os.getcwd())
    server: RuntimeServer

    def current_request_id() -> str | None:
        call = current_call.get()
        return call.request_id if call is not None else server.sole_request_id()

    framers = frame_standard_streams(current_request_id)

    def end_of_call(request_id: str) -> None:
        for framer in framers:
            framer.flush_call(request_id)

    server = RuntimeServer(options, end_of_call)
    flush_partials_in_time(framers, server)
    # Before anybody can know that it is there, and tell it to end.
    stop_on_signals(server)
    server.start()
    try:
        handler = load(options if server.specializer is None else wait_for_function(server))
    except Stopped:
        pass
    except LoadError as error:
        print(f"The function could not be loaded. {error}", file=sys.stderr)
        if error.__cause__ is not None:
            traceback.print_exception(error.__cause__)
        from_thread(server.loop, server.failed, str(error))
        server.stopped.wait()
    else:
        executor = create_executor(handler, server)
        from_thread(server.loop, server.loaded, executor)
        executor.run_on_main_thread()
    for framer in framers:
        framer.flush_partials()


class Stopped(Exception):
    """The server was told to end before it had a function."""


def wait_for_function(server: RuntimeServer) -> Options:
    assert server.specializer is not None
    result = server.specializer.wait()
    if result is None:
        raise Stopped
    if isinstance(result, str):
        raise LoadError(result)
    return result


def create_executor(handler: Handler, server: RuntimeServer) -> Executor:
    if handler.kind == "async":
        loop = asyncio.new_event_loop()
        return LoopExecutor(Carrier(handler, server.options, server.loop, lambda: loop, server.end_call), loop)
    lazy_loop = LazyLoop()
    return ThreadExecutor(Carrier(handler, server.options, server.loop, lazy_loop.get, server.end_call))


def stop_on_signals(server: RuntimeServer) -> None:
    """The interpreter writes a signal's number to the socket at once, also while the main thread is deep in user code,
    where a Python signal handler would have to wait."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    stop_on_signals.sockets = (reader, writer)  # type: ignore[attr-defined]

    def read() -> None:
        numbers = reader.recv(64)
        if signal.SIGTERM in numbers or signal.SIGINT in numbers:
            server.stop()

    from_thread(server.loop, server.loop.add_reader, reader.fileno(), read)


def flush_partials_in_time(framers: list[LineFramer], server: RuntimeServer) -> None:
    is_scheduled = False

    def flush() -> None:
        nonlocal is_scheduled
        is_scheduled = False
        for framer in framers:
            framer.flush_partials()

    def schedule() -> None:
        nonlocal is_scheduled
        if not is_scheduled:
            is_scheduled = True
            from_thread(server.loop, server.loop.call_later, PARTIAL_FLUSH_SECONDS, flush)

    for framer in framers:
        framer.on_partial = schedule


if __name__ == "__main__":
    serve(lambda options: load_handler(options.handler, options.app_dir))
