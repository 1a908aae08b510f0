"""The form that asks for access: its names, what its menus offer, how it is drawn and read."""

from blocks.request_form.form import Filled, begin, build, draft, offer, read, unexplained
from blocks.request_form.ids import (
    CALLBACK,
    FIELDS,
    SHORTCUT,
    RequestAction,
    RequestBlock,
    access_block,
    app_of,
)
from blocks.request_form.options import access_options, app_option, open_accesses

__all__ = [
    "CALLBACK",
    "FIELDS",
    "SHORTCUT",
    "Filled",
    "RequestAction",
    "RequestBlock",
    "access_block",
    "access_options",
    "app_of",
    "app_option",
    "begin",
    "build",
    "draft",
    "offer",
    "open_accesses",
    "read",
    "unexplained",
]
