"""The Web API: its table, and one module per family of methods."""
