"""The catalogue on the command line: import, export, differences, examples."""
