"""How the catalogue is changed: by an admin, or proposed by one and approved by another."""
