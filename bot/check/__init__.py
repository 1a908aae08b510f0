"""The checks of `keyturn check`; `run_checks` runs them all."""
