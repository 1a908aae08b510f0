"""What a window shows: the screen's data, the rows of a conversation, the drawer, and the HTML."""
