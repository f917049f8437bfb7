"""The Dash application, its figures and its reports: everything a person looks at.

Nothing is imported on load, so that reports never pull in dash: ``dashboard.app.make_app`` is the
application, ``dashboard.reports.render_report`` the report, ``dashboard.figures`` the pictures.
"""
