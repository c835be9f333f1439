"""Carries one call: builds the event, calls the handler, sends its answer. `carry_sync` runs on a worker thread,
`carry_async` on the event loop of the user's code; both come to the server's loop only to write."""

from __future__ import annotations

import asyncio
import contextvars
import json
import sys
import time
import traceback
from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Callable

from .call import Call, Context, PlainFailure, current_call
from .connection import from_thread
from .event import build_http_event
from .http_response import encode_chunk, encode_head, encode_json, encode_last_chunk
from .result import Answer, InvalidResult, to_answer

if TYPE_CHECKING:
    from .load_handler import Handler
    from .options import Options

_END = object()
_ERROR_LIMIT = 8_192


class _Refusal(Exception):
    """The call was refused before the function saw it."""


class Carrier:
    def __init__(
        self,
        handler: Handler,
        options: Options,
        server_loop: asyncio.AbstractEventLoop,
        user_loop: Callable[[], asyncio.AbstractEventLoop],
        end_call: Callable[[Call, bytes | None], None],
    ):
        self._handler = handler
        self._options = options
        self._server_loop = server_loop
        self._user_loop = user_loop
        self._end_call = end_call

    def carry_sync(self, call: Call) -> None:
        current_call.set(call)
        try:
            result = self._handler.function(*self._arguments(call))
            if hasattr(result, "__await__"):
                result = self._on_user_loop(result)
            self._finish(call, self._send_sync(call, _answer_of(result)))
        except BaseException as error:  # SystemExit too: it ends the call, not the instance
            self._finish(call, self._failure(call, error))
        finally:
            current_call.set(None)

    async def carry_async(self, call: Call) -> None:
        current_call.set(call)
        try:
            result = self._handler.function(*self._arguments(call))
            if hasattr(result, "__await__"):
                result = await result
            self._finish(call, await self._send_async(call, _answer_of(result)))
        except BaseException as error:
            self._finish(call, self._failure(call, error))

    def _arguments(self, call: Call) -> tuple[Any, ...]:
        call.start_clock()
        request = call.request
        if request.headers.get("x-plat-event") == "direct":
            event = _parse_direct_event(request.body)
        else:
            event = build_http_event(request, call.request_id, self._options.function_name, int(time.time() * 1000))
        return (event, Context(call, self._options)) if self._handler.takes_context else (event,)

    def _finish(self, call: Call, data: bytes | None) -> None:
        """`data` is the last of the answer; None cuts the connection."""
        from_thread(self._server_loop, self._end_call, call, data)

    # streams

    def _send_sync(self, call: Call, answer: Answer) -> bytes:
        if answer.stream is None or not _has_body(call, answer):
            return _encode_whole(call, answer)
        stream = answer.stream
        if isinstance(stream, AsyncIterator) or hasattr(stream, "__aiter__"):
            return self._on_user_loop(self._send_async(call, answer))
        writer = _StreamWriter(call, answer)
        try:
            for chunk in stream:
                if not asyncio.run_coroutine_threadsafe(call.connection.send(writer.encode(chunk)), self._server_loop).result():
                    break
        except BaseException as error:
            raise writer.failure(error)
        finally:
            getattr(stream, "close", lambda: None)()
        return writer.end()

    async def _send_async(self, call: Call, answer: Answer) -> bytes:
        if answer.stream is None or not _has_body(call, answer):
            return _encode_whole(call, answer)
        writer = _StreamWriter(call, answer)
        stream = answer.stream if hasattr(answer.stream, "__aiter__") else _iterate_on_threads(answer.stream)
        try:
            async for chunk in stream:
                sent = asyncio.run_coroutine_threadsafe(call.connection.send(writer.encode(chunk)), self._server_loop)
                if not await asyncio.wrap_future(sent):
                    break
        except BaseException as error:
            raise writer.failure(error)
        finally:
            if hasattr(stream, "aclose"):
                await stream.aclose()
        return writer.end()

    def _on_user_loop(self, awaitable: Any) -> Any:
        """Waits, on a worker thread, for something asynchronous that a plain `def` handler answered with."""
        outcome: Future[Any] = Future()
        context = contextvars.copy_context()
        loop = self._user_loop()

        async def report() -> None:
            try:
                outcome.set_result(await awaitable)
            except BaseException as error:
                outcome.set_exception(error)

        loop.call_soon_threadsafe(lambda: context.run(loop.create_task, report()))
        return outcome.result()

    # failures

    def _failure(self, call: Call, error: BaseException) -> bytes | None:
        if isinstance(error, _StreamCut):
            _print_traceback(error.__cause__ or error)
            return None
        if isinstance(error, _Refusal):
            return _encode_failure(call, 400, "invalid", "InvalidEvent", str(error))
        if isinstance(error, InvalidResult):
            print(f"InvalidResult: {error}", file=sys.stderr)
            return _encode_failure(call, 500, "invalid", "InvalidResult", str(error))
        _print_traceback(error)
        return _encode_failure(call, 500, "error", type(error).__name__, _message_of(error))


class _StreamCut(Exception):
    """The body's stream failed after its head was sent."""


class _StreamWriter:
    """Frames the chunks of a streamed body. The head goes out with the first chunk, so that a stream that fails before
    it still becomes an ordinary failure."""

    def __init__(self, call: Call, answer: Answer):
        self._call = call
        self._answer = answer
        self._is_head_sent = False
        self._is_chunked = call.request.version == "HTTP/1.1"

    def encode(self, chunk: Any) -> bytes:
        if isinstance(chunk, str):
            data = chunk.encode("utf-8", "replace")
        elif isinstance(chunk, (bytes, bytearray, memoryview)):
            data = bytes(chunk)
        else:
            raise TypeError(f"A chunk of a streamed body must be str or bytes, got {type(chunk).__name__}.")
        head = b"" if self._is_head_sent else self._head()
        self._is_head_sent = True
        if not data:
            return head
        return head + (encode_chunk(data) if self._is_chunked else data)

    def end(self) -> bytes:
        head = b"" if self._is_head_sent else self._head()
        return head + (encode_last_chunk(self._call.usage_headers()) if self._is_chunked else b"")

    def failure(self, error: BaseException) -> BaseException:
        if not self._is_head_sent:
            return error
        cut = _StreamCut("The body was cut off: its stream failed.")
        cut.__cause__ = error
        return cut

    def _head(self) -> bytes:
        headers = [header for header in self._answer.headers if header[0] != "content-length"]
        if self._is_chunked:
            headers.append(("transfer-encoding", "chunked"))
        else:
            self._call.connection.keep_alive = False
        headers += [("x-plat-outcome", "ok"), *self._call.usage_headers()]
        return encode_head(self._answer.status, headers, keep_alive=self._call.connection.keep_alive)


async def _iterate_on_threads(iterator: Any) -> AsyncIterator[Any]:
    loop = asyncio.get_running_loop()
    context = contextvars.copy_context()
    try:
        while (chunk := await loop.run_in_executor(None, context.run, next, iterator, _END)) is not _END:
            yield chunk
    finally:
        getattr(iterator, "close", lambda: None)()


def _answer_of(result: Any) -> Answer:
    try:
        return to_answer(result)
    except InvalidResult:
        raise
    except Exception as error:
        raise InvalidResult(f"The result could not be read: {error}") from error


def _has_body(call: Call, answer: Answer) -> bool:
    return call.request.method != "HEAD" and answer.status not in (204, 304)


def _encode_whole(call: Call, answer: Answer) -> bytes:
    body = answer.body or b""
    headers = [header for header in answer.headers if header[0] != "content-length"]
    own = [value for name, value in answer.headers if name == "content-length" and value.isdecimal()]
    has_body = _has_body(call, answer)
    if has_body or (body and answer.status != 204):
        headers.append(("content-length", str(len(body))))
    elif own and answer.status != 204:
        # An answer to HEAD, or a 304, may tell the length of a body that it does not carry.
        headers.append(("content-length", own[0]))
    headers += [("x-plat-outcome", "ok"), *call.usage_headers()]
    head = encode_head(answer.status, headers, keep_alive=call.connection.keep_alive)
    return head + body if has_body else head


def _encode_failure(call: Call, status: int, outcome: str, error_type: str, message: str) -> bytes:
    return encode_json(
        status,
        {"errorType": error_type, "errorMessage": message},
        [("x-plat-outcome", outcome), *call.usage_headers()],
        keep_alive=call.connection.keep_alive,
        is_head=call.request.method == "HEAD",
    )


def _parse_direct_event(body: bytes) -> Any:
    if not body:
        return {}
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _Refusal(f"The event is not JSON: {error}") from None


def _message_of(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = "The exception cannot be shown."
    return text if len(text) <= _ERROR_LIMIT else text[:_ERROR_LIMIT] + "…"


def _print_traceback(error: BaseException) -> None:
    """Without the frames of this runtime."""
    if isinstance(error, PlainFailure):
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    try:
        text = "".join(traceback.format_exception(type(error), error, frames or error.__traceback__))
    except Exception:
        text = f"{type(error).__name__}: the exception cannot be shown.\n"
    sys.stderr.write(text)
