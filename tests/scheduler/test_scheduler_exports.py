"""What the room offers, and that importing it does not import the solver."""

from __future__ import annotations

import subprocess
import sys

import scheduler
import scheduler.checker
import scheduler.patterns


def test_public_names():
    assert sorted(scheduler.__all__) == [
        "AbPosts",
        "Alternative",
        "ChangeCosts",
        "Conflict",
        "Cover",
        "POST_COLUMNS",
        "PaidTime",
        "PostCover",
        "Relaxation",
        "RelaxationCosts",
        "Roster",
        "RosterProblem",
        "Settlement",
        "ShiftChoice",
        "SkillSet",
        "StandIn",
        "WhyNot",
        "ab_posts",
        "build_roster",
        "choose_shifts",
        "choose_weekly_shifts",
        "cover_shifts",
        "explain_shortage",
        "find_alternatives",
        "find_conflicts",
        "paid_spans",
        "paid_time",
        "posts_at",
        "read_duties",
        "refuse_impossible",
        "roster_calendar",
        "rostered_agents",
        "settle_attendance",
        "who_covers",
        "write_duties",
    ]
    assert all(getattr(scheduler, name) is not None for name in scheduler.__all__)
    assert sorted(scheduler.patterns.__all__) == [
        "BUILT_IN",
        "PartFacts",
        "PatternRoster",
        "find_pattern",
        "lay_out",
        "offered_patterns",
        "pattern_facts",
    ]
    assert all(getattr(scheduler.patterns, name) is not None for name in scheduler.patterns.__all__)
    assert sorted(scheduler.checker.__all__) == [
        "BrokenWish",
        "CHECKS",
        "COVER_RULES",
        "HoursOwed",
        "OBJECTIVE_PARTS",
        "RULES_OF_A_DAY",
        "RosterView",
        "Violation",
        "assert_roster_legal",
        "broken_wishes",
        "check_changed",
        "check_roster",
        "check_view",
        "hours_owed",
        "is_legal",
        "objective_parts",
        "read_history",
        "read_rows",
        "view_of_duties",
    ]


def test_the_checker_runs_without_the_solver():
    code = "import sys, scheduler, scheduler.checker; sys.exit('ortools' in sys.modules or 'scheduler.model' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
