"""The tables: made by migrations only, the same as the models say, back and forth, with people's words in place."""

import ast
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy.orm import Session

from safespace import tables
from safespace.audit import log
from safespace.groups.models import Membership
from safespace.host import schema
from safespace.host.database import engine_options, prepare_sqlite
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.migrations import renew
from safespace.migrations.drawing import comparable
from safespace.settings import Settings

SERVER = os.environ.get("SAFESPACE_TEST_DATABASE", "")


@contextmanager
def an_empty_database(folder: Path, settings: Settings) -> Iterator[sa.Engine]:
    """A database as an installation first sees it: a SQLite file, or a schema of its own on the server."""
    if not SERVER:
        engine = sa.create_engine(f"sqlite:///{folder / f'{uuid4().hex}.db'}", **engine_options(settings))
        prepare_sqlite(engine)
        yield engine
        engine.dispose()
        return
    name = f"m{uuid4().hex}"
    server = sa.create_engine(SERVER)
    with server.begin() as connection:
        connection.execute(sa.schema.CreateSchema(name))
    engine = sa.create_engine(SERVER, connect_args={"options": f"-csearch_path={name}"})
    yield engine
    engine.dispose()
    with server.begin() as connection:
        connection.execute(sa.schema.DropSchema(name, cascade=True))
    server.dispose()


@pytest.fixture
def empty(tmp_path: Path, settings: Settings) -> Iterator[sa.Engine]:
    with an_empty_database(tmp_path, settings) as engine:
        yield engine


@pytest.fixture
def created(tmp_path: Path, settings: Settings) -> Iterator[sa.Engine]:
    with an_empty_database(tmp_path, settings) as engine:
        tables.METADATA.create_all(engine)
        yield engine


def described(engine: sa.Engine) -> dict[str, Any]:
    """Everything the database itself says about the tables, constraints and triggers."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%'")
            return {name: sorted((sql or "").replace(",", " ").split()) for name, sql in rows}
        schema_name = connection.exec_driver_sql("SELECT current_schema()").scalar()
        found: dict[str, Any] = {}
        for kind, query in {
            "columns": "SELECT table_name, column_name, data_type, is_nullable, character_maximum_length "
            "FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'alembic_version'",
            "constraints": "SELECT CAST(CAST(conrelid AS regclass) AS text), conname, pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE connamespace = CAST(current_schema() AS regnamespace) "
            "AND conname NOT LIKE 'alembic%'",
            "indexes": "SELECT indexname, indexdef FROM pg_indexes "
            "WHERE schemaname = current_schema() AND tablename <> 'alembic_version'",
            "triggers": "SELECT tgname, tgtype, CAST(CAST(tgrelid AS regclass) AS text) FROM pg_trigger "
            "JOIN pg_class c ON c.oid = tgrelid "
            "WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND NOT tgisinternal",
        }.items():
            rows = connection.execute(sa.text(query))
            found[kind] = sorted(tuple(str(cell).replace(str(schema_name), "") for cell in row) for row in rows)
        return found


def a_lived_in_clinic(engine: sa.Engine, settings: Settings, keys: KeyRing) -> None:
    """A location with a group, a youth, a clinician, and an entry in the log."""
    with Session(engine) as session:
        work = Work(session=session, settings=settings, keys=keys, now=NOON)
        location = a_location(work)
        a_youth(work, a_group(work, location))
        log.record(work, a_clinician(work, location), "read_queue", location_id=location.id)
        work.complete()
        session.commit()


def test_migrations_make_the_tables_the_models_say(empty: sa.Engine) -> None:
    schema.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": comparable})
        assert compare_metadata(context, tables.METADATA) == []


def test_nothing_the_database_itself_knows_differs(empty: sa.Engine, created: sa.Engine) -> None:
    schema.upgrade(empty)
    assert described(empty) == described(created)


def test_the_first_revision_is_what_the_models_say_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spare = tmp_path / "versions" / renew.TARGET.name
    spare.parent.mkdir()
    kept = renew.TARGET.read_text()
    if len(list(renew.TARGET.parent.glob("*.py"))) > 1:
        pytest.skip("there is a later revision: the first one stays as it is")
    monkeypatch.setattr(renew, "TARGET", spare)
    made = ast.parse(renew.renew().read_text())
    assert ast.dump(made) == ast.dump(ast.parse(kept)), "the tables changed: run `make migration`"


def test_down_removes_everything_and_up_brings_it_back(empty: sa.Engine) -> None:
    schema.upgrade(empty)
    before = described(empty)
    schema.downgrade(empty, "base")
    assert set(sa.inspect(empty).get_table_names()) <= {"alembic_version"}
    schema.upgrade(empty)
    assert described(empty) == before


def test_up_again_with_people_in_place_changes_nothing(empty: sa.Engine, settings: Settings, keys: KeyRing) -> None:
    schema.upgrade(empty)
    a_lived_in_clinic(empty, settings, keys)
    schema.upgrade(empty)
    with Session(empty) as session:
        membership = session.scalars(sa.select(Membership)).one()
        work = Work(session=session, settings=settings, keys=keys, now=NOON)
        assert work.unseal(membership, "alias") == "Stille Otter"


def test_down_goes_with_people_in_place_too(empty: sa.Engine, settings: Settings, keys: KeyRing) -> None:
    schema.upgrade(empty)
    a_lived_in_clinic(empty, settings, keys)
    schema.downgrade(empty, "base")
    schema.upgrade(empty)
    with Session(empty) as session:
        assert session.scalars(sa.select(Membership)).all() == []


def test_the_log_is_protected_from_the_first_revision_on(empty: sa.Engine, settings: Settings, keys: KeyRing) -> None:
    schema.upgrade(empty)
    a_lived_in_clinic(empty, settings, keys)
    for change in ("UPDATE audit_entries SET action = 'nothing'", "DELETE FROM audit_entries"):
        with pytest.raises(sa.exc.DBAPIError, match="never changed or removed"), empty.begin() as connection:
            connection.exec_driver_sql(change)


def test_a_migration_that_fails_half_way_leaves_the_tables_as_they_were(
    empty: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", broken)
    with pytest.raises(RuntimeError, match="power"):
        schema.upgrade(empty)
    monkeypatch.undo()
    assert set(sa.inspect(empty).get_table_names()) <= {"alembic_version"}
    schema.upgrade(empty)
    schema.check(empty)


def test_the_service_does_not_start_without_tables(empty: sa.Engine) -> None:
    with pytest.raises(schema.SchemaMismatchError, match="safespace migrate"):
        schema.check(empty)


def test_the_service_does_not_start_on_tables_of_another_version(empty: sa.Engine) -> None:
    schema.upgrade(empty)
    schema.check(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'ffff'")
    with pytest.raises(schema.SchemaMismatchError, match="does not know"):
        schema.check(empty)
