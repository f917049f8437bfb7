"""A process that has imported the product and forks for every command: what ``wfm`` does in a process of its own, sooner.

``test_documentation`` starts it. It reads a line of JSON for each command (words, folder, environment, and the files for
standard output and errors) and answers with the exit code.
"""

import atexit
import gc
import json
import os
import pkgutil
import sys
import threading
from importlib import import_module

ROOMS = ("wfm", "simulation", "scheduler", "scenarios", "dashboard.reports")
BESIDE = (
    "holidays.countries",
    "pandera.backends.pandas.builtin_checks",
    "pandera.pandas",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "rich._emoji_codes",
    "rich.console",
    "rich.progress",
    "rich.table",
    "typer._adapters",
)
"""What others import when they are first called."""


def load() -> None:
    """Import every module that a command may want, and make the compiled simulator ready; not the database's migrations,
    which run when they are imported."""
    for room in ROOMS:
        for found in pkgutil.walk_packages(import_module(room).__path__, f"{room}."):
            if ".migrations." not in found.name and not found.name.endswith(".__main__"):
                import_module(found.name)
    for beside in BESIDE:
        import_module(beside)
    for shipped in ("guizhou-12348", "nanxun-12368"):
        import_module("scenarios.scenario").load_scenario(shipped)
    import_module("simulation.engine").compile_engine()
    gc.collect()
    gc.freeze()  # a child that ends would else look through everything that was imported


def obey(words: list[str], folder: str, environment: dict[str, str], out: str, err: str) -> int:
    """Run the command as if this process had been started for it."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    from wfm.cli import main

    return main(words)


def end(code: int) -> None:
    """End as an interpreter does, but do not take apart all that was imported: a third of a second."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def serve() -> None:
    """Fork for each command until nobody asks any more."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                code = obey(**json.loads(line))
            except BaseException:  # noqa: BLE001 - told as an interpreter tells it
                sys.excepthook(*sys.exc_info())
                code = 1
            end(code)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    load()
    serve()
