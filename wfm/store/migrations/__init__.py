"""Migrations of the planning store (Alembic), shipped inside the package."""
