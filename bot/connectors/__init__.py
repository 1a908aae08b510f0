"""What gives and takes access in target systems, behind one interface (`base.Connector`)."""
