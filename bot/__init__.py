"""What runs: configuration, composition, workers, connectors and the command line."""
