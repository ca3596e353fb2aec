"""Starting the service: gunicorn with its gevent worker, one process on SQLite, after everything that could be wrong.

The command line patches the standard library for gevent before this module is imported.
"""

import ctypes
import fcntl
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from gevent import monkey
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.ggevent import GeventWorker
from sqlalchemy.orm import Session

from safespace import tables
from safespace.accounts import credentials
from safespace.app import create_app
from safespace.crisis.snapshot import publish
from safespace.host import logs, schema, sweeping
from safespace.host.database import LOCK, db, engine_options, prepare_sqlite
from safespace.host.hashing import in_pool
from safespace.kernel import marks
from safespace.kernel.rotation import one_of_each_version, unopened
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.realtime.clock import Clock
from safespace.realtime.learner import Learner
from safespace.realtime.relay import Relay, Watch, wake_by
from safespace.realtime.ringer import Ringer
from safespace.roster.routes import is_loopback
from safespace.settings import Settings

CONNECTIONS = 10_000
MARKER = "demo.marker"
PATIENCE = 5.0  # seconds for a predecessor that was just killed to be gone
LOOK_AGAIN = 2.0  # seconds between two looks whether the database is back
PARENT_DEATH = 1  # PR_SET_PDEATHSIG
LEASE = 7_302_611_906  # any number of our own
log = logging.getLogger(__name__)


class StartRefusedError(Exception):
    """The service does not start; the message says why, and what to do."""


def serve(settings: Settings, *, host: str, port: int, workers: int = 1, alone: bool = False) -> None:
    """Serve until stopped. `alone` runs clock and relay here too, which on SQLite is always so.

    While the database is away it serves help and nothing else, until the database is there and is the right one.
    Raises StartRefusedError before anything listens.
    """
    alone = alone or settings.is_sqlite
    check(settings, host=host, workers=workers, alone=alone)
    checked = _is_right(settings)
    with _only_one(settings):
        check_port(host, port)
        logs.set_up()
        credentials.BENCH.run = in_pool
        facts = {"port": port, "workers": workers, "database": "sqlite" if settings.is_sqlite else "postgresql"}
        log.info("starting", extra=facts | {"revision": schema.head()})
        sweeping.go_on()
        _Gunicorn(settings, _options(host, port, workers), alone=alone, checked=checked).run()


def run_worker(settings: Settings) -> None:
    """Run clock and relay for several web processes; one at a time, whoever holds the lease.

    Raises StartRefusedError on SQLite, where the web process does it.
    """
    if settings.is_sqlite:
        raise StartRefusedError("on SQLite the web process does this: safespace serve")
    check(settings, host="127.0.0.1", workers=1, alone=False)
    if not _is_right(settings):
        raise StartRefusedError("the database does not answer")
    logs.set_up()
    app = sweeping.undisturbed(lambda: create_app(settings))
    try:
        with app.app_context(), db.engine.connect() as connection:
            _lead(app, connection.execution_options(isolation_level="AUTOCOMMIT"))
    except sa.exc.DBAPIError as error:  # whoever started this process starts it again
        raise StartRefusedError("the database went away") from error


def _lead(app: Flask, connection: sa.Connection) -> None:
    """Wait for the lease, then work for as long as the connection that holds it lives."""
    while not connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": LEASE}):
        time.sleep(1)
    log.info("leading", extra={"event": "worker"})
    _start_loops(app, alone=True)
    while connection.scalar(sa.text("SELECT 1")):
        time.sleep(1)


def check(settings: Settings, *, host: str, workers: int, alone: bool) -> None:
    """Refuse what would be unsafe: several processes without what they need, a demo for others or in a clinic."""
    if workers > 1 and settings.is_sqlite:
        raise StartRefusedError("SQLite takes one process; for several use PostgreSQL and Redis")
    if (workers > 1 or not alone) and not settings.redis_url:
        raise StartRefusedError("several processes need redis_url, by which they ring each other")
    if workers > 1 and alone:
        raise StartRefusedError("with several processes, clock and relay run in one `safespace worker`")
    if settings.is_demo and not is_loopback(host):
        raise StartRefusedError("the demo is for this machine only: bind it to 127.0.0.1")
    if settings.is_sqlite and not settings.data_dir.is_dir():
        raise StartRefusedError(f"there is no folder {settings.data_dir}; make it with: safespace migrate")
    if not settings.is_demo and (settings.data_dir / MARKER).exists():
        raise StartRefusedError("this folder belongs to a demo; a clinic needs one of its own")


def check_database(settings: Settings) -> None:
    """Refuse wrong tables, other keys, and a demo that is none or the reverse. Raises DBAPIError while it is away."""
    engine = sa.create_engine(settings.database_url, **engine_options(settings))
    try:
        if settings.is_sqlite:
            prepare_sqlite(engine)
        _check_database(settings, engine)
    finally:
        engine.dispose()


def _is_right(settings: Settings) -> bool:
    """Say whether the database is there and right; False while it is away."""
    try:
        check_database(settings)
    except sa.exc.DBAPIError:
        return False
    return True


def check_port(host: str, port: int) -> None:
    """Refuse an address that somebody else listens on, in words instead of gunicorn's retries."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartRefusedError(f"port {port} cannot be had here; choose another with --port") from error


def _check_database(settings: Settings, engine: sa.Engine) -> None:
    try:
        schema.check(engine)
    except schema.SchemaMismatchError as error:
        raise StartRefusedError(str(error)) from error
    with Session(engine) as session:
        fictional = bool(marks.mark_of(session, marks.DEMO))
    if fictional and not settings.is_demo:
        raise StartRefusedError("this database holds a demo with fictional people; a clinic needs one of its own")
    if settings.is_demo and not fictional:
        raise StartRefusedError("this database is not a demo; its people could be real")
    with engine.connect() as connection:
        foreign = unopened(KeyRing.load(settings.key_file), one_of_each_version(connection, tables.sealed()))
    if foreign:
        what = f"texts in the database are sealed with keys that {settings.key_file} does not have: {foreign}"
        raise StartRefusedError(f"{what}; put the key file of this database there")
    with Session(engine) as session:
        _publish_help(settings, session)


def _publish_help(settings: Settings, session: Session) -> None:
    """Bring the file of the help page up to date; an older one is better than no start."""
    try:
        publish(Work(session=session, settings=settings, keys=KeyRing.load(settings.key_file)))
    except OSError as error:
        log.warning("help page not written", extra={"kind": type(error).__name__})


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Hold the folder for as long as this process lives, when only one may write to the database."""
    if not settings.is_sqlite:
        yield
        return
    file = os.open(settings.data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(file)
                raise StartRefusedError("another process serves this folder already") from None
            time.sleep(0.1)
    try:
        yield
    finally:
        os.close(file)


class Cooperative(GeventWorker):
    """Gunicorn's gevent worker; that the command line patched before is no surprise to it."""

    def patch(self) -> None:
        """Patch what was left for the worker, and the listening sockets."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", monkey.MonkeyPatchWarning)
            super().patch()


class _Silent(Logger):
    """No log of requests: no address of a reader and no page is ever written down. The rest goes to our own log."""

    def setup(self, cfg: Any) -> None:
        """Write through the log that is set up already."""
        del cfg
        self.error_log.propagate = True

    def access(self, *_: Any) -> None:
        """Write nothing."""


class _Gunicorn(BaseApplication):
    """Gunicorn with our options instead of a command line or a file."""

    def __init__(self, settings: Settings, options: dict[str, Any], *, alone: bool, checked: bool) -> None:
        self._settings, self._options, self._alone, self._checked = settings, options, alone, checked
        super().__init__()

    def load_config(self) -> None:
        """Set the options."""
        for key, value in {**self._options, "post_fork": _die_with_the_parent}.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        """Make the app in the worker: whatever it starts must not be forked."""
        app = sweeping.undisturbed(lambda: create_app(self._settings))
        if self._checked:
            _start_loops(app, alone=self._alone)
        else:
            app.extensions["safespace"].checked = False
            threading.Thread(target=_begin_late, args=(app, self._alone), name="begin late", daemon=True).start()
        return app


def _options(host: str, port: int, workers: int) -> dict[str, Any]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "worker_class": Cooperative,
        "worker_connections": CONNECTIONS,
        "logger_class": _Silent,
        "forwarded_allow_ips": "",  # who may tell the real address is the app's own setting: trusted_proxies
        "graceful_timeout": 3,
        "keepalive": 15,
        "control_socket_disable": True,
        "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108  # a heartbeat file, no content
    }


def _die_with_the_parent(arbiter: Any, worker: Any) -> None:
    """A worker whose parent was killed must not go on writing beside its successor."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGKILL)
    del worker
    if os.getppid() != arbiter.pid:  # it was killed before this line
        raise SystemExit(1)


def _begin_late(app: Flask, alone: bool) -> None:
    """Open the pages once the database is there and is the right one; until then every round says why not."""
    here = app.extensions["safespace"]
    while True:
        time.sleep(LOOK_AGAIN)
        try:
            check_database(here.settings)
        except (sa.exc.DBAPIError, StartRefusedError) as error:
            log.warning("help only", extra={"kind": type(error).__name__})
            continue
        _start_loops(app, alone=alone)
        here.checked = True
        log.info("open", extra={"event": "begin late"})
        return


def _start_loops(app: Flask, *, alone: bool) -> None:
    """Start what runs beside the pages; every process cuts its own sockets, one rings and releases."""
    woken = (Relay(app), Ringer(app)) if alone else ()
    for loop in (Watch(app), *woken, *((Clock(app), Learner(app)) if alone else ())):
        loop.start()
    wake_by(app, *woken)
