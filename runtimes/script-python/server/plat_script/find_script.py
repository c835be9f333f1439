from __future__ import annotations

import os

from plat_runtime.load_handler import LoadError


def find_script(handler: str, app_dir: str) -> str:
    """The script to run: the file that `handler` names, else `main.py`, else the only script at the root. Raises LoadError."""
    if handler:
        return _named(handler, app_dir)
    usual = os.path.join(app_dir, "main.py")
    if os.path.isfile(usual):
        return usual
    scripts = sorted(
        name
        for name in os.listdir(app_dir)
        if name.endswith(".py") and not name.startswith("test_") and os.path.isfile(os.path.join(app_dir, name))
    )
    if len(scripts) == 1:
        return os.path.join(app_dir, scripts[0])
    if not scripts:
        raise LoadError("No script: looked for main.py or any other *.py in the root of the source.")
    raise LoadError(f'Which of {", ".join(scripts)} is the script? Say so with "handler: {scripts[0]}" in plat.yaml.')


def _named(handler: str, app_dir: str) -> str:
    file = os.path.normpath(os.path.join(app_dir, handler))
    if not file.startswith(os.path.join(app_dir, "")):
        raise LoadError(f'The handler "{handler}" points outside of the function\'s folder.')
    if not os.path.isfile(file):
        raise LoadError(f'The handler "{handler}" is no file of the source.')
    return file
