"""Telling the team about somebody's post: worried about a person, or not right as a post; and reading the answer."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from safespace.crisis.help import help_page
from safespace.host import limits
from safespace.host.language import spoken
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import reports
from safespace.moderation.models import ReportKind
from safespace.moderation.report_words import vocabulary
from safespace.policy.permissions import Permission
from safespace.threads.reading import posts_by_id
from safespace.web import words
from safespace.web.drawing import thread_page_url
from safespace.web.gate import permits
from safespace.web.help import spoken_line
from safespace.web.numbers import number_in
from safespace.web.presence import presence_of
from safespace.web.sentences import explained

pages = Blueprint("reports", __name__)
KINDS = {"zorgen": ReportKind.WORRIED, "klopt-niet": ReportKind.NOT_RIGHT}  # as an address says it
NAMES = {ReportKind.WORRIED: lazy_gettext("Ik maak me zorgen"), ReportKind.NOT_RIGHT: lazy_gettext("Dit klopt niet")}
ABOUT = "someone_else"  # the topic of the help lines for who worries about somebody
MOST_LINES = 2


@pages.get("/bericht/<uuid:post_id>/<any(zorgen,'klopt-niet'):about>")
@permits(Permission.REPORT_POST)
def ask(post_id: UUID, about: str) -> ResponseReturnValue:
    """Show a few plain choices about a post, and room for own words."""
    return _form_page(post_id, about)


@pages.post("/bericht/<uuid:post_id>/<any(zorgen,'klopt-niet'):about>")
@permits(Permission.REPORT_POST)
def tell(post_id: UUID, about: str) -> ResponseReturnValue:
    """Tell the team."""
    limits.count("reports", str(visitor.account_id))
    try:
        with unit_of_work(once=True) as work:
            choice, own = request.form.get("choice", ""), request.form.get("words", "")
            reports.report(work, acting(work), post_id, KINDS[about], choice=choice, words=own, language=spoken())
            answer = work.notes["answer"] = url_for("reports.mine")
    except InvalidError as error:
        return _form_page(post_id, about, errors=explained(error.errors)), 422
    flash(_("Je woorden zijn bij het team. Het antwoord komt op deze pagina."), "sent")
    return redirect(answer, 303)


@pages.get("/mijn/verteld")
@permits(Permission.HAVE_OWN_PLACE)
def mine() -> ResponseReturnValue:
    """Show a page of what one told the team about posts of others, with the answers."""
    page = max(1, number_in(request.args, "page", 1))
    with reading() as work:
        actor = acting(work)
        found = reports.own_reports(work, actor, page)
        if page > 1 and not found:
            raise NotFoundError
        more = len(found) > reports.MINE
        found = found[: reports.MINE]
        return render_template(
            "reports/mine.html",
            found=[(one, NAMES[one.kind], words.when_for_youth(one.at, work.now)) for one in found],
            help_now=any(one.help_now for one in found),
            lines=_lines(work),
            standing=_standing(reports.own_standing(work, actor)),
            older=url_for("reports.mine", page=page + 1) if more else "",
            newer=url_for("reports.mine", page=page - 1 if page > 2 else None) if page > 1 else "",
        )


@pages.get("/mijn/verteld/stand")
@permits(Permission.HAVE_OWN_PLACE, background=True)
def standing() -> ResponseReturnValue:
    """Give whether there are new answers, so that the page knows when to draw itself again."""
    with reading() as work:
        return {"standing": _standing(reports.own_standing(work, acting(work)))}


def _lines(work: Work) -> list[dict[str, str]]:
    known = help_page(work.settings).lines
    found = [spoken_line(line) for line in known if ABOUT in line.topics and not line.fixed]
    return [line | {"note": line["hours"]} for line in found[:MOST_LINES]]


def _standing(found: tuple[int, object]) -> str:
    return f"{found[0]} {found[1]}"


def _form_page(post_id: UUID, about: str, *, errors: dict[str, str] | None = None) -> str:
    kind = KINDS[about]
    with reading() as work:
        actor = acting(work)
        post, group = reports.obtain_told_about(work, actor, post_id)
        view = posts_by_id(work, actor, group.id, [post.id])[0]
        known = vocabulary(work.settings.config_dir).choices.values()
        return render_template(
            "reports/ask.html",
            about=about,
            worried=kind is ReportKind.WORRIED,
            title=NAMES[kind],
            group=group,
            alias=view.alias,
            excerpt="" if view.content_notes else view.body,
            gone=not post.visible,
            place=thread_page_url(group.id, post.thread_id, post.position, post.id),
            choices=[(one.key, words.in_words(one.label)) for one in known if one.kind is kind],
            lines=_lines(work),
            presence=presence_of(work, group),
            errors=errors or {},
            form_key=str(uuid4()),
        )
