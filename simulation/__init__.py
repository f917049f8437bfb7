"""What happens to calls: the reference model, keyed random numbers, replications."""
