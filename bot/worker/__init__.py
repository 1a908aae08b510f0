"""Work in the background: jobs, and what goes by the clock."""
