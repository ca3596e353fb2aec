"""While somebody writes: a gentle hint, help at once, nothing kept, and never the word that was found."""

from dataclasses import replace

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import func, select

from safespace import tables
from safespace.kernel.text import BODY, TITLE
from safespace.moderation import appeals, intake, taking_up
from safespace.moderation.assessing import engine
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, FollowUp, Review
from safespace.moderation.risk.assessment import Severity, SignalKind
from safespace.threads.models import PostType
from safespace.web.hints import SENTENCES


@pytest.fixture
def group(begin):
    with begin() as work:
        return a_group(work, a_location(work))


@pytest.fixture
def noor(begin, group, signed_in):
    with begin() as work:
        youth = a_youth(work, group)
    return signed_in(youth)


@pytest.fixture
def look(noor, group):
    def asked(text: str):
        answer = noor.post(f"/g/{group.id}/meekijken", data={"text": text})
        assert answer.status_code == 200
        return answer.json

    return asked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ik weeg nu 45 kilo en ik wil nog lager", "getallen"),
        ("Bel me maar op 06 12345678 als je wilt", "herkennen"),
        ("Zullen we op snap verder praten, mijn snap is maanvis22", "buiten deze plek"),
    ],
)
def test_a_hint_says_what_it_is_about_and_not_which_word(look, text: str, words: str) -> None:
    found = look(text)
    assert any(words in hint for hint in found["hints"])
    assert not any(word in hint.lower() for hint in found["hints"] for word in text.lower().split() if len(word) > 6)


@pytest.mark.parametrize(
    "text",
    [
        "Ik heb vandaag twee uur gelezen in plaats van gescrold.",
        "wat een mooie dag",
        "je kunt 113 bellen, dat heeft mij geholpen",
    ],
)
def test_ordinary_words_get_no_hint_and_no_help(look, text: str) -> None:
    assert look(text) == {"hints": [], "help": False}


def test_hints_stand_in_one_order_and_help_comes_with_them(look) -> None:
    found = look("app me op 06-00000000, ik weeg 48 kilo en ik wil dood")
    assert found["hints"] == [str(sentence) for sentence in SENTENCES.values()]
    assert found["help"] is True
    assert "48" not in "".join(found["hints"])


def test_who_writes_that_they_want_to_be_dead_sees_help_before_anything_is_sent(look) -> None:
    assert look("Ik wil niet meer leven.")["help"] is True


def test_three_letters_are_enough_to_see_help(look) -> None:
    assert look("kms")["help"] is True


def test_the_end_of_a_full_post_with_a_title_is_read(look) -> None:
    title, end = "T" * TITLE, " Ik wil niet meer leven."
    body = ("Vandaag las ik een boek. " * BODY)[: BODY - len(end)] + end
    assert look(f"{title}\n\n{body}")["help"] is True


def test_nothing_of_it_is_kept(begin, look) -> None:
    def rows() -> dict[str, int]:
        with begin() as work:
            return {
                one.name: work.session.scalar(select(func.count()).select_from(one))
                for one in tables.METADATA.sorted_tables
                if one.name != "account_sessions"
            }

    before = rows()
    look("Ik wil niet meer leven. Bel me op 06 12345678.")
    assert rows() == before


def test_only_who_may_write_there_is_answered(begin, group, signed_in) -> None:
    with begin() as work:
        elsewhere = a_youth(work, a_group(work, group.location, "Een andere groep"), "Rode Vos")
        esra = a_clinician(work, group.location)
    for somebody, status in ((elsewhere, 404), (esra, 403)):
        assert signed_in(somebody).post(f"/g/{group.id}/meekijken", data={"text": "Hoi"}).status_code == status


def test_the_form_says_where_to_ask_and_holds_the_help_card_ready(noor, group) -> None:
    page = noor.get(f"/g/{group.id}/nieuw").text
    assert f'data-hints="/g/{group.id}/meekijken"' in page
    assert "data-hint-line" in page
    assert "data-hint-help hidden" in page


NOTE = "Leuk dat je contact zoekt. Hier houden we accounts weg, praat gerust in dit gesprek verder."
ACCOUNTS = [
    "Voeg me toe op discord, ik heet maanvis22",
    "Heb je insta? App me maar",
    "ik verkoop mijn fiets, app me maar",
]


@pytest.mark.parametrize("text", ACCOUNTS)
def test_an_account_given_away_gets_a_gentle_word_and_asks_nobody_whether_they_are_safe(look, text: str) -> None:
    found = look(text)
    assert any("buiten deze plek" in hint for hint in found["hints"])
    assert found["help"] is False
    assert look(f"{text}. Ik wil dood.")["help"] is True


def test_the_page_of_such_a_post_neither_asks_nor_promises_contact(begin, group, signed_in) -> None:
    with begin() as work:
        youth, esra = a_youth(work, group), a_clinician(work, group.location)
        words = intake.accept_words(work, ACCOUNTS[0], title="Gamen")
        sent = intake.open_thread(work, youth, group.id, PostType.QUESTION, words)
        assert not sent.help_now
    browser = signed_in(youth)
    for place in ("/mijn", f"/mijn/{sent.post_id}"):
        assert "Ben je nu veilig?" not in browser.get(place).text
    with begin() as work:  # until a human finds that there is more to it
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        assert review.severity is Severity.HIGH
        item = f"/wachtrij/{review.id}"
    assert "De schrijver ziet geen hulpkaart." in signed_in(esra).get(item).text
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        taking_up.take_up(work, esra, review, 2, "Zoekt steeds contact.")
    assert "Ben je nu veilig?" in browser.get(f"/mijn/{sent.post_id}").text
    assert "De schrijver ziet de hulpkaart al." in signed_in(esra).get(item).text


def test_words_that_turn_heavy_bring_the_card_and_softer_ones_do_not_take_it_away(begin, group, signed_in) -> None:
    with begin() as work:
        youth = a_youth(work, group)
        words = intake.accept_words(work, ACCOUNTS[0], title="Gamen")
        post_id = intake.open_thread(work, youth, group.id, PostType.QUESTION, words).post_id
    browser = signed_in(youth)
    for body in ("Ik wil dood, bel me maar.", ACCOUNTS[0]):
        with begin() as work:
            intake.rewrite(work, youth, post_id, intake.accept_words(work, body, title="Gamen"))
        assert "Ben je nu veilig?" in browser.get(f"/mijn/{post_id}").text


def test_calm_words_that_become_an_account_bring_no_card_either(begin, group, signed_in) -> None:
    with begin() as work:
        youth = a_youth(work, group)
        words = intake.accept_words(work, "Wie speelt er ook graag?", title="Gamen")
        post_id = intake.open_thread(work, youth, group.id, PostType.QUESTION, words).post_id
    for body in (ACCOUNTS[0], "Wie speelt er ook graag?"):
        with begin() as work:
            intake.rewrite(work, youth, post_id, intake.accept_words(work, body, title="Gamen"))
        assert "Ben je nu veilig?" not in signed_in(youth).get(f"/mijn/{post_id}").text


def sends(begin, youth, group, body: str):
    with begin() as work:
        words = intake.accept_words(work, body, title="Gamen")
        return intake.open_thread(work, youth, group.id, PostType.QUESTION, words).post_id


def asked(browser, post_id) -> bool:
    return "Ben je nu veilig?" in browser.get(f"/mijn/{post_id}").text


@pytest.mark.parametrize("follow_up", [one for one in FollowUp if one is not FollowUp.NONE])
def test_a_colleague_who_says_what_its_author_needs_brings_the_card(begin, group, signed_in, follow_up) -> None:
    with begin() as work:
        youth, esra = a_youth(work, group), a_clinician(work, group.location)
    post_id = sends(begin, youth, group, ACCOUNTS[0])
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == post_id)).one()
        said = Verdict(
            action=Action.DECLINE, reason="off_topic", note=NOTE, severity=review.severity, follow_up=follow_up
        )
        decide(work, esra, review.id, review.version, said)
    assert asked(signed_in(youth), post_id)


def test_an_account_in_an_appeal_asks_nobody_either_and_a_cry_for_help_does(begin, group, signed_in) -> None:
    for words, needs_help in ((ACCOUNTS[0], False), ("Ik wil dood.", True)):
        with begin() as work:
            youth, esra = a_youth(work, group, f"Otter {needs_help}"), a_clinician(work, group.location)
        post_id = sends(begin, youth, group, "Ik speel graag buiten.")
        with begin() as work:
            review = work.session.scalars(select(Review).where(Review.post_id == post_id)).one()
            decide(work, esra, review.id, review.version, Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE))
        with begin() as work:
            appeals.appeal(work, youth, post_id, words)
        assert asked(signed_in(youth), post_id) is needs_help


def test_however_many_accounts_stand_before_it_a_cry_for_help_is_heard(begin, group, signed_in) -> None:
    with begin() as work:
        youth = a_youth(work, group)
    many = "app me maar. heb je insta? wat is je snap? zullen we afspreken? voeg me toe op discord. kom naar telegram. "
    assert asked(signed_in(youth), sends(begin, youth, group, f"{many * 12}ik wil dood."))


def test_what_was_learned_and_raises_nothing_does_not_ask_either(settings) -> None:
    found = engine(settings).assess(ACCOUNTS[0])
    line = replace(found.signals[0], kind=SignalKind.LEARNED, category=None, severity=Severity.HIGH)
    assert replace(found, signals=(*found.signals, line)).calls_for_help is False
    assert replace(found, signals=(line,)).calls_for_help is True  # where it is what made it high
