"""The service in processes of its own, over a database that a test also looks into, and visitors who speak HTTP."""

import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import Session

from safespace.accounts.models import Account
from safespace.accounts.sessions import open_session
from safespace.host import schema
from safespace.host.database import WRITES, engine_options, prepare_sqlite
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.policy.roles import Actor
from safespace.settings import Settings, load

SECRET = "only for services that tests start, and for no other"
ROOMY = {
    "SAFESPACE_POSTS_ACCOUNT": "1000000 per 1 minute",
    "SAFESPACE_POSTS_ALL": "1000000 per 1 minute",
    "SAFESPACE_HOLD_SECONDS": "1",
}
KEPT = 5.0  # seconds a visitor keeps a connection that rests; the service lets go of it after fifteen
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


def free_port() -> int:
    """Give a port on loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Service:
    """One installation: a folder, a database with all tables, and its processes, which can be killed."""

    folder: Path
    database_url: str = ""
    redis_url: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    core: int | None = None
    port: int = field(default_factory=free_port)
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    visitors: list["Visitor"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings: Settings = load("development", env=self._own_environment())
        self.keys = KeyRing.fresh()
        self.keys.save(self.settings.key_file)
        self.engine = sa.create_engine(self.settings.database_url, **engine_options(self.settings))
        if self.settings.is_sqlite:
            prepare_sqlite(self.engine)
        schema.upgrade(self.engine)

    @property
    def origin(self) -> str:
        """The address under which browsers know it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_file(self) -> Path:
        """The file of an embedded database."""
        return Path(self.engine.url.database or "")

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Do one thing beside the running service, as a second process would, and commit it."""
        with self.engine.connect().execution_options(**WRITES) as connection, Session(connection) as session:
            session.expire_on_commit = False
            work = Work(session=session, settings=self.settings, keys=self.keys)
            yield work
            work.complete()
            session.commit()

    def start(self, *arguments: str) -> Self:
        """Start what does not run: the pages, and the worker when there is Redis; wait until the pages answer."""
        if self.redis_url and self.worker is None:
            self.worker = self._process("worker", "worker")
        if self.web is None:
            self.web = self._process("web", "serve", "--port", str(self.port), *arguments)
        self.wait()
        return self

    def wait(self, seconds: float = 90.0) -> None:
        """Wait until the pages answer; says what the process wrote when it ended instead."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            with closing(connection), suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            if self.web is None or self.web.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError((self.folder / "web.log").read_text()[-3000:])

    def kill(self, what: str = "everything") -> None:
        """End without a warning: `everything`, the `parent` of the web processes, a web `child`, or the `worker`."""
        if what == "child":
            for pid in self.children():
                os.kill(pid, signal.SIGKILL)
            return
        if what in {"everything", "worker"} and self.worker is not None:
            _end(self.worker, signal.SIGKILL)
            self.worker = None
        if what == "worker" or self.web is None:
            return
        if what == "parent":
            os.kill(self.web.pid, signal.SIGKILL)
            self.web.wait()
        else:
            _end(self.web, signal.SIGKILL)
        self.web = None

    def stop(self) -> None:
        """Stop it in good order, or kill what does not listen, and close what this side holds open."""
        for process in (self.web, self.worker):
            if process is not None:
                _end(process, signal.SIGTERM)
        self.web = self.worker = None
        for visitor in self.visitors:
            visitor.close()
        self.engine.dispose()

    def children(self) -> list[int]:
        """Give the processes that serve the pages."""
        if self.web is None:
            return []
        listed = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def visitor(self, actor: Actor | None = None, **cookie: Any) -> "Visitor":
        """Give a browser without JavaScript, in which this actor is signed in with every factor proven."""
        if actor is not None:
            with self.begin() as work:
                token = open_session(work, work.session.get_one(Account, actor.account_id), proven=True)
            cookie["_user_id"] = token
        self.visitors.append(Visitor(port=self.port, cookies={"plek": sealed_cookie(cookie)} if cookie else {}))
        return self.visitors[-1]

    def _process(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        pinned = [] if self.core is None or not shutil.which("taskset") else ["taskset", "-c", str(self.core)]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*pinned, sys.executable, "-m", "safespace.cli.main", *arguments],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={key: value for key, value in os.environ.items() if not key.startswith("SAFESPACE_")}
                | self._own_environment(),
            )

    def _own_environment(self) -> dict[str, str]:
        own = {
            "SAFESPACE_ENVIRONMENT": "development",
            "SAFESPACE_DATA_DIR": str(self.folder),
            "SAFESPACE_DATABASE_URL": self.database_url,
            "SAFESPACE_REDIS_URL": self.redis_url,
            "SAFESPACE_SECRET_KEY": SECRET,
            "SAFESPACE_ORIGINS": self.origin,
        }
        return own | ROOMY | dict(self.options)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Visitor:
    """One browser without JavaScript; it keeps its cookies, and its connection as long as the service surely does."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 15.0
    csrf: str = ""
    _connection: http.client.HTTPConnection | None = None
    _answered: float = 0.0

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        answer = self._ask("GET", path, None, headers)
        if found := CSRF.search(answer.text):
            self.csrf = found[1]
        return answer

    def post(self, path: str, **fields: object) -> Answer:
        """Send a form, with a key of its own unless one is given. Needs a page with a form to have been read before."""
        body = urlencode({"form_key": secrets.token_hex(16), "csrf_token": self.csrf} | fields, doseq=True)
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def close(self) -> None:
        """Close the connection; cookies stay."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def cookie(self) -> str:
        """What the browser sends with every request."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        if time.monotonic() - self._answered > KEPT:
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        sent = {"Cookie": self.cookie} if self.cookies else {}
        try:
            self._connection.request(method, path, body, sent | dict(headers))
            response = self._connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        self._answered = time.monotonic()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, dict(response.headers), text)


def sealed_cookie(content: Mapping[str, Any]) -> str:
    """Give the signed cookie that the service would have given."""
    app = Flask("cookies")
    app.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise RuntimeError("no secret")
    made: str = signer.dumps(dict(content))
    return made


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
