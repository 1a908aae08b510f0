"""What happens to a grant: given, extended, shortened, revoked, reconciled with its target system."""
