"""The page about what was learned, its words at an item, the nightly loop, and the commands."""

import json
from html import unescape
from uuid import uuid4

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, an_administrator
from lessons import homework
from sqlalchemy import select, update

from safespace.moderation import decisions, intake
from safespace.moderation.learning import rounds, suggestions
from safespace.moderation.learning.heads import Head
from safespace.moderation.learning.models import LearnedModel, LearningRound, Suggestion, SuggestionState
from safespace.moderation.models import Action, Decision, Review
from safespace.moderation.risk.assessment import Stance
from safespace.moderation.risk.linear import Linear
from safespace.moderation.verdicts import Verdict
from safespace.realtime.learner import Learner
from safespace.threads.models import PostType, Words

PAGE = "/voorsortering/geleerd"
SILENT = {"outcome": "too_few", "decisions": 96, "positives": 7}


@pytest.fixture
def group(begin):
    with begin() as work:
        return a_group(work, a_location(work))


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group), a_clinician(work, group.location)


@pytest.fixture
def page(signed_in, people):
    """Esra's browser."""
    return signed_in(people[1])


def in_use(begin, group, **weights: float) -> None:
    model = Linear(head="urgent", version="2026-11-23.test", weights=weights, bias=-3.0).to_json()
    figures = {"later": {"caught": 9, "yes": 12, "false": 1, "no": 36}}
    live = {"outcome": "live", "decisions": 240, "positives": 60, "figures": figures, "model": model}
    heads = {head.value: SILENT for head in Head} | {"urgent": live}
    with begin() as work:
        rounds.finish(work, group.location_id, {"heads": heads, "phrases": ["grijze deken"]})


def send(begin, group, people, body):
    with begin() as work:
        made = intake.open_thread(work, people[0], group.id, PostType.TIP, Words(body=body, title="Even delen"))
        return work.session.scalars(select(Review.id).where(Review.post_id == made.post_id)).one()


def test_the_page_says_what_is_in_use_and_what_keeps_silent(begin, group, page) -> None:
    assert "Er is nog niet geleerd." in page.get(PAGE).text
    in_use(begin, group, deken=9.0)
    text = page.get(PAGE).text
    assert "In gebruik." in text
    assert "9 van de 12 keer ja gezien" in text
    assert "96 van 200 besluiten, 7 van 30 met ja." in text
    assert PAGE in page.get("/voorsortering").text
    english = page.post("/taal", data={"lang": "en", "next": PAGE}, follow_redirects=True).text
    assert "Learned from earlier decisions" in english


def test_an_administrator_reads_how_it_works_and_not_the_words(begin, group, signed_in) -> None:
    in_use(begin, group, deken=9.0)
    with begin() as work:
        karin = an_administrator(work, group.location)
    browser = signed_in(karin)
    assert PAGE not in browser.get("/voorsortering").text
    assert browser.get(PAGE).status_code == 404


def test_a_clinician_accepts_or_drops_a_phrase(begin, group, people, page) -> None:
    in_use(begin, group, deken=9.0)
    with begin() as work:
        suggestions.keep_found(work, group.location_id, ["achter glas"])
        ids = {one.phrase: one.id for one in suggestions.suggestions(work, people[1])}
    assert "‘grijze deken’" in page.get(PAGE).text
    place = f"{PAGE}/{ids['grijze deken']}"
    assert page.post(place, data={"choice": "always", "note": "Getypt"}).status_code == 422
    assert "Getypt" in page.post(place, data={"choice": "accept", "note": "Getypt" * 900}).text
    assert page.post(place, data={"choice": "accept", "note": "Hoor ik vaak."}).status_code == 303
    assert page.post(f"{PAGE}/{ids['achter glas']}", data={"choice": "drop"}).status_code == 303
    text = page.get(PAGE).text
    assert "Hoor ik vaak." in text
    assert "achter glas" not in text
    assert (
        "Een collega gaf hier al antwoord op." in page.post(place, data={"choice": "drop"}, follow_redirects=True).text
    )
    assert page.post(f"{PAGE}/{uuid4()}", data={"choice": "drop"}).status_code == 404
    with begin() as work:
        states = dict(work.session.execute(select(Suggestion.id, Suggestion.state)).all())
        assert states == {ids["grijze deken"]: SuggestionState.ACCEPTED, ids["achter glas"]: SuggestionState.DROPPED}


def test_an_item_says_what_was_learned_and_that_nothing_else_was_found(begin, group, people, page) -> None:
    in_use(begin, group, deken=9.0)
    text = unescape(page.get(f"/wachtrij/{send(begin, group, people, 'Een grijze deken vandaag.')}").text)
    assert "geleerd van eerdere beslissingen" in text
    assert "Lijkt op berichten die mensen sneller iemand nodig vonden: ‘deken’. Daarom één niveau hoger." in text
    assert "learned.urgent@2026-11-23.test" in text


def test_a_blind_item_does_not_tell_what_was_learned(begin, group, people, page) -> None:
    in_use(begin, group, deken=9.0)
    review_id = send(begin, group, people, "Een grijze deken vandaag.")
    with begin() as work:
        work.session.execute(update(Review).values(blind=True))
    assert "geleerd van eerdere" not in page.get(f"/wachtrij/{review_id}").text


def test_somebody_who_writes_gets_no_hint_from_what_was_learned(begin, group, people, signed_in) -> None:
    in_use(begin, group, deken=9.0)
    answer = signed_in(people[0]).post(f"/g/{group.id}/hint", data={"text": "Een grijze deken."})
    assert "deken" not in answer.text


def test_how_the_writer_stands_towards_it_can_be_said_and_is_kept(begin, group, people, page) -> None:
    review_id = send(begin, group, people, "Een gewone dag.")
    assert "Hoe staat de schrijver erin?" in page.get(f"/wachtrij/{review_id}").text
    form = {"action": "approve", "seen_version": "1", "form_key": str(uuid4()), "note": ""}
    assert page.post(f"/wachtrij/{review_id}/besluit", data=form | {"stance": "sings"}).status_code == 422
    kept = page.post(f"/wachtrij/{review_id}/besluit", data=form | {"stance": "recovers", "form_key": str(uuid4())})
    assert kept.status_code == 303
    with begin() as work:
        assert work.session.scalars(select(Decision.stance)).one() is Stance.RECOVERS


@pytest.fixture
def learner(app):
    return Learner(app)


def test_at_night_each_location_learns_by_itself(app, begin, group, people, learner, monkeypatch) -> None:
    with begin() as work:
        other = a_group(work, a_location(work, "Zuidhaven"))
    asked = []
    monkeypatch.setattr(
        "safespace.realtime.learner.fit_apart", lambda given: asked.append(len(given["lessons"])) or {"missing": True}
    )
    review_id = send(begin, group, people, "Een gewone dag.")
    with begin() as work:
        decisions.decide(work, people[1], review_id, 1, Verdict(action=Action.APPROVE))
    learner.round()  # gives each a night
    learner.round()
    assert asked == []
    with begin() as work:
        work.session.execute(update(LearningRound).values(due_at=NOON))
    learner.round()
    learner.round()
    assert sorted(asked) == [0, 1]
    with begin() as work:
        turns = work.session.scalars(select(LearningRound)).all()
        assert {turn.location_id for turn in turns} == {group.location_id, other.location_id}
        assert all(turn.due_at > work.now for turn in turns)


def test_nothing_of_the_database_is_held_while_it_is_fitted(app, begin, group, learner, monkeypatch) -> None:
    def fit(given):
        with begin() as work:  # whoever writes meanwhile is not kept waiting
            a_location(work, "Zuidhaven")
        return {"failed": "TimeoutError"}

    monkeypatch.setattr("safespace.realtime.learner.fit_apart", fit)
    learner.round()
    with begin() as work:
        work.session.execute(update(LearningRound).values(due_at=NOON))
    learner.round()
    with begin() as work:
        turn = work.session.get_one(LearningRound, group.location_id)
        assert turn.told == {"": {"outcome": "failed"}}


def test_a_night_in_full_in_a_process_of_its_own(begin, group, people, learner, page, settings, monkeypatch) -> None:
    rules = str(settings.config_dir / "risk")
    monkeypatch.setattr(rounds, "homework", lambda *_: homework(rules=rules))
    learner.round()
    with begin() as work:
        work.session.execute(update(LearningRound).values(due_at=NOON))
    learner.round()
    text = page.get(PAGE).text
    assert "In gebruik." in text
    assert "‘grijze deken’" in text
    review_id = send(begin, group, people, "Het is een grijze deken en alles is watten.")
    assert "‘grijze deken’" in unescape(page.get(f"/wachtrij/{review_id}").text)
    with begin() as work:
        blob = work.session.scalars(select(LearnedModel.numbers)).first()
        assert b"deken" not in blob


def test_what_a_round_takes_along_is_plain(begin, group) -> None:
    with begin() as work:
        given = rounds.homework(work, group.location_id)
    assert json.loads(json.dumps(given)) == given
    assert given.keys() == homework().keys()
