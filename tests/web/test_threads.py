"""A youth writes and reads: what goes wrong is said kindly, and the text is always still there."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import WHY, a_clinician, a_group, a_location, a_youth, without_ids
from sqlalchemy import func, select

from safespace.accounts.models import AccountSession
from safespace.groups import members
from safespace.groups.models import Group, GroupState
from safespace.host import limits
from safespace.kernel import outbox
from safespace.kernel.refusals import ConflictError, TooManyError
from safespace.moderation import answers, intake, locking, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.roster import live_hours
from safespace.threads.models import Post, PostRevision, PostType, Thread, Words

INVISIBLE = "\u200b\u2060\u202e"
TEXT = "Ik lig elke nacht wakker van mijn telefoon."
CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."


@pytest.fixture
def people(begin):
    with begin() as work:
        group = a_group(work, a_location(work))
        return (
            group,
            a_youth(work, group, "Stille Otter"),
            a_youth(work, group, "Rode Vos"),
            a_clinician(work, group.location),
        )


@pytest.fixture
def thread(begin, people):
    group, noor, _, esra = people
    return published(begin, group, noor, esra)


def published(begin, group, author, clinician, replies: int = 0):
    with begin() as work:
        words = intake.accept_words(work, TEXT, title="Slapen lukt niet")
        sent = intake.open_thread(work, author, group.id, PostType.EXPERIENCE, words)
    ids = [sent.post_id]
    place_all(begin, clinician, ids)
    for number in range(0, replies, 25):
        with begin() as work:
            ids = [
                intake.reply(
                    work, author, group.id, sent.thread_id, PostType.TIP, intake.accept_words(work, f"Reactie {one}")
                ).post_id
                for one in range(number, min(replies, number + 25))
            ]
        place_all(begin, clinician, ids)
    return sent


def place_all(begin, clinician, ids) -> None:
    with begin() as work:
        for review in work.session.scalars(select(Review).where(Review.post_id.in_(ids))):
            decide(work, clinician, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        while release.release_due(work):
            pass


def url(group, sent, rest: str = "") -> str:
    return f"/g/{group.id}/t/{sent.thread_id}{rest}"


def form(body: str = TEXT, **fields):
    return {"body": body, "form_key": uuid4().hex, **fields}


def waiting(begin) -> int:
    with begin() as work:
        return work.session.scalar(select(func.count()).select_from(Post).where(Post.pending_id.is_not(None)))


def test_a_reply_waits_for_a_human_and_only_its_author_sees_it(begin, people, thread, signed_in) -> None:
    group, _, sem, _ = people
    browser, other = signed_in(sem), signed_in(people[1])
    answer = browser.post(url(group, thread, "/reactie"), data=form("Herken ik heel erg."), follow_redirects=True)
    assert "Herken ik heel erg." in answer.text
    assert "wordt nagekeken" in answer.text
    assert "Herken ik heel erg." not in other.get(url(group, thread)).text


def test_a_form_sent_twice_is_done_once(begin, people, thread, signed_in) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    sent = form("Herken ik.")
    first = browser.post(url(group, thread, "/reactie"), data=sent)
    second = browser.post(url(group, thread, "/reactie"), data=sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert waiting(begin) == 1
    changed = browser.post(url(group, thread, "/reactie"), data={**sent, "body": "Iets anders."})
    assert changed.status_code == 422
    assert "Iets anders." in changed.text
    assert waiting(begin) == 1


@pytest.mark.parametrize("lost", [True, False])
def test_a_form_sent_again_because_its_answer_got_lost_is_told_to_have_arrived(people, thread, signed_in, lost) -> None:
    """Otherwise the copy in the browser stays, and the words stand in the form as if they were never sent."""
    group, _, sem, _ = people
    browser = signed_in(sem)
    sent = form("Herken ik.")
    browser.post(url(group, thread, "/reactie"), data=sent)
    if lost:  # with the answer went the cookie that would have told it
        with browser.session_transaction() as kept:
            kept.pop("_flashes")
    page = browser.post(url(group, thread, "/reactie"), data=sent, follow_redirects=True).text
    assert page.count(" data-sent>") == 1
    assert ("Dit was al aangekomen." in page) is lost


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Hier staat nog niets"),
        ("   \n ", "Hier staat nog niets"),
        (INVISIBLE, "Hier staat nog niets"),
        ("a" * 4001, "Dit is te lang"),
    ],
)
def test_a_text_that_cannot_be_sent_comes_back_with_the_reason(begin, people, thread, signed_in, body, words) -> None:
    group, _, sem, _ = people
    answer = signed_in(sem).post(url(group, thread, "/reactie"), data=form(body))
    assert answer.status_code == 422
    assert words in answer.text
    assert body.strip(f"{INVISIBLE} \n") in answer.text
    assert waiting(begin) == 0


@pytest.mark.parametrize("place", ["thread", "new", "edit"])
def test_topics_that_were_too_many_stand_open_beside_what_is_asked(people, thread, signed_in, place) -> None:
    group, noor, _, _ = people
    where = {
        "thread": url(group, thread, "/reactie"),
        "new": f"/g/{group.id}/nieuw",
        "edit": f"/mijn/{thread.post_id}/aanpassen",
    }[place]
    many = ["eating", "self_harm", "grief"]
    answer = signed_in(noor).post(where, data=form("Herken ik.", title="Kop", content_notes=many))
    assert answer.status_code == 422
    assert "Kies ten hoogste twee onderwerpen." in answer.text
    assert '<details class="more">' not in answer.text
    assert answer.text.count(" checked") >= len(many)


def test_a_refused_form_can_be_sent_again_once_it_is_right(begin, people, thread, signed_in) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    sent = form("")
    assert browser.post(url(group, thread, "/reactie"), data=sent).status_code == 422
    assert browser.post(url(group, thread, "/reactie"), data={**sent, "body": "Nu wel."}).status_code == 303
    assert waiting(begin) == 1


@pytest.mark.parametrize("closed", ["thread", "group", "read_only"])
def test_what_closed_meanwhile_gives_the_text_back(begin, people, thread, signed_in, closed) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    with begin() as work:
        if closed == "thread":
            work.session.get_one(Thread, thread.thread_id).locked_at = work.now
        else:
            state = GroupState.CLOSED if closed == "group" else GroupState.READ_ONLY
            work.session.get_one(Group, group.id).state = state
    answer = browser.post(url(group, thread, "/reactie"), data=form("Mijn lange tekst."))
    assert answer.status_code == 403
    assert "Mijn lange tekst." in answer.text
    assert "esloten" in answer.text or "neemt nu geen berichten aan" in answer.text
    assert waiting(begin) == 0


def test_a_new_conversation_in_a_group_that_closed_meanwhile_gives_the_text_back(begin, people, signed_in) -> None:
    group, noor, _, _ = people
    browser = signed_in(noor)
    closes(begin, group)
    answer = browser.post(f"/g/{group.id}/nieuw", data=form("Mijn lange tekst.", title="Mijn kop"))
    assert answer.status_code == 403
    assert "Deze groep is gesloten" in answer.text
    assert "Mijn lange tekst." in answer.text
    assert "Mijn kop" in answer.text


NOT_SENT = "Je bericht is niet verstuurd, dus het team leest het niet."


@pytest.mark.parametrize("closed", ["thread", "group", "read_only", "paused", "too_long", "too_often", "edit", "new"])
def test_a_cry_for_help_that_is_refused_comes_back_with_help(
    begin, people, thread, signed_in, monkeypatch, closed
) -> None:
    group, noor, sem, esra = people
    browser, address, status = signed_in(sem), url(group, thread, "/reactie"), 403
    with begin() as work:
        if closed in {"thread", "edit"}:
            work.session.get_one(Thread, thread.thread_id).locked_at = work.now
        elif closed == "paused":
            until = work.now + timedelta(days=1)
            members.pause_member(work, esra, sem.members[group.id].membership_id, until, **WHY)
        elif closed in {"group", "read_only", "new"}:
            state = GroupState.CLOSED if closed == "group" else GroupState.READ_ONLY
            work.session.get_one(Group, group.id).state = state
    if closed == "edit":
        browser, address = signed_in(noor), f"/mijn/{thread.post_id}/aanpassen"
    if closed == "new":
        address = f"/g/{group.id}/nieuw"
    if closed == "too_often":
        monkeypatch.setattr(limits, "count", refuses)
        status = 429
    filling = ""
    if closed == "too_long":
        filling, status = "Vandaag was het druk op school. " * 200, 422
    calm = browser.post(address, data=form(f"{filling}Het gaat wel.", title="Kop"))
    assert calm.status_code == status
    assert NOT_SENT not in calm.text
    answer = browser.post(address, data=form(f"{filling}{CRISIS}", title="Kop"))
    assert answer.status_code == status
    assert CRISIS in answer.text
    card = answer.text[answer.text.index(NOT_SENT) :]
    assert 'href="tel:112"' in card
    assert 'href="tel:113"' in card
    with begin() as work:  # nothing of it is kept
        assert len(work.session.scalars(select(PostRevision)).all()) == 1


def refuses(*_given) -> None:
    raise TooManyError


@pytest.mark.parametrize(
    "path", ["/g/{group}", "/g/{group}/t/{thread}", "/g/{group}/nieuw", "/g/{group}/changes?after=0"]
)
def test_only_its_members_are_told_that_a_group_is_closed(begin, people, thread, signed_in, path) -> None:
    group, noor, sem, esra = people
    with begin() as work:
        elsewhere = a_youth(work, a_group(work, group.location, "Elders"), "Kalme Egel")
        members.pause_member(work, esra, sem.members[group.id].membership_id, work.now + timedelta(days=1), **WHY)
    closes(begin, group)
    address = path.format(group=group.id, thread=thread.thread_id)
    answer = signed_in(noor).get(address)
    assert answer.status_code == 403
    assert "Deze groep is gesloten" in answer.text
    assert "Slapen lukt niet" not in answer.text
    unknown = path.format(group=uuid4(), thread=thread.thread_id)
    for other in (elsewhere, sem):
        browser = signed_in(other)
        assert browser.get(address).status_code == 404
        assert len(browser.get(address).data) == len(browser.get(unknown).data)


def closes(begin, group) -> None:
    with begin() as work:
        work.session.get_one(Group, group.id).state = GroupState.CLOSED


@pytest.mark.parametrize("closed", ["thread", "read_only", "night"])
def test_what_cannot_be_changed_now_is_not_offered_to_be_changed(app, begin, people, thread, signed_in, closed) -> None:
    group, noor, _, _ = people
    address, news = url(group, thread), f"/g/{group.id}/changes?after=0&thread={thread.thread_id}"
    change = f'href="/mijn/{thread.post_id}/aanpassen"'
    assert change in signed_in(noor).get(address).text
    with begin() as work:
        if closed == "thread":
            work.session.get_one(Thread, thread.thread_id).locked_at = work.now
        elif closed == "read_only":
            work.session.get_one(Group, group.id).state = GroupState.READ_ONLY
        else:
            work.session.get_one(Group, group.id).location.hours = []
    browser = signed_in(noor)
    page = browser.get(address).text
    assert change not in page
    assert f'href="/mijn/{thread.post_id}/terughalen"' in page
    assert "edit" not in browser.get(news).json["posts"][0]["links"]
    refused = browser.get(f"/mijn/{thread.post_id}/aanpassen")
    assert refused.status_code == 403
    assert "Dit kan nu niet" in refused.text
    assert "hieronder" not in refused.text


def test_an_edit_that_is_refused_at_night_is_not_said_to_be_kept(begin, people, thread, signed_in) -> None:
    group, noor, _, _ = people
    browser = signed_in(noor)
    with begin() as work:
        work.session.get_one(Group, group.id).location.hours = []
    answer = browser.post(f"/mijn/{thread.post_id}/aanpassen", data=form("Mijn nieuwe woorden.", title="Mijn kop"))
    assert answer.status_code == 403
    assert "Mijn nieuwe woorden." in answer.text
    assert "Er is niets bewaard" in answer.text
    assert "wordt bewaard als concept" not in answer.text
    assert "Bewaar als concept" not in answer.text


@pytest.mark.parametrize("where", ["nieuw", "t/{thread}/reactie"])
def test_a_text_that_is_refused_at_night_is_not_said_to_be_kept(begin, people, thread, signed_in, where) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    with begin() as work:
        work.session.get_one(Group, group.id).location.hours = []
    answer = browser.post(f"/g/{group.id}/{where.format(thread=thread.thread_id)}", data=form("", title="Mijn kop"))
    assert answer.status_code == 422
    assert "nog niets bewaard" in answer.text
    assert "Je tekst wordt bewaard" not in answer.text
    assert "Je tekst blijft bewaard" not in answer.text
    assert "Bewaar als concept" in answer.text


@pytest.mark.parametrize("closed", ["read_only", "thread"])
def test_a_place_that_is_only_to_read_says_so_and_not_that_it_is_open(begin, people, thread, signed_in, closed) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    assert "De groep is altijd open." in browser.get(url(group, thread)).text
    with begin() as work:
        if closed == "read_only":
            work.session.get_one(Group, group.id).state = GroupState.READ_ONLY
        else:
            work.session.get_one(Thread, thread.thread_id).locked_at = work.now
    why = "Deze groep is nu alleen om te lezen." if closed == "read_only" else "Dit gesprek is gesloten."
    answers = [browser.get(url(group, thread)), browser.post(url(group, thread, "/reactie"), data=form("Tekst."))]
    if closed == "read_only":
        answers += [
            browser.get(f"/g/{group.id}"),
            browser.post(f"/g/{group.id}/nieuw", data=form("Tekst.", title="Mijn kop")),
        ]
    for answer in answers:
        assert why in answer.text
        assert "altijd open" not in answer.text
        assert "Tekst." in answer.text or answer.request.method == "GET"


def test_a_conversation_that_was_closed_in_a_live_hour_says_so_first_and_not_that_it_stays_open(
    begin, people, thread, signed_in
) -> None:
    group, _, sem, esra = people
    with begin() as work:
        live_hours.open_live_hour(work, esra, group.id)
        locking.lock(work, esra, group.id, thread.thread_id, "Welterusten allemaal.")
    with begin() as work:
        live_hours.close_live_hour(work, esra, group.id)
    page = signed_in(sem).get(url(group, thread)).text
    assert "Kies nu iets offline" in page
    assert "blijven open" not in page
    assert page.index("Dit gesprek is gesloten. Je kunt het nog wel lezen.") < page.index('id="posts"')
    assert page.index("Welterusten allemaal.") > page.index('id="posts"')


def test_taking_back_twice_is_told_without_blame(people, thread, signed_in) -> None:
    browser = signed_in(people[1])
    address = f"/mijn/{thread.post_id}/terughalen"
    assert browser.post(address, data={"form_key": uuid4().hex}).status_code == 303
    answer = browser.post(address, data={"form_key": uuid4().hex})
    assert answer.status_code == 403
    assert "Dit kan nu niet meer met dit bericht." in answer.text
    for words in ("mag je niet", "voor anderen", "keuze past niet"):
        assert words not in answer.text


def test_when_it_changed_meanwhile_an_author_is_not_spoken_to_as_a_clinician(
    people, thread, signed_in, monkeypatch
) -> None:
    def changed(*_rest, **_facts):
        raise ConflictError("changed_meanwhile")

    monkeypatch.setattr(intake, "rewrite", changed)
    answer = signed_in(people[1]).post(f"/mijn/{thread.post_id}/aanpassen", data=form("Anders.", title="Kop"))
    assert answer.status_code == 409
    assert "Er is net iets veranderd met je bericht." in answer.text
    assert "Anders." in answer.text
    assert "schrijver" not in answer.text
    assert "Iemand was je voor" not in answer.text


def test_what_the_team_writes_is_not_folded_away_and_the_rest_opens_at_once(begin, people, thread, signed_in) -> None:
    group, noor, sem, esra = people
    with begin() as work:
        for post in work.session.scalars(select(Post)):
            post.content_notes = ["eating"]
        words = intake.accept_words(work, "Ik herken dit ook.", content_notes=("eating",))
        sent = intake.reply(work, sem, group.id, thread.thread_id, PostType.TIP, words)
        answers.answer(work, esra, group.id, thread.thread_id, Words(body="Fijn dat jullie dit delen."))
    place_all(begin, esra, [sent.post_id])
    with begin() as work:
        for post in work.session.scalars(select(Post).where(Post.staff_id.is_not(None))):
            post.content_notes = ["eating"]
    browser = signed_in(noor)
    page = browser.get(url(group, thread)).text.split('<ol class="posts"')[1].split("</ol>")[0]
    assert page.count('<details class="veil">') == 2
    assert "veil" not in page.split("Fijn dat jullie dit delen.")[0].rsplit("<article", 1)[1]
    everything = browser.get(url(group, thread, "?toon=alles")).text
    assert everything.count('<details class="veil" open>') == 2
    assert "Vouw de berichten weer dicht" in everything


def test_who_was_signed_out_meanwhile_gets_the_text_back(begin, people, thread, signed_in) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    with begin() as work:
        for session in work.session.scalars(select(AccountSession)):
            session.revoked_at = work.now
    answer = browser.post(url(group, thread, "/reactie"), data=form("Mijn lange tekst."))
    assert answer.status_code == 401
    assert "Mijn lange tekst." in answer.text


def test_a_form_without_its_token_gives_the_text_back(app, people, thread, signed_in) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = browser.post(url(group, thread, "/reactie"), data=form("Mijn lange tekst."))
    assert answer.status_code == 400
    assert "Mijn lange tekst." in answer.text


@pytest.mark.parametrize("token_asked", [False, True])
def test_no_file_and_nothing_oversized_comes_in(app, people, thread, signed_in, token_asked) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    app.config["WTF_CSRF_ENABLED"] = token_asked  # a file is refused before anything looks into the form
    upload = {"body": TEXT, "form_key": "k" * 32}
    answer = browser.post(url(group, thread, "/reactie"), data=upload, content_type="multipart/form-data")
    assert answer.status_code == 415
    answer = browser.post(url(group, thread, "/reactie"), data=form("a" * 200_000))
    assert answer.status_code == 413
    assert "Hulp nu" in answer.text


@pytest.mark.parametrize("path", ["/g/{0}", "/g/{0}/t/{0}", "/mijn/{0}", "/g/{0}/nieuw", "/g/{0}/changes?after=0"])
def test_what_is_not_there_looks_like_what_may_not_be_seen(begin, people, signed_in, path) -> None:
    browser = signed_in(people[1])
    with begin() as work:
        other = a_group(work, a_location(work, "Zuidhaven"), "Elders")
    hidden, unknown = (browser.get(path.format(one)) for one in (other.id, uuid4()))
    assert hidden.status_code == unknown.status_code == 404
    assert len(hidden.data) == len(unknown.data)


def test_markup_in_a_post_is_shown_as_text(begin, people, signed_in) -> None:
    group, noor, sem, esra = people
    with begin() as work:
        words = intake.accept_words(work, "<script>alert(1)</script> bel 113", title="<b>Hoi</b>")
        sent = intake.open_thread(work, noor, group.id, PostType.TIP, words)
    place_all(begin, esra, [sent.post_id])
    page = signed_in(sem).get(url(group, sent)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<b>Hoi</b>" not in page
    assert 'href="tel:113"' in page


def test_a_long_conversation_costs_no_more_than_a_short_one(begin, people, signed_in, count_queries) -> None:
    group, noor, sem, esra = people
    sent = published(begin, group, noor, esra, replies=65)
    browser = signed_in(sem)
    counts = []
    for number in (1, 2, 4):
        with count_queries() as seen:
            page = browser.get(url(group, sent, f"?page={number}"))
        assert page.status_code == 200
        counts.append(len(seen))
    assert max(counts) <= 8
    assert len(set(counts[:2])) == 1
    assert browser.get(url(group, sent, "?page=5")).status_code == 404
    assert len(browser.get(url(group, sent, "?page=2")).data) <= 40 * 1024


@pytest.mark.parametrize(
    "path", ["/groepen", "/g/{group}", "/mijn", "/mijn/{post}", "/mijn/{post}/aanpassen", "/lezen"]
)
def test_every_page_of_a_youth_asks_at_most_eight_things(people, thread, signed_in, count_queries, path) -> None:
    group, noor, _, _ = people
    browser = signed_in(noor)
    with count_queries() as seen:
        answer = browser.get(path.format(group=group.id, post=thread.post_id))
    assert answer.status_code == 200
    assert len(seen) <= 8


def test_the_news_after_a_cursor_is_what_the_group_may_see_and_nothing_twice(begin, people, thread, signed_in) -> None:
    group, noor, sem, esra = people
    browser = signed_in(sem)
    with begin() as work:
        pending = intake.reply(
            work, noor, group.id, thread.thread_id, PostType.TIP, intake.accept_words(work, "Nog niet te zien.")
        )
    news = browser.get(f"/g/{group.id}/changes?after=0&thread={thread.thread_id}").json
    assert [post["id"] for post in news["posts"]] == [str(thread.post_id)]
    assert "Nog niet te zien." not in str(news)
    place_all(begin, esra, [pending.post_id])
    later = browser.get(f"/g/{group.id}/changes?after={news['cursor']}&thread={thread.thread_id}").json
    assert [post["id"] for post in later["posts"]] == [str(pending.post_id)]
    assert browser.get(f"/g/{group.id}/changes?after={later['cursor']}").json["posts"] == []


def test_what_comes_while_the_news_is_asked_for_is_told_the_next_time_and_is_nothing_missed(
    begin, people, thread, signed_in, monkeypatch
) -> None:
    group, noor, sem, esra = people
    browser = signed_in(sem)
    address = f"/g/{group.id}/changes?thread={thread.thread_id}&after="
    cursor = browser.get(f"{address}0").json["cursor"]
    published(begin, group, noor, esra)
    asked, after = [], outbox.after

    def before_it_came(*of, **how):
        asked.append(of)
        return [] if len(asked) == 1 else after(*of, **how)

    monkeypatch.setattr(outbox, "after", before_it_came)
    assert not browser.get(f"{address}{cursor}").json["reload"]
    news = browser.get(f"{address}{cursor}").json
    assert not news["reload"]
    assert news["cursor"] > cursor


def test_a_youth_never_sees_an_exact_time(people, thread, signed_in) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    news = browser.get(f"/g/{group.id}/changes?after=0&thread={thread.thread_id}").text
    for text in (browser.get(url(group, thread)).text.split('<ol class="posts"')[1], news):
        assert ":" + "00" not in text
        assert "2026" not in without_ids(text)


def test_help_comes_at_once_with_a_text_that_worries(people, thread, signed_in) -> None:
    group, _, sem, _ = people
    browser = signed_in(sem)
    answer = browser.post(
        url(group, thread, "/reactie"),
        data=form("Ik wil dood en vanavond ga ik het doen. Vaarwel."),
        follow_redirects=True,
    )
    assert answer.request.path.startswith("/mijn/")
    assert "Ben je nu veilig?" in answer.text
    assert "tel:112" in answer.text
    assert "020-0000000" in answer.text
    card = browser.get(url(group, thread)).text.split("data-help-card")[1][:12]
    assert "hidden" not in card


def test_during_a_break_the_own_post_leads_to_no_page_that_is_not_there(begin, people, thread, signed_in) -> None:
    group, noor, _, esra = people
    address = f"/mijn/{thread.post_id}"
    browser = signed_in(noor)
    assert f'href="/g/{group.id}' in browser.get(address).text
    with begin() as work:
        place = noor.members[group.id].membership_id
        members.pause_member(work, esra, place, work.now + timedelta(days=1), **WHY)
    page = browser.get(address).text
    assert TEXT in page
    assert f'href="/g/{group.id}' not in page
