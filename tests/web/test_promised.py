"""What is shown before a decision is what its author then reads, of a new post and of an edit of one that is shown."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import a_youth
from sqlalchemy import select

from safespace.crisis.models import Escalation
from safespace.moderation import appeals, hiding, intake, outcomes, release, reports
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.previewing import Foreseen, preview
from safespace.moderation.verdicts import Part, Verdict
from safespace.threads.models import Post, PostState, PostType, Words
from safespace.web.outcome import outcome_of, promised

NOTE = "Wat fijn dat je dit deelt, ik lees hoe zwaar de dagen zijn."
AGAIN = "Fijn dat je het vroeg. Voor de groep kom ik op hetzelfde uit."
OLD, NEW = "Ik lees een boek.", "Op het Zonnecollege lees ik een boek."
PART = (Part(text="Zonnecollege", kind="school"),)
VERDICTS = {
    Action.APPROVE: {"reason": "numbers"},  # a reason belongs to no placing, whatever a form sends
    Action.APPROVE_WITH_NOTES: {"content_notes": ("eating",)},
    Action.ASK_REWORD: {"reason": "personal_data"},
    Action.REDACT: {"reason": "personal_data", "parts": PART},
    Action.DECLINE: {"reason": "off_topic"},
    Action.HOLD: {"reason": "needs_contact_first"},
}


@pytest.fixture(params=["a new post", "an edit"])
def post_id(request, app, begin, group, noor, esra):
    """Words of Noor that wait for a decision."""
    with begin() as work:
        words = Words(body=OLD if request.param == "an edit" else NEW, title="Lezen")
        sent = intake.open_thread(work, noor, group.id, PostType.TIP, words)
    if request.param == "an edit":
        decides(app, begin, noor, esra, sent.post_id, Verdict(action=Action.APPROVE))
        with begin() as work:
            intake.rewrite(work, noor, sent.post_id, Words(body=NEW, title="Lezen"))
    return sent.post_id


def foreseen(work, clinician, review, verdict):
    return promised(preview(work, clinician, review.id, review.version, verdict).told)


def decides(app, begin, noor, clinician, post_id, verdict):
    """Give what was promised, and what the author reads once the decision was taken and happened."""
    with begin() as work, app.test_request_context():
        review = work.session.scalars(
            select(Review).where(Review.post_id == post_id, Review.state != ReviewState.CLOSED)
        ).one()
        before = foreseen(work, clinician, review, verdict)
    with begin() as work:
        decide(work, clinician, review.id, review.version, verdict)
    return before, reads(app, begin, noor, post_id)


def reads(app, begin, noor, post_id):
    with begin() as work:
        work.now += timedelta(minutes=1)
        release.release_due(work)
    with begin() as work, app.test_request_context():
        return outcome_of(outcomes.own_post(work, noor, post_id))


@pytest.mark.parametrize("action", VERDICTS)
def test_a_clinician_sees_exactly_what_the_author_will_read(app, begin, noor, esra, post_id, action) -> None:
    verdict = Verdict(action=action, note=NOTE, **VERDICTS[action])
    before, after = decides(app, begin, noor, esra, post_id, verdict)
    assert before == after
    assert before.note == NOTE


def test_who_looks_again_sees_exactly_what_the_author_will_read(app, begin, noor, esra, jeroen, post_id) -> None:
    decides(app, begin, noor, esra, post_id, Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE))
    with begin() as work:
        is_edit = work.session.get_one(Post, post_id).state is PostState.PUBLISHED
        appeals.appeal(work, noor, post_id, "Kijk nog eens.")
    before, after = decides(app, begin, noor, jeroen, post_id, Verdict(action=Action.CONFIRM, note=AGAIN))
    assert before == after
    assert (after.note, after.first_note) == (AGAIN, NOTE)
    assert ("De groep ziet je eerdere tekst" in after.text) == is_edit
    assert ("komt niet in de groep" in after.text) != is_edit


def test_who_hides_a_post_sees_exactly_what_the_author_will_read(app, begin, noor, esra, post_id) -> None:
    decides(app, begin, noor, esra, post_id, Verdict(action=Action.APPROVE))
    with begin() as work, app.test_request_context():
        told = Foreseen(action=Action.HIDE, reason="off_topic", note=NOTE, language="nl", state=PostState.HIDDEN)
        before = promised(told)
    with begin() as work:
        hiding.hide(work, esra, post_id, Verdict(action=Action.HIDE, reason="off_topic", note=NOTE))
    assert reads(app, begin, noor, post_id) == before


@pytest.mark.parametrize("action", [Action.HOLD, Action.REDACT, Action.HIDE])
def test_who_decides_about_a_report_sees_exactly_what_the_author_will_read(
    app, begin, group, noor, esra, post_id, action
) -> None:
    decides(app, begin, noor, esra, post_id, Verdict(action=Action.APPROVE))
    with begin() as work:
        sem = a_youth(work, work.session.merge(group), "Rode Vos")
    with begin() as work:
        reports.report(work, sem, post_id, ReportKind.NOT_RIGHT, choice="recognisable")
    chosen = VERDICTS.get(action, {"reason": "off_topic"}) | {"answer": "Dank je dat je dit vertelde."}
    before, after = decides(app, begin, noor, esra, post_id, Verdict(action=action, note=NOTE, **chosen))
    assert before == after
    if action is Action.HOLD:
        assert after.title == "we willen eerst contact met je"


def test_an_edit_that_is_not_placed_is_told_apart_from_the_post_that_is(
    app, begin, group, noor, esra, signed_in
) -> None:
    post_id = an_edit(app, begin, group, noor, esra)
    decides(app, begin, noor, esra, post_id, Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE))
    page = signed_in(noor).get(f"/mijn/{post_id}").text
    assert "Staat in de groep, je aanpassing niet" in page
    assert "De groep ziet je eerdere tekst. Hieronder lees je waarom." in page
    assert "Anderen kunnen nu reageren" not in page


def test_whose_edit_is_held_reads_that_contact_is_sought_until_somebody_took_care(
    app, begin, group, noor, esra, signed_in
) -> None:
    post_id = an_edit(app, begin, group, noor, esra)
    browser = signed_in(esra)
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.kind == ReviewKind.EDIT)).one()
    form = {"action": "hold", "seen_version": review.version, "reason": "needs_contact_first", "note": NOTE}
    sent = browser.post(f"/wachtrij/{review.id}/besluit", data=form | {"level": "2", "form_key": uuid4().hex})
    assert sent.status_code == 303
    own = signed_in(noor)
    page = own.get(f"/mijn/{post_id}").text
    assert "We willen eerst contact met je" in page
    assert "De groep ziet je eerdere tekst." in page
    assert "wordt nagekeken" not in page
    assert NOTE in page
    with begin() as work:
        work.session.scalars(select(Escalation)).one().closed_at = work.now
    page = own.get(f"/mijn/{post_id}").text
    assert "Je aanpassing wordt nagekeken" in page
    assert "zoekt contact met je" not in page


def an_edit(app, begin, group, noor, esra):
    with begin() as work:
        sent = intake.open_thread(work, noor, group.id, PostType.TIP, Words(body=OLD, title="Lezen"))
    decides(app, begin, noor, esra, sent.post_id, Verdict(action=Action.APPROVE))
    with begin() as work:
        intake.rewrite(work, noor, sent.post_id, Words(body=NEW, title="Lezen"))
    return sent.post_id
