"""The commands of `keyturn`, one file each. A file's `register(app)` puts its command on the typer app."""
