"""INVARIANTS
- One request of a connection is carried at a time; what the client sent ahead waits in the buffer, which is bounded.
- Everything here runs on the server's loop. Other threads come in through `from_thread` and `Connection.send` only.
"""

from __future__ import annotations

import asyncio
from typing import Callable, Protocol

from .http_request import HEADER_LIMIT_BYTES, BodyReader, Request, RequestError, parse_head
from .http_response import encode_json

_READ_AHEAD_BYTES = 64 * 1024
_LINGER_SECONDS = 2.0


class RequestHandler(Protocol):
    body_limit_bytes: int

    def on_request(self, request: Request, connection: Connection) -> None: ...
    def on_left(self, connection: Connection) -> None: ...
    def on_idle(self, connection: Connection) -> None: ...


class Connection(asyncio.Protocol):
    """One client connection: cuts the bytes into requests and writes the answers."""

    def __init__(self, handler: RequestHandler):
        self._handler = handler
        self._buffer = bytearray()
        self._request: Request | None = None
        self._body: BodyReader | None = None
        self._is_busy = False
        self._is_lingering = False
        self._writable = asyncio.Event()
        self._writable.set()
        self.is_lost = False
        self.keep_alive = True
        """Whether the answer in hand leaves the connection open."""

    @property
    def is_idle(self) -> bool:
        return not self._is_busy and self._request is None and not self._buffer

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        peer = transport.get_extra_info("peername")
        self._remote_address = peer[0] if peer else ""

    def data_received(self, data: bytes) -> None:
        if self._is_lingering:
            return
        self._buffer += data
        self._advance()
        if self._is_busy and len(self._buffer) > _READ_AHEAD_BYTES:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._writable.set()
        self._handler.on_left(self)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # requests

    def _advance(self) -> None:
        if self._is_busy or self._is_lingering or self.is_lost:
            return
        try:
            if self._request is None and not self._read_head():
                return
            if self._request is not None and self._body is not None and self._body.read(self._buffer):
                request, self._request, self._body = self._request, None, None
                self._is_busy = True
                self._handler.on_request(request, self)
        except RequestError as error:
            self._refuse(error)

    def _read_head(self) -> bool:
        while self._buffer.startswith(b"\r\n"):  # some clients end a body with an empty line
            del self._buffer[:2]
        end = self._buffer.find(b"\r\n\r\n", 0, HEADER_LIMIT_BYTES + 4)
        if end < 0:
            if len(self._buffer) > HEADER_LIMIT_BYTES:
                raise RequestError(431, "HeadersTooLarge", f"The request's headers are larger than {HEADER_LIMIT_BYTES} bytes.")
            return False
        request = parse_head(bytes(self._buffer[:end]), self._remote_address)
        del self._buffer[: end + 4]
        self._request = request
        self.keep_alive = request.keep_alive
        self._body = BodyReader(request, self._handler.body_limit_bytes)
        expects_more = request.is_chunked or len(self._buffer) < request.content_length
        if expects_more and request.headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _refuse(self, error: RequestError) -> None:
        body = {"errorType": error.error_type, "errorMessage": str(error)}
        is_head = self._request is not None and self._request.method == "HEAD"
        self._transport.write(encode_json(error.status, body, [("x-plat-outcome", "invalid")], keep_alive=False, is_head=is_head))
        # Closing with unread bytes would reset the connection, and the client might never see the answer.
        self._is_lingering = True
        self._buffer.clear()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        asyncio.get_running_loop().call_later(_LINGER_SECONDS, self.destroy)

    # answers

    def write(self, data: bytes) -> None:
        if not self.is_lost:
            self._transport.write(data)

    async def send(self, data: bytes) -> bool:
        """Writes and waits until the client keeps up. False: the client has left."""
        self.write(data)
        await self._writable.wait()
        return not self.is_lost

    def finish(self) -> None:
        """The answer is written: on to what the client sent meanwhile."""
        if self.is_lost:
            return
        if not self.keep_alive:
            self._transport.close()
            return
        self._is_busy = False
        self._transport.resume_reading()
        if self._buffer:
            # Not at once: a client that sent many requests ahead must not grow the stack.
            asyncio.get_running_loop().call_soon(self._advance)
        elif self.is_idle:
            self._handler.on_idle(self)

    def destroy(self) -> None:
        if not self.is_lost:
            self._transport.abort()

    def close(self) -> None:
        """Closes once everything written has gone out."""
        self._transport.close()


def from_thread(loop: asyncio.AbstractEventLoop, function: Callable[..., object], *args: object) -> None:
    """Runs `function` on the server's loop."""
    try:
        loop.call_soon_threadsafe(function, *args)
    except RuntimeError:  # the loop has ended
        pass
