"""Workforce management for public-service hotlines: the domain.

The package imports nothing on load, so that ``wfm --help`` stays quick; ask for the rooms by name
(``wfm.hotline``, ``wfm.queueing``, ``wfm.forecast`` …).
"""

__version__ = "0.1.0"
