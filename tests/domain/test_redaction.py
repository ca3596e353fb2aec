"""Leaving something out: the group reads a placeholder, the author both, and the original stays sealed for a while."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_youth
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.kernel.outbox import OutboxEvent
from safespace.kernel.refusals import InvalidError
from safespace.moderation import held, intake, outcomes, queue, redacting, release, reports
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, Decision, Report, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.redacting import Part, left_out
from safespace.moderation.undoing import undo
from safespace.moderation.verdicts import Verdict
from safespace.threads import reading
from safespace.threads.models import Post, PostRevision, PostState, PostType, Words

SOON = NOON + timedelta(seconds=30)
LATER = NOON + timedelta(days=91)
BODY = "Ik zit op het Zonnecollege en fiets elke dag 12 km. Het zonnecollege is groot, 12 uur per dag."
PARTS = (Part(text="zonnecollege", kind="school"), Part(text="12 km", kind="number"))
KIND = Verdict(
    action=Action.REDACT,
    reason="personal_data",
    note="Wat fijn dat je vertelt hoe je dag eruitziet, ik lees dat het veel is.",
    parts=PARTS,
)


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group, "Stille Otter"), a_youth(work, group, "Rode Vos"), a_clinician(work, group.location)


@pytest.fixture
def sent(begin, group, people):
    with begin() as work:
        words = Words(body=BODY, title="Mijn Zonnecollege")
        return intake.open_thread(work, people[0], group.id, PostType.EXPERIENCE, words)


def decide_on(begin, clinician, sent, verdict=KIND):
    with begin() as work:
        review = work.session.scalars(
            select(Review).where(Review.post_id == sent.post_id, Review.state != ReviewState.CLOSED)
        ).one()
        return decide(work, clinician, review.id, review.version, verdict)


def release_all(begin, now=SOON):
    with begin(now) as work:
        return release.release_due(work)


def test_a_part_is_left_out_wherever_it_stands_and_only_as_whole_words(begin) -> None:
    with begin() as work:
        words = left_out(work, Words(body=BODY, title="Mijn Zonnecollege"), PARTS)
    assert words.title == "Mijn [een school of werkplek weggelaten]"
    assert words.body == (
        "Ik zit op het [een school of werkplek weggelaten] en fiets elke dag [een getal weggelaten]."
        " Het [een school of werkplek weggelaten] is groot, 12 uur per dag."
    )
    with begin() as work:
        shorter = left_out(work, Words(body="2 of 25 of 2."), (Part(text="2", kind="number"),))
    assert shorter.body == "[een getal weggelaten] of 25 of [een getal weggelaten]."


def test_a_part_goes_over_the_end_of_a_line_as_it_was_selected(begin) -> None:
    words = Words(body="Ik woon in de\nLindenlaan, naast de\r\n\r\nkerk.")
    for text in ("de\nLindenlaan", "de\r\nLindenlaan", "de Lindenlaan", " de  Lindenlaan\n"):
        with begin() as work:
            assert left_out(work, words, (Part(text=text, kind="place"),)).body.startswith(
                "Ik woon in [een plaats weggelaten], naast"
            )


@pytest.mark.parametrize("text", ["Zonnecollege\n\nIk zit", "zonnecollege ik zit", "Mijn Zonnecollege\r\n\r\nIk"])
def test_a_part_over_title_and_text_is_left_out_of_both(begin, text) -> None:
    with begin() as work:
        words = left_out(work, Words(body=BODY, title="Mijn Zonnecollege"), (Part(text=text, kind="school"),))
    assert words.title in {"Mijn [een school of werkplek weggelaten]", "[een school of werkplek weggelaten]"}
    assert words.body.startswith("[een school of werkplek weggelaten] ")


def test_a_part_over_title_and_text_goes_wherever_each_half_stands_and_where_it_stands_whole(begin) -> None:
    words = Words(title="Ik ben Sam", body="de Vries, en Sam de Vries is ook mijn oom. Sam de tweede.")
    with begin() as work:
        left = left_out(work, words, (Part(text="Sam\n\nde Vries", kind="name"),))
    gone = "[een naam weggelaten]"
    assert (left.title, left.body) == (f"Ik ben {gone}", f"{gone}, en {gone} is ook mijn oom. {gone} de tweede.")


@pytest.mark.parametrize("text", ["Sam\n\nVries", "am\n\nde", "ben\n\nde Vries", "Sam\n\nde Vri"])
def test_what_does_not_stand_so_over_title_and_text_is_not_there(begin, text) -> None:
    words = Words(title="Ik ben Sam", body="de Vries is mijn oom.")
    with begin() as work, pytest.raises(InvalidError) as refused:
        left_out(work, words, (Part(text=text, kind="name"),))
    assert refused.value.errors == {"part_1": "part_not_there"}


@pytest.mark.parametrize(
    ("parts", "errors"),
    [
        ((), {"parts": "parts_required"}),
        ((Part(text="Maancollege", kind="school"),), {"part_1": "part_not_there"}),
        ((Part(text=" ", kind="school"),), {"part_1": "part_not_there"}),
        ((PARTS[0], Part(text="12 km", kind="iets")), {"part_2": "part_kind_required"}),
        (PARTS * 7, {"parts": "too_many_parts"}),
    ],
)
def test_what_cannot_be_left_out_is_said_for_each_part(begin, parts, errors) -> None:
    with begin() as work, pytest.raises(InvalidError) as refused:
        left_out(work, Words(body=BODY), parts)
    assert refused.value.errors == errors


def test_a_part_inside_another_one_or_in_a_placeholder_breaks_neither(begin) -> None:
    parts = (Part(text="een", kind="other"), Part(text="een oom in Noord", kind="other_person"))
    with begin() as work:
        words = left_out(work, Words(body="Ik heb een oom in Noord en een tante."), parts)
    assert words.body == "Ik heb [iets over een ander weggelaten] en [een stukje weggelaten] tante."


@pytest.mark.parametrize(
    ("body", "part", "left"),
    [
        ("Ik at 2200kcal, toen 2200Kcal.", "2200", "Ik at {0}kcal, toen {0}Kcal."),
        ("Op de Vermeerschool, de VERMEERschool.", "vermeer", "Op de {0}school, de {0}school."),
        ("Op de Vermeerschool.", "meersch", "Op de Ver{0}ool."),
        ("Ik telde 2200kcal.", "telde 2200", "Ik {0}kcal."),
        ("Een school, niet de Vermeerschool.", "school", "Een {0}, niet de Vermeerschool."),
        ("Mijn oom\nen opa.", "m\r\nen o", "Mijn oo{0}pa."),
    ],
)
def test_a_clinician_leaves_out_exactly_the_piece_that_was_selected(begin, body, part, left) -> None:
    """Inside words too, wherever it stands so; but of what stands as whole words, only those."""
    with begin() as work:
        words = left_out(work, Words(body=body), (Part(text=part, kind="other"),))
    assert words.body == left.format("[een stukje weggelaten]")


def test_parts_that_overlap_are_left_out_whole(begin) -> None:
    parts = (Part(text="Sam de", kind="name"), Part(text="de Vries", kind="name"), Part(text="anan", kind="other"))
    with begin() as work:
        words = left_out(work, Words(body="Ik ben Sam de Vries en eet bananan."), parts)
        same = left_out(work, Words(body="Een xananany."), parts[2:])
    assert words.body == "Ik ben [een naam weggelaten] en eet b[een stukje weggelaten]."
    assert same.body == "Een x[een stukje weggelaten]y."


def test_a_piece_inside_a_word_goes_from_every_older_version_at_the_date(begin, people, group) -> None:
    noor, _, esra = people
    for number, body in enumerate(("Ik at 2200 dingen.", "Ik at 2200gram.", "Ik at brood.", "Ik at 2200kcal.")):
        at = NOON + timedelta(hours=number)
        with begin(at) as work:
            words = Words(body=body, title="Dag")
            if number == 0:
                sent = intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, words)
            else:
                intake.rewrite(work, noor, sent.post_id, words)
        if number < 3:
            with begin(at) as work:
                open_ = select(Review).where(Review.post_id == sent.post_id, Review.state != ReviewState.CLOSED)
                review = work.session.scalars(open_).one()
                decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
            release_all(begin, at + timedelta(minutes=1))
    decide_on(begin, esra, sent, replace(KIND, parts=(Part(text="2200", kind="number"),)))
    release_all(begin, NOON + timedelta(hours=5))
    with begin(LATER + timedelta(days=2)) as work:
        assert redacting.erase_due(work) == 1
    with begin(LATER + timedelta(days=2)) as work:
        kept = work.session.scalars(select(PostRevision).order_by(PostRevision.number)).all()
        assert [work.unseal(one, "body") for one in kept] == [
            "",
            "",
            "Ik at brood.",
            "",
            "Ik at [een getal weggelaten]kcal.",
        ]


def test_the_group_reads_the_placeholder_the_author_both_and_staff_the_original(begin, group, people, sent) -> None:
    noor, sem, esra = people
    decide_on(begin, esra, sent)
    with begin() as work:
        assert outcomes.own_post(work, noor, sent.post_id).body == BODY  # nothing changed that can still be undone
    assert release_all(begin) == 1
    with begin() as work:
        _, thread = reading.obtain_thread(work, sem, group.id, sent.thread_id)
        shown = reading.page_of(work, sem, thread, 0).posts[0].body
        assert "onnecollege" not in shown + work.unseal(thread, "title")
        assert "12 km" not in shown
        told = outcomes.own_post(work, noor, sent.post_id)
        assert told.before == f"Mijn Zonnecollege\n\n{BODY}"
        assert told.body == shown
        assert (told.reason, told.agreed) == ("personal_data", False)
        review = work.session.scalars(select(Review)).one()
        texts = {version.text for version in queue.item(work, esra, review.id).versions}
        assert f"Mijn Zonnecollege\n\n{BODY}" in texts
        assert not any("onnecollege" in str(entry.facts) for entry in work.session.scalars(select(AuditEntry)))


def test_taking_it_back_leaves_the_post_as_it_was(begin, people, sent) -> None:
    _, _, esra = people
    decision = decide_on(begin, esra, sent)
    with begin(NOON + timedelta(seconds=3)) as work:
        assert [one.decision_id for one in held.held(work, esra)] == [decision.id]
        assert undo(work, esra, decision.id).state is ReviewState.OPEN
    assert release_all(begin) == 0
    decide_on(begin, esra, sent, Verdict(action=Action.APPROVE))
    assert release_all(begin) == 1
    with begin() as work:
        post = work.session.get_one(Post, sent.post_id)
        assert work.unseal(work.session.get_one(PostRevision, post.revision_id), "body") == BODY
        assert not [one for one in work.session.scalars(select(PostRevision)) if one.keep_until]


def test_the_author_says_that_it_is_fine_or_takes_the_post_back(begin, people, sent) -> None:
    noor, _, esra = people
    decide_on(begin, esra, sent)
    release_all(begin)
    with begin() as work:
        redacting.agree(work, noor, sent.post_id)
    with begin() as work:
        assert outcomes.own_post(work, noor, sent.post_id).agreed
        assert work.session.scalars(select(Decision)).one().agreed_at == NOON
        intake.withdraw(work, noor, sent.post_id)
    with begin() as work:
        assert work.session.get_one(Post, sent.post_id).state is PostState.WITHDRAWN


def test_what_a_member_quoted_is_erased_with_the_original(begin, group, people, sent) -> None:
    _, sem, esra = people
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    release_all(begin)
    with begin(NOON + timedelta(hours=1)) as work:
        reports.report(work, sem, sent.post_id, ReportKind.NOT_RIGHT, choice="recognisable")
    with begin(NOON + timedelta(hours=2)) as work:
        told = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
        decide(work, esra, told.id, told.version, replace(KIND, answer="Dank je, we lieten het weg."))
        assert "Zonnecollege" in reports.reports_on(work, told)[0].snapshot
    with begin(NOON + timedelta(hours=3)) as work:
        assert release.release_due(work) == 1
    with begin(LATER + timedelta(days=1)) as work:
        assert redacting.erase_due(work) == 1
    with begin() as work:
        told = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
        assert reports.reports_on(work, told)[0].snapshot == ""


def test_who_told_is_answered_anew_when_what_was_left_out_stays_after_all(begin, group, people, sent) -> None:
    _, sem, esra = people
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    release_all(begin)
    with begin(NOON + timedelta(minutes=1)) as work:
        reports.report(work, sem, sent.post_id, ReportKind.NOT_RIGHT, choice="recognisable")
    with begin(NOON + timedelta(minutes=2)) as work:
        told = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
        decision = decide(work, esra, told.id, told.version, replace(KIND, answer="We hebben het weggehaald."))
    with begin(NOON + timedelta(minutes=2, seconds=5)) as work:
        assert reports.own_reports(work, sem)[0].answer == "We hebben het weggehaald."
        standing = reports.own_standing(work, sem)
        undo(work, esra, decision.id)
    with begin(NOON + timedelta(minutes=3)) as work:
        assert reports.own_reports(work, sem)[0].answer == ""
        assert reports.own_standing(work, sem) != standing
        rung = select(OutboxEvent).where(OutboxEvent.name == "report_answered")
        assert len(work.session.scalars(rung).all()) == 2  # the page of who told draws itself again
        told = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
        assert reports.unanswered(work, told) == {ReportKind.NOT_RIGHT}
        assert reports.reports_on(work, told)[0].answer == "We hebben het weggehaald."  # the team knows what was said
    with pytest.raises(InvalidError), begin(NOON + timedelta(minutes=3)) as work:
        decide(work, esra, told.id, told.version, Verdict(action=Action.KEEP))
    with begin(NOON + timedelta(minutes=3)) as work:
        decide(work, esra, told.id, told.version, Verdict(action=Action.KEEP, answer="Het blijft toch staan."))
    with begin(NOON + timedelta(minutes=4)) as work:
        assert reports.own_reports(work, sem)[0].answer == "Het blijft toch staan."


def test_the_original_is_erased_after_ninety_days(begin, people, sent) -> None:
    noor, _, esra = people
    decide_on(begin, esra, sent)
    release_all(begin)
    with begin(NOON + timedelta(days=89)) as work:
        assert not redacting.is_due(work)
    with begin(LATER) as work:
        assert redacting.is_due(work)
        assert redacting.erase_due(work) == 1
        assert not redacting.is_due(work)
    with begin(LATER) as work:
        assert outcomes.own_post(work, noor, sent.post_id).before == ""
        assert "weggelaten" in outcomes.own_post(work, noor, sent.post_id).body
        review = work.session.scalars(select(Review)).one()
        assert not any("onnecollege" in one.text for one in queue.item(work, esra, review.id).versions)
        assert "erase_original" in {entry.action for entry in work.session.scalars(select(AuditEntry))}


def test_every_version_and_every_quotation_with_the_words_goes_at_the_date(begin, group, people) -> None:
    noor, sem, esra = people
    at = iter(NOON + timedelta(hours=number) for number in range(20))

    def write(body, sent=None):
        with begin(next(at)) as work:
            words = Words(body=body, title="Dag")
            if sent is None:
                return intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, words)
            intake.rewrite(work, noor, sent.post_id, words)
            return sent

    def place(sent, verdict, kind=None):
        now = next(at)
        with begin(now) as work:
            open_ = select(Review).where(Review.post_id == sent.post_id, Review.state != ReviewState.CLOSED)
            review = work.session.scalars(open_ if kind is None else open_.where(Review.kind == kind)).one()
            decide(work, esra, review.id, review.version, verdict)
        release_all(begin, now + timedelta(minutes=1))

    def tell(sent):
        with begin(next(at)) as work:
            reports.report(work, sem, sent.post_id, ReportKind.NOT_RIGHT, choice="recognisable")

    approve = Verdict(action=Action.APPROVE)
    place(sent := write("Ik wandel graag."), approve)
    tell(sent)  # about words that nobody left out
    place(write("Ik zit op het Zonnecollege en wandel graag.", sent), approve, ReviewKind.EDIT)
    tell(sent)  # the same item, by now about other words
    place(sent, Verdict(action=Action.KEEP, answer="Dank je."), ReviewKind.REPORT)
    tell(sent)
    place(sent, Verdict(action=Action.KEEP, answer="Dank je."), ReviewKind.REPORT)
    school = replace(KIND, parts=(Part(text="Zonnecollege", kind="school"),))
    place(write("Ik zit op het zonnecollege, wandel graag en lees.", sent), school, ReviewKind.EDIT)
    with begin(LATER + timedelta(days=2)) as work:
        assert redacting.erase_due(work) == 1
        assert not redacting.is_due(work)
    with begin(LATER + timedelta(days=2)) as work:
        kept = work.session.scalars(select(PostRevision).order_by(PostRevision.number)).all()
        assert [work.unseal(one, "body") for one in kept] == [
            "Ik wandel graag.",
            "",
            "",
            "Ik zit op het [een school of werkplek weggelaten], wandel graag en lees.",
        ]
        told = work.session.scalars(select(Report).order_by(Report.at)).all()
        assert [work.unseal(one, "snapshot") for one in told] == ["Dag\n\nIk wandel graag.", "", ""]


def test_what_the_group_reads_or_a_human_reads_now_is_not_erased(begin, people, sent) -> None:
    noor, _, esra = people
    decide_on(begin, esra, sent)
    release_all(begin)
    with begin(NOON + timedelta(days=1)) as work:
        intake.rewrite(work, noor, sent.post_id, Words(body=BODY, title="Mijn Zonnecollege"))
    with begin(LATER) as work:
        assert redacting.erase_due(work) == 1
        waits = work.session.get_one(Post, sent.post_id).pending_id
        assert work.unseal(work.session.get_one(PostRevision, waits), "body") == BODY
