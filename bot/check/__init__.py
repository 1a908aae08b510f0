"""What `keyturn check` looks at, one file each; `examine` runs all of it."""
