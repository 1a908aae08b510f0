"""The form that requests access: its ids, menus, input, drawing and preview."""

from blocks.request_form.form import build, parse
from blocks.request_form.ids import (
    CALLBACK,
    FIELDS,
    SHORTCUT,
    RequestAction,
    RequestBlock,
    access_block,
    app_key_of,
)
from blocks.request_form.input import (
    RequestInput,
    from_request,
    reason_errors,
    term_offer,
    to_draft,
    with_defaults,
)
from blocks.request_form.options import access_options, app_option, open_accesses

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
