from __future__ import annotations

import os
import sys

from main import serve
from plat_runtime.load_handler import Handler
from plat_runtime.options import Options
from plat_script.find_script import find_script
from plat_script.run_script import create_script_handler


def load(options: Options) -> Handler:
    file = find_script(os.environ.get("PLAT_HANDLER", ""), options.app_dir)
    return Handler(create_script_handler([sys.executable, file], options.app_dir), kind="async", takes_context=True)


if __name__ == "__main__":
    serve(load)
