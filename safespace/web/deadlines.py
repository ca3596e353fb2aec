"""How long until a norm ends, in words and in one of three shapes."""

from datetime import datetime

from flask_babel import format_datetime, ngettext, to_user_timezone
from flask_babel import gettext as _

from safespace.moderation.models import ReviewState
from safespace.moderation.rows import Row

SOON = 0.25  # of the norm: what is left of it then asks for attention


def time_left(due: datetime, now: datetime) -> str:
    """Give how long until a norm ends, or since it did; an end on another day is told by its moment."""
    minutes = int((due - now).total_seconds() // 60)
    if due <= now:
        late = int((now - due).total_seconds() // 60)
        if late < 60:
            return ngettext("%(num)s minuut te laat", "%(num)s minuten te laat", max(1, late))
        if late < 48 * 60:
            return ngettext("%(num)s uur te laat", "%(num)s uur te laat", late // 60)
        return ngettext("%(num)s dag te laat", "%(num)s dagen te laat", late // (24 * 60))
    if to_user_timezone(due).date() != to_user_timezone(now).date():
        return _("vóór %(moment)s", moment=format_datetime(to_user_timezone(due), "EEE d MMM HH:mm", rebase=False))
    if minutes < 60:
        return ngettext("nog %(num)s minuut", "nog %(num)s minuten", max(1, minutes))
    return ngettext("nog %(num)s uur", "nog %(num)s uur", minutes // 60)


def left_of(row: Row, now: datetime) -> str:
    """Give what is left of the norm of an item; "" when nobody has to look any more, and for a blind one."""
    if row.due_at is None or row.state is not ReviewState.OPEN or row.blind:
        return ""
    return time_left(row.due_at, now)


def kind_of(row: Row, now: datetime) -> str:
    """Give `much`, `little` or `none`: three shapes and three colours, beside the words."""
    if row.due_at is None or not left_of(row, now):
        return ""
    if row.late:
        return "none"
    return "little" if row.due_at - now <= SOON * (row.due_at - row.opened_at) else "much"
