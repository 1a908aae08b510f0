"""The forms behind the buttons of cards and App Home, each beside its parser."""
