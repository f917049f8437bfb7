"""Where processes of ``wfm serve`` begin: ``python -m dashboard.server.start MODULE ARGUMENTS``.

It listens to the pipe from the parent before the second or more in which the module is loaded, so that a process
that is no longer wanted ends at once.
"""

from __future__ import annotations

import sys
from importlib import import_module

from dashboard.server import pipe

if __name__ == "__main__":
    pipe.listen()
    name = sys.argv[1]
    if not name.startswith("dashboard."):
        sys.exit(f"{name} is no module of the dashboard")
    sys.exit(import_module(name).main(sys.argv[2:]))
