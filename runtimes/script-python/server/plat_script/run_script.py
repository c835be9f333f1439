"""INVARIANTS
- Every process of a call is in the call's own process group, which is killed when the script has ended, when its time is
  over and when its caller has left. The call ends after them.
- Of the output at most HOLD_BYTES are in memory; past that the script waits until the caller has read.
"""

from __future__ import annotations

import asyncio
import base64
import codecs
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any, Callable
from urllib.parse import parse_qsl

from plat_runtime.call import PlainFailure

HOLD_BYTES = 1024 * 1024
"""Output up to here is held until the script has ended, so that a failure can still become an error."""
_CHUNK_BYTES = 64 * 1024
_TAIL_BYTES = 2048


class ScriptFailed(PlainFailure):
    """The script ended by itself, and not well."""


def create_script_handler(command: list[str], app_dir: str) -> Callable[..., Any]:
    """A handler that runs `command` once a call."""

    async def handler(event: Any, context: Any) -> dict[str, Any]:
        args, body, variables = _read_call(event)
        if any("\0" in arg for arg in args):
            return {"statusCode": 400, "body": "An argument of a program cannot hold a NUL character.\n"}
        process = await asyncio.create_subprocess_exec(
            *command,
            *args,
            cwd=app_dir,
            env={**os.environ, **variables, "PLAT_REQUEST_ID": context.request_id},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        run = _Run(process, context)
        return await run.answer(body)

    return handler


def _read_call(event: Any) -> tuple[list[str], bytes, dict[str, str]]:
    http = event.get("requestContext", {}).get("http") if isinstance(event, dict) else None
    if http is None:
        # A direct invoke: its payload is what the script reads.
        return [], json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass"), {}
    args = [value for _, value in parse_qsl(event["rawQueryString"], keep_blank_values=True, errors="replace")]
    text = event.get("body") or ""
    body = base64.b64decode(text) if event["isBase64Encoded"] else text.encode()
    return args, body, {"PLAT_METHOD": http["method"], "PLAT_PATH": event["rawPath"]}


class _Run:
    def __init__(self, process: asyncio.subprocess.Process, context: Any):
        self._process = process
        self._context = context
        # The last of what was printed, for the error's message.
        self._tail = {"stdout": b"", "stderr": b""}
        loop = asyncio.get_running_loop()
        # What the script has left running would hold its output open. Not after wait(), which waits for the output too.
        exit_fd = os.pidfd_open(process.pid)
        loop.add_reader(exit_fd, self._on_exit, exit_fd)
        self._errors = loop.create_task(self._pass_errors())
        context.cancelled.when_set(self._kill)

    async def answer(self, body: bytes) -> dict[str, Any]:
        """The response, once the script has ended or has printed more than is held. Raises ScriptFailed."""
        feeding = asyncio.get_running_loop().create_task(self._feed(body))
        held = bytearray()
        try:
            while len(held) <= HOLD_BYTES:
                chunk = await self._read()
                if not chunk:
                    await self._end()
                    return _response(bytes(held), bytes(held))
                held += chunk
        except BaseException:
            self._kill()
            raise
        return _response(bytes(held), self._stream(bytes(held), feeding))

    async def _stream(self, start: bytes, feeding: asyncio.Task[None]) -> AsyncIterator[bytes]:
        try:
            yield start
            while chunk := await self._read():
                yield chunk
            await self._end()
        finally:
            self._kill()
            await feeding

    async def _read(self) -> bytes:
        assert self._process.stdout is not None
        chunk = await self._process.stdout.read(_CHUNK_BYTES)
        self._tail["stdout"] = (self._tail["stdout"] + chunk)[-_TAIL_BYTES:]
        return chunk

    async def _feed(self, body: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(body)
            await self._process.stdin.drain()
            self._process.stdin.close()
            await self._process.stdin.wait_closed()
        except (BrokenPipeError, ConnectionResetError):
            # A script need not read what it is sent.
            pass

    async def _pass_errors(self) -> None:
        assert self._process.stderr is not None
        while chunk := await self._process.stderr.read(_CHUNK_BYTES):
            self._tail["stderr"] = (self._tail["stderr"] + chunk)[-_TAIL_BYTES:]
            sys.stderr.buffer.write(chunk)

    def _on_exit(self, exit_fd: int) -> None:
        asyncio.get_running_loop().remove_reader(exit_fd)
        os.close(exit_fd)
        self._kill()

    def _kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    async def _end(self) -> None:
        code = await self._process.wait()
        await self._errors
        if code == 0:
            return
        if self._context.cancelled.is_set():
            reason = "was ended, because its time was over or its caller had left"
        elif code > 0:
            reason = f"exited with code {code}"
        else:
            reason = f"was ended by {_name_of(-code)}"
            if -code == signal.SIGKILL:
                reason += "; it may have needed more memory than the function has"
        last = _last_line(self._tail["stderr"]) or _last_line(self._tail["stdout"])
        raise ScriptFailed(f"The script {reason}{f': {last}' if last else '.'}")


def _response(start: bytes, body: Any) -> dict[str, Any]:
    content_type = "text/plain; charset=utf-8" if _is_text(start) else "application/octet-stream"
    return {"statusCode": 200, "headers": {"content-type": content_type}, "body": body}


def _is_text(data: bytes) -> bool:
    """Whether the data is UTF-8, of which the last character may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").rstrip().split("\n")
    return lines[-1].strip()[-500:]
