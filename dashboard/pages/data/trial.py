"""What an uploaded file is and what reading it gives, worked out once for each state of file, mapping and hotline."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from dashboard.desk import Desk
from scenarios.record_imports import Recognised, Trial, recognise, try_reading
from scenarios.scenario import Scenario, content_hash
from wfm.i18n import language
from wfm.records.uploads import Upload, Uploads

__all__ = ["Looked", "look_at_upload"]

_KEPT = 8
_looked: OrderedDict[tuple[str, str, str], Looked] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Looked:
    """An upload, what it is, and what reading it gives."""

    upload: Upload
    file: Recognised
    trial: Trial


def look_at_upload(desk: Desk, scenario: Scenario, token: str) -> Looked:
    """Look at an upload.

    Raises:
        BadInput: it is gone, or no file that can be read.
    """
    uploads = Uploads(desk.home)
    upload = uploads.get(token)
    path = uploads.file(upload)
    mappings = sorted((p.name, p.stat().st_mtime_ns) for p in (desk.home / "mappings").glob("*.yaml"))
    # Sentences are in it, so that each language has its own.
    key = (token + language(), content_hash(mappings), content_hash(scenario.input_hashes()["hotline"]))
    with _lock:
        if key in _looked:
            _looked.move_to_end(key)
            return _looked[key]
    file = recognise(path, scenario, desk.home)
    trial = try_reading(file, scenario, desk.home, uploads.scratch(upload))
    if trial.result is not None:
        uploads.keep_problems(upload, trial.result)
    looked = Looked(upload, file, trial)
    with _lock:
        _looked[key] = looked
        while len(_looked) > _KEPT:
            _looked.popitem(last=False)
    return looked
