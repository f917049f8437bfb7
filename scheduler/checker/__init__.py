"""The independent checker: says whether a roster is legal."""
