"""INVARIANTS
- Only whole lines of a call are written, each with its call's prefix, so lines of two calls never mix.
- A line holds at most LINE_LIMIT_BYTES; a longer one goes out in pieces, each a line of its own.
- What a call left without a newline goes out when the call ends, or PARTIAL_FLUSH_SECONDS after it was printed.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from typing import Callable

LINE_LIMIT_BYTES = 64 * 1024
PARTIAL_FLUSH_SECONDS = 2.0


class LineFramer(io.BufferedIOBase):
    """Frames the lines that a call prints: `\\x1e` + request id + `\\x1f` + line. What is printed outside of a call passes
    as it is. Stands where `sys.stdout.buffer` does."""

    def __init__(self, fd: int, write: Callable[[bytes], None], current_request_id: Callable[[], str | None]):
        self._fd = fd
        self._write = write
        self._current_request_id = current_request_id
        self._partials: dict[str, bytearray] = {}
        self._is_outside_line_open = False
        self._lock = threading.RLock()
        self.on_partial: Callable[[], None] = lambda: None

    def write(self, data) -> int:  # type: ignore[override]
        chunk = bytes(data)
        if not chunk:
            return 0
        request_id = self._current_request_id()
        with self._lock:
            if request_id is None:
                self._is_outside_line_open = not chunk.endswith(b"\n")
                self._write(chunk)
            else:
                self._print(request_id, chunk)
        return len(chunk)

    def flush_call(self, request_id: str) -> None:
        if request_id not in self._partials:
            return
        with self._lock:
            text = self._partials.pop(request_id, None)
            if text:
                self._write_lines(request_id, bytes(text))

    def flush_partials(self) -> None:
        for request_id in list(self._partials):
            self.flush_call(request_id)

    def _print(self, request_id: str, chunk: bytes) -> None:
        last_newline = chunk.rfind(b"\n")
        if last_newline >= 0:
            held = self._partials.pop(request_id, b"")
            self._write_lines(request_id, bytes(held) + chunk[: last_newline + 1])
        rest = chunk[last_newline + 1 :]
        if rest:
            held_rest = self._partials.setdefault(request_id, bytearray())
            held_rest += rest
            while len(held_rest) > LINE_LIMIT_BYTES:
                cut = _cut_point(held_rest)
                self._write_lines(request_id, bytes(held_rest[:cut]))
                del held_rest[:cut]
            self.on_partial()

    def _write_lines(self, request_id: str, text: bytes) -> None:
        prefix = b"\x1e" + request_id.encode("utf-8", "replace") + b"\x1f"
        pieces = [b"\n"] if self._is_outside_line_open else []
        self._is_outside_line_open = False
        for line in text.removesuffix(b"\n").split(b"\n"):
            while len(line) > LINE_LIMIT_BYTES:
                cut = _cut_point(line)
                pieces += (prefix, line[:cut], b"\n")
                line = line[cut:]
            pieces += (prefix, line, b"\n")
        self._write(b"".join(pieces))

    def flush(self) -> None:
        pass

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._fd


def _cut_point(line: bytes | bytearray) -> int:
    """Where a line has to be cut, never within a UTF-8 character."""
    cut = LINE_LIMIT_BYTES
    while cut > LINE_LIMIT_BYTES - 4 and line[cut] & 0xC0 == 0x80:
        cut -= 1
    return cut


def frame_standard_streams(current_request_id: Callable[[], str | None]) -> list[LineFramer]:
    """Puts a framer before stdout and stderr; to be called before user code is imported."""
    framers = []
    for name, fd in (("stdout", 1), ("stderr", 2)):
        framer = LineFramer(fd, _writer(fd), current_request_id)
        stream = io.TextIOWrapper(framer, encoding="utf-8", errors="backslashreplace", write_through=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
        framers.append(framer)
    return framers


def _writer(fd: int) -> Callable[[bytes], None]:
    def write(data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(fd, view) :]
        except OSError:
            # A reader that went away must not fail the function.
            pass

    return write
