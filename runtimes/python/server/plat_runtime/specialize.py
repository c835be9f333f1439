"""Gives an instance that was started without code its function, once.

INVARIANTS
- `take` runs on the server's loop; the main thread waits in `wait` and loads what it gets.
- Once a request was taken no other is, whatever becomes of the first.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import posixpath
import queue
from typing import Any, Callable

from .options import Options, parse_options

# Largest body of a specialise request: the code, in base64, and the variables.
_LIMIT_BYTES = 3 * 1024 * 1024


class _Invalid(Exception):
    """The request cannot be taken; the instance is as it was."""


class Specializer:
    def __init__(self, app_dir: str, on_taken: Callable[[Options], None]):
        self._app_dir = app_dir
        self._on_taken = on_taken
        self._is_taken = False
        self._results: queue.SimpleQueue[Options | str | None] = queue.SimpleQueue()

    def wait(self) -> Options | str | None:
        """The options of the function that came; a text when its code could not be written; None when the server stops first."""
        return self._results.get()

    def stop(self) -> None:
        self._results.put(None)

    def take(self, body: bytes) -> tuple[int, dict[str, str]]:
        """Status and body of the answer. `on_taken` is called before the main thread hears of the options."""
        if self._is_taken:
            message = "This instance has its function already; it never takes a second one."
            return 409, {"errorType": "AlreadySpecialized", "errorMessage": message}
        if len(body) > _LIMIT_BYTES:
            message = f"The request body is larger than the {_LIMIT_BYTES} bytes that code may have."
            return 413, {"errorType": "BodyTooLarge", "errorMessage": message}
        try:
            files, env = _parse(body)
            options = parse_options(env, self._app_dir)
        except (_Invalid, ValueError) as error:
            return 400, {"errorType": "InvalidSpecialize", "errorMessage": str(error)}
        self._is_taken = True
        self._on_taken(options)
        os.environ.pop("PLAT_GENERIC", None)
        os.environ.update(env)
        try:
            for path, data, is_executable in files:
                _write(os.path.join(self._app_dir, path), data, 0o555 if is_executable else 0o444)
        except OSError as error:
            self._results.put(f"Its code could not be written: {error}")
            return 202, {"status": "failed"}
        self._results.put(options)
        return 202, {"status": "loading"}


def _parse(body: bytes) -> tuple[list[tuple[str, bytes, bool]], dict[str, str]]:
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        raise _Invalid("The body is not JSON.") from None
    files = parsed.get("files") if isinstance(parsed, dict) else None
    env = parsed.get("env") if isinstance(parsed, dict) else None
    if not isinstance(files, list):
        raise _Invalid('"files" must be a list.')
    if not isinstance(env, dict) or not all(isinstance(value, str) for value in env.values()):
        raise _Invalid('"env" must be an object of strings.')
    return [_parse_file(file) for file in files], env


def _parse_file(file: Any) -> tuple[str, bytes, bool]:
    path = file.get("path") if isinstance(file, dict) else None
    data = file.get("data") if isinstance(file, dict) else None
    if not isinstance(path, str) or not isinstance(data, str):
        raise _Invalid('Each of "files" must have a "path" and, in base64, its "data".')
    if path in ("", ".", "..") or "\0" in path or path.startswith(("/", "../")) or posixpath.normpath(path) != path:
        raise _Invalid(f"The path {path!r} is not one within the source.")
    try:
        return path, base64.b64decode(data), file.get("executable") is True
    except binascii.Error:
        raise _Invalid(f"The data of {path!r} is not base64.") from None


def _write(path: str, data: bytes, mode: int) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "xb") as file:
        file.write(data)
    os.chmod(path, mode)
