"""Whether the process is up, and whether it can serve: for whoever watches the service, without a word about people."""

import sqlalchemy as sa
from flask import Blueprint
from flask.typing import ResponseReturnValue

from safespace.host import schema
from safespace.host.work import host, reading
from safespace.policy.permissions import Permission
from safespace.web.gate import permits

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@permits(Permission.ENTER, without_database=True)
def alive() -> ResponseReturnValue:
    """Say that the process answers; the database is not asked."""
    return {"alive": True}


@pages.get("/readyz")
@permits(Permission.ENTER, without_database=True)
def ready() -> ResponseReturnValue:
    """Say whether the database answers and has the tables of this version; 503 otherwise."""
    try:
        with reading() as work:
            found = schema.revision_of(work.session.connection())
    except sa.exc.DBAPIError:
        return {"ready": False, "database": "unreachable"}, 503
    if found != schema.head():
        return {"ready": False, "database": "other revision"}, 503
    if not host().checked:
        return {"ready": False, "database": "not checked yet"}, 503
    return {"ready": True}
