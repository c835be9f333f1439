"""An HTTP/1.1 request parser (RFC 9112) over a growing buffer. Strict where laxness lets requests be smuggled."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEADER_LIMIT_BYTES = 32 * 1024
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(r"[\x21-\x7e\x80-\xff]+")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CHUNK_LINE_LIMIT_BYTES = 4 * 1024


class RequestError(Exception):
    """The request is refused; the connection is closed after the answer."""

    def __init__(self, status: int, error_type: str, message: str):
        super().__init__(message)
        self.status = status
        self.error_type = error_type


def _malformed(message: str) -> RequestError:
    return RequestError(400, "MalformedRequest", message)


@dataclass
class Request:
    method: str
    target: str
    version: str
    header_list: list[tuple[str, str]]
    """Lower-case names, in the order they came, repeated names repeated."""
    headers: dict[str, str]
    """The last value of each name."""
    remote_address: str
    keep_alive: bool
    body: bytes = b""
    content_length: int = 0
    is_chunked: bool = False


def parse_head(head: bytes, remote_address: str) -> Request:
    """`head` is everything before the empty line. Raises RequestError."""
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not _TOKEN.fullmatch(parts[0]) or not _TARGET.fullmatch(parts[1]):
        raise _malformed("The request line is not valid.")
    method, target, version = parts
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        raise _malformed("The HTTP version is not 1.0 or 1.1.")
    header_list: list[tuple[str, str]] = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name) or _BAD_VALUE.search(value):
            raise _malformed("A header line is not valid.")
        header_list.append((name.lower(), value.strip(" \t")))
    headers = dict(header_list)
    connection = headers.get("connection", "").lower()
    keep_alive = "close" not in connection if version == "HTTP/1.1" else "keep-alive" in connection
    request = Request(method, target, version, header_list, headers, remote_address, keep_alive)
    _read_framing(request)
    return request


def _read_framing(request: Request) -> None:
    codings = [value.lower() for name, value in request.header_list if name == "transfer-encoding"]
    lengths = {value for name, value in request.header_list if name == "content-length"}
    if codings:
        if lengths:
            raise _malformed("A request cannot have both Content-Length and Transfer-Encoding.")
        if codings != ["chunked"]:
            raise RequestError(501, "UnknownTransferEncoding", f"Transfer-Encoding must be chunked, got {', '.join(codings)[:100]}.")
        request.is_chunked = True
    elif lengths:
        value = lengths.pop()
        if lengths or not re.fullmatch(r"[0-9]{1,15}", value):
            raise _malformed("Content-Length is not valid.")
        request.content_length = int(value)


class BodyReader:
    """Takes a request's body off the front of a buffer. What comes after it is left there for the next request."""

    def __init__(self, request: Request, limit_bytes: int):
        self._request = request
        self._limit_bytes = limit_bytes
        self._parts: list[bytes] = []
        self._size = 0
        self._left_in_chunk = 0
        self._state = "size" if request.is_chunked else "fixed"
        if request.content_length > limit_bytes:
            raise self._too_large()

    def read(self, buffer: bytearray) -> bool:
        """Whether the body is whole now."""
        if self._state == "fixed":
            if len(buffer) < self._request.content_length:
                return False
            self._request.body = bytes(buffer[: self._request.content_length])
            del buffer[: self._request.content_length]
            return True
        while True:
            if self._state == "data":
                if not self._read_data(buffer):
                    return False
                continue
            line = _take_line(buffer)
            if line is None:
                return False
            if self._state == "size":
                self._start_chunk(line)
            elif self._state == "data-end":
                if line:
                    raise _malformed("A chunk is longer than its size says.")
                self._state = "size"
            elif not line:  # the empty line after the trailers
                self._request.body = b"".join(self._parts)
                return True

    def _start_chunk(self, line: bytes) -> None:
        size = line.split(b";", 1)[0].strip(b" \t")
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,12}", size):
            raise _malformed("The size of a chunk is not valid.")
        self._left_in_chunk = int(size, 16)
        self._size += self._left_in_chunk
        if self._size > self._limit_bytes:
            raise self._too_large()
        self._state = "data" if self._left_in_chunk else "trailers"

    def _read_data(self, buffer: bytearray) -> bool:
        part = bytes(buffer[: self._left_in_chunk])
        del buffer[: len(part)]
        if part:
            self._parts.append(part)
        self._left_in_chunk -= len(part)
        if self._left_in_chunk:
            return False
        self._state = "data-end"
        return True

    def _too_large(self) -> RequestError:
        message = f"The request body is larger than the {self._limit_bytes} bytes this function takes."
        return RequestError(413, "BodyTooLarge", message)


def _take_line(buffer: bytearray) -> bytes | None:
    end = buffer.find(b"\r\n", 0, _CHUNK_LINE_LIMIT_BYTES)
    if end < 0:
        if len(buffer) >= _CHUNK_LINE_LIMIT_BYTES:
            raise _malformed("A line of the chunked body is too long.")
        return None
    line = bytes(buffer[:end])
    del buffer[: end + 2]
    return line
