"""What happens to a request: submitted, decided, commented on, reassigned, escalated, closed."""
