"""``wfm serve``: open the dashboard on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wfm.i18n import say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("serve", help=say("Open the dashboard: finished plans, their charts and their comparison."))
    def serve(
        plans: Annotated[Path, typer.Option("--plans", help=say("folder with finished plans"))] = Path("out"),
        host: Annotated[str, typer.Option("--host", help=say("address to listen on; this machine only"))] = "127.0.0.1",
        port: Annotated[
            int, typer.Option("--port", min=0, max=65535, help=say("port to listen on; 0 takes a free one"))
        ] = 8350,
        workers: Annotated[int, typer.Option("--workers", min=1, max=64, help=say("threads that answer"))] = 4,
        no_browser: Annotated[bool, typer.Option("--no-browser", help=say("do not open a browser"))] = False,
    ) -> None:
        import os
        import sys

        from dashboard.serving import serve as serve_dashboard
        from wfm.errors import BadInput

        if plans.exists() and not plans.is_dir():
            raise BadInput(say("--plans {path} is a file; a folder is needed", path=plans))
        spoken = os.environ.get("WFM_LANG", "")
        serve_dashboard(
            plans,
            host=host,
            port=port,
            threads=workers,
            language="zh" if spoken.startswith("zh") else "en" if spoken.startswith("en") else None,
            browser=not no_browser,
            tell=lambda line: print(line, file=sys.stderr, flush=True),
        )
