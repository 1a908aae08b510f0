"""The tables: rows only. What may be done with them stands in `models.lifecycle`."""
