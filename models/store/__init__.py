"""Where everything is kept: one `Store` over SQLite and PostgreSQL, and what a verb reads and writes.

case       what a verb may look at: frozen rows, read on demand; never writes
outcome    what a verb collects: changes, audit facts, jobs, redraws
save       writes an outcome: compare-and-swap updates and inserts in sets
statements statements that are compiled once
cache      what a transaction on SQLite hands to the next one
trips      several statements in one trip to PostgreSQL; `prefetch` reads ahead what a verb will look at
"""
