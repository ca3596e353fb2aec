"""The clinician's pages: the queue, an item with its signals, deciding, losing a race politely, taking back."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from uuid import uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_staff_member, an_administrator
from sqlalchemy import select

from safespace.moderation import intake, release
from safespace.moderation.models import Action, Decision, Flag, Review, ReviewState
from safespace.moderation.risk.assessment import Category, Severity, Signal
from safespace.policy.roles import Role
from safespace.threads.lifecycle import Words
from safespace.threads.models import Post, PostState, PostType
from safespace.web.review import explained_signals, marked_runs

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
NOTE = "Dank je voor je bericht, ik lees dat het zwaar is. Wil je het anders vertellen?"


@pytest.fixture
def page(signed_in, esra):
    """Esra's browser."""
    return signed_in(esra)


def send(begin, actor, group, body="Ik scrol elke nacht en slaap slecht.", **kwargs) -> object:
    with begin() as work:
        words = Words(body=body, title="Slapen lukt niet", **kwargs)
        return intake.open_thread(work, actor, group.id, PostType.EXPERIENCE, words).post_id


def review_of(begin, post_id):
    with begin() as work:
        return work.session.scalars(
            select(Review).where(Review.post_id == post_id).order_by(Review.opened_at.desc())
        ).first()


def post_of(begin, post_id):
    with begin() as work:
        return work.session.get_one(Post, post_id)


def form_of(begin, post_id, action, **fields):
    review = review_of(begin, post_id)
    seen = {"seen_version": review.version, "seen_revision": str(review.revision_id), "form_key": uuid4().hex}
    return f"/wachtrij/{review.id}/besluit", {"action": action, **seen, **fields}


def decide(page, begin, post_id, action="approve", **fields):
    url, form = form_of(begin, post_id, action, **fields)
    return page.post(url, data=form)


def release_all(begin) -> int:
    with begin() as work:
        work.now += timedelta(minutes=1)
        return release.release_due(work)


def text(answer) -> str:
    """What somebody reads on a page."""
    bare = re.sub(r"<(script|template|svg).*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def test_the_queue_shows_what_waits_with_the_worst_first(begin, group, noor, page) -> None:
    send(begin, noor, group)
    send(begin, noor, group, CRISIS)
    answer = page.get("/wachtrij")
    shown = text(answer)
    assert "2 berichten wachten" in shown
    assert shown.index("De tekst staat dicht") < shown.index("Ik scrol")
    assert "Vanavond" not in shown
    assert 'role="alert"' in answer.text
    assert "<title>(2) Wachtrij</title>" in answer.text


def test_a_quiet_queue_says_so_and_rings_no_alarm(page) -> None:
    answer = page.get("/wachtrij")
    assert "Er wacht nu niets" in text(answer)
    assert 'role="alert"' not in answer.text.split("<template")[0]


def test_on_the_queue_the_alarms_and_what_waits_come_before_what_explains(begin, group, noor, page) -> None:
    send(begin, noor, group, CRISIS)
    shown = page.get("/wachtrij").text
    order = ("data-alarms", "data-alarm>", "<h1>", "data-queue-heading", "data-late", 'class="queue"', "queue-about")
    places = [shown.index(one) for one in order]
    assert places == sorted(places)
    assert shown.count("/voorsortering") == 1


def test_the_live_rows_hold_what_the_page_shows(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group, CRISIS)
    review = review_of(begin, post_id)
    data = page.get("/wachtrij/rijen", headers={"Accept": "application/json"}).get_json()
    row = data["rows"][0]
    assert (row["id"], row["alias"], row["level"], row["first"]) == (str(review.id), "Stille Otter", "crisis", True)
    assert (data["total"], data["title"]) == (1, "(1) Wachtrij")
    assert data["alarm"]["href"] == f"/wachtrij/{review.id}"
    seen = page.get(f"/wachtrij/rijen?bericht={review.id}").get_json()
    nobody = {"mine": False, "name": "", "text": ""}
    assert seen["item"] == {"version": review.version, "open": True, "hidden": False, "holder": nobody}


def test_the_queue_of_one_group_still_rings_for_the_others(begin, group, noor, page) -> None:
    send(begin, noor, group, CRISIS)
    with begin() as work:
        other = a_group(work, work.session.merge(group).location, "Rustige groep")
    answer = page.get(f"/wachtrij?groep={other.id}")
    assert "Er wacht nu niets" in text(answer)
    assert "1 bericht heeft ernst hoog of crisis" in text(answer)
    assert "Naar de hele wachtrij" in text(answer)


@pytest.mark.parametrize("who", ["administrator", "peer worker", "quality officer", "clinician elsewhere", "youth"])
def test_nobody_else_finds_these_pages(begin, group, noor, signed_in, who) -> None:
    post_id = send(begin, noor, group)
    review = review_of(begin, post_id)
    with begin() as work:
        location = work.session.merge(group).location
        actor = {
            "administrator": lambda: an_administrator(work, location),
            "peer worker": lambda: a_staff_member(work, location, Role.PEER_WORKER, "Bram"),
            "quality officer": lambda: a_staff_member(work, location, Role.QUALITY, "Ans"),
            "clinician elsewhere": lambda: a_clinician(work, a_location(work, "Zuidhaven"), "Mark"),
            "youth": lambda: noor,
        }[who]()
    browser = signed_in(actor)
    if who != "clinician elsewhere":
        assert browser.get("/wachtrij").status_code == 404
        assert browser.get("/wachtrij/rijen").status_code == 404
    else:
        assert "Stille Otter" not in browser.get("/wachtrij").text
    url, form = form_of(begin, post_id, "approve")
    for answer in (
        browser.get(f"/wachtrij/{review.id}"),
        browser.get(f"/wachtrij/rijen?bericht={review.id}"),
        browser.post(url, data=form),
        browser.post(f"/wachtrij/{review.id}/ernst", data={"severity": "high"}),
        browser.post(f"/wachtrij/{review.id}/markering", data={"category": "numbers"}),
    ):
        assert answer.status_code == 404
        assert "Stille Otter" not in answer.text
    assert post_of(begin, post_id).release_at is None


def test_an_item_shows_the_signals_in_the_text_and_why(begin, group, noor, page) -> None:
    review = review_of(begin, send(begin, noor, group, CRISIS))
    answer = page.get(f"/wachtrij/{review.id}")
    assert '<mark class="span" data-n="1' in answer.text
    shown = text(answer)
    assert "Schrijft over niet meer willen leven" in shown
    assert "gedachten aan de dood of zelfdoding" in shown
    assert "Geen signaal is geen bewijs dat het veilig is." in shown
    assert "020-0000000" in shown


def a_signal(rule: str, severity: Severity, category: Category, start: int) -> Signal:
    reasons = {"reason_nl": f"Wegens {rule}.", "reason_en": f"Because of {rule}."}
    return Signal(span=(start, start + 2), view="raw", rule=rule, category=category, severity=severity, **reasons)


def test_signals_that_say_the_same_stand_together_with_the_worst_first_and_none_is_left_out(app) -> None:
    signals = (
        a_signal("NUM.1", Severity.LOW, Category.NUMBERS, 0),
        a_signal("SUI.1", Severity.CRISIS, Category.SUICIDE, 3),
        a_signal("SUI.2", Severity.HIGH, Category.SUICIDE, 6),
        a_signal("SUI.1", Severity.CRISIS, Category.SUICIDE, 9),
    )
    item = SimpleNamespace(text="ab cd ef gh", assessment=SimpleNamespace(signals=signals))
    with app.test_request_context("/"):
        runs, reasons, faults = explained_signals(item)
    assert [run.get("n") for run in runs] == [[1], None, [2], None, [3], None, [2]]
    assert [(one["level"], [(line["n"], line["level"]) for line in one["lines"]]) for one in reasons] == [
        ("crisis", [(2, "crisis"), (3, "high")]),
        ("low", [(1, "low")]),
    ]
    assert [line["rule"] for one in reasons for line in one["lines"]] == ["SUI.1", "SUI.2", "NUM.1"]
    assert faults == []


def test_of_many_kinds_of_signals_the_milder_ones_fold_and_heavy_words_open_by_a_button(app) -> None:
    kinds = (Category.SUICIDE, Category.SELF_HARM, Category.NUMBERS, Category.DRUGS, Category.SPAM)
    signals = tuple(a_signal(f"R.{at}", Severity.LOW, kind, 3 * at) for at, kind in enumerate(kinds))
    signals += (a_signal("R.9", Severity.HIGH, Category.THREAT, 20),)
    item = SimpleNamespace(text="x" * 30, assessment=SimpleNamespace(signals=signals))
    with app.test_request_context("/"):
        template = app.jinja_env.from_string(
            '{% from "macros/staff.html" import signals with context %}{{ signals(reasons) }}'
            '{% from "moderation/desk_parts.html" import folded with context %}{% call folded("Zwaar") %}t{% endcall %}'
        )
        shown = template.render(reasons=explained_signals(item)[1])
    seen, behind = shown.split('<details class="signals__more">')
    assert "R.9" in seen.split("R.0")[0]
    assert (seen.count('class="signal"'), behind.count('class="signal"')) == (3, 3)
    assert "Nog 3 soorten signalen" in behind
    assert '<b class="button">Lees de tekst</b></summary>' in behind


def test_reasons_come_in_the_readers_language(begin, group, noor, page) -> None:
    review = review_of(begin, send(begin, noor, group, CRISIS))
    page.set_cookie("taal", "en")
    stored = next(iter(queue_item(begin, review.id).assessment.signals))
    assert stored.reason_en in text(page.get(f"/wachtrij/{review.id}"))


def queue_item(begin, review_id):
    from safespace.moderation import assessing  # noqa: PLC0415  # only this story needs it

    with begin() as work:
        review = work.session.get_one(Review, review_id)

        class Found:
            assessment = assessing.stored(work, review)

        return Found


def test_markup_in_a_post_is_shown_and_never_run(begin, group, noor, page) -> None:
    review = review_of(begin, send(begin, noor, group, "<script>alert(1)</script> & <b>vet</b>"))
    assert "<script>alert" not in page.get(f"/wachtrij/{review.id}").text
    assert "<script>alert(1)</script> & <b>vet</b>" in unescape(page.get(f"/wachtrij/{review.id}").text)


def test_spans_that_overlap_are_cut_into_runs_that_know_all_their_numbers() -> None:
    assert marked_runs("abcdef", [(0, 4, 1), (2, 6, 2)]) == [
        {"t": "ab", "n": [1]},
        {"t": "cd", "n": [1, 2]},
        {"t": "ef", "n": [2]},
    ]
    assert marked_runs("abc", []) == [{"t": "abc"}]
    assert marked_runs("abc", [(1, 2, 1), (1, 2, 2)]) == [{"t": "a"}, {"t": "b", "n": [1, 2]}, {"t": "c"}]
    assert "".join(run["t"] for run in marked_runs("kort", [(2, 99, 1), (-3, 1, 2)])) == "kort"
    assert marked_runs("", []) == []


def test_placing_takes_one_press_and_can_be_undone(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    answer = decide(page, begin, post_id)
    assert (answer.status_code, answer.location) == (303, "/wachtrij")
    band = page.get("/wachtrij")
    assert "Bericht van Stille Otter wordt over" in text(band)
    undo = re.search(r'action="(/besluit/[^"]+/terug)"', band.text)[1]
    back = page.post(undo)
    assert back.location == f"/wachtrij/{review_of(begin, post_id).id}"
    assert release_all(begin) == 0
    assert "Teruggenomen" in text(page.get(back.location))
    assert "Geplaatst, teruggenomen" in text(page.get(back.location))


def test_undoing_too_late_says_so(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    decide(page, begin, post_id)
    undo = re.search(r'action="(/besluit/[^"]+/terug)"', page.get("/wachtrij").text)[1]
    assert release_all(begin) == 1
    answer = page.post(undo)
    assert answer.status_code == 409
    assert "Terugnemen kan niet meer" in text(answer)
    assert post_of(begin, post_id).state is PostState.PUBLISHED


def test_topics_the_author_proposed_are_chosen_already(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group, content_notes=("eating",))
    answer = page.get(f"/wachtrij/{review_of(begin, post_id).id}")
    assert re.search(r'name="content_notes" value="eating" checked', answer.text)
    decide(page, begin, post_id, "approve_with_notes", content_notes=["eating", "grief"])
    release_all(begin)
    assert post_of(begin, post_id).content_notes == ["eating", "grief"]


def test_asking_to_reword_tells_the_author_why(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    answer = decide(page, begin, post_id, "ask_reword", reason="numbers", note=NOTE, internal_note="Derde keer.")
    assert answer.status_code == 303
    assert post_of(begin, post_id).state is PostState.CHANGES_REQUESTED
    review = review_of(begin, post_id)
    shown = text(page.get(f"/wachtrij/{review.id}"))
    assert "Over dit bericht is al besloten" in shown
    assert "Alleen voor het team: Derde keer." in shown
    assert NOTE in shown


@pytest.mark.parametrize(
    ("action", "fields", "error"),
    [
        ("ask_reword", {"note": NOTE}, "Kies een reden"),
        ("decline", {"reason": "numbers", "note": "te kort"}, "ten minste 20 tekens"),
        ("decline", {"reason": "needs_contact_first", "note": NOTE}, "Kies een reden"),
        ("hold", {"reason": "needs_contact_first", "note": "x" * 2001}, "te lang"),
        ("approve_with_notes", {"note": NOTE}, "Kies waar het bericht over gaat"),
        ("approve_with_notes", {"content_notes": ["eating", "grief", "death"], "note": NOTE}, "ten hoogste twee"),
        ("nonsense", {"note": NOTE}, "Deze keuze past niet meer"),
        ("close", {"note": NOTE}, "Deze keuze past niet meer"),
    ],
)
def test_what_is_not_complete_comes_back_with_every_word(begin, group, noor, page, action, fields, error) -> None:
    post_id = send(begin, noor, group)
    extra = {"internal_note": "Overlegd met de achterwacht.", "panel": action}
    answer = decide(page, begin, post_id, action, **fields, **extra)
    assert answer.status_code == 422
    shown = text(answer)
    assert error in shown
    if action not in {"nonsense", "close"}:
        assert fields["note"] in shown
        assert "Overlegd met de achterwacht." in shown
        assert re.search(rf'<details[^>]*id="panel-{action}"[^>]* open', answer.text)
    assert post_of(begin, post_id).state is PostState.PENDING
    assert post_of(begin, post_id).release_at is None


def test_words_in_a_panel_that_is_not_offered_come_back_too(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    answer = decide(page, begin, post_id, "close", note=NOTE, panel="close", internal_note="Gebeld.")
    assert NOTE in text(answer)
    assert "Gebeld." in text(answer)


def test_a_template_is_filled_with_own_words(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    decide(page, begin, post_id, "ask_reword", reason="numbers", note=NOTE, template="reword_numbers")
    shown = text(page.get(f"/wachtrij/{review_of(begin, post_id).id}"))
    assert f"Aan de schrijver: {NOTE} Dank je dat je zo eerlijk bent." in shown


def test_a_template_for_another_reason_comes_back_with_every_word(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    form = page.get(f"/wachtrij/{review_of(begin, post_id).id}").text.split('id="panel-decline"')[1].split("</form>")[0]
    assert '<option value="decline_threat" data-reasons="threat">' in form
    assert '<option value="decline_practical" data-reasons="spam off_topic duplicate medical_advice">' in form
    # Without scripts every template can be chosen, and says which reasons it fits.
    assert "Past bij: Reclame of een link · Past beter ergens anders" in form
    typed = {"panel": "decline", "template": "decline_threat", "note": NOTE, "internal_note": "Gebeld."}
    for step in ("", "preview"):
        answer = decide(page, begin, post_id, "decline", reason="spam", step=step, **typed)
        assert answer.status_code == 422
        assert "Deze voorbeeldtekst hoort bij een andere reden." in text(answer)
        assert f"{NOTE}</textarea>" in answer.text
        assert "Gebeld.</textarea>" in answer.text
        assert '<option value="decline_threat" data-reasons="threat" selected>' in answer.text
    page.post("/taal", data={"lang": "en"})
    answer = decide(page, begin, post_id, "decline", reason="spam", **typed)
    assert "This sample text belongs to another reason." in text(answer)


def test_placing_with_a_bare_template_is_refused_and_the_words_stay(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    typed = {"panel": "approve_with_word", "template": "approve_support", "note": "Fijn!", "internal_note": "Gebeld."}
    for step in ("", "preview"):
        answer = decide(page, begin, post_id, step=step, **typed)
        assert answer.status_code == 422
        assert "Schrijf zelf ten minste 20 tekens" in text(answer)
        assert "Fijn!</textarea>" in answer.text
        assert "Gebeld.</textarea>" in answer.text
        assert '<option value="approve_support" selected>' in answer.text
    assert "Bij een voorbeeld hoort een eerste zin van jezelf" in text(answer)
    assert "Mag leeg blijven als je een voorbeeld kiest" not in text(answer)
    page.post("/taal", data={"lang": "en"})
    assert "A sample needs a first sentence of your own" in text(page.get(f"/wachtrij/{review_of(begin, post_id).id}"))
    assert post_of(begin, post_id).release_at is None


def test_a_form_that_is_sent_twice_decides_once(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    url, form = form_of(begin, post_id, "decline", reason="numbers", note=NOTE)
    assert page.post(url, data=form).status_code == 303
    assert page.post(url, data=form).location == "/wachtrij"
    assert page.post(url, data=form | {"internal_note": "Even bellen."}).status_code == 422
    with begin() as work:
        assert len(work.session.scalars(select(Decision)).all()) == 1


def test_a_form_that_is_sent_twice_in_one_moment_has_one_answer(begin, group, noor, esra, signed_in) -> None:
    browsers = [signed_in(esra), signed_in(esra)]
    for number in range(1, 6):
        url, form = form_of(begin, send(begin, noor, group), "hold", reason="needs_contact_first", note=NOTE)
        with ThreadPoolExecutor(len(browsers)) as both:
            answers = list(both.map(lambda one, url=url, form=form: one.post(url, data=form), browsers))
        assert [one.status_code for one in answers] == [303, 303]
        assert answers[0].location == answers[1].location
        with begin() as work:
            assert len(work.session.scalars(select(Decision)).all()) == number


def test_who_comes_second_reads_who_decided_what_and_keeps_the_note(begin, group, noor, page, signed_in) -> None:
    post_id = send(begin, noor, group)
    with begin() as work:
        colleague = a_clinician(work, work.session.merge(group).location, "Jeroen")
    jeroen = signed_in(colleague)
    url, form = form_of(begin, post_id, "ask_reword", reason="numbers", note=NOTE, internal_note="Even bellen.")
    decide(jeroen, begin, post_id, "decline", reason="bullying", note="Dit kan een ander hard raken, denk ik.")
    answer = page.post(url, data=form)
    assert answer.status_code == 409
    shown = text(answer)
    assert "Jeroen was je net voor" in shown
    assert "Niet geplaatst" in shown
    assert "Dit kan hard binnenkomen" in shown
    assert re.search(r"Jeroen · vandaag \d\d:\d\d", shown)
    assert NOTE in shown
    assert "Even bellen." in shown
    assert "Er staan getallen in" in shown  # what was chosen, in words
    assert ">numbers<" not in answer.text
    assert post_of(begin, post_id).state is PostState.DECLINED


def test_a_text_that_changed_meanwhile_is_read_again_first(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    url, form = form_of(begin, post_id, "ask_reword", reason="numbers", note=NOTE)
    with begin() as work:
        intake.rewrite(work, noor, post_id, Words(body="Iets anders.", title="Slapen"))
    answer = page.post(url, data=form)
    assert answer.status_code == 409
    assert "De schrijver heeft de tekst aangepast" in text(answer)
    assert NOTE in text(answer)
    assert f'href="/wachtrij/{review_of(begin, post_id).id}"' in answer.text


def test_a_level_that_a_colleague_changed_is_not_blamed_on_the_author(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    url, form = form_of(begin, post_id, "approve")
    page.post(
        f"/wachtrij/{review_of(begin, post_id).id}/ernst",
        data={"severity": "medium", "seen_version": review_of(begin, post_id).version},
    )
    answer = page.post(url, data=form)
    assert answer.status_code == 409
    assert "Een collega veranderde iets" in text(answer)


def test_a_post_that_was_taken_back_meanwhile_is_told_so(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    url, form = form_of(begin, post_id, "approve")
    with begin() as work:
        intake.withdraw(work, noor, post_id)
    answer = page.post(url, data=form)
    assert answer.status_code == 409
    assert "De schrijver haalde dit bericht terug" in text(answer)


def test_a_crisis_post_that_was_taken_back_stays_until_somebody_closes_it(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group, CRISIS)
    with begin() as work:
        intake.withdraw(work, noor, post_id)
    shown = text(page.get(f"/wachtrij/{review_of(begin, post_id).id}"))
    assert "zelf teruggehaald" in shown
    assert "Afsluiten" in shown
    assert "Plaatsen met" not in shown.split("Toetsen")[0] + shown.split("Besluit", 1)[1].split("Toetsen")[0]
    decide(page, begin, post_id, "close", internal_note="Gebeld, is veilig thuis.")
    assert review_of(begin, post_id).state is ReviewState.CLOSED


def test_at_high_and_crisis_placing_takes_two_steps(begin, group, noor, page) -> None:
    calm = page.get(f"/wachtrij/{review_of(begin, send(begin, noor, group)).id}")
    worst = page.get(f"/wachtrij/{review_of(begin, send(begin, noor, group, CRISIS)).id}")
    assert 'id="panel-approve"' not in calm.text
    assert 'id="panel-approve"' in worst.text


def test_an_edit_is_shown_beside_what_the_group_sees_now(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    decide(page, begin, post_id)
    release_all(begin)
    with begin() as work:
        intake.rewrite(work, noor, post_id, Words(body="Nieuwe woorden.", title="Slapen"))
    shown = text(page.get(f"/wachtrij/{review_of(begin, post_id).id}"))
    assert "Dit ziet de groep nu Slapen lukt niet Ik scrol elke nacht" in shown
    assert "Nieuwe woorden." in shown


def test_a_level_set_by_hand_shows_the_author_the_help_card(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    url = f"/wachtrij/{review_of(begin, post_id).id}"
    shown = text(page.get(page.post(f"{url}/ernst", data={"severity": "high", "seen_version": 1}).location))
    assert "De ernst is nu: hoog." in shown
    assert "De schrijver ziet nu de hulpkaart." in shown
    assert review_of(begin, post_id).human_rank == Severity.HIGH.rank
    assert page.post(f"{url}/ernst", data={"severity": "heel erg"}).status_code == 422


def test_a_flag_is_kept_once_and_shown(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    url = f"/wachtrij/{review_of(begin, post_id).id}"
    for _ in range(2):
        assert page.post(f"{url}/markering", data={"category": "eating_disorder_promotion"}).status_code == 303
    with begin() as work:
        assert [flag.category for flag in work.session.scalars(select(Flag))] == ["eating_disorder_promotion"]
    assert "aanmoediging van een eetstoornis" in text(page.get(url))
    assert page.post(f"{url}/markering", data={"category": "x"}).status_code == 422


def test_an_answer_stands_in_the_conversation_under_name_and_role(begin, group, noor, page, signed_in) -> None:
    post_id = send(begin, noor, group)
    decide(page, begin, post_id)
    release_all(begin)
    thread = f"/g/{group.id}/t/{post_of(begin, post_id).thread_id}"
    answer = page.post(f"{thread}/antwoord", data={"body": "Dank je wel dat je dit deelt.", "form_key": uuid4().hex})
    assert answer.status_code == 303
    assert "Je antwoord wordt over" in text(page.get("/wachtrij"))
    release_all(begin)
    shown = text(signed_in(noor).get(thread))
    assert "Dank je wel dat je dit deelt." in shown
    assert "behandelaar" in shown


def test_an_answer_that_is_taken_back_gives_its_words_back(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    thread = f"/g/{group.id}/t/{post_of(begin, post_id).thread_id}"
    decide(page, begin, post_id)
    assert release_all(begin) == 1
    page.post(f"{thread}/antwoord", data={"body": "Met een tikfuot.", "form_key": uuid4().hex})
    undo = re.search(r'action="(/besluit/[^"]+/terug)"', page.get("/wachtrij").text)[1]
    for _ in range(2):
        shown = text(page.post(undo))
        assert "Niemand heeft je antwoord gezien" in shown
        assert "Met een tikfuot." in shown
    assert release_all(begin) == 0


def test_an_empty_answer_is_asked_for_again(begin, group, noor, page) -> None:
    thread = f"/g/{group.id}/t/{post_of(begin, send(begin, noor, group)).thread_id}"
    answer = page.post(f"{thread}/antwoord", data={"body": " ", "form_key": uuid4().hex})
    assert answer.status_code == 422
    assert "Hier staat nog niets" in text(answer)


@pytest.mark.parametrize("query", ["pagina=0", "pagina=-1", "pagina=x", f"pagina={'9' * 30}", "groep=x"])
def test_a_strange_address_shows_a_queue_all_the_same(begin, group, noor, page, query) -> None:
    send(begin, noor, group)
    assert page.get(f"/wachtrij?{query}").status_code == 200
    assert page.get(f"/wachtrij/rijen?{query}").status_code == 200


def test_a_strange_version_is_an_old_one(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group)
    assert decide(page, begin, post_id, seen_version="9" * 40).status_code == 409
    assert decide(page, begin, post_id, seen_version="").status_code == 409


def test_every_page_asks_the_database_at_most_eight_times(begin, group, noor, page, count_queries) -> None:
    for number in range(30):
        send(begin, noor, group, f"Bericht {number}")
    last = send(begin, noor, group, CRISIS)
    decide(page, begin, send(begin, noor, group, "Nog een."))
    for url in ("/wachtrij", "/wachtrij?pagina=2", "/wachtrij/rijen", f"/wachtrij/{review_of(begin, last).id}"):
        with count_queries() as seen:
            assert page.get(url).status_code == 200
        assert len(seen) <= 8, url


@pytest.mark.parametrize(
    ("action", "most"),
    [
        ("approve", (11, 3)),
        ("approve_with_notes", (11, 3)),
        ("ask_reword", (11, 3)),
        ("decline", (11, 3)),
        ("second_look", (11, 3)),
        ("hold", (16, 7)),  # seeking contact also takes up a worry
    ],
)
def test_a_decision_asks_no_more_however_much_waits(begin, group, noor, page, count_queries, action, most) -> None:
    for number in range(30):
        send(begin, noor, group, f"Bericht {number}")
    decide(page, begin, send(begin, noor, group, "Het eerste."))  # the first ever also makes who one is in the log
    reason = "needs_contact_first" if action == "hold" else "numbers"
    more = {"reason": reason, "note": NOTE, "content_notes": "eating", "question": "Wat vind jij?", "level": "1"}
    more |= {"ask_reword": {"template": "reword_numbers"}, "decline": {"template": "decline_eating"}}.get(action, {})
    url, form = form_of(begin, send(begin, noor, group, "Nog een."), action, **more)
    with count_queries() as asked:
        assert page.post(url, data=form).status_code == 303
    statements, reads = most
    assert len(asked) <= statements
    assert sum(one.startswith("SELECT") for one in asked) <= reads


def test_every_decision_on_the_screen_is_one_the_server_takes(begin, group, noor, page) -> None:
    post_id = send(begin, noor, group, CRISIS)
    offered = re.findall(r'name="action" value="([a-z_]+)"', page.get(f"/wachtrij/{review_of(begin, post_id).id}").text)
    assert set(offered) == {one.value for one in Action} - {"close", "answer", "keep", "hide", "confirm"}
