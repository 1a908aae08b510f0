"""The schema's history, one file a change, run in order by `models.migrate`."""
