"""Where the product keeps what it must remember: call records and the planning store."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["home_folder"]


def home_folder() -> Path:
    """``WFM_HOME``, or the user's data folder of this platform. Not created here."""
    asked = os.environ.get("WFM_HOME")
    if asked:
        return Path(asked).expanduser()
    from platformdirs import user_data_path

    return user_data_path("hotline-wfm", appauthor=False)
