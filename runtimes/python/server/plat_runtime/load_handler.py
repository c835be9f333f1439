from __future__ import annotations

import functools
import importlib
import inspect
import os
import sys
import traceback
from dataclasses import dataclass
from typing import Any, Callable, Literal


class LoadError(Exception):
    """Why there is no handler; the message is meant for the person who deployed. `__cause__` is what user code raised."""


@dataclass(frozen=True)
class Handler:
    function: Callable[..., Any]
    kind: Literal["sync", "async"]
    takes_context: bool


def load_handler(handler: str, app_dir: str) -> Handler:
    module_path, dot, export_name = handler.rpartition(".")
    if not module_path or not export_name:
        raise LoadError(f'The handler "{handler}" must have the form path/to/module.export, for example main.handler.')
    file = find_file(module_path, app_dir, handler)
    module = import_file(module_path, file, app_dir)
    shown_file = os.path.relpath(file, app_dir)
    if not hasattr(module, export_name):
        raise LoadError(f'{shown_file} has no "{export_name}"; it defines {list_exports(module)}.')
    function = getattr(module, export_name)
    if not callable(function):
        raise LoadError(f'"{export_name}" of {shown_file} is not a function but of type {type(function).__name__}.')
    return Handler(function, _kind_of(function), _takes_context(function))


def find_file(module_path: str, app_dir: str, handler: str) -> str:
    base = os.path.normpath(os.path.join(app_dir, module_path))
    if not base.startswith(os.path.join(app_dir, "")):
        raise LoadError(f'The handler "{handler}" points outside of the function\'s folder.')
    for candidate in (base + ".py", os.path.join(base, "__init__.py")):
        if os.path.isfile(candidate):
            return candidate
    raise LoadError(
        f'No file for the handler "{handler}": looked for {module_path}.py, {module_path}/__init__.py in the root of the source.'
    )


def import_file(module_path: str, file: str, app_dir: str) -> Any:
    name = os.path.normpath(module_path).replace(os.sep, ".")
    if app_dir not in sys.path:
        sys.path.insert(0, app_dir)
    try:
        module = importlib.import_module(name)
    except BaseException as error:  # SystemExit and KeyboardInterrupt are failures here too
        raise LoadError(_describe_import_error(error, app_dir)) from error
    loaded_from = getattr(module, "__file__", None)
    if loaded_from is None or os.path.realpath(loaded_from) != os.path.realpath(file):
        raise LoadError(f'The name of {os.path.relpath(file, app_dir)} is taken by Python\'s own module "{name}": rename the file.')
    return module


def _describe_import_error(error: BaseException, app_dir: str) -> str:
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename:
        return f"{kind}: {error.msg} ({_shown(error.filename, app_dir)}:{error.lineno})"
    places = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(os.path.join(app_dir, ""))]
    place = f" ({_shown(places[-1].filename, app_dir)}:{places[-1].lineno})" if places else ""
    return f"{kind}: {error}{place}"


def _shown(path: str, app_dir: str) -> str:
    return os.path.relpath(path, app_dir) if path.startswith(os.path.join(app_dir, "")) else path


def list_exports(module: Any) -> str:
    names = sorted(
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and callable(value) and getattr(value, "__module__", module.__name__) == module.__name__
    )
    return ", ".join(names) if names else "no functions"


def _kind_of(function: Any) -> Literal["sync", "async"]:
    while isinstance(function, functools.partial):
        function = function.func
    call = function if inspect.isroutine(function) else getattr(type(function), "__call__", function)
    is_async = any(test(one) for one in (function, call) for test in (inspect.iscoroutinefunction, inspect.isasyncgenfunction))
    return "async" if is_async else "sync"


def _takes_context(function: Any) -> bool:
    """Whether the handler can be given two arguments."""
    try:
        inspect.signature(function).bind(None, None)
        return True
    except TypeError:
        return False
    except ValueError:  # builtins without a signature
        return True
