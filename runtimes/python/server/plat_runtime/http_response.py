from __future__ import annotations

import json
import time
from http import HTTPStatus

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_date_of: tuple[int, str] = (0, "")

Headers = list[tuple[str, str]]


def encode_head(status: int, headers: Headers, *, keep_alive: bool) -> bytes:
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}"]
    has_date = False
    for name, value in headers:
        lines.append(f"{name}: {value}")
        has_date = has_date or name == "date"
    if not has_date:
        lines.append(f"date: {_http_date()}")
    lines.append("connection: keep-alive\r\n\r\n" if keep_alive else "connection: close\r\n\r\n")
    return "\r\n".join(lines).encode("latin-1")


def encode_json(status: int, value: object, headers: Headers | None = None, *, keep_alive: bool, is_head: bool = False) -> bytes:
    body = json.dumps(value, separators=(",", ":")).encode("ascii")
    all_headers = [("content-type", "application/json"), ("content-length", str(len(body))), *(headers or [])]
    return encode_head(status, all_headers, keep_alive=keep_alive) + (b"" if is_head else body)


def encode_chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def encode_last_chunk(trailers: Headers) -> bytes:
    return b"0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in trailers).encode("latin-1") + b"\r\n"


def _http_date() -> str:
    global _date_of
    now = int(time.time())
    if _date_of[0] != now:
        at = time.gmtime(now)
        text = f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year} {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} GMT"
        _date_of = (now, text)
    return _date_of[1]
