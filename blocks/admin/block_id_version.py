"""Block ids that change with the values a form was drawn with.

Slack keeps what somebody typed where a redrawn form has the same block ids. When another admin has changed
the app meanwhile, that is right for the fields that they left alone, and wrong for the others: those have to
show the new value. So each input's id carries a checksum of the value that it was drawn with.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

from blocks.kit import Block
from blocks.kit.inputs import Values

_SEPARATOR = ":"
"""Separates a block's id from what differs between two drawings of a form; error_handling cuts it off."""


def version_block_ids(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, with a version in each input's id."""
    return [_with_version(block) if block["type"] == "input" else block for block in blocks]


def plain_block_ids(values: Values) -> Values:
    """A form's state by the block ids without their versions."""
    return {_plain_id(str(block_id)): state for block_id, state in values.items()}


def place_errors(errors: Mapping[str, str], view: Mapping[str, Any]) -> dict[str, str]:
    """The errors by the block ids of this view; those without an input stand at the first input."""
    ids = [str(block.get("block_id")) for block in view.get("blocks") or () if block.get("type") == "input"]
    by_name = {_plain_id(block_id): block_id for block_id in ids}
    by_block: dict[str, str] = {}
    for name, text in errors.items():
        at = by_name.get(name) or next(iter(ids), name)
        by_block[at] = f"{by_block[at]} {text}" if at in by_block else text
    return by_block


def _with_version(block: Block) -> Block:
    initial = {
        name: _initial_value(value) for name, value in block["element"].items() if name.startswith("initial_")
    }
    mark = crc32(json.dumps(initial, sort_keys=True).encode())
    return {**block, "block_id": f"{block['block_id']}{_SEPARATOR}{mark:08x}"}


def _initial_value(initial: Any) -> Any:
    """The initial value without labels, which depend on what Slack answered at that moment."""
    if isinstance(initial, list):
        return [_initial_value(part) for part in initial]
    return initial["value"] if isinstance(initial, dict) else initial


def _plain_id(block_id: str) -> str:
    return block_id.partition(_SEPARATOR)[0]
