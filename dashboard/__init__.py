"""The Dash application, its figures and its reports: everything a person looks at."""
