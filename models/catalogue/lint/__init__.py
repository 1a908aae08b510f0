"""What is wrong with an entry of the catalogue, or worth a second look."""
