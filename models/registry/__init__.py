"""Who and what there is: people, roles, apps and the other entries of the catalogue."""
