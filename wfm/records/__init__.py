"""Call records: import, store, aggregation, and labelled synthetic records."""
