"""Importing an uploaded file as long work: every row is read and checked, then the batch appears in the store at once.

Called off or failed, it leaves nothing behind: the store shows a batch when it is whole. The uploaded file itself, which
may hold callers' numbers, goes as soon as it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.asked import address
from dashboard.jobs.kinds import JobKind
from dashboard.jobs.work import JobWork
from wfm.i18n import both
from wfm.store import JobRecord

__all__ = ["IMPORT", "import_parameters"]


def import_parameters(
    hotline: str, token: str, *, dry: bool = False, rejected_max: float = 0.01, mix: bool = False
) -> dict[str, Any]:
    """Parameters of the job that imports an upload; ``dry``: reads all of it and stores nothing."""
    return {"hotline": hotline, "token": token, "dry": dry, "rejected_max": rejected_max, "mix": mix}


def _run(work: JobWork) -> Mapping[str, Any]:
    from scenarios.record_imports import import_summary, read_whole, recognise, store_imported
    from wfm.records.uploads import Uploads

    asked = work.parameters
    uploads = Uploads(work.desk.home)
    upload = uploads.get(asked["token"])
    scenario = work.desk.hotlines.scenario(asked["hotline"])
    file = recognise(uploads.file(upload), scenario, work.desk.home)
    result = read_whole(file, scenario, work.desk.home, progress=work.watch("read"))
    uploads.keep_problems(upload, result)
    if asked["dry"]:
        return import_summary(result, file) | {"dry": True, "token": upload.token}
    work.watch("store")(0, 1)
    told = store_imported(
        result, file, scenario, work.desk.home, rejected_max=float(asked["rejected_max"]), mix=bool(asked["mix"])
    )
    work.desk.store.trail.note(work.who, "import", f"{scenario.hotline.id}: {file.path.name}", _audited(told))
    uploads.forget_file(upload)
    return told | {"dry": False, "token": upload.token}


def _audited(told: Mapping[str, Any]) -> dict[str, Any]:
    names = ("kind", "layout", "rows_read", "accepted", "rejected", "first_day", "last_day", "already_imported")
    return {name: told[name] for name in names if name in told}


def _opens(job: JobRecord) -> str:
    return address("/data", hotline=job.hotline, tab="import", file=job.parameters.get("token"))


IMPORT = JobKind(
    "import",
    both("import"),
    "records",
    _run,
    stages={"read": both("Reading"), "store": both("Storing")},
    opens=_opens,
)
