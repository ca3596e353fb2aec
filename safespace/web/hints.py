"""The composer's gentle hints: asked by a script while somebody writes; sending is always possible."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from safespace.host import limits
from safespace.host.login import visitor
from safespace.host.work import acting, reading
from safespace.moderation.hinting import hint
from safespace.moderation.risk.assessment import Category
from safespace.policy.permissions import Permission
from safespace.web.gate import permits

pages = Blueprint("hints", __name__)
SENTENCES = {
    Category.NUMBERS: _("Staan er getallen in over eten, gewicht of sporten? Schrijf liever hoe het voelde."),
    Category.PERSONAL_DATA: _("Staat er iets in waaraan iemand jou of een ander kan herkennen? Laat dat liever weg."),
    Category.CONTACT_REQUEST: _("Wil je contact buiten deze plek? Hier kunnen we meekijken of het veilig blijft."),
}


@pages.post("/g/<uuid:group_id>/meekijken")
@permits(Permission.WRITE_POST)
def look(group_id: UUID) -> ResponseReturnValue:
    """Give the hints for words that were not sent, as sentences that name none of them."""
    limits.count("hints", str(visitor.account_id))
    with reading() as work:
        found = hint(work, acting(work), group_id, request.form.get("text", ""))
    return {"hints": [str(SENTENCES[one]) for one in found.about], "help": found.help_now}
