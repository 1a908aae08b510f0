"""The catalogue: which apps there are, who may be asked for them, and by which rules.

`spec` holds the shapes, one format for the file, the admin's forms and the database;
`file` reads and writes the TOML file; `search` finds an app while somebody types.
"""
