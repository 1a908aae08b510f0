"""The admin forms, each with its parser."""
