"""排班: the month as a grid, its cover, its versions; requests, repairs, fairness and files."""
