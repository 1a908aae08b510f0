"""What people see: pure functions from domain objects to Block Kit, and the parsers of their forms."""
