"""How the dashboard is served, decided once by ``wfm serve`` and the same in all its processes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from dashboard.server.log import LogFormat
from wfm.i18n import Language

__all__ = ["ServeSettings"]

_VARIABLE = "WFM_SERVE"


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """How the dashboard is served."""

    plans: Path
    """Folder with finished plans."""
    hotlines: tuple[Path, ...] = ()
    """Folders of hotlines beside the shipped ones."""
    host: str = "127.0.0.1"
    port: int = 8350
    """0: a free one."""
    workers: int = 2
    """Processes that answer."""
    threads: int = 4
    """Requests that each of them answers at a time."""
    jobs: int = 1
    """Processes that do long work."""
    language: Language | None = None
    """In which the link opens; the browser's by default."""
    accounts: bool = False
    """Whether people sign in; else the owner of this machine comes in by a link."""
    public_names: tuple[str, ...] = ()
    """Names under which browsers ask."""
    proxies: int = 0
    """Proxies in front whose word on address and scheme is believed."""
    upload_mb: int = 64
    """The largest request that is taken in."""
    log_format: LogFormat = "none"
    """How the log is shown on the terminal, beside its file."""
    socket: int | None = None
    """Number of the socket that is handed over to the web server; None where it opens its own."""

    def link(self, token: str = "") -> str:
        """Address under which the dashboard is opened on this machine."""
        name = f"[{self.host.strip('[]')}]" if ":" in self.host else self.host
        query = [f"token={token}"] if token else []
        query += [f"lang={self.language}"] if self.language else []
        return f"http://{name}:{self.port}/" + (f"?{'&'.join(query)}" if query else "")

    def to_environ(self) -> dict[str, str]:
        """As an environment variable for processes that this one starts."""
        return {_VARIABLE: json.dumps(asdict(self), default=str)}

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> ServeSettings | None:
        """What the process that started this one has set; None if nothing."""
        told = (os.environ if environ is None else environ).get(_VARIABLE)
        if not told:
            return None
        found = json.loads(told)
        found["plans"] = Path(found["plans"])
        found["hotlines"] = tuple(Path(folder) for folder in found["hotlines"])
        found["public_names"] = tuple(found["public_names"])
        return cls(**found)
