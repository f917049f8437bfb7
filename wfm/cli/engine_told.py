"""What a person should know before calls are simulated: that the engine is compiled first, or that another one plays."""

from __future__ import annotations

__all__ = ["tell_engine"]


def tell_engine(name: str = "compiled") -> str | None:
    """Print the notice of this engine on stderr, if there is one, and return it."""
    from simulation.engine import Engine, engine_notice
    from wfm.cli.console import make_console

    notice = engine_notice(Engine(name))
    if notice is not None:
        make_console(stderr=True).print(notice, style="dim")
    return notice
