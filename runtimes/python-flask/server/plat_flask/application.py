"""What gunicorn serves: the reserved paths, and the function's own application for everything else.

The application is loaded on a thread, so that the instance can say meanwhile that it is loading, and why that failed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from plat_runtime.call import Call, current_call
from plat_runtime.load_handler import LoadError
from plat_runtime.logs import frame_standard_streams
from plat_runtime.options import parse_options

from .find_app import find_app
from .instance import Instance

_Environ = dict[str, Any]
_StartResponse = Callable[..., Any]

options = parse_options(os.environ, "/app" if os.path.isdir("/app") else os.getcwd())
instance = Instance(options)


def _current_request_id() -> str | None:
    call = current_call.get()
    return call.request_id if call is not None else None


framers = frame_standard_streams(_current_request_id)


def _load() -> None:
    try:
        instance.loaded(find_app(os.environ.get("PLAT_HANDLER", ""), options.app_dir))
    except LoadError as error:
        instance.failed(str(error))
        print(f"The function could not be loaded. {error}", file=sys.stderr)
        if error.__cause__ is not None:
            traceback.print_exception(error.__cause__)


threading.Thread(target=_load, name="plat-load", daemon=True).start()


def application(environ: _Environ, start_response: _StartResponse) -> Iterable[bytes]:
    path = environ.get("RAW_URI", environ["PATH_INFO"]).split("?", 1)[0]
    if path.startswith("/_plat/"):
        return _answer_reserved(environ["REQUEST_METHOD"], path, start_response)
    call = _call_of(environ)
    app = instance.wait_until_loaded()
    if app is None:
        return _fail(call, "LoadError", instance.reason, start_response)
    token = current_call.set(call)
    instance.begin(call)
    try:
        body = app(_without_control_headers(environ), _reporting(call, start_response))
    except Exception as error:
        traceback.print_exc()
        _end(call)
        return _fail(call, type(error).__name__, str(error), start_response)
    except BaseException:
        _end(call)
        raise
    finally:
        current_call.reset(token)
    return _Body(call, body)


class _Body:
    """The application's answer, which may still print and use time while it is sent."""

    def __init__(self, call: Call, body: Iterable[bytes]):
        self._call = call
        self._body = body
        self._chunks = iter(body)

    def __iter__(self) -> _Body:
        return self

    def __next__(self) -> bytes:
        token = current_call.set(self._call)
        try:
            return next(self._chunks)
        finally:
            current_call.reset(token)

    def close(self) -> None:
        token = current_call.set(self._call)
        try:
            getattr(self._body, "close", lambda: None)()
        finally:
            current_call.reset(token)
            _end(self._call)


def _end(call: Call) -> None:
    instance.end(call)
    for framer in framers:
        framer.flush_call(call.request_id)


def _call_of(environ: _Environ) -> Call:
    timeout = environ.get("HTTP_X_PLAT_TIMEOUT_MS", "")
    timeout_ms = int(timeout) if timeout.isdecimal() and int(timeout) > 0 else options.timeout_ms
    call = Call(None, None, environ.get("HTTP_X_PLAT_REQUEST_ID") or str(uuid.uuid4()), timeout_ms)
    call.start_clock()
    return call


def _without_control_headers(environ: _Environ) -> _Environ:
    kept = {name: value for name, value in environ.items() if not name.startswith("HTTP_X_PLAT_")}
    # gunicorn's own would go around the framing of lines.
    kept["wsgi.errors"] = sys.stderr
    return kept


def _reporting(call: Call, start_response: _StartResponse) -> _StartResponse:
    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        kept = [header for header in headers if not header[0].lower().startswith("x-plat-")]
        return start_response(status, [*kept, *call.usage_headers()], exc_info)

    return start


def _fail(call: Call, kind: str, message: str, start_response: _StartResponse) -> Iterable[bytes]:
    headers = [("x-plat-outcome", "error"), *call.usage_headers()]
    return _send_json(500, {"errorType": kind, "errorMessage": message[:8192]}, start_response, headers, sys.exc_info())


def _answer_reserved(method: str, path: str, start_response: _StartResponse) -> Iterable[bytes]:
    if method in ("GET", "HEAD") and path == "/_plat/health":
        is_stuck = instance.is_stuck(time.time() * 1000)
        return _send_json(503 if is_stuck else 200, {"status": "stuck" if is_stuck else "ok"}, start_response)
    if method in ("GET", "HEAD") and path == "/_plat/ready":
        return _send_json(200 if instance.state == "ready" else 503, instance.readiness(), start_response)
    body = {"errorType": "NotFound", "errorMessage": f"There is no {method} {path}."}
    return _send_json(404, body, start_response)


_STATUS = {200: "200 OK", 404: "404 Not Found", 500: "500 Internal Server Error", 503: "503 Service Unavailable"}


def _send_json(
    status: int,
    body: object,
    start_response: _StartResponse,
    headers: list[tuple[str, str]] | None = None,
    exc_info: Any = None,
) -> Iterable[bytes]:
    data = json.dumps(body).encode()
    own = [("content-type", "application/json"), ("content-length", str(len(data)))]
    # Without exc_info nothing may have been started; with it, what was started and not yet sent is replaced.
    start_response(_STATUS[status], [*own, *(headers or [])], exc_info if exc_info and exc_info[0] else None)
    return [data]
