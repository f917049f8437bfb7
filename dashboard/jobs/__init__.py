"""Long work: asked for on a page, done by processes of its own, watched and called off from any page."""

from dashboard.jobs.jobs import Jobs
from dashboard.jobs.kinds import KINDS, JobKind, kind_of
from dashboard.jobs.work import Cancelled, JobWork

__all__ = ["KINDS", "Cancelled", "JobKind", "JobWork", "Jobs", "kind_of"]
