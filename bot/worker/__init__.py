"""Background work: jobs, and what is due by the clock."""
