"""What people do: Slack listeners that acknowledge, parse, call one verb and show the result."""
