"""What every other part builds on: errors, ids, the clock, the change feed and the traffic log."""
