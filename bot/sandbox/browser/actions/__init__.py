"""What a person does in a window: fields and buttons, conversations and commands, control of the world."""
