"""The form that requests access: its ids, menus, input, drawing and preview."""

from blocks.request_form.form import build, parse
from blocks.request_form.input import (
    CALLBACK,
    FIELDS,
    SHORTCUT,
    RequestAction,
    RequestBlock,
    RequestInput,
    access_block,
    access_options,
    app_key_of,
    app_option,
    from_request,
    open_accesses,
    reason_errors,
    term_offer,
    to_draft,
    with_defaults,
)

__all__ = [
    "CALLBACK",
    "FIELDS",
    "SHORTCUT",
    "RequestAction",
    "RequestBlock",
    "RequestInput",
    "access_block",
    "access_options",
    "app_key_of",
    "app_option",
    "build",
    "from_request",
    "open_accesses",
    "parse",
    "reason_errors",
    "term_offer",
    "to_draft",
    "with_defaults",
]
