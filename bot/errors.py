"""What the command line tells instead of a traceback."""


class Failure(Exception):
    """It did not work. The text is for the operator: one clear sentence, or a line per problem."""
