"""Units of work at the edge: the only place that ends a transaction, once."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, has_request_context, request
from sqlalchemy.exc import IntegrityError

from safespace.host.database import WRITES, db
from safespace.host.login import visitor
from safespace.kernel import idempotency
from safespace.kernel.refusals import ConflictError, InvalidError, RefusalError
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work, utc_now
from safespace.policy.roles import ANONYMOUS, Actor
from safespace.settings import Settings

PATIENCE = 20.0
UNHASHED = frozenset({"csrf_token", "form_key"})


class ReplayedError(Exception):
    """A form that was sent before; `answer` is where it led."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        super().__init__("replayed")


@dataclass
class Host:
    """What one process lends to its edges. Not `checked`: the database was away at the start and is not known yet."""

    settings: Settings
    keys: KeyRing
    wake: Callable[[], None] = lambda: None
    clock: Callable[[], Any] = utc_now
    checked: bool = True
    write_lock: Any = field(default_factory=threading.Lock)


def host() -> Host:
    """Give the host of the current app."""
    found: Host = current_app.extensions["safespace"]
    return found


@contextmanager
def reading() -> Iterator[Work]:
    """Read what is committed when each question is asked; nothing can be announced or committed."""
    here = host()
    yield Work(session=db.session(), settings=here.settings, keys=here.keys, now=here.clock())


@contextmanager
def unit_of_work(*, once: bool = False) -> Iterator[Work]:
    """Do one thing and commit it, with its events and log entries, or leave no trace.

    With `once`, the form's key is spent by success: sent again with the same body it raises ReplayedError, with
    another body InvalidError, and what it did again is rolled back. A success is answered only after the commit. On
    SQLite one write runs at a time, without any yield between its begin and its end, or the next writer would stop the
    whole process.
    """
    here = host()
    form = _form() if once else None
    with _writing(here) if here.settings.is_sqlite else nullcontext():
        session = db.session()
        session.rollback()  # a read of this request may have begun one
        session.connection(execution_options=WRITES)
        work = Work(session=session, settings=here.settings, keys=here.keys, now=here.clock())
        try:
            yield work
            if form:
                idempotency.spend(work, visitor.account_id, *form, work.notes.get("answer", "/"))
            rung = work.complete()
            session.commit()
        except (RefusalError, IntegrityError) as error:
            session.rollback()
            if form:  # a key is spent once, so a form that was sent before always ends here
                _refuse_replay(work, *form)
            if isinstance(error, IntegrityError):
                raise ConflictError from error
            raise
        except BaseException:
            session.rollback()
            raise
    if rung:
        here.wake()


@contextmanager
def _writing(here: Host) -> Iterator[None]:
    """Be the one writer; a unit of work inside another would wait for itself for ever, so waiting has an end."""
    if not here.write_lock.acquire(timeout=PATIENCE):
        raise TimeoutError("waited too long to write; is this unit of work inside another?")
    try:
        yield
    finally:
        here.write_lock.release()


def acting(work: Work) -> Actor:
    """Give the actor of this request as the database knows it now."""
    if not visitor.is_authenticated:
        return ANONYMOUS
    actor: Actor = visitor.read(work.session, work.now)
    visitor.known = actor
    return actor


def _form() -> tuple[str, str]:
    if not has_request_context():
        raise InvalidError(form="key_missing")
    key = request.form.get("form_key", "")
    if not 16 <= len(key) <= 64:
        raise InvalidError(form="key_missing")
    sent = sorted((name, tuple(request.form.getlist(name))) for name in request.form if name not in UNHASHED)
    body = hashlib.sha256(repr((request.path, sent)).encode()).hexdigest()
    return key, body


def _refuse_replay(work: Work, key: str, body: str) -> None:
    answer = idempotency.earlier_answer(work, visitor.account_id, key, body)
    if answer is not None:
        raise ReplayedError(answer)
