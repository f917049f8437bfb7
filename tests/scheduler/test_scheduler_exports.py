"""What the room offers, and that importing it does not import the solver."""

from __future__ import annotations

import subprocess
import sys

import scheduler
import scheduler.checker


def test_public_names():
    assert sorted(scheduler.__all__) == [
        "Cover",
        "POST_COLUMNS",
        "Roster",
        "RosterProblem",
        "build_roster",
        "cover_shifts",
        "read_duties",
        "refuse_impossible",
        "rostered_agents",
        "write_duties",
    ]
    assert all(getattr(scheduler, name) is not None for name in scheduler.__all__)
    assert sorted(scheduler.checker.__all__) == [
        "CHECKS",
        "COVER_RULES",
        "HoursOwed",
        "Violation",
        "assert_roster_legal",
        "check_roster",
        "hours_owed",
        "is_legal",
    ]


def test_the_checker_runs_without_the_solver():
    code = "import sys, scheduler, scheduler.checker; sys.exit('ortools' in sys.modules or 'scheduler.model' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
