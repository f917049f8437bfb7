"""The pages: each asks for a plan and shows it."""
