"""Four clinicians decide on one post in the same moment: one outcome, one entry in the log, three clear answers."""

import os
import threading
from collections import Counter
from datetime import timedelta

import pytest
from at_once import many_writers
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from safespace.audit import chain
from safespace.audit.models import AuditEntry
from safespace.kernel.refusals import ConflictError
from safespace.moderation import intake, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Decision, Review
from safespace.threads.models import Post, PostState, PostType

TIMES = 1000 if os.environ.get("SAFESPACE_FULL_SIZE") else 100
NOTE = "Ik begrijp dat je boos was, maar dit kan hard binnenkomen bij een ander."
VERDICTS = {
    "Esra": Verdict(action=Action.APPROVE),
    "Jeroen": Verdict(action=Action.DECLINE, reason="bullying", note=NOTE),
    "Fatima": Verdict(action=Action.ASK_REWORD, reason="bullying", note=NOTE),
    "Mark": Verdict(action=Action.APPROVE_WITH_NOTES, content_notes=("eating",)),
}


@pytest.fixture
def unit(engine, tmp_path, settings, keys):
    with many_writers(engine, tmp_path, settings, keys, NOON) as begin:
        yield begin


def test_of_four_decisions_at_once_exactly_one_counts(unit) -> None:
    with unit() as work:
        group = a_group(work, a_location(work))
        noor = a_youth(work, group)
        clinicians = [a_clinician(work, group.location, name) for name in VERDICTS]
        location_id = group.location_id
    outcomes: Counter[str] = Counter()
    for number in range(TIMES):
        with unit() as work:
            words = intake.accept_words(work, f"Bericht {number}", title="Hoi")
            sent = intake.open_thread(work, noor, group.id, PostType.TIP, words)
        with unit() as work:
            review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        start = threading.Barrier(len(VERDICTS))

        def attempt(actor, verdict, review=review, start=start) -> None:
            start.wait()
            try:
                with unit() as work:
                    decide(work, actor, review.id, review.version, verdict)
                outcomes["won"] += 1
            except ConflictError as lost:
                outcomes[lost.code] += 1
            except OperationalError as error:
                outcomes[f"database: {error.orig}"] += 1

        threads = [
            threading.Thread(target=attempt, args=one) for one in zip(clinicians, VERDICTS.values(), strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == {"won": TIMES, "already_decided": 3 * TIMES}
    with unit() as work:
        assert work.session.scalar(select(func.count()).select_from(Decision)) == TIMES
        decided = select(func.count()).select_from(AuditEntry).where(AuditEntry.action.startswith("decide_"))
        assert work.session.scalar(decided) == TIMES
        assert chain.verify(work.session, location_id) is None
    with unit(NOON + timedelta(minutes=1)) as work:
        approved = select(func.count()).select_from(Post).where(Post.release_at.is_not(None))
        expected = work.session.scalar(approved)
        released = 0
        while done := release.release_due(work):
            released += done
        assert released == expected
        shown = select(func.count()).select_from(Post).where(Post.state == PostState.PUBLISHED)
        assert work.session.scalar(shown) == expected
