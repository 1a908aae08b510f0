"""Who administers Keyturn is what the configuration says, also of those whom it named before."""

import pytest

from models import audit
from models.errors import NotAllowed
from models.registry import directory
from models.registry.permissions import only_admins
from models.store.base import Store
from tests.models.company import ALAN, GRACE, ROOT, found

pytestmark = pytest.mark.both_engines


async def admins(store: Store) -> set[str]:
    return await store.read(lambda case: set(directory.Directory(case).admins()))


@pytest.fixture
async def company(store: Store) -> Store:
    await store.write(found)
    return store


async def test_who_is_no_longer_in_the_configuration_is_no_admin_any_more(company: Store) -> None:
    await company.run(directory.set_admins, [ROOT, GRACE], "operator")
    assert await admins(company) == {ROOT, GRACE}
    await company.run(directory.set_admins, [GRACE], "operator")
    assert await admins(company) == {GRACE}
    with pytest.raises(NotAllowed, match="Ask Grace"):
        await company.read(lambda case: only_admins(case, ROOT))
    told = (await company.read(lambda case: audit.entries_about(case, [ROOT])))[-1]
    assert (told.action, told.actor, told.person) == ("role.taken", "operator", ROOT)


async def test_a_configuration_that_names_nobody_leaves_the_admins_that_there_are(company: Store) -> None:
    await company.run(directory.set_admins, [], "operator")
    assert await admins(company) == {ROOT}


async def test_who_was_appointed_otherwise_stays(company: Store) -> None:
    await company.run(directory.appoint, [ALAN], GRACE)
    await company.run(directory.set_admins, [ROOT], "operator")
    assert await admins(company) == {ROOT, ALAN}
