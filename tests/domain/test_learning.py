"""Learning from decisions: what counts as said by a human, what becomes of it, and how little it may do by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, an_administrator
from lessons import texts
from sqlalchemy import select, update

from safespace.audit.models import AuditEntry
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.moderation import assessing, decisions, intake, labels, undoing
from safespace.moderation.learning import applying, rounds, standing, suggestions
from safespace.moderation.learning.fitting import fit
from safespace.moderation.learning.heads import Head
from safespace.moderation.learning.judging import Learned
from safespace.moderation.learning.lessons import lessons_of
from safespace.moderation.learning.models import Label, LearnedModel, LearningRound, ModelState, SuggestionState
from safespace.moderation.models import Action, Decision, FollowUp, Review
from safespace.moderation.risk.assessment import Assessment, Severity, SignalKind, Stance
from safespace.moderation.risk.linear import Linear
from safespace.moderation.rows import in_order
from safespace.moderation.verdicts import Part, Verdict
from safespace.threads.models import PostType, Words

NOTE = "Dank je wel dat je dit deelt, we kijken met je mee."
APPROVE = Verdict(action=Action.APPROVE)
NIGHT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # half past three, in Amsterdam
HEAVY = "Vandaag is alles watten en een grijze deken."


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group), a_clinician(work, group.location)


def send(work, actor, group, body, title="Even delen"):
    made = intake.open_thread(work, actor, group.id, PostType.EXPERIENCE, Words(body=body, title=title))
    return work.session.scalars(select(Review).where(Review.post_id == made.post_id)).one()


def sent(begin, group, people, body, now=NOON):
    with begin(now) as work:
        review = send(work, people[0], group, body)
        return review.id


def decided(begin, people, review_id, verdict, now=NOON):
    with begin(now) as work:
        review = work.session.get_one(Review, review_id)
        return decisions.decide(work, people[1], review_id, review.version, verdict).id


def taught(begin, group):
    with begin() as work:
        return lessons_of(work, group.location_id)


def answers(begin, group):
    return [(one.answers[Head.URGENT], one.answers[Head.HIGH], one.answers[Head.HARM]) for one in taught(begin, group)]


def a_model(head=Head.URGENT, **weights: float) -> Linear:
    return Linear(head=head.value, version="2026-11-23.test", weights=weights, bias=-3.0)


def in_use(begin, location_id, model, now=NOON, *, found=None):
    """Let a round end in this model."""
    silent = {"outcome": "too_few", "decisions": 3, "positives": 1}
    heads = {head.value: silent for head in Head}
    heads[model.head] = {
        "outcome": found or "live",
        "decisions": 240,
        "positives": 60,
        "figures": {"later": {"caught": 9, "yes": 12, "false": 1, "no": 36}},
        "model": model.to_json(),
    }
    with begin(now) as work:
        assert rounds.finish(work, location_id, {"heads": heads, "phrases": []})


# --- what is written down ---------------------------------------------------------------------------------------------


def test_what_a_human_said_is_kept_with_the_decision(begin, group, people) -> None:
    review_id = sent(begin, group, people, "Gisteren een wandeling gemaakt met de hele klas, met 51 mensen.")
    with begin() as work:
        labels.flag(work, people[1], review_id, "numbers")
    verdict = Verdict(
        action=Action.REDACT,
        reason="numbers",
        note=NOTE,
        severity=Severity.MEDIUM,
        stance=Stance.DISCLOSES,
        parts=(Part(text="51", kind="number"),),
    )
    decision_id = decided(begin, people, review_id, verdict)
    with begin() as work:
        flagged = work.session.scalars(select(Label)).one()
        kept = work.session.get_one(Decision, decision_id)
        assert (flagged.category, flagged.revision_id) == ("numbers", kept.judged_id)
        assert (kept.action, kept.reason) == (Action.REDACT, "numbers")
        assert (kept.chosen_rank, kept.stance) == (2, Stance.DISCLOSES)
    (lesson,) = taught(begin, group)
    assert "51" in lesson.text  # the words that were read, not what was left of them
    assert lesson.answers == {Head.URGENT: True, Head.HIGH: False, Head.HARM: True}
    assert lesson.raised


def test_a_post_that_was_placed_as_it_was_teaches_a_no(begin, group, people) -> None:
    decided(begin, people, sent(begin, group, people, "Gisteren een mooie wandeling gemaakt."), APPROVE)
    assert answers(begin, group) == [(False, False, False)]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict(action=Action.APPROVE, severity=Severity.HIGH, follow_up=FollowUp.MESSAGE), (True, True, False)),
        (Verdict(action=Action.APPROVE, severity=Severity.LOW), (False, False, False)),
        (Verdict(action=Action.APPROVE, follow_up=FollowUp.OWN_CLINICIAN), (True, None, False)),
        (Verdict(action=Action.APPROVE, follow_up=FollowUp.MESSAGE), (None, None, False)),
        (Verdict(action=Action.DECLINE, reason="ed_promotion", note=NOTE), (None, None, True)),
        (Verdict(action=Action.ASK_REWORD, reason="numbers", note=NOTE), (None, None, True)),
    ],
)
def test_what_each_decision_teaches(begin, group, people, verdict, expected) -> None:
    decided(begin, people, sent(begin, group, people, "Gisteren een mooie wandeling gemaakt."), verdict)
    assert answers(begin, group) == [expected]


def test_a_reason_that_is_not_about_readers_teaches_nothing(begin, group, people) -> None:
    verdict = Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE)
    decided(begin, people, sent(begin, group, people, "Gisteren een mooie wandeling gemaakt."), verdict)
    assert answers(begin, group) == []


def test_the_level_of_the_engine_teaches_nothing_also_when_a_form_repeats_it(begin, group, people) -> None:
    for severity in (None, Severity.HIGH):
        review_id = sent(begin, group, people, "Ik wil niet meer leven.")
        verdict = Verdict(action=Action.ASK_REWORD, reason="off_topic", note=NOTE, severity=severity)
        decided(begin, people, review_id, verdict)
    assert answers(begin, group) == []
    with begin() as work:
        assert set(work.session.scalars(select(Decision.chosen_rank))) == {None}


def test_a_level_that_a_human_set_before_deciding_counts(begin, group, people) -> None:
    review_id = sent(begin, group, people, HEAVY)
    with begin() as work:
        labels.set_severity(work, people[1], review_id, 1, Severity.HIGH)
    assert answers(begin, group) == [(True, True, None)]
    decided(begin, people, review_id, Verdict(action=Action.APPROVE, follow_up=FollowUp.MESSAGE))
    assert answers(begin, group) == [(True, True, False)]


def test_what_was_undone_teaches_nothing(begin, group, people) -> None:
    review_id = sent(begin, group, people, "Gisteren een mooie wandeling gemaakt.")
    decision_id = decided(begin, people, review_id, APPROVE)
    assert len(taught(begin, group)) == 1
    with begin(NOON + timedelta(seconds=2)) as work:
        undoing.undo(work, people[1], decision_id)
    assert taught(begin, group) == []


def test_what_was_decided_with_hidden_signals_teaches_nothing(begin, group, people) -> None:
    review_id = sent(begin, group, people, HEAVY)
    with begin() as work:
        work.session.execute(update(Review).values(blind=True))
    decided(
        begin, people, review_id, Verdict(action=Action.APPROVE, severity=Severity.HIGH, follow_up=FollowUp.MESSAGE)
    )
    assert taught(begin, group) == []
    with begin() as work:
        assert work.session.scalars(select(Decision.blind)).all() == [True]


def test_a_second_decision_about_the_same_words_takes_the_place_of_the_first(begin, group, people) -> None:
    review_id = sent(begin, group, people, "Gisteren een mooie wandeling gemaakt.")
    decided(begin, people, review_id, Verdict(action=Action.DECLINE, reason="ed_promotion", note=NOTE))
    with begin(NOON + timedelta(minutes=1)) as work:
        second = work.session.scalars(select(Review).where(Review.id != review_id)).one()
        esra = a_clinician(work, group.location, "Tom")
    decided(begin, (people[0], esra), second.id, APPROVE, NOON + timedelta(minutes=2))
    assert answers(begin, group) == [(False, False, False)]


def about(begin, review_id):
    """The second reader's item about a decision."""
    with begin() as work:
        post_id = work.session.get_one(Review, review_id).post_id
        found = select(Review).where(Review.post_id == post_id, Review.about_id.is_not(None))
        return work.session.scalars(found).one().id


def test_a_second_reader_who_agrees_takes_no_lesson_away(begin, group, people) -> None:
    review_id = sent(begin, group, people, "Zo doe je dat met die nieuwe truc.")
    decided(begin, people, review_id, Verdict(action=Action.DECLINE, reason="ed_promotion", note=NOTE))
    with begin() as work:
        jeroen = a_clinician(work, group.location, "Jeroen")
    before = answers(begin, group)
    assert before[0][2] is True
    again = (people[0], jeroen)
    decided(begin, again, about(begin, review_id), Verdict(action=Action.CONFIRM), NOON + timedelta(hours=1))
    assert answers(begin, group) == before


@pytest.mark.parametrize(
    ("needs", "urgent"), [(FollowUp.NONE, None), (FollowUp.MESSAGE, None), (FollowUp.OWN_CLINICIAN, True)]
)
def test_what_a_second_reader_adds_counts(begin, group, people, needs, urgent) -> None:
    review_id = sent(begin, group, people, "Zo doe je dat met die nieuwe truc.")
    decided(begin, people, review_id, Verdict(action=Action.DECLINE, reason="ed_promotion", note=NOTE))
    with begin() as work:
        jeroen = a_clinician(work, group.location, "Jeroen")
    confirm = Verdict(action=Action.CONFIRM, follow_up=needs)
    decided(begin, (people[0], jeroen), about(begin, review_id), confirm, NOON + timedelta(hours=1))
    assert answers(begin, group)[0] == (urgent, None, True)


def test_closing_a_worry_afterwards_or_asking_a_colleague_takes_no_lesson_away(begin, group, people) -> None:
    review_id = sent(begin, group, people, "Zo doe je dat met die nieuwe truc.")
    decided(begin, people, review_id, Verdict(action=Action.DECLINE, reason="numbers", note=NOTE))
    with begin(NOON + timedelta(minutes=1)) as work:
        review = work.session.get_one(Review, review_id)
        labels.set_severity(work, people[1], review_id, review.version, Severity.HIGH)
    before = answers(begin, group)
    assert before == [(True, True, True)]
    decided(begin, people, review_id, Verdict(action=Action.CLOSE), NOON + timedelta(hours=1))
    assert answers(begin, group) == before
    placed = sent(begin, group, people, "Samen gelachen om een filmpje over katten.")
    decided(begin, people, placed, Verdict(action=Action.SECOND_LOOK, question="Wat vind jij?"))
    assert answers(begin, group) == before


def test_the_words_of_another_location_are_no_lesson_here(begin, group, people) -> None:
    decided(begin, people, sent(begin, group, people, HEAVY), APPROVE)
    with begin() as work:
        elsewhere = a_location(work, "Zuidhaven")
        assert lessons_of(work, elsewhere.id) == []
        assert len(lessons_of(work, group.location_id)) == 1


# --- what it does to the next post ------------------------------------------------------------------------------------


def plain(level: Severity) -> Assessment:
    return Assessment(severity=level, categories=(), concerns=(), signals=(), rules_version="r")


@pytest.mark.parametrize("level", list(Severity))
@pytest.mark.parametrize("heads", [[Head.URGENT], [Head.HIGH], [Head.HARM], list(Head)])
def test_it_raises_one_level_at_most_never_lowers_and_never_says_crisis(level, heads) -> None:
    models = {head: Learned(model=a_model(head, deken=9.0)) for head in heads}
    found = applying.weighed(plain(level), models, "een grijze deken")
    top = {Head.URGENT: Severity.MEDIUM, Head.HIGH: Severity.HIGH, Head.HARM: Severity.LOW}
    raises = level < max(top[head] for head in heads)
    assert found.severity.rank == level.rank + raises
    assert found.severity is not Severity.CRISIS or level is Severity.CRISIS
    calm = applying.weighed(plain(level), models, "een mooie dag")
    assert calm == plain(level)


def test_what_is_likely_but_not_more_likely_than_not_only_orders(begin) -> None:
    found = applying.weighed(plain(Severity.NONE), {Head.URGENT: Learned(model=a_model(deken=2.5))}, "een grijze deken")
    assert (found.severity, found.likely) == (Severity.NONE, 1)
    assert "hoger" not in found.signals[0].reason_nl
    strict = {Head.URGENT: Learned(model=a_model(deken=3.5), raises_at=0.7)}
    assert applying.weighed(plain(Severity.NONE), strict, "een grijze deken").severity is Severity.NONE
    strict = {Head.URGENT: Learned(model=a_model(deken=4.0), raises_at=0.7)}
    assert applying.weighed(plain(Severity.NONE), strict, "een grijze deken").severity is Severity.LOW


def test_the_threshold_that_a_model_was_measured_with_is_the_one_it_is_used_with(begin, group) -> None:
    in_use(begin, group.location_id, a_model(deken=3.5))
    with begin() as work:
        work.session.execute(update(LearnedModel).values(figures={"raises_at": 0.7}))
    with begin() as work:
        assert assessing.assess_words(work, group, Words(body=HEAVY)).severity is Severity.NONE
        assert rounds.homework(work, group.location_id)["heads"]["urgent"]["raises_at"] == 0.7


def test_a_learned_post_stands_one_level_higher_and_says_by_which_words(begin, group, people) -> None:
    in_use(begin, group.location_id, a_model(deken=9.0, NUMBER=3.0))
    review_id = sent(begin, group, people, "Een grijze deken, al 51 dagen.")
    with begin() as work:
        review = work.session.get_one(Review, review_id)
        found = assessing.stored(work, review)
        assert (review.severity, review.engine_rank, review.likely) == (Severity.LOW, 1, 2)
    (line,) = [one for one in found.signals if one.kind is SignalKind.LEARNED]
    assert "‘deken’" in line.reason_nl
    assert "[getal]" in line.reason_nl
    assert "[number]" in line.reason_en
    assert "51" not in line.reason_nl
    assert line.rule == "learned.urgent@2026-11-23.test"


def test_what_one_location_learned_changes_nothing_at_another(begin, group, people) -> None:
    in_use(begin, group.location_id, a_model(deken=9.0))
    with begin() as work:
        elsewhere = a_location(work, "Zuidhaven")
        other = a_group(work, elsewhere)
        review = send(work, a_youth(work, other, "Rode Panda"), other, HEAVY)
        assert (review.rank, review.likely) == (0, 0)
        finn = a_clinician(work, elsewhere, "Finn")
    with begin() as work:
        seen = standing.standing(work, finn)
        assert {one.location for one in seen} == {"Zuidhaven"}
        assert not any(one.version for one in seen)
        own = {one.head: one for one in standing.standing(work, people[1])}
        assert own[Head.URGENT].version == "2026-11-23.test"
        assert (own[Head.HIGH].outcome, own[Head.HIGH].decisions) == ("too_few", 3)


def test_a_model_that_cannot_be_read_is_a_concern_and_no_fault_for_who_writes(begin, group, people) -> None:
    in_use(begin, group.location_id, a_model(deken=9.0))
    with begin() as work:
        row = work.session.scalars(select(LearnedModel)).one()
        work.seal(row, "numbers", '{"head": "urgent"}')
    applying._read.clear()  # noqa: SLF001 - another process would not know it
    review_id = sent(begin, group, people, "Gisteren een mooie wandeling gemaakt.")
    with begin() as work:
        review = work.session.get_one(Review, review_id)
        assert review.severity is Severity.MEDIUM
        assert not assessing.stored(work, review).assessed


def test_what_is_likely_comes_first_until_the_others_are_late(begin, group, people) -> None:
    in_use(begin, group.location_id, a_model(deken=2.5))  # orders, and raises nothing
    with begin(NOON - timedelta(hours=2)) as work:  # nobody is new any more
        earlier = send(work, people[0], group, "Gisteren een mooie wandeling gemaakt.")
        earlier.first_post = False
    with begin(NOON) as work:
        later = send(work, people[0], group, "Een grijze deken.")
        later.first_post = False
    order = select(Review.id).order_by
    with begin(NOON) as work:
        assert work.session.scalars(order(*in_order(work))).all() == [later.id, earlier.id]
    with begin(earlier.due_at + timedelta(seconds=1)) as work:
        assert work.session.scalars(order(*in_order(work))).all() == [earlier.id, later.id]


# --- rounds, promotion, going back ------------------------------------------------------------------------------------


def test_two_hundred_decisions_later_a_new_post_is_seen(begin, group, people, settings) -> None:
    with begin(NOON - timedelta(days=30)) as work:
        authors = [a_youth(work, group, f"Otter {number}") for number in range(13)]
    for at, (text, heavy) in enumerate(texts(240)):
        with begin(NOON - timedelta(days=20) + timedelta(hours=at)) as work:
            review = send(work, authors[at * 5 % 13], group, text)
            verdict = (
                Verdict(action=Action.APPROVE, severity=Severity.HIGH, follow_up=FollowUp.MESSAGE) if heavy else APPROVE
            )
            decisions.decide(work, people[1], review.id, review.version, verdict)
    with begin(NIGHT) as work:
        given = rounds.homework(work, group.location_id)
    assert len(given["lessons"]) == 240
    assert len({one["author"] for one in given["lessons"]}) == 13
    answer = fit(given)
    with begin(NIGHT) as work:
        assert rounds.finish(work, group.location_id, answer)
    with begin(NIGHT) as work:
        live = rounds.live_models(work, group.location_id)
        assert set(live) == {Head.URGENT, Head.HIGH}  # nothing was harmful to readers
        entries = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "learned_live")).all()
        assert {entry.facts["head"] for entry in entries} == {"urgent", "high"}
        assert "deken" not in str([entry.facts for entry in entries])
        review = send(work, people[0], group, HEAVY)
        assert review.severity is Severity.LOW
        assert send(work, people[0], group, "Lekker gegamed en gefietst.").severity is Severity.NONE
        found = suggestions.suggestions(work, people[1])
        assert "grijze deken" in {one.phrase for one in found}


def test_each_location_gets_a_night_and_the_next_one_after_it(begin, group) -> None:
    with begin() as work:
        assert rounds.unplanned(work) == [group.location_id]
        rounds.plan(work)
        rounds.plan(work)
    with begin() as work:
        assert rounds.unplanned(work) == []
        assert rounds.due(work) == []
    with begin(NIGHT) as work:
        assert rounds.due(work) == [(group.location_id, NIGHT)]
        in_the_night = {"heads": {head.value: {"outcome": "too_few", "decisions": 0, "positives": 0} for head in Head}}
        assert rounds.finish(work, group.location_id, in_the_night | {"phrases": []}, seen=NIGHT)
    with begin(NIGHT) as work:
        assert rounds.due(work) == []
        assert not rounds.finish(work, group.location_id, {"failed": "X"}, seen=NIGHT)  # whoever comes second
        turn = work.session.scalars(select(LearningRound)).one()
        assert turn.due_at == NIGHT + timedelta(days=1)
        assert turn.told["urgent"]["outcome"] == "too_few"


def test_the_night_goes_by_the_clock_of_the_clinic() -> None:
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert rounds.next_night(summer, "Europe/Amsterdam") == datetime(2026, 7, 2, 1, 30, tzinfo=UTC)
    assert rounds.next_night(NIGHT, "Europe/Amsterdam") == NIGHT + timedelta(days=1)


def test_a_round_that_failed_comes_again_within_the_hour_and_one_without_the_library_at_night(
    begin, group, caplog
) -> None:
    with begin() as work:
        rounds.finish(work, group.location_id, {"failed": "TimeoutError"})
        turn = work.session.scalars(select(LearningRound)).one()
        assert turn.due_at == NOON + timedelta(hours=1)
    with begin() as work:
        rounds.finish(work, group.location_id, {"missing": True})
        assert work.session.scalars(select(LearningRound)).one().due_at == NIGHT
    assert "scikit-learn is not installed" in caplog.text


def test_a_model_that_is_worse_is_kept_for_the_record_and_changes_nothing(begin, group) -> None:
    in_use(begin, group.location_id, a_model(deken=9.0))
    in_use(begin, group.location_id, a_model(wandeling=9.0), NOON + timedelta(days=1), found="misses_more")
    with begin() as work:
        states = {row.state: row for row in work.session.scalars(select(LearnedModel))}
        assert set(states) == {ModelState.LIVE, ModelState.REFUSED}
        assert states[ModelState.REFUSED].why == "misses_more"
        found = assessing.assess_words(work, group, Words(body="Een mooie wandeling."))
        assert found.severity is Severity.NONE
        actions = work.session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
        assert actions == ["learned_live", "learned_refused"]


def test_a_model_is_taken_back_by_hand_and_the_one_before_is_used_again(begin, group) -> None:
    in_use(begin, group.location_id, a_model(deken=9.0))
    in_use(begin, group.location_id, a_model(wandeling=9.0), NOON + timedelta(days=1))
    with begin(NOON + timedelta(days=2)) as work:
        before = standing.roll_back(work, group.location_id, Head.URGENT)
        assert before is not None
    with begin(NOON + timedelta(days=2)) as work:
        assert assessing.assess_words(work, group, Words(body="Een mooie wandeling.")).severity is Severity.NONE
        assert assessing.assess_words(work, group, Words(body=HEAVY)).severity is Severity.LOW
        assert rounds.due(work) == []  # until a human asks
        assert standing.roll_back(work, group.location_id, Head.URGENT) is None
    with begin(NOON + timedelta(days=9)) as work:
        assert assessing.assess_words(work, group, Words(body=HEAVY)).severity is Severity.NONE
        assert rounds.due(work) == []
        states = set(work.session.scalars(select(LearnedModel.state)))
        assert states == {ModelState.ROLLED_BACK}
        assert "learned_rolled_back" in set(work.session.scalars(select(AuditEntry.action)))
    with pytest.raises(ConflictError), begin() as work:
        standing.roll_back(work, group.location_id, Head.URGENT)


def test_learning_anew_by_hand_also_ends_the_waiting(begin, group) -> None:
    in_use(begin, group.location_id, a_model(deken=9.0))
    with begin() as work:
        standing.roll_back(work, group.location_id, Head.URGENT)
    in_use(begin, group.location_id, a_model(deken=8.0))
    with begin(NIGHT) as work:
        assert len(rounds.due(work)) == 1


def test_old_models_are_forgotten_and_the_one_in_use_never(begin, group) -> None:
    in_use(begin, group.location_id, a_model(deken=9.0))
    for day in range(1, 10):
        in_use(begin, group.location_id, a_model(zee=9.0), NOON + timedelta(days=day), found="less_sure")
    with begin() as work:
        states = work.session.scalars(select(LearnedModel.state)).all()
        assert sorted(states) == [ModelState.LIVE, *[ModelState.REFUSED] * rounds.KEPT]


def test_the_one_to_go_back_to_outlives_any_number_of_refused_ones(begin, group) -> None:
    in_use(begin, group.location_id, a_model(deken=9.0))
    in_use(begin, group.location_id, a_model(wandeling=9.0), NOON + timedelta(days=1))
    for day in range(2, 12):
        in_use(begin, group.location_id, a_model(zee=9.0), NOON + timedelta(days=day), found="less_sure")
    with begin(NOON + timedelta(days=12)) as work:
        assert standing.roll_back(work, group.location_id, Head.URGENT) is not None
        assert assessing.assess_words(work, group, Words(body=HEAVY)).severity is Severity.LOW


@pytest.mark.parametrize("answer", [{"failed": "ValueError"}, {"missing": True}])
def test_a_round_by_hand_that_came_to_nothing_ends_no_waiting(begin, group, answer) -> None:
    in_use(begin, group.location_id, a_model(deken=9.0))
    with begin() as work:
        standing.roll_back(work, group.location_id, Head.URGENT)
    with begin() as work:
        assert rounds.finish(work, group.location_id, answer)
    with begin(NOON + timedelta(days=30)) as work:
        assert rounds.due(work) == []


# --- words for who owns the rules -------------------------------------------------------------------------------------


@pytest.fixture
def phrases(begin, group, people):
    with begin() as work:
        assert suggestions.keep_found(work, group.location_id, ["grijze deken", "achter glas"]) == 2
    with begin() as work:
        return {one.phrase: one for one in suggestions.suggestions(work, people[1])}


def test_a_phrase_is_accepted_or_dropped_once_and_never_comes_back(begin, group, people, phrases) -> None:
    deken, glas = phrases["grijze deken"], phrases["achter glas"]
    with begin() as work:
        suggestions.answer(work, people[1], deken.id, "accept", "Dit hoor ik vaak.")
        suggestions.answer(work, people[1], glas.id, "drop")
    with pytest.raises(ConflictError), begin() as work:
        suggestions.answer(work, people[1], deken.id, "drop")
    with begin() as work:
        assert suggestions.keep_found(work, group.location_id, ["grijze deken", "achter glas", "watten"]) == 1
        open_, accepted = suggestions.suggestions(work, people[1])
        assert (open_.phrase, open_.state) == ("watten", SuggestionState.OPEN)
        assert (accepted.phrase, accepted.note, accepted.by) == ("grijze deken", "Dit hoor ik vaak.", "Esra")
        actions = set(work.session.scalars(select(AuditEntry.action)))
        assert {"suggestion_accepted", "suggestion_dropped"} <= actions


def test_accepting_changes_no_rule(begin, group, people, phrases, settings) -> None:
    before = assessing.engine(settings).ruleset.version
    with begin() as work:
        suggestions.answer(work, people[1], phrases["grijze deken"].id, "accept")
        found = assessing.assess_words(work, group, Words(body=HEAVY))
    assert (found.severity, found.signals, found.rules_version) == (Severity.NONE, (), before)


def test_only_clinicians_of_the_location_answer(begin, group, people, phrases) -> None:
    with begin() as work:
        others = [
            people[0],
            an_administrator(work, group.location),
            a_clinician(work, a_location(work, "Zuidhaven"), "Finn"),
        ]
    for other in others:
        with pytest.raises(NotFoundError), begin() as work:
            suggestions.answer(work, other, phrases["grijze deken"].id, "accept")
    with begin() as work:
        assert suggestions.suggestions(work, others[2]) == []
    with pytest.raises(InvalidError), begin() as work:
        suggestions.answer(work, people[1], phrases["grijze deken"].id, "always")


def test_no_more_wait_than_somebody_can_read(begin, group, people) -> None:
    with begin() as work:
        many = [f"woord {number}" for number in range(40)]
        assert suggestions.keep_found(work, group.location_id, many) == suggestions.MOST_OPEN
        assert suggestions.keep_found(work, group.location_id, many) == 0
