"""Redis is a bell, not a store: without it bells are late, and nothing is lost or refused."""

import re
import time

from builders import a_clinician, a_group, a_location, a_youth
from listening import Listener

from safespace.moderation import intake
from safespace.threads.models import PostType

CALM = 2.0  # seconds an answer may take while Redis is away


def test_with_redis_stopped_writing_deciding_and_reading_go_on_and_nothing_is_lost(
    make_service, postgresql_url, redis
) -> None:
    service = make_service(database_url=postgresql_url, redis_url=redis.url, options={"SAFESPACE_HOLD_SECONDS": "0"})
    with service.begin() as work:
        group = a_group(work, a_location(work))
        noor, sem, esra = a_youth(work, group), a_youth(work, group, "Rode Vos"), a_clinician(work, group.location)
        words = intake.accept_words(work, "Hoe slaap jij?", title="Slapen")
        sent = intake.open_thread(work, noor, group.id, PostType.QUESTION, words)
    service.start()
    place = f"/g/{group.id}/t/{sent.thread_id}"
    noor, esra, reader = service.visitor(noor), service.visitor(esra), service.visitor(sem)
    page = Listener(service, reader).connect()
    approve_all(esra)
    assert page.rung.wait(5)
    cursor = int(found[1]) if (found := re.search(r'data-cursor="(\d+)"', reader.get(place).text)) else -1
    assert cursor == 1
    noor.get(place)

    for number in range(1, 4):
        redis.stop()
        page.rung.clear()
        began = time.monotonic()
        assert noor.post(f"{place}/reactie", body=f"Zonder bel, {number}", type="tip").status == 303
        approve_all(esra)
        assert service.visitor().get("/in").status == 200
        assert service.visitor().get("/help").status == 200
        assert time.monotonic() - began < 6 * CALM
        until = time.monotonic() + 15
        while f"Zonder bel, {number}" not in news(reader, group, cursor):  # the page asks by itself meanwhile
            assert time.monotonic() < until
            time.sleep(0.2)
        redis.start()
        began = time.monotonic()
        page.rung.clear()
        while not page.rung.is_set():  # bells ring again by themselves
            assert time.monotonic() - began < 30
            assert noor.post(f"{place}/reactie", body=f"Met bel, {time.monotonic()}", type="tip").status == 303
            approve_all(esra)
            page.rung.wait(2)
    for number in range(1, 4):
        assert news(reader, group, cursor).count(f"Zonder bel, {number}") == 1
    page.close()


def approve_all(esra) -> None:
    esra.get("/groepen")
    rows = esra.get("/wachtrij/rijen", Accept="application/json").text
    for part in rows.split('"href":"/wachtrij/')[1:]:
        item = part.split('"', 1)[0]
        assert esra.post(f"/wachtrij/{item}/besluit", action="approve", seen_version=1).status == 303


def news(reader, group, cursor: int) -> str:
    return "".join(
        reader.get(f"/g/{group.id}/changes?after={cursor}&thread={thread}", Accept="*/*").text
        for thread in thread_ids(reader, group)
    )


def thread_ids(reader, group) -> set[str]:
    return set(re.findall(rf"/g/{group.id}/t/([0-9a-f-]+)", reader.get(f"/g/{group.id}").text))
