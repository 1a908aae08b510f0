"""The time, where the machine's clock or the database may be wrong."""
