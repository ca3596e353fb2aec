"""Good news for the team: marking a post that does one good, and the list of them."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.host.work import acting, reading, unit_of_work
from safespace.moderation import good_news
from safespace.policy.permissions import Permission
from safespace.threads.reading import posts_by_id
from safespace.web import words
from safespace.web.drawing import thread_page_url
from safespace.web.gate import permits

pages = Blueprint("good_news", __name__)


@pages.get("/goed-nieuws")
@permits(Permission.READ_QUEUE)
def home() -> ResponseReturnValue:
    """Show what did colleagues good to read."""
    with reading() as work:
        found = [
            (
                one,
                words.paragraphs(one.body),
                words.when_for_staff(one.at, work.now),
                thread_page_url(one.group_id, one.thread_id, one.position, one.post_id),
            )
            for one in good_news.good_news(work, acting(work))
        ]
    return render_template("good_news/home.html", found=found)


@pages.get("/goed-nieuws/<uuid:post_id>")
@permits(Permission.REVIEW)
def ask(post_id: UUID) -> ResponseReturnValue:
    """Ask whether a post is to be on the list, or off it again."""
    with reading() as work:
        actor = acting(work)
        post, group = good_news.obtain(work, actor, post_id)
        view = posts_by_id(work, actor, group.id, [post.id])[0]
        return render_template(
            "good_news/ask.html",
            alias=view.alias,
            paragraphs=words.paragraphs(view.body),
            post_id=post.id,
            place=thread_page_url(group.id, post.thread_id, post.position, post.id),
            marked=good_news.is_marked(work, post.id),
        )


@pages.post("/goed-nieuws/<uuid:post_id>")
@permits(Permission.REVIEW)
def mark(post_id: UUID) -> ResponseReturnValue:
    """Put a post on the list."""
    with unit_of_work() as work:
        good_news.mark(work, acting(work), post_id)
    flash(_("Dit bericht staat bij het goede nieuws. De groep merkt daar niets van."), "ok")
    return redirect(url_for("good_news.home"), 303)


@pages.post("/goed-nieuws/<uuid:post_id>/af")
@permits(Permission.REVIEW)
def unmark(post_id: UUID) -> ResponseReturnValue:
    """Take a post off the list."""
    with unit_of_work() as work:
        good_news.unmark(work, acting(work), post_id)
    flash(_("Dit bericht staat niet meer bij het goede nieuws."), "ok")
    return redirect(url_for("good_news.home"), 303)
