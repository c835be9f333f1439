from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


class InvalidResult(Exception):
    """The function answered with something that cannot become an HTTP response. Its message names what was wrong."""


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    """Lower-case names; never `x-plat-*` nor a header that frames the message."""
    body: bytes | None = None
    """`None` when the body is empty or a stream."""
    stream: Any = None
    """An (async) iterator of `str` and `bytes`, or `None`."""


_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
# What the server itself says about the message and the connection.
_FRAMING_HEADERS = frozenset(
    ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"]
)
_OCTETS = ("content-type", "application/octet-stream")


def to_answer(result: Any) -> Answer:
    """Turns what a handler returned into a response. Raises InvalidResult."""
    if result is None:
        return Answer(204)
    if is_stream(result):
        return Answer(200, [_OCTETS], stream=result)
    if isinstance(result, (bytes, bytearray, memoryview)):
        return Answer(200, [_OCTETS], body=bytes(result))
    if isinstance(result, Mapping) and result.get("statusCode") is not None:
        return _from_response(result)
    return Answer(200, [("content-type", "application/json")], body=_to_json(result, "The result"))


def is_stream(value: Any) -> bool:
    return isinstance(value, (Iterator, AsyncIterator)) or (hasattr(value, "__aiter__") and not isinstance(value, Mapping))


def _from_response(result: Mapping[str, Any]) -> Answer:
    status = _check_status(result["statusCode"])
    headers = _collect_headers(result)
    body, stream, content_type = _read_body(result)
    if content_type is not None and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", content_type))
    return Answer(status, headers, body, stream)


def _check_status(status: Any) -> int:
    is_whole = isinstance(status, (int, float)) and not isinstance(status, bool) and status == int(status)
    if is_whole and 200 <= status <= 599:
        return int(status)
    raise InvalidResult(f"statusCode must be a whole number from 200 to 599, got {_show(status)}.")


def _collect_headers(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    many = _items_of(result, "multiValueHeaders")
    overridden = {str(name).lower() for name, _ in many}
    for name, value in _items_of(result, "headers"):
        if str(name).lower() not in overridden:
            _add_header(headers, name, value)
    for name, value in many:
        _add_header(headers, name, value)
    cookies = result.get("cookies") or []
    if not isinstance(cookies, (list, tuple)):
        raise InvalidResult(f"cookies must be a list of strings, got {_show(cookies)}.")
    for cookie in cookies:
        _add_header(headers, "set-cookie", cookie)
    return headers


def _items_of(result: Mapping[str, Any], name: str) -> list[tuple[Any, Any]]:
    value = result.get(name)
    if value is None:
        return []
    if not isinstance(value, Mapping):
        raise InvalidResult(f"{name} must be a dict, got {_show(value)}.")
    return list(value.items())


def _add_header(headers: list[tuple[str, str]], name: Any, value: Any) -> None:
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise InvalidResult(f"{json.dumps(str(name))} is not a valid header name.")
    lower = name.lower()
    if lower.startswith("x-plat-") or lower in _FRAMING_HEADERS or value is None:
        return
    for one in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(one, bool):
            one = "true" if one else "false"
        if not isinstance(one, (str, int, float)):
            raise InvalidResult(f'The value of the header "{lower}" must be a string or a list of strings, got {_show(one)}.')
        text = str(one).strip(" \t")
        if _BAD_VALUE.search(text):
            raise InvalidResult(f'The value of the header "{lower}" has a character that HTTP does not allow.')
        headers.append((lower, text))


def _read_body(result: Mapping[str, Any]) -> tuple[bytes | None, Any, str | None]:
    body = result.get("body")
    if body is None:
        return None, None, None
    if is_stream(body):
        return None, body, "application/octet-stream"
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body), None, "application/octet-stream"
    if not isinstance(body, str):
        return _to_json(body, "The body"), None, "application/json"
    if not result.get("isBase64Encoded"):
        return body.encode("utf-8", "replace"), None, "text/plain; charset=utf-8"
    try:
        compact = re.sub(r"\s", "", body).translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True), None, "application/octet-stream"
    except (binascii.Error, ValueError):
        raise InvalidResult("isBase64Encoded is true, but the body is not base64.") from None


def _to_json(value: Any, what: str) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidResult(f"{what} cannot be written as JSON: {error}") from None


def _show(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value[:100])
    if value is None or isinstance(value, (bool, int, float)):
        return str(value)
    return f"a {type(value).__name__}"
