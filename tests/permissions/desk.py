"""What lies on the moderation desk: worries that were taken up, reports, appeals, on-call routes, emergency reveals.

Every sealed text has rows here from the day its column exists, so that the first page about it is in the canary test.
"""

import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import sqlalchemy as sa
from builders import actor_of

from safespace.crisis.models import (
    Alarm,
    AlarmKind,
    CareTask,
    Escalation,
    EscalationStep,
    Outcome,
    Reveal,
    TalkMessage,
    TaskKind,
)
from safespace.groups.models import Location, Membership
from safespace.kernel.db import Base
from safespace.kernel.work import Work
from safespace.moderation import reports, training
from safespace.moderation.learning.heads import Head
from safespace.moderation.learning.models import LearnedModel, ModelState, Suggestion, SuggestionState
from safespace.moderation.models import Action, Appeal, Decision, FollowUp, GoodNews, ReportKind, Review, ReviewKind
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.risk.drafting import Draft, DraftKind
from safespace.moderation.rule_models import ProposalState, RuleProposal
from safespace.roster.models import AlertRoute, Channel, Handover, Shift, ShiftRole
from safespace.threads.models import Post, Thread

if TYPE_CHECKING:
    from world import World

HERE = ("here", "clinician_own")
ELSEWHERE = ("elsewhere", "clinician_elsewhere")


def lay(world: "World") -> None:
    """Lay something of every kind on the desks of both locations."""
    with world.unit(timedelta(minutes=30)) as work:
        _on_call(world, work, *HERE)
        _on_call(world, work, *ELSEWHERE)
        _worry(world, work, "own held", *HERE)
        closed = _worry(world, work, "elsewhere declined", *ELSEWHERE)
        closed.closed_at, closed.outcome = work.now, Outcome.CONTACT_SAFE
        _seal(world, work, closed, "escalation elsewhere declined", "closing_note", "note_to_author")
        _report(world, work, "published", "youth_own")
        _report(world, work, "elsewhere", "peer elsewhere")
        _practice(world, work, "clinician_own")
        work.session.add(
            GoodNews(post_id=world.ids["post published"], by=world.ids["account clinician_own"], at=work.now)
        )
        _proposal(world, work, "here", *HERE)
        _proposal(world, work, "elsewhere", *ELSEWHERE)
        _proposal(world, work, "dropped", *ELSEWHERE)
        _question(world, work, "own declined")
        _fresh_look(world, work, "elsewhere declined")
        _left_out(world, work, "own published")
        paused = work.session.get_one(Membership, world.ids["membership youth_paused"])
        _seal(world, work, paused, "break of youth_paused", "pause_reason", "return_plan")
        paused.longer_until, paused.longer_asked_by = work.now + timedelta(days=30), uuid4()
        asked = work.session.get_one(Membership, world.ids["membership youth_beside"])
        _seal(world, work, asked, "break of youth_beside", "pause_reason", "return_plan")
        asked.paused_until, asked.longer_until = world.now + timedelta(days=7), world.now + timedelta(days=30)
        asked.longer_asked_by, asked.longer_asked_location_id = uuid4(), world.ids["location elsewhere"]
        locked = work.session.get_one(Thread, world.ids["thread peer elsewhere"])
        locked.locked_at = work.now
        _learned(world, work, *HERE)
        _learned(world, work, *ELSEWHERE)
        _seal(world, work, locked, "thread peer elsewhere", "lock_note")


def _on_call(world: "World", work: Work, place: str, clinician: str) -> None:
    location, account = world.ids[f"location {place}"], world.ids[f"account {clinician}"]
    route = AlertRoute(location_id=location, account_id=account, channel=Channel.EMAIL)
    handover = Handover(location_id=location, given_by=account, given_at=work.now)
    _seal(world, work, route, f"alert route {place}", "address")
    world.ids[f"route {place}"] = route.id
    _seal(world, work, handover, f"handover {place}", "note")
    shift = Shift(
        location_id=location,
        account_id=account,
        role=ShiftRole.MODERATOR,
        starts_at=work.now,
        ends_at=work.now + timedelta(hours=4),
    )
    work.session.add(shift)
    world.ids[f"shift {place}"], world.ids[f"handover {place}"] = shift.id, handover.id


def _worry(world: "World", work: Work, name: str, place: str, clinician: str) -> Escalation:
    """Take up the worry about the author of a post, as far as it goes: a talk, a step, a task and a reveal."""
    post = work.session.get_one(Post, world.ids[f"post {name}"])
    location, account = world.ids[f"location {place}"], world.ids[f"account {clinician}"]
    assert post.membership_id
    made = Escalation(
        location_id=location,
        group_id=post.group_id,
        membership_id=post.membership_id,
        post_id=post.id,
        review_id=world.ids[f"review {name}"],
        level=3,
        opened_by=account,
        opened_at=work.now,
        owner_id=account,
    )
    _seal(world, work, made, f"escalation {name}", "summary")
    world.ids[f"escalation {name}"] = made.id
    alarm = Alarm(
        kind=AlarmKind.ESCALATION,
        subject_id=made.id,
        location_id=location,
        group_id=post.group_id,
        opened_at=work.now,
        step=1,
        next_at=work.now + timedelta(days=9),
    )
    work.session.add(alarm)
    world.ids[f"alarm {name}"] = alarm.id
    step = EscalationStep(escalation_id=made.id, key="contact", done_by=account, done_at=work.now)
    _seal(world, work, step, f"escalation step {name}", "note")
    task = CareTask(
        kind=TaskKind.CHECK_BACK, location_id=location, escalation_id=made.id, due_at=work.now + timedelta(days=1)
    )
    _seal(world, work, task, f"care task {name}", "note")
    world.ids[f"task {name}"] = task.id
    for number, staff in ((1, account), (2, None)):
        line = TalkMessage(escalation_id=made.id, number=number, staff_id=staff, at=work.now)
        _seal(world, work, line, f"talk {number} {name}", "words")
    colleague = world.ids["account clinician_gone" if place == "here" else "account newcomer_elsewhere"]
    shown = {"granted": True, "decided_at": world.now, "shown_until": world.now + timedelta(minutes=15)}
    for kind, facts in {
        "own": {"requested_by": account, "requested_at": work.now},
        "asked": {"requested_by": colleague, "requested_at": world.now},
        "shown": {"requested_by": account, "requested_at": world.now, "decided_by": colleague, **shown},
        "alone": {"requested_by": colleague, "requested_at": work.now, "emergency": True, **shown},
        # nobody else works there: the other location is asked to look back
        "lent": {"requested_by": colleague, "requested_at": work.now, "emergency": True, **shown},
    }.items():
        reveal = Reveal(location_id=location, escalation_id=made.id, membership_id=post.membership_id, **facts)
        if kind == "alone":
            reveal.told_at = world.now
        if kind == "lent":
            reveal.asked_location_id = world.ids["location elsewhere" if place == "here" else "location here"]
        _seal(world, work, reveal, f"reveal {kind} {name}", "reason", "delay_reason", "review_note")
        world.ids[f"reveal {kind} {name}"] = reveal.id
    return made


def _report(world: "World", work: Work, name: str, teller: str) -> None:
    group_id = work.session.get_one(Post, world.ids[f"post {name}"]).group_id
    member = work.session.get_one(Membership, world.ids[f"membership {teller}"])
    assert member.group_id == group_id
    actor = actor_of(work, member.account_id)
    report = reports.report(work, actor, world.ids[f"post {name}"], ReportKind.NOT_RIGHT, choice="other")
    world.ids[f"review told {name}"] = report.review_id
    _seal(world, work, report, f"report {name}", "words", "snapshot", "answer")


def _practice(world: "World", work: Work, clinician: str) -> None:
    """Let somebody have chosen differently from colleagues every time, so that a new round can begin."""
    for key in training.course(work.settings.config_dir).exercises:
        training.answer(work, actor_of(work, world.ids[f"account {clinician}"]), key, "decline", "none")


def _proposal(world: "World", work: Work, name: str, place: str, clinician: str) -> None:
    """Let a clinician have proposed a rule, `elsewhere` approved and `dropped` not, and let names be listed there."""
    location, account = world.ids[f"location {place}"], world.ids[f"account {clinician}"]
    word = world.word(f"proposal {name} content")
    draft = Draft(
        kind=DraftKind.NEW,
        name=f"PROBE.{name.upper()}",
        category=Category.BULLYING,
        severity=Severity.MEDIUM,
        patterns=(word.casefold(),),
        hit=(f"jij bent een {word}",),
        miss=("ik eet graag drop",),
        reason_nl="Een proef.",
        reason_en="A probe.",
    )
    made = RuleProposal(
        location_id=location, by=account, at=work.now, kind=draft.kind, rank=2, rules_version="1", version=1
    )
    line = {"text": draft.hit[0], "hit": True, "before": "none", "after": "medium"}
    work.seal(made, "content", json.dumps({"draft": draft.to_json(), "lines": [line], "broken": []}))
    if name != "here":
        made.state = ProposalState.APPROVED if name == "elsewhere" else ProposalState.DROPPED
        made.closed_at = work.now
    _seal(world, work, made, f"proposal {name}", "why", *(["closing_note"] if name == "dropped" else []))
    world.ids[f"proposal {name}"] = made.id
    found = work.session.get_one(Location, location)
    work.seal(found, "names", f"{world.word(f'listed names {place}')}\nPraktijk De Stenen Brug")


def _learned(world: "World", work: Work, place: str, clinician: str) -> None:
    """Let a location have learned something, and found phrases of which one was accepted."""
    location = world.ids[f"location {place}"]
    model = LearnedModel(
        location_id=location,
        head=Head.URGENT,
        version="2026-11-29.1",
        state=ModelState.EARLIER,
        decisions=240,
        positives=40,
        made_at=work.now,
    )
    _seal(world, work, model, f"learned model {place}", "numbers")
    found = Suggestion(location_id=location, phrase_index=f"{place} 1", found_at=work.now)
    _seal(world, work, found, f"suggestion {place}", "phrase")
    world.ids[f"suggestion {place}"] = found.id
    if place == "here":
        accepted = Suggestion(
            location_id=location,
            phrase_index=f"{place} 2",
            found_at=work.now,
            state=SuggestionState.ACCEPTED,
            answered_by=world.ids[f"account {clinician}"],
            answered_at=work.now,
        )
        _seal(world, work, accepted, "suggestion accepted here", "phrase", "note")


def _question(world: "World", work: Work, name: str) -> None:
    """Let a clinician have asked a colleague."""
    _seal(world, work, work.session.get_one(Review, world.ids[f"review {name}"]), f"review {name}", "question")


def _fresh_look(world: "World", work: Work, name: str) -> None:
    """Let an author ask for a fresh look."""
    review = work.session.get_one(Review, world.ids[f"review {name}"])
    review.kind = ReviewKind.APPEAL
    decision = work.session.get_one(Decision, world.ids[f"decision {name}"])
    appeal = Appeal(decision_id=decision.id, review_id=review.id, at=work.now)
    _seal(world, work, appeal, f"appeal {name}", "words")
    _question(world, work, name)


def _left_out(world: "World", work: Work, name: str) -> None:
    """Let something have been left out of a post that is shown, and let its author still need something."""
    review = work.session.get_one(Review, world.ids[f"review {name}"])
    review.follow_up = FollowUp.MESSAGE
    decision = work.session.scalars(sa.select(Decision).where(Decision.review_id == review.id)).one()
    decision.action, decision.reason = Action.REDACT, "personal_data"


def _seal(world: "World", work: Work, row: Base, name: str, *columns: str) -> None:
    """Put a word of its own into each of these columns, and the row into the database."""
    work.session.add(row)
    for column in columns:
        work.seal(row, column, f"Dit gaat over {world.word(f'{name} {column}')}.")
    work.session.flush()
