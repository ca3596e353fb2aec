"""What a decision asks the database when it also opens, answers or rings something: bounded, however much waits."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.moderation import appeals, intake, release, reports
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import PostType, Words

NOTE = "Ik lees dat je boos bent, en dat snap ik. Zo komt het hard binnen."
UNKIND = {"reason": "bullying", "note": NOTE}
PART = {"part_1": "slaap", "kind_1": "other", "reason": "personal_data", "note": NOTE}


@pytest.fixture
def place(begin):
    with begin() as work:
        group = a_group(work, a_location(work))
        noor, sem = (a_youth(work, group, name) for name in ("Stille Otter", "Rode Vos"))
        esra, jeroen = (a_clinician(work, group.location, name) for name in ("Esra", "Jeroen"))
    return group, noor, sem, esra, jeroen


def send(begin, place, body="Ik slaap slecht de laatste dagen."):
    with begin() as work:
        words = Words(body=body, title="Mijn week")
        return intake.open_thread(work, place[1], place[0].id, PostType.EXPERIENCE, words).post_id


def waits(begin, post_id):
    with begin() as work:
        found = select(Review).where(Review.post_id == post_id, Review.state != ReviewState.CLOSED)
        return work.session.scalars(found.order_by(Review.kind)).all()


def told_about(begin, place):
    """A post that the group sees, and about which a member told the team."""
    post_id = send(begin, place)
    (first,) = waits(begin, post_id)
    with begin() as work:
        decide(work, place[3], first.id, 1, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        release.release_due(work)
    with begin() as work:
        reports.report(work, place[2], post_id, ReportKind.NOT_RIGHT, choice="unkind")
    return waits(begin, post_id)[0]


def about_a_decision(begin, place, kind):
    """A post that was declined for being unkind, about which its author asks for a fresh look, too."""
    post_id = send(begin, place, "Jij snapt er ook nooit iets van.")
    (first,) = waits(begin, post_id)
    with begin() as work:
        decide(work, place[3], first.id, 1, Verdict(action=Action.DECLINE, **UNKIND))
    with begin() as work:
        appeals.appeal(work, place[1], post_id, "Het was een grapje.")
    return next(one for one in waits(begin, post_id) if one.kind is kind)


def new(begin, place):
    return waits(begin, send(begin, place))[0]


KINDS = {
    "decline with a second reader": (new, "decline", UNKIND, (12, 3)),
    "leaving something out": (new, "redact", PART, (12, 3)),
    "approve raised to crisis": (new, "approve", {"severity": "crisis", "follow_up": "crisis"}, (12, 3)),
    "seeking contact": (new, "hold", {"reason": "needs_contact_first", "note": NOTE, "level": "2"}, (25, 13)),
    "report: keep": (told_about, "keep", {"answer": NOTE}, (11, 3)),
    "report: hide": (told_about, "hide", {"answer": NOTE, **UNKIND}, (16, 5)),
    "second reader agrees": (ReviewKind.SECOND_LOOK, "confirm", {}, (10, 3)),
    "second reader places": (ReviewKind.SECOND_LOOK, "approve", {}, (14, 5)),
    "fresh look: stays": (ReviewKind.APPEAL, "confirm", {"note": NOTE}, (10, 3)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_decision_that_does_more_asks_at_most_so_many_things(begin, place, signed_in, count_queries, kind) -> None:
    made, action, fields, (statements, reads) = KINDS[kind]
    for number in range(12):
        send(begin, place, f"Bericht {number}")
    browser = signed_in(place[4])
    form = {"action": "approve", "seen_version": 1, "form_key": uuid4().hex}
    browser.post(f"/wachtrij/{new(begin, place).id}/besluit", data=form)  # the first makes who one is in the log
    review = about_a_decision(begin, place, made) if isinstance(made, ReviewKind) else made(begin, place)
    form = {"action": action, "seen_version": review.version, "form_key": uuid4().hex, **fields}
    with count_queries() as asked:
        assert browser.post(f"/wachtrij/{review.id}/besluit", data=form).status_code == 303
    selects = [one for one in asked if one.lstrip().upper().startswith("SELECT")]
    print(f"\n{kind}: {len(asked)} statements, {len(selects)} reads")  # noqa: T201  # shown with -rP
    assert len(asked) <= statements
    assert len(selects) <= reads
