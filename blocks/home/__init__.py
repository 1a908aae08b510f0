"""App Home: three tabs, each a function of what one read says (`models.queries.home`)."""

from blocks.home.again import filled_like
from blocks.home.frame import home
from blocks.home.ids import ALL, HomeAction

__all__ = ["ALL", "HomeAction", "filled_like", "home"]
