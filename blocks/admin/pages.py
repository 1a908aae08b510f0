"""Long lists, a page at a time."""

from blocks import kit
from blocks.admin.ids import Do
from blocks.kit import Block, Element


def first_of(first: int, total: int, size: int) -> int:
    """Where the page with this entry begins; of the last page where there are fewer by now."""
    return min(first, max(total - 1, 0)) // size * size


def turning(first: int, total: int, size: int, ways: tuple[Do, Do], *beside: Element) -> list[Block]:
    """The buttons that turn the pages, with other elements before them; nothing where one page holds all."""
    if total <= size:
        return []
    back = [kit.button("Previous", ways[0], str(max(first - size, 0)))] if first else []
    on = [kit.button("Next", ways[1], str(first + size))] if first + size < total else []
    return [
        kit.actions([*beside, *back, *on]),
        kit.context(f"{first + 1} to {min(first + size, total)} of {total}"),
    ]
