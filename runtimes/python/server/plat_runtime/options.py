from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping


@dataclass(frozen=True)
class Options:
    port: int
    host: str
    """Address to listen on."""
    app_dir: str
    """Folder that holds the user's source."""
    handler: str
    """`path/to/module.export`"""
    project: str
    function_name: str
    function_version: str
    timeout_ms: int
    """Used when a call does not bring its own timeout."""
    memory_mb: int
    concurrency: int
    """Calls that may run at once."""
    body_limit_bytes: int
    is_generic: bool
    """Started without code: the platform gives it its function later."""


def parse_options(env: Mapping[str, str], app_dir: str) -> Options:
    return Options(
        port=_positive_integer(env, "PORT", 8080),
        host=env.get("PLAT_LISTEN_HOST") or "0.0.0.0",
        app_dir=app_dir,
        handler=env.get("PLAT_HANDLER") or "main.handler",
        project=env.get("PLAT_PROJECT", ""),
        function_name=env.get("PLAT_FUNCTION", ""),
        function_version=env.get("PLAT_VERSION", ""),
        timeout_ms=_positive_integer(env, "PLAT_TIMEOUT_MS", 30_000),
        memory_mb=_positive_integer(env, "PLAT_MEMORY_MB", 128),
        concurrency=_positive_integer(env, "PLAT_CONCURRENCY", 1),
        body_limit_bytes=_positive_integer(env, "PLAT_BODY_LIMIT_BYTES", 10 * 1024 * 1024),
        is_generic=env.get("PLAT_GENERIC") == "1",
    )


def _positive_integer(env: Mapping[str, str], name: str, fallback: int) -> int:
    text = env.get(name, "")
    if text == "":
        return fallback
    if not re.fullmatch(r"[1-9][0-9]{0,14}", text):
        raise ValueError(f"{name} must be a positive integer, got {text!r}.")
    return int(text)
