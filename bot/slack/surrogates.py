"""Half characters (lone surrogates): JSON can spell them out, and no database and no answer takes them."""

import json
import re

LOOKS_LIKE_ONE = re.compile(r"u[dD][89a-fA-F]")
"""As JSON escapes it; two that belong together are a character."""


def has_half(text: str, body: object) -> bool:
    """Whether there is one in a body, which came as this text."""
    if not LOOKS_LIKE_ONE.search(text):
        return False
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):  # or nested so deeply that nobody can say
        return True
    return False
