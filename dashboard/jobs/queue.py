"""The queue through which workers hear of new jobs at once. The table of jobs is the truth; the queue only wakes.

A message that is lost delays a job by a few seconds and no more, since workers look into the table as
well; a message too many is no harm, since a job is taken up once.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["Queue"]

_LOG = logging.getLogger("wfm.jobs")


def _nobody(number: int) -> None:
    """Pages send and never receive."""


class Queue:
    """Huey's queue: in ``WFM_HOME/huey.sqlite``, or on Redis at ``WFM_HUEY_URL``.

    Args:
        home: folder of the file.
        do: does the job of a number; given by workers.
    """

    def __init__(self, home: Path, do: Callable[[int], None] = _nobody) -> None:
        self._home = home
        self._do = do
        self._huey: Any = None
        self._task: Any = None

    @property
    def huey(self) -> Any:
        """The queue itself, opened when it is first needed.

        Raises:
            BadInput: Redis is asked for and its driver is not installed.
        """
        if self._huey is None:
            made = _make_huey(self._home)

            def job(number: int) -> None:
                self._do(int(number))

            self._task = made.task(name="job")(job)
            self._huey = made
        return self._huey

    def send(self, number: int) -> None:
        """Tell the workers of a job. That nobody hears is no error: they look by themselves."""
        try:
            if self.huey is not None:
                self._task(number)
        except BadInput:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the queue's storage raises
            _LOG.warning("queue does not take a job", extra={"job": number, "reason": str(error)})


def _make_huey(home: Path) -> Any:
    from huey import RedisHuey, SqliteHuey
    from huey.exceptions import ConfigurationError

    plain = {"results": False, "immediate": False, "serializer": _Json()}
    url = os.environ.get("WFM_HUEY_URL")
    if url:
        try:
            return RedisHuey("wfm", url=url, **plain)
        except (ConfigurationError, ValueError) as error:
            raise BadInput(
                say("job queue: the Redis of WFM_HUEY_URL cannot be used ({reason})", reason=str(error))
            ) from None
    home.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("wfm", filename=str(home / "huey.sqlite"), timeout=30, **plain)


class _Json:
    """Messages as JSON. Huey's own are pickles, which run whatever somebody wrote into the queue."""

    def serialize(self, data: Any) -> bytes:
        """Bytes of a message."""
        return json.dumps(list(data)).encode()

    def deserialize(self, data: bytes) -> Any:
        """The message."""
        from huey.registry import Message

        return Message(*json.loads(data))
