"""Lines of work: what one person does over the whole period, priced by dynamic programming, combined by column generation."""
