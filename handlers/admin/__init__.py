"""`/access-admin`: set up apps, conflicts, messages and settings in modals, and decide on changes."""
