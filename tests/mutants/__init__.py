"""Lines of the code changed for the worse, one at a time; a test has to notice each: see README.md here."""
