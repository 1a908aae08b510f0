import pytest

from models.queries.paging import Pages


def test_pages_run_over_lists_one_behind_the_other() -> None:
    pages = Pages.of(1, 50)
    assert pages.windows([5, 30, 15]) == [(5, 0), (15, 15), (0, 5)]
    assert (pages.first, pages.end, pages.newer, pages.older) == (20, 40, 0, 2)


@pytest.mark.parametrize(("wanted", "total", "page"), [(-3, 50, 0), (99, 50, 2), (99, 40, 1), (5, 0, 0)])
def test_a_page_that_is_not_there_is_the_nearest_that_is(wanted: int, total: int, page: int) -> None:
    assert Pages.of(wanted, total).number == page
