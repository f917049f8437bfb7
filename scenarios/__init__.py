"""Scenarios, the pipeline that runs one end to end, and comparison."""
