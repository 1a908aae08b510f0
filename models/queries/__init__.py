"""What the screens show, read in one go and handed over as plain objects."""
