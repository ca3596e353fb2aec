"""Every page of everybody asks the database at most eight things, however much there is to show."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import a_clinician, a_group, a_location, a_member, a_youth, actor_of, an_administrator
from sqlalchemy import select

from safespace.accounts.models import Account
from safespace.crisis.lines import seed_lines
from safespace.crisis.models import HelpLine
from safespace.groups.invitations import make_batch
from safespace.groups.models import Group
from safespace.library.starter import seed_items
from safespace.moderation import assessing, intake, pins, proposals, release, reports, taking_up, talking
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, ReportKind, Review, ReviewKind
from safespace.moderation.risk.drafting import Draft, DraftKind
from safespace.threads.models import PostType

MOST = 8
ELSEWHERE = {"static", "exit.leave"}  # leaving ends the session that the other pages need


@pytest.fixture
def world(begin):
    """A location with several groups, threads, waiting posts, items, pins and invitations."""
    with begin() as work:
        location = a_location(work)
        seed_lines(work)
        groups = [a_group(work, location, f"Groep {number}") for number in range(4)]
        place = a_member(work, groups[0], "Stille Otter")
        for number, group in enumerate(groups[1:], 1):
            a_member(work, group, f"Otter {number}", work.session.get_one(Account, place.account_id))
        noor, other = actor_of(work, place.account_id), a_youth(work, groups[0], "Blije Das")
        esra, karin = a_clinician(work, location), an_administrator(work, location)
        items = seed_items(work, location.id)
    with begin() as work:
        sent = [
            intake.open_thread(
                work,
                noor,
                group.id,
                PostType.TIP,
                intake.accept_words(work, f"Bericht {number}", title=f"Over {number}"),
            )
            for group in groups
            for number in range(8)
        ]
    with begin() as work:
        first = [one.post_id for one in sent[:20]]
        for review in work.session.scalars(select(Review).where(Review.post_id.in_(first))):
            decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        while release.release_due(work):
            pass
        for item_id in list(items.values())[:3]:
            pins.pin(work, esra, groups[0].id, item_id=item_id)
        batch = make_batch(work, karin, groups[0].id, 12)
        jeroen = a_clinician(work, location, "Jeroen")
        draft = Draft(kind=DraftKind.REMOVE, name="PII.MAIL.SPELLED")
        tried = proposals.try_out(assessing.engine(work.settings), draft)
        made = [proposals.propose(work, esra, tried, "Dit vindt nooit iets.") for _ in range(9)]
        for one in made[:4]:
            proposals.approve(work, jeroen, one.id, 1, tried)
    with begin() as work:
        waiting = waiting_in(work)[0]
        return {
            "youth": noor,
            "other": other,
            "clinician": esra,
            "administrator": karin,
            "ids": {
                "location_id": location.id,
                "group_id": groups[0].id,
                "thread_id": sent[0].thread_id,
                "post_id": sent[0].post_id,
                "review_id": waiting.id,
                "item_id": next(iter(items.values())),
                "batch_id": batch.id,
                "proposal_id": made[0].id,
                "name": "PII.PHONE",
                "line_id": work.session.scalars(select(HelpLine.id)).first(),
            },
        }


def waiting_in(work):
    """Give the new posts that wait, in the order in which they came."""
    waits = select(Review).where(Review.state == "open", Review.kind == ReviewKind.NEW)
    return work.session.scalars(waits.order_by(Review.opened_at, Review.id)).all()


@pytest.mark.parametrize("who", ["youth", "clinician", "administrator"])
def test_no_page_asks_more_than_eight_things(app, world, signed_in, count_queries, who) -> None:
    browser = signed_in(world[who])
    ids = world["ids"]
    seen, over = 0, {}
    with app.test_request_context():
        pages = [
            rule.build({name: ids[name] for name in rule.arguments})[1]
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.endpoint not in ELSEWHERE and set(rule.arguments) <= set(ids)
        ]
    for path in pages:
        with count_queries() as asked:
            answer = browser.get(path if "changes" not in path else f"{path}?after=0")
        if answer.status_code == 200:
            seen += 1
            if len(asked) > MOST:
                over[path] = len(asked)
    assert over == {}
    assert seen >= 12


def test_a_conversation_in_which_own_posts_wait_asks_no_more(begin, world, signed_in, count_queries) -> None:
    group, thread = world["ids"]["group_id"], world["ids"]["thread_id"]
    with begin() as work:
        for number in range(3):
            words = intake.accept_words(work, f"Nog {number}")
            intake.reply(work, world["youth"], group, thread, PostType.TIP, words)
    browser = signed_in(world["youth"])
    with count_queries() as asked:
        page = browser.get(f"/g/{group}/t/{thread}")
    assert "Nog 2" in page.text
    assert len(asked) <= MOST


@pytest.mark.parametrize("drafts", [1, 6])
def test_own_drafts_are_read_for_a_cry_for_help_with_no_more_questions(
    begin, world, signed_in, count_queries, drafts
) -> None:
    with begin() as work:
        group = work.session.get_one(Group, world["ids"]["group_id"])
        group.location.hours = []
        work.session.flush()
        for number in range(drafts):
            words = intake.accept_words(work, f"Concept {number}", title=f"Nog {number}")
            intake.open_thread(work, world["youth"], group.id, PostType.TIP, words)
    browser = signed_in(world["youth"])
    with count_queries() as asked:
        page = browser.get("/mijn")
    assert page.status_code == 200
    assert len(asked) <= MOST


def test_a_queue_of_five_hundred_asks_no_more(begin, world, signed_in, count_queries) -> None:
    with begin() as work:
        one = work.session.get_one(Review, world["ids"]["review_id"])
        places = (one.post_id, one.revision_id, one.group_id)
        for number in range(500):
            opened = work.now - timedelta(minutes=number)
            row = Review(
                post_id=places[0],
                revision_id=places[1],
                group_id=places[2],
                kind=ReviewKind.NEW,
                rank=0,
                engine_rank=0,
                opened_at=opened,
                due_at=opened + timedelta(hours=2),
            )
            work.session.add(row)
    browser = signed_in(world["clinician"])
    with count_queries() as asked:
        page = browser.get("/wachtrij")
    assert page.status_code == 200
    assert len(asked) <= MOST


def test_a_report_read_by_who_still_practises_while_something_rings_asks_no_more(
    begin, world, signed_in, count_queries
) -> None:
    with begin() as work:
        told = reports.report(work, world["other"], world["ids"]["post_id"], ReportKind.WORRIED, choice="not_well")
        review = work.session.get_one(Review, world["ids"]["review_id"])
        taking_up.take_up(work, world["clinician"], review, 3, "")
        other = next(one for one in waiting_in(work) if one.id != review.id)
        work.now = datetime.now(UTC)
        decide(work, world["clinician"], other.id, other.version, Verdict(action=Action.APPROVE))
        work.session.get_one(Group, world["ids"]["group_id"]).location.training_required = True
    browser = signed_in(world["clinician"])
    with count_queries() as asked:
        page = browser.get(f"/wachtrij/{told.review_id}")
    assert "data-held " in page.text
    assert "niveau 3" in page.text
    assert "/oefenen" in page.text
    assert len(asked) <= MOST


@pytest.mark.parametrize("page", ["/wachtrij", "/groepen", "/team", "/bureau", "/wachtrij/{review}", "/alarm/nu"])
def test_a_page_on_which_something_waits_to_be_seen_asks_no_more(begin, world, signed_in, count_queries, page) -> None:
    with begin() as work:
        review = work.session.get_one(Review, world["ids"]["review_id"])
        worry = taking_up.take_up(work, world["clinician"], review, 2, "")
        talking.say(work, world["youth"], worry.id, "Ik ben er nog.")
    browser = signed_in(world["clinician"])
    with count_queries() as asked:
        answer = browser.get(page.format(review=world["ids"]["review_id"]))
    assert f"/zorg/{worry.id}" in answer.text
    assert len(asked) <= MOST
    with begin() as work:  # and another worry rings meanwhile
        other = next(one for one in waiting_in(work) if one.id != review.id)
        taking_up.take_up(work, world["clinician"], other, 3, "")
    with count_queries() as asked:
        answer = browser.get(page.format(review=world["ids"]["review_id"]))
    assert "niveau 3" in answer.text
    assert len(asked) <= MOST
