"""The database as a process meets it: opened, alone in it, taking what is written."""
