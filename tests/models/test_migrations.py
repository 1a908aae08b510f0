import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from models import migrate
from models.tables.all import metadata

pytestmark = pytest.mark.both_engines


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_make_exactly_the_schema_of_the_models(database_url: str) -> None:
    assert await migrate._run(database_url, differences) == []


async def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    assert await migrate.upgrade(database_url) == (migrate.newest(), migrate.newest())


def test_the_files_are_called_by_the_revisions_that_alembic_knows() -> None:
    scripts = ScriptDirectory(str(migrate.MIGRATIONS))
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert migrate.newest() == scripts.get_current_head()
    assert migrate._revisions() == sorted(revisions)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_empty_database_is_told_from_a_migrated_one(database_url: str, tmp_path: object) -> None:
    assert await migrate.check(f"sqlite+aiosqlite:///{tmp_path}/new.db") is None
    assert await migrate.check(database_url) == migrate.newest()
