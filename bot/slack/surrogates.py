"""Lone surrogates (half characters): JSON can escape them, but no database and no answer can hold them."""

import json
import re

_ESCAPED = re.compile(r"u[dD][89a-fA-F]")
"""As JSON escapes it; two that belong together are a character."""


def has_lone_surrogate(text: str, body: object) -> bool:
    """Whether there is a lone surrogate in a JSON body; `text` is the body before it was parsed."""
    if not _ESCAPED.search(text):
        return False
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):  # or nested too deeply to say
        return True
    return False
