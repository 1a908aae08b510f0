"""What `keyturn check` looks at, one file each; `run_checks` runs all of it."""
