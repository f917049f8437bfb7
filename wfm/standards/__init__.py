"""Published standards as data: clause → KPI and limit."""

from wfm.standards.model import Standard, Target, load_standard, standard_ids

__all__ = ["Standard", "Target", "load_standard", "standard_ids"]
