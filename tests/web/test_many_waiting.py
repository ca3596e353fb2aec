"""Whoever has many posts waiting gets a page of a bounded size, and the way to all of them."""

from datetime import timedelta

from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.moderation import intake, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.threads.models import PAGE, PostType

MORE = 'href="/mijn">Je hebt hier nog meer berichten die wachten.'


def test_the_newest_twenty_are_shown_and_a_link_leads_to_the_others(begin, signed_in) -> None:
    with begin() as work:
        group = a_group(work, a_location(work))
        noor, esra = a_youth(work, group), a_clinician(work, group.location)
        words = intake.accept_words(work, "Ik lees 's avonds een boek.", title="Avonden")
        sent = intake.open_thread(work, noor, group.id, PostType.TIP, words)
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        release.release_due(work)

    def write(number: int) -> None:
        with begin() as work:
            words = intake.accept_words(work, f"Reactie {number}.")
            intake.reply(work, noor, group.id, sent.thread_id, PostType.TIP, words)

    browser, address = signed_in(noor), f"/g/{group.id}/t/{sent.thread_id}"
    for number in range(PAGE):
        write(number)
    page = browser.get(address).text
    assert MORE not in page
    assert "Reactie 0." in page
    write(PAGE)
    page = browser.get(address).text
    assert MORE in page
    assert "Reactie 0." not in page
    assert f"Reactie {PAGE}." in page
