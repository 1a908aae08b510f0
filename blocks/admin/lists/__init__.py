"""The admin lists: apps, an app with its parts, rules, examples, conflicts, messages."""
