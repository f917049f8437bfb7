"""A process that has imported the product and forks for every command: what ``wfm`` does in a process of its own, sooner.

``test_documentation`` starts it. It reads a line of JSON for each command (words, folder, environment, and the files for
standard output and errors) and answers with the exit code.
"""

import gc
import json
import os
import pkgutil
import sys
from importlib import import_module

ROOMS = ("wfm", "simulation", "scheduler", "scenarios", "dashboard.reports")


def load() -> None:
    """Import every module that a command may want, and make the compiled simulator ready; not the database's migrations,
    which run when they are imported."""
    for room in ROOMS:
        for found in pkgutil.walk_packages(import_module(room).__path__, f"{room}."):
            if ".migrations." not in found.name and not found.name.endswith(".__main__"):
                import_module(found.name)
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


def serve() -> None:
    """Fork for each command until nobody asks any more; the child ends as an interpreter does, with all that hangs on it."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.exit(obey(**json.loads(line)))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    load()
    serve()
