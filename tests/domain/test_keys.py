"""The commands of whoever runs the service: keys, log, backup, the first administrator; on a database on disk."""

import fcntl
import json
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from builders import a_clinician, a_group, a_location, a_member, an_administrator
from click.testing import CliRunner, Result

from safespace import server, tables
from safespace.accounts.enrolment import find_link
from safespace.accounts.models import Account
from safespace.accounts.sessions import find_session, open_session
from safespace.audit import chain, log, triggers
from safespace.cli.accounts import create_admin
from safespace.cli.audit import audit
from safespace.cli.backup import backup, restore
from safespace.cli.ground import unit
from safespace.cli.keys import keys as keys_command
from safespace.cli.risk import rules
from safespace.crisis import snapshot
from safespace.groups.claiming import InvitationState, state_of
from safespace.groups.invitations import make_batch
from safespace.groups.models import Group, Invitation, Location, Membership
from safespace.groups.staff import appoint_first
from safespace.host.database import LOCK, WRITES, engine_options, prepare_sqlite
from safespace.kernel.refusals import InvalidError
from safespace.kernel.rotation import UnfinishedRotationError, reseal, versions_in_use
from safespace.kernel.sealed import KeyRing, UnsealError
from safespace.moderation import assessing, proposals
from safespace.moderation.risk.drafting import Draft, DraftKind
from safespace.policy.roles import AccountKind, Role
from safespace.settings import Settings, load

SERVER = os.environ.get("SAFESPACE_TEST_DATABASE", "")


@pytest.fixture
def url() -> Iterator[str]:
    """Nothing for SQLite; a database of its own on a server."""
    if not SERVER:
        yield ""
        return
    name = f"t{uuid4().hex}"
    server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def here(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation: settings in the environment, a key file, an empty database with tables."""
    env = {
        "SAFESPACE_ENVIRONMENT": "testing",
        "SAFESPACE_DATA_DIR": str(tmp_path),
        "SAFESPACE_SECRET_KEY": "only for tests, only for tests, only for tests",
    } | ({"SAFESPACE_DATABASE_URL": url} if url else {})
    for name in [name for name in os.environ if name.startswith("SAFESPACE_") and name != "SAFESPACE_CONFIG"]:
        monkeypatch.delenv(name)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    settings = load()
    KeyRing.fresh().save(settings.key_file)
    return settings


@pytest.fixture
def engine(here: Settings) -> Iterator[sa.Engine]:
    made = sa.create_engine(here.database_url, **engine_options(here))
    if here.is_sqlite:
        prepare_sqlite(made)
    tables.METADATA.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def lived_in(here: Settings, engine: sa.Engine) -> Settings:
    """A location with a clinician, members, and a few things done."""
    with unit(here, engine, KeyRing.load(here.key_file)) as work:
        place = a_location(work)
        esra = a_clinician(work, place)
        group = a_group(work, place)
        for number in range(7):
            a_member(work, group, f"Stille Otter {number}")
        for step in range(3):
            log.record(work, esra, "decide", location_id=place.id, step=step)
    with unit(here, engine, KeyRing.load(here.key_file)) as work:
        snapshot.publish(work)
    return here


def run(command, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def aliases(settings: Settings, engine: sa.Engine) -> list[str]:
    with unit(settings, engine, KeyRing.load(settings.key_file)) as work:
        return sorted(work.unseal(one, "alias") for one in work.session.scalars(sa.select(Membership)))


def used(engine: sa.Engine) -> dict[int, int]:
    with engine.connect() as connection:
        return dict(versions_in_use(connection, tables.sealed()))


def test_every_sealed_column_can_be_rotated() -> None:
    assert len(tables.sealed()) >= 10
    assert all("id" in column.table.c for column in tables.sealed())


def test_after_a_rotation_every_word_opens_and_the_old_key_is_not_needed(lived_in, engine) -> None:
    before = aliases(lived_in, engine)
    count = used(engine)[1]
    done = run(keys_command, "rotate", "--drop-old")
    assert done.exit_code == 0, done.output
    assert f"{count} values" in done.output
    ring = KeyRing.load(lived_in.key_file)
    assert (ring.current, set(ring.keys)) == (2, {2})
    assert used(engine) == {2: count}
    assert aliases(lived_in, engine) == before


def test_without_drop_old_all_keys_stay_for_older_backups(lived_in) -> None:
    done = run(keys_command, "rotate")
    assert done.exit_code == 0, done.output
    assert set(KeyRing.load(lived_in.key_file).keys) == {1, 2}
    done = run(keys_command, "rotate", "--resume", "--drop-old")
    assert done.exit_code == 0, done.output
    assert set(KeyRing.load(lived_in.key_file).keys) == {2}


def test_an_interrupted_rotation_goes_on_where_it_stopped(lived_in, engine) -> None:
    ring = KeyRing.load(lived_in.key_file).with_new_key()
    ring.save(lived_in.key_file)

    def pull_the_plug(_column: object, _count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal(engine, ring, tables.sealed(), options=WRITES, told=pull_the_plug)
    assert len(used(engine)) == 2
    assert len(aliases(lived_in, engine)) == 7
    done = run(keys_command, "rotate", "--resume")
    assert done.exit_code == 0, done.output
    assert set(used(engine)) == {2}


def test_a_value_that_does_not_open_stops_the_rotation_and_keeps_all_keys(lived_in, engine) -> None:
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        connection.execute(sa.update(Membership).values(alias=b"\x00\x01" + b"x" * 40))
    done = run(keys_command, "rotate", "--drop-old")
    assert done.exit_code == 1
    assert "cannot open memberships.alias" in done.output
    assert set(KeyRing.load(lived_in.key_file).keys) == {1, 2}


def test_a_writer_with_an_older_ring_is_noticed(lived_in, engine) -> None:
    old = KeyRing.load(lived_in.key_file)

    def writes_again(_column: object, _count: int) -> None:
        with unit(lived_in, engine, old) as work:
            row = work.session.scalars(sa.select(Membership).limit(1)).one()
            work.seal(row, "alias", "Oude Sleutel")

    columns = [column for column in tables.sealed() if str(column) == "memberships.alias"]
    with pytest.raises(UnfinishedRotationError):
        reseal(engine, old.with_new_key(), columns, options=WRITES, told=writes_again)


@pytest.mark.usefixtures("here")
def test_the_secret_is_long_and_new_each_time() -> None:
    first, second = run(keys_command, "secret").output.strip(), run(keys_command, "secret").output.strip()
    assert first != second
    assert len(first) >= 32


def test_an_existing_key_file_is_never_overwritten(here) -> None:
    before = here.key_file.read_text()
    assert run(keys_command, "create").exit_code == 1
    assert here.key_file.read_text() == before
    here.key_file.unlink()
    assert run(keys_command, "create").exit_code == 0
    assert here.key_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("lived_in")
def test_verify_says_that_the_log_is_whole_and_asks_for_exported_heads() -> None:
    done = run(audit, "verify")
    assert done.exit_code == 0, done.output
    assert "3 entries in 1 chains" in done.output
    assert "audit heads" in done.output
    assert run(audit, "heads").exit_code == 0
    assert "audit heads" not in run(audit, "verify").output


def test_exported_heads_are_shown_whole_for_a_copy_on_paper(lived_in, engine) -> None:
    shown = run(audit, "heads").output
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT hash FROM audit_heads")) in shown
    assert "location Noorderlicht" in shown
    assert oct((lived_in.data_dir / chain.HEADS_FILE).stat().st_mode)[-3:] == "600"


@contextmanager
def a_service_that_runs(settings: Settings) -> Iterator[None]:
    """As much of one as can be seen from outside: it holds its folder, or a connection to its server."""
    if settings.is_sqlite:
        with (settings.data_dir / LOCK).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    engine = sa.create_engine(settings.database_url, **engine_options(settings, serves=True))
    with engine.connect():
        yield
    engine.dispose()


@pytest.mark.parametrize("command", [(keys_command, "rotate"), (restore, "monday.backup", "--force")])
def test_while_the_service_runs_nothing_is_replaced_under_it(lived_in, tmp_path, monkeypatch, command) -> None:
    monkeypatch.chdir(tmp_path)
    run(backup, "monday.backup")
    before = lived_in.key_file.read_text()
    with a_service_that_runs(lived_in):
        done = run(*command)
    assert done.exit_code == 1
    assert "Stop it first" in done.output
    assert lived_in.key_file.read_text() == before
    assert run(*command).exit_code == 0


def test_verify_names_the_first_broken_entry(lived_in, engine) -> None:
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        for statement in triggers.REMOVE[engine.dialect.name]:
            connection.execute(sa.text(statement))
        connection.execute(sa.text("UPDATE audit_entries SET action = 'approve' WHERE number = 2"))
    done = run(audit, "verify")
    assert done.exit_code == 1
    assert "entry 2 of location Noorderlicht was changed" in done.output


def test_verify_finds_a_tail_cut_with_its_head(lived_in, engine) -> None:
    run(audit, "heads")
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        for statement in triggers.REMOVE[engine.dialect.name]:
            connection.execute(sa.text(statement))
        connection.execute(sa.text("DELETE FROM audit_entries WHERE number = 3"))
        hashed = connection.scalar(sa.text("SELECT hash FROM audit_entries WHERE number = 2"))
        connection.execute(sa.text("UPDATE audit_heads SET number = 2, hash = :hash"), {"hash": hashed})
    done = run(audit, "verify")
    assert done.exit_code == 1
    assert "entry 3 of location Noorderlicht is gone" in done.output


def test_verify_names_a_spoiled_heads_file(lived_in) -> None:
    (lived_in.data_dir / chain.HEADS_FILE).write_text("nonsense\n")
    done = run(audit, "verify")
    assert done.exit_code == 1
    assert "line 1" in done.output


def test_a_backup_holds_no_words_and_no_keys_and_restores_everything(lived_in, engine, tmp_path) -> None:
    before = aliases(lived_in, engine)
    file = tmp_path / "monday.backup"
    done = run(backup, str(file))
    assert done.exit_code == 0, done.output
    raw = file.read_bytes()
    ring = KeyRing.load(lived_in.key_file)
    for secret in (b"Stille Otter", *ring.keys.values(), ring.keys[1].hex().encode(), ring.index_key):
        assert secret not in raw
    assert file.stat().st_mode & 0o777 == 0o600
    with unit(lived_in, engine, ring) as work:
        work.session.execute(sa.delete(Membership))
    (lived_in.data_dir / "help.json").unlink()
    engine.dispose()
    assert "not empty" in run(restore, str(file)).output
    done = run(restore, str(file), "--force")
    assert done.exit_code == 0, done.output
    assert "The log is whole" in done.output
    assert aliases(lived_in, engine) == before
    assert json.loads((lived_in.data_dir / "help.json").read_text())["places"]


def test_restoring_an_older_backup_does_not_call_the_log_cut(lived_in, engine, tmp_path) -> None:
    file = tmp_path / "monday.backup"
    run(backup, str(file))
    with unit(lived_in, engine, KeyRing.load(lived_in.key_file)) as work:
        place = a_location(work, "Zuidhaven")
        log.record(work, a_clinician(work, place), "decide", location_id=place.id)
    run(audit, "heads")
    engine.dispose()
    assert run(restore, str(file), "--force").exit_code == 0
    assert run(audit, "verify").exit_code == 0
    assert list(lived_in.data_dir.glob("audit-heads.jsonl.before-*"))


def test_a_backup_into_a_folder_that_is_not_there_says_so(lived_in, tmp_path) -> None:
    done = run(backup, str(tmp_path / "no" / "such" / "monday.backup"))
    assert done.exit_code == 1
    assert f"There is no folder {tmp_path / 'no' / 'such'}" in done.output


@pytest.mark.parametrize("number", ["other", "same"])
def test_the_service_does_not_start_with_the_keys_of_another_database(lived_in, engine, monkeypatch, number) -> None:
    monkeypatch.setattr(server.schema, "check", lambda _: None)  # the tables were made without a migration
    server.check_database(lived_in)
    other = KeyRing.fresh()
    if number == "other":
        other = other.with_new_key().without(1)
    other.save(lived_in.key_file)
    with pytest.raises(server.StartRefusedError, match=r"sealed with keys that .* does not have: \[1\]"):
        server.check_database(lived_in)


@pytest.mark.parametrize("number", ["other", "same"])
def test_without_the_keys_a_restore_says_so_and_changes_nothing(lived_in, engine, tmp_path, number) -> None:
    ring = KeyRing.load(lived_in.key_file)
    run(backup, str(tmp_path / "monday.backup"))
    with unit(lived_in, engine, ring) as work:
        a_location(work, "Van na maandag")
    fresh = KeyRing.fresh()
    (fresh if number == "same" else fresh.with_new_key().without(1)).save(lived_in.key_file)
    done = run(restore, str(tmp_path / "monday.backup"), "--force")
    assert done.exit_code == 1
    assert "does not have: [1]. Nothing was changed" in done.output
    with engine.connect() as connection:
        assert connection.scalar(sa.select(Location.id).where(Location.name == "Van na maandag"))


def test_what_a_restore_replaced_is_kept_under_another_name(lived_in, engine, tmp_path) -> None:
    run(backup, str(tmp_path / "monday.backup"))
    with unit(lived_in, engine, KeyRing.load(lived_in.key_file)) as work:
        a_location(work, "Van na maandag")
    engine.dispose()
    done = run(restore, str(tmp_path / "monday.backup"), "--force")
    assert done.exit_code == 0, done.output
    (kept,) = (file for file in lived_in.data_dir.glob("*.before-*") if "heads" not in file.name)
    assert kept.name in done.output
    if lived_in.is_sqlite:
        with closing(sqlite3.connect(kept)) as old:
            assert old.execute("SELECT count(*) FROM locations WHERE name = 'Van na maandag'").fetchone() == (1,)
    with engine.connect() as connection:
        assert not connection.scalar(sa.select(Location.id).where(Location.name == "Van na maandag"))


def test_a_restore_brings_no_session_and_no_unused_code_back_to_life(lived_in, engine, tmp_path) -> None:
    ring = KeyRing.load(lived_in.key_file)
    with unit(lived_in, engine, ring) as work:
        youth = work.session.scalars(sa.select(Account).where(Account.kind == AccountKind.YOUTH).limit(1)).one()
        place = work.session.scalars(sa.select(Location)).one()
        group = work.session.scalars(sa.select(Group)).one()
        token = open_session(work, youth, proven=False)
        karin = an_administrator(work, place)
        code = make_batch(work, karin, group.id, 1).codes[0]
        staff = appoint_first(
            work, a_location(work, "Zuidhaven").id, role=Role.CLINICIAN, staff_name="Bo", role_title="b"
        )
    file = tmp_path / "monday.backup"
    run(backup, str(file))
    engine.dispose()
    done = run(restore, str(file), "--force")
    assert "1 sessions and 2 unused codes and links" in done.output
    with unit(lived_in, engine, ring) as work:
        assert find_session(work.session, lived_in, token, work.now) is None
        assert state_of(work.session.scalars(sa.select(Invitation)).one(), work.now) is InvitationState.REVOKED
        with pytest.raises(InvalidError):
            find_link(work, staff.token, by=None)
    assert code not in done.output


@pytest.mark.parametrize("spoil", ["noise", "flip", "kind", "other"])
def test_a_damaged_backup_changes_nothing(lived_in, engine, tmp_path, spoil) -> None:
    before = aliases(lived_in, engine)
    file = tmp_path / "monday.backup"
    run(backup, str(file))
    raw = file.read_bytes()
    if spoil == "noise":
        file.write_bytes(b"no tar at all")
    elif spoil == "flip":
        at = len(raw) // 2
        file.write_bytes(raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :])
    elif spoil == "kind":
        old, new = (b'"sqlite"', b'"mysqls"') if lived_in.is_sqlite else (b'"postgresql"', b'"mysqlmysql"')
        file.write_bytes(raw.replace(old, new, 1))
    else:
        with tarfile.open(file, "w") as tar:
            tar.add(__file__, arcname="../outside")
    done = run(restore, str(file), "--force")
    assert done.exit_code == 1
    assert aliases(lived_in, engine) == before


@pytest.mark.usefixtures("lived_in")
def test_a_backup_never_overwrites_a_file(tmp_path) -> None:
    file = tmp_path / "monday.backup"
    file.write_text("precious")
    assert run(backup, str(file)).exit_code == 1
    assert file.read_text() == "precious"


def test_the_first_administrator_is_appointed_with_a_new_location(here, engine) -> None:
    asked = ("--location", "Noord", "--name", "Karin")
    done = run(create_admin, *asked)
    assert "--crisis-phone" in done.output
    done = run(create_admin, *asked, "--crisis-phone", "bel maar")
    assert "crisis_phone is no number" in done.output
    done = run(create_admin, *asked, "--crisis-phone", "020-0000000")
    assert done.exit_code == 0, done.output
    assert "#" in done.output.splitlines()[-1]
    again = run(create_admin, *asked)
    assert again.exit_code == 1
    assert "already" in again.output
    clinician = run(create_admin, *asked, "--role", "clinician")
    assert clinician.exit_code == 0, clinician.output
    with unit(here, engine, KeyRing.load(here.key_file)) as work:
        assert len(work.session.scalars(sa.select(Account)).all()) == 2
    assert run(audit, "verify").exit_code == 0


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", [(keys_command, "rotate"), (audit, "verify"), (audit, "heads")])
def test_commands_say_plainly_what_is_missing(command) -> None:
    done = run(*command)
    assert done.exit_code == 1
    assert "safespace migrate" in done.output
    assert "Traceback" not in done.output


def test_without_keys_or_settings_a_command_says_what_to_do(here, monkeypatch) -> None:
    here.key_file.unlink()
    assert "safespace keys create" in run(keys_command, "rotate").output
    here.key_file.write_text("{}")
    assert "cannot be read" in run(keys_command, "rotate").output
    monkeypatch.setenv("SAFESPACE_COLOUR", "blue")
    assert "unknown setting: colour" in run(audit, "verify").output


def test_a_sealed_value_in_another_row_stops_a_rotation(lived_in, engine) -> None:
    ring = KeyRing.load(lived_in.key_file)
    with unit(lived_in, engine, ring) as work:
        one, other = work.session.scalars(sa.select(Membership).limit(2))
        one.alias = other.alias
    with pytest.raises(UnsealError):
        reseal(engine, ring.with_new_key(), tables.sealed(), options=WRITES, told=lambda *_: None)


def test_what_was_agreed_about_the_rules_is_printed_as_rule_files_have_it(lived_in, engine) -> None:
    assert run(rules, "proposals").output == "# Nothing was agreed that is not in the rules.\n"
    with unit(lived_in, engine, KeyRing.load(lived_in.key_file)) as work:
        place = a_location(work, "Zuidhaven")
        esra, jeroen = a_clinician(work, place, "Esra"), a_clinician(work, place, "Jeroen")
        for name in ("PII.MAIL.SPELLED", "PII.LINK"):
            draft = Draft(kind=DraftKind.REMOVE, name=name)
            tried = proposals.try_out(assessing.engine(lived_in), draft)
            made = proposals.propose(work, esra, tried, "Dit vindt nooit iets.")
            if name == "PII.LINK":
                proposals.approve(work, jeroen, made.id, 1, tried)
    printed = run(rules, "proposals").output
    assert "# Remove the rule PII.LINK, which stands in contact.yaml:" in printed
    assert "SPELLED" not in printed
    assert "nooit" not in printed
