"""Serving the dashboard: the processes, what they write down, and how answers travel.

``wfm serve`` is one parent that computes nothing. It starts the web server (gunicorn with several workers, or
waitress on Windows) and the processes that do long work, starts them again when they end, and stops them all.
"""
