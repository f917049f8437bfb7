"""Workload and seats: from a forecast to the requirement."""
