"""The jobs that the worker carries out; `table` has each kind."""
