"""The planning store: plans, roster versions, forecasts, audit."""
