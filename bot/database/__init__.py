"""Open the database, keep other processes off it, and watch whether it takes writes."""
