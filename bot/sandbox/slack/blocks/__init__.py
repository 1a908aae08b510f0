"""Block Kit as a client handles it: visible text and elements, the values of a form, checks of content."""
