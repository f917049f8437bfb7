"""Time grids and working calendars."""
