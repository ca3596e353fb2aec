"""Keeping the help lines: an administrator corrects, checks, orders; 112 and 113 can never be taken away."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from safespace.audit import log
from safespace.crisis.help import BUNDLE, TOPICS, Line, read_bundle, tel
from safespace.crisis.models import HelpLine
from safespace.groups.locations import check_phone
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.text import accept_line
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor
from safespace.policy.rules import require

CHECK_AFTER = timedelta(days=90)
NAME, PURPOSE, ADDRESS, HOURS = 120, 400, 200, 200
OLDEST = 120  # years
_CAPS = {
    "name_nl": NAME,
    "name_en": NAME,
    "purpose_nl": PURPOSE,
    "purpose_en": PURPOSE,
    "hours_nl": HOURS,
    "hours_en": HOURS,
}


@dataclass(frozen=True, kw_only=True)
class LineDraft:
    """A help line as somebody filled it in. English may stay empty: Dutch is shown then. Ages in years, "" for any."""

    name_nl: str
    name_en: str = ""
    purpose_nl: str = ""
    purpose_en: str = ""
    phone: str = ""
    chat: str = ""
    site: str = ""
    hours_nl: str = ""
    hours_en: str = ""
    topics: tuple[str, ...] = ()
    min_age: str = ""
    max_age: str = ""


def seed_lines(work: Work) -> int:
    """Put the delivered lines in an empty table and give how many; what an administrator keeps is never touched."""
    if work.session.scalar(sa.select(HelpLine.id).limit(1)) is not None:
        return 0
    delivered = read_bundle(work.settings.config_dir / BUNDLE)
    work.session.add_all(_row(work, line, position) for position, line in enumerate(delivered))
    return len(delivered)


def help_lines(work: Work, actor: Actor) -> list[HelpLine]:
    """Give all lines in their order, fixed ones first, to whoever may change them; NotFoundError otherwise."""
    require(actor, Permission.MANAGE_HELP_LINES, NOWHERE)
    return list(work.session.scalars(sa.select(HelpLine).order_by(HelpLine.fixed.desc(), HelpLine.position)))


def find_line(work: Work, actor: Actor, line_id: UUID) -> HelpLine:
    """Give one line to whoever may change it; NotFoundError otherwise."""
    require(actor, Permission.MANAGE_HELP_LINES, NOWHERE)
    line = work.session.get(HelpLine, line_id, populate_existing=True)
    if line is None:
        raise NotFoundError
    return line


def add_line(work: Work, actor: Actor, draft: LineDraft) -> HelpLine:
    """Add a line at the end. It counts as unchecked until somebody calls or opens it. Raises InvalidError per field."""
    require(actor, Permission.MANAGE_HELP_LINES, NOWHERE)
    last = work.session.scalar(sa.select(sa.func.max(HelpLine.position))) or 0
    line = HelpLine(
        **_checked(draft, fixed_phone=""), key=f"line-{uuid4().hex[:12]}", position=last + 1, changed_at=work.now
    )
    work.session.add(line)
    work.session.flush()
    log.record(work, actor, "add_help_line", on=("help_line", line.id), key=line.key)
    return line


def change_line(work: Work, actor: Actor, line_id: UUID, version: int, draft: LineDraft) -> HelpLine:
    """Change a line as seen at `version`; the number of 112 and 113 stays.

    Raises InvalidError per field, ConflictError("edited_meanwhile", version=…) when somebody was first.
    """
    line = find_line(work, actor, line_id)
    fields = _checked(draft, fixed_phone=line.phone if line.fixed else "")
    changed = sorted(key for key, value in fields.items() if getattr(line, key) != value)
    _update(work, line_id, version, fields)
    log.record(work, actor, "change_help_line", on=("help_line", line_id), key=line.key, changed=changed)
    return find_line(work, actor, line_id)


def verify_line(work: Work, actor: Actor, line_id: UUID, version: int) -> None:
    """Note that the actor called or opened the line today and that what it says is right."""
    line = find_line(work, actor, line_id)
    _update(work, line_id, version, {"verified_on": today(work)})
    log.record(work, actor, "verify_help_line", on=("help_line", line_id), key=line.key)


def remove_line(work: Work, actor: Actor, line_id: UUID, version: int) -> None:
    """Remove a line; raises ConflictError("fixed_line") for 112 and 113, "edited_meanwhile" when somebody was first."""
    line = find_line(work, actor, line_id)
    if line.fixed:
        raise ConflictError("fixed_line")
    gone = work.session.scalar(
        sa.delete(HelpLine).where(HelpLine.id == line_id, HelpLine.version == version).returning(HelpLine.id)
    )
    if gone is None:
        raise ConflictError("edited_meanwhile", version=line.version)
    log.record(work, actor, "remove_help_line", on=("help_line", line_id), key=line.key)


def move_line(work: Work, actor: Actor, line_id: UUID, *, up: bool) -> None:
    """Put a line one place higher or lower among the lines that are not fixed; at the end it stays."""
    rows = [line for line in help_lines(work, actor) if not line.fixed]
    at = next((at for at, line in enumerate(rows) if line.id == line_id), None)
    if at is None:
        raise NotFoundError
    to = at + (-1 if up else 1)
    if not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    for position, line in enumerate(rows, 100):  # fixed ones keep the numbers below
        line.position = position
    log.record(work, actor, "move_help_line", on=("help_line", line_id), up=up)


def is_due(line: HelpLine, now: date) -> bool:
    """Say whether a line was never checked, or 90 days ago or longer (domain reference §3)."""
    return line.verified_on is None or now - line.verified_on >= CHECK_AFTER


def today(work: Work) -> date:
    """Give the day it is at the clinic."""
    return work.now.astimezone(ZoneInfo(work.settings.time_zone)).date()


def _update(work: Work, line_id: UUID, version: int, fields: dict[str, Any]) -> None:
    changed = work.session.scalar(
        sa.update(HelpLine)
        .where(HelpLine.id == line_id, HelpLine.version == version)
        .values(**fields, version=version + 1, changed_at=work.now)
        .returning(HelpLine.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        now = work.session.get(HelpLine, line_id, populate_existing=True)
        raise ConflictError("edited_meanwhile", version=now.version if now else 0)


def _checked(draft: LineDraft, *, fixed_phone: str) -> dict[str, Any]:
    errors: dict[str, str] = {}

    def tried(field: str, check: Any) -> Any:
        try:
            return check()
        except InvalidError as error:
            errors.update({field: next(iter(error.errors.values()))})

    fields: dict[str, Any] = {}
    for field, cap in _CAPS.items():
        text, required = getattr(draft, field), field == "name_nl"
        fields[field] = tried(field, lambda f=field, t=text, c=cap, r=required: accept_line(f, t, cap=c, required=r))
    phone = draft.phone.strip()
    fields["phone"] = fixed_phone or (tried("phone", lambda: check_phone("phone", phone)) if phone else "")
    fields["tel"] = tel(fields["phone"] or "")
    for field in ("chat", "site"):
        fields[field] = tried(field, lambda f=field: _address(f, getattr(draft, f)))
    for field in ("min_age", "max_age"):
        fields[field] = tried(field, lambda f=field: _age(f, getattr(draft, f)))
    low, high = fields["min_age"], fields["max_age"]
    if low is not None and high is not None and low > high:
        errors["max_age"] = "age_order"
    fields["topics"] = [topic for topic in TOPICS if topic in draft.topics]
    if not fields["topics"]:
        errors["topics"] = "required"
    if not errors and not (fields["phone"] or fields["chat"] or fields["site"]):
        errors["phone"] = "no_way_to_reach"
    if errors:
        raise InvalidError(**errors)
    return fields


def _address(field: str, text: str) -> str:
    """Only a plain https:// address of a site: no name, no password, no port, nothing invisible."""
    address = accept_line(field, text, cap=ADDRESS, required=False)
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        plain = parts.hostname and parts.netloc == parts.hostname and "." in parts.hostname
    except ValueError:
        plain = None
    if not plain or parts.scheme != "https" or " " in address or not address.isascii():
        raise InvalidError(**{field: "address_wrong"})
    return address


def _age(field: str, text: str) -> int | None:
    if not text.strip():
        return None
    digits = text.strip()
    if not (digits.isdecimal() and len(digits) <= len(str(OLDEST)) and int(digits) <= OLDEST):
        raise InvalidError(**{field: "age_wrong"})
    return int(digits)


def _row(work: Work, line: Line, position: int) -> HelpLine:
    return HelpLine(
        key=line.key,
        name_nl=line.name_nl,
        name_en=line.name_en,
        purpose_nl=line.purpose_nl,
        purpose_en=line.purpose_en,
        phone=line.phone,
        tel=line.tel,
        chat=line.chat,
        site=line.site,
        hours_nl=line.hours_nl,
        hours_en=line.hours_en,
        topics=list(line.topics),
        min_age=line.min_age,
        max_age=line.max_age,
        fixed=line.fixed,
        position=position,
        verified_on=date.fromisoformat(line.verified_on) if line.verified_on else None,
        changed_at=work.now,
    )
