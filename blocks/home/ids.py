"""The buttons and the menu of App Home, by action id. What cards have too goes by `blocks.cards.ids`."""

from enum import StrEnum

ALL = "all"
"""The filter's choice that leaves nothing out; the others are the values of `RequestState`."""


class HomeAction(StrEnum):
    """What is pressed; its value says the rest."""

    ACCESS = "home.access"
    REQUESTS = "home.requests"
    TODO = "home.todo"
    NEWER = "home.newer"  # a page's number, counted from 0
    OLDER = "home.older"  # the same
    FILTER = "home.filter"  # a status, or ALL
    STAND_IN = "home.set_stand_in"
    NO_STAND_IN = "home.no_stand_in"  # the stand-in to remove (DG-1)
    RUN_AGAIN = "home.run_again"  # a job that was given up (JB-1)
