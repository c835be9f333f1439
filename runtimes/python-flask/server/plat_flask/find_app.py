from __future__ import annotations

import os
from typing import Any, Callable

from plat_runtime.load_handler import LoadError, find_file, import_file, list_exports

_FILES = ("app", "wsgi", "main")
_NAMES = ("app", "application")
_FACTORY = "create_app"


def find_app(handler: str, app_dir: str) -> Callable[..., Any]:
    """The WSGI application: the one that `handler` names as `module.attribute`, else `app` or `application`, or what
    `create_app()` makes, of `app.py`, `wsgi.py` or `main.py`. Raises LoadError."""
    if handler:
        module_path, dot, name = handler.rpartition(".")
        if not module_path or not name:
            raise LoadError(f'The handler "{handler}" must have the form module.attribute, for example app.app.')
        return _named(module_path, name, find_file(module_path, app_dir, handler), app_dir)
    for module_path in _FILES:
        for file in (module_path + ".py", os.path.join(module_path, "__init__.py")):
            if os.path.isfile(os.path.join(app_dir, file)):
                return _usual(module_path, os.path.join(app_dir, file), app_dir)
    raise LoadError(
        "No application: looked for app.py, wsgi.py, main.py in the root of the source. "
        'Name another with "handler: module.attribute" in plat.yaml.'
    )


def _named(module_path: str, name: str, file: str, app_dir: str) -> Callable[..., Any]:
    module = import_file(module_path, file, app_dir)
    shown = os.path.relpath(file, app_dir)
    if not hasattr(module, name):
        raise LoadError(f'{shown} has no "{name}"; it defines {list_exports(module)}.')
    return _application(getattr(module, name), name, shown)


def _usual(module_path: str, file: str, app_dir: str) -> Callable[..., Any]:
    module = import_file(module_path, file, app_dir)
    shown = os.path.relpath(file, app_dir)
    for name in (*_NAMES, _FACTORY):
        if hasattr(module, name):
            return _application(getattr(module, name), name, shown)
    raise LoadError(
        f"{shown} has neither app nor application nor create_app; it defines {list_exports(module)}. "
        'Name another with "handler: module.attribute" in plat.yaml.'
    )


def _application(found: Any, name: str, shown: str) -> Callable[..., Any]:
    if not callable(found):
        raise LoadError(f'"{name}" of {shown} is not an application but of type {type(found).__name__}.')
    if name != _FACTORY:
        return found
    try:
        made = found()
    except Exception as error:
        raise LoadError(f"{_FACTORY}() of {shown} failed: {type(error).__name__}: {error}") from error
    return _application(made, f"what {_FACTORY}() returned", shown)
