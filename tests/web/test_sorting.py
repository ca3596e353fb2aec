"""What clinicians read of the model beside the rules: its line at an item, and how it works."""

import re
from html import unescape

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.moderation import assessing, intake
from safespace.moderation.models import Review
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Engine
from safespace.threads.lifecycle import Words
from safespace.threads.models import PostType


class Careful:
    """A model that says yes to every text."""

    version = "test"

    def likens(self, folded) -> bool:
        return bool(folded.text)


@pytest.fixture
def group(begin):
    with begin() as work:
        return a_group(work, a_location(work))


@pytest.fixture
def page(begin, group, signed_in):
    with begin() as work:
        esra = a_clinician(work, group.location)
    return signed_in(esra)


def test_an_item_that_only_the_model_raised_says_why_and_marks_no_word(begin, group, page, monkeypatch) -> None:
    with begin() as work:
        noor = a_youth(work, group, "Stille Otter")
    with begin() as work:
        own = Engine(assessing.engine(work.settings).ruleset, [Careful()])
    monkeypatch.setattr(assessing, "engine", lambda _: own)
    with begin() as work:
        intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, Words(body="Kleine zee.", title="Stil"))
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        assert review.severity is Severity.MEDIUM
    shown = unescape(page.get(f"/wachtrij/{review.id}").text)
    assert "lijkt op wat zorg vroeg" in shown
    assert "Lijkt op berichten die zorg vroegen; geen regel herkende iets." in shown
    assert '<mark class="span"' not in shown
    page.set_cookie("taal", "en")
    shown = unescape(page.get(f"/wachtrij/{review.id}").text)
    assert "like what called for care" in shown
    assert "Like posts that called for care; no rule recognised anything." in shown


def test_what_an_author_wrote_before_is_said_and_marks_no_word(begin, group, page) -> None:
    with begin() as work:
        noor = a_youth(work, group, "Stille Otter")
    for body in ("Ik woog 58 kilo.", "Vandaag dacht ik weer aan die 58 kilo, verder was het rustig."):
        with begin() as work:
            intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, Words(body=body, title="Getallen"))
    with begin() as work:
        review = work.session.scalars(select(Review).order_by(Review.opened_at.desc())).first()
    shown = unescape(page.get(f"/wachtrij/{review.id}").text)
    assert "Deze schuilnaam had hier kort geleden ook zo'n signaal." in shown
    marked = re.findall(r'<mark class="span".*?</mark>', shown, re.DOTALL)
    assert marked
    assert not any("verder was het rustig" in one for one in marked)


def test_how_it_works_is_told_in_both_languages(page) -> None:
    told = unescape(page.get("/voorsortering").text)
    assert "Het kan een bericht alleen op midden zetten, nooit hoger en nooit lager" in told
    page.set_cookie("taal", "en")
    told = unescape(page.get("/voorsortering").text)
    assert "It can only set a post to medium, never higher and never lower" in told
