"""Queueing formulas: Erlang B, C and A."""
