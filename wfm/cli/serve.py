"""``wfm serve``: open the dashboard, on this machine or for others with accounts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from wfm.i18n import say

if TYPE_CHECKING:
    from dashboard.server.log import LogFormat

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("serve", help=say("Open the dashboard: today, plans, rosters, reviews, scenarios and reports."))
    def serve(
        plans: Annotated[Path, typer.Option("--plans", help=say("folder with finished plans"))] = Path("out"),
        hotlines: Annotated[
            list[Path] | None, typer.Option("--hotlines", help=say("folder of a hotline, or of several; repeatable"))
        ] = None,
        host: Annotated[
            str,
            typer.Option("--host", help=say("address to listen on; any but this machine's own needs accounts")),
        ] = "127.0.0.1",
        port: Annotated[
            int, typer.Option("--port", min=0, max=65535, help=say("port to listen on; 0 takes a free one"))
        ] = 8350,
        lang: Annotated[str, typer.Option("--lang", help=say("language of the link and the terminal: en or zh"))] = "",
        workers: Annotated[int, typer.Option("--workers", min=1, max=64, help=say("processes that answer"))] = 2,
        threads: Annotated[
            int, typer.Option("--threads", min=1, max=64, help=say("requests that each of them answers at a time"))
        ] = 4,
        jobs: Annotated[int, typer.Option("--jobs", min=0, max=64, help=say("processes that do long work"))] = 1,
        accounts: Annotated[
            bool, typer.Option("--accounts", help=say("ask for accounts on this machine's own address as well"))
        ] = False,
        public_name: Annotated[
            list[str] | None,
            typer.Option("--public-name", help=say("name under which browsers ask, as wfm.example.cn; repeatable")),
        ] = None,
        trust_proxy: Annotated[
            int,
            typer.Option(
                "--trust-proxy", min=0, max=5, help=say("proxies in front whose word on address and https is believed")
            ),
        ] = 0,
        upload_mb: Annotated[
            int, typer.Option("--upload-mb", min=1, max=2000, help=say("largest upload that is taken in, MB"))
        ] = 64,
        log_format: Annotated[
            str, typer.Option("--log-format", help=say("show the log on the terminal as well: text or json"))
        ] = "none",
        no_browser: Annotated[bool, typer.Option("--no-browser", help=say("do not open a browser"))] = False,
    ) -> None:
        import os
        import sys

        from wfm.cli.plan import one_of
        from wfm.i18n import set_language

        _check_folders(plans, hotlines or [])
        _check_names(public_name or [])
        if lang:
            os.environ["WFM_LANG"] = one_of("--lang", lang, ("en", "zh"))
            set_language("zh" if lang == "zh" else "en")
        chosen_format = cast("LogFormat", one_of("--log-format", log_format, ("none", "text", "json")))

        from dashboard.serving import ServeSettings
        from dashboard.serving import serve as serve_dashboard

        spoken = os.environ.get("WFM_LANG", "")
        serve_dashboard(
            ServeSettings(
                plans=plans.absolute(),
                hotlines=tuple(path.absolute() for path in hotlines or []),
                host=host,
                port=port,
                workers=workers,
                threads=threads,
                jobs=jobs,
                language="zh" if spoken.startswith("zh") else "en" if spoken.startswith("en") else None,
                accounts=accounts,
                public_names=tuple(public_name or ()),
                proxies=trust_proxy,
                upload_mb=upload_mb,
                log_format=chosen_format,
            ),
            browser=not no_browser,
            tell=lambda line: print(line, file=sys.stderr, flush=True),
        )


def _check_folders(plans: Path, hotlines: list[Path]) -> None:
    """Refuse files in place of folders, and folders without a hotline. That of plans may be made later.

    Raises:
        BadInput: the first that will not do.
    """
    from wfm.errors import BadInput
    from wfm.hotline.reading import HOTLINE_FILE

    for option, path in (("--plans", plans), *(("--hotlines", path) for path in hotlines)):
        if path.exists() and not path.is_dir():
            raise BadInput(say("{option} {path} is a file; a folder is needed", option=option, path=path))
    for path in hotlines:
        if not path.exists():
            raise BadInput(say("--hotlines {path}: there is no such folder", path=path))
        if not (path / HOTLINE_FILE).is_file() and not any(path.glob(f"*/{HOTLINE_FILE}")):
            raise BadInput(say("--hotlines {path}: neither it nor a folder in it holds a hotline.yaml", path=path))


def _check_names(names: list[str]) -> None:
    """Refuse what no browser would name as the host, with which nobody could come in.

    Raises:
        BadInput: the first that is no name.
    """
    import re

    from wfm.errors import BadInput

    for name in names:
        if not re.fullmatch(
            r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*", name
        ):
            raise BadInput(
                say(
                    "--public-name: found {found!r}, allowed is a name without https:// and port, such as wfm.example.cn",
                    found=name,
                )
            )
