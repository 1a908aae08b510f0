"""The catalogue as a TOML file: read, written, compared."""
