"""Administration: where an administrator starts. No page here shows what anybody wrote in a group."""

from flask.typing import ResponseReturnValue

from safespace.crisis import lines
from safespace.groups import locations
from safespace.host.work import acting, reading
from safespace.policy.permissions import Permission
from safespace.web import admin_audit, admin_help, admin_invitations, admin_locations, admin_reading, admin_staff
from safespace.web.admin_pages import draw, pages
from safespace.web.gate import permits

__all__ = ["home", "pages"]
# Each adds its views to `pages`.
PARTS = (admin_audit, admin_help, admin_invitations, admin_locations, admin_reading, admin_staff)


@pages.get("")
@permits(Permission.OPEN_LOCATION)
def home() -> ResponseReturnValue:
    """Show the locations of this administrator, and which help lines want checking."""
    with reading() as work:
        actor = acting(work)
        own = locations.managed_locations(work, actor)
        due = [line for line in lines.help_lines(work, actor) if lines.is_due(line, lines.today(work))]
        return draw("home.html", locations=own, groups=locations.groups_of(work, own), due=len(due))
