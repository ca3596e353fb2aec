"""Every route, by every method, by everybody, of every object: what the hand-written table says, and nothing else."""

import pytest
from objects import form_of, objects_of
from walk import (
    ACTORS,
    METHODS,
    NOBODY,
    Case,
    Row,
    Seen,
    Walker,
    at_random,
    expected,
    rows_missing,
    rows_too_many,
    table,
    wrong,
)
from werkzeug.routing import Rule
from world import World

ROWS = table()
WRITES_WHEN_READ = {"admin.audit_log"}  # whoever reads the log is in the log
NO_TOKEN_NEEDED = {"exit.leave"}  # a beacon carries none, and it only signs out
MOST = 8
LOOK_LIKE_NOTHING = {"exit.leave", "exit.left"}  # on purpose
FEW = ("anonymous", "youth_own", "clinician_own", "administrator_own")


def test_every_route_has_a_row(world: World) -> None:
    assert rows_missing(world.app.url_map.iter_rules(), ROWS) == set()


def test_a_route_without_a_row_is_seen(world: World) -> None:
    there = list(world.app.url_map.iter_rules())
    missing = rows_missing(iter(there), ROWS)
    new = Rule("/nieuw", endpoint="new.page", methods=["GET", "POST"])
    assert rows_missing(iter([*there, new]), ROWS) - missing == {("new.page", "GET"), ("new.page", "POST")}
    fewer = [row for row in ROWS if row.endpoint != "groups.show"]
    assert rows_missing(iter(there), fewer) - missing == {("groups.show", "GET")}


def test_no_row_is_about_a_route_that_is_gone(world: World) -> None:
    assert rows_too_many(world.app.url_map.iter_rules(), ROWS) == set()
    assert len({(row.endpoint, row.method) for row in ROWS}) == len(ROWS)


def test_everybody_gets_what_the_table_says(walked: list[Seen]) -> None:
    random = at_random(walked)
    found = [words for one in walked if (words := wrong(one, random))]
    assert found == []
    print(f"\n{len(walked)} cases, {len(found)} wrong")  # noqa: T201  # shown with -rP
    assert len(walked) > 10_000


def test_every_actor_is_let_in_somewhere_but_nobody_is_let_in_by_name(walked: list[Seen]) -> None:
    inside = {one.case.actor for one in walked if not one.case.row.public and one.answer == "in"}
    assert inside == set(ACTORS) - set(NOBODY) - {"staff_unproven"}


def test_a_form_that_is_let_in_does_what_it_is_for(walked: list[Seen]) -> None:
    """Otherwise a refusal of the same form to somebody else would prove nothing."""
    tried = {one.case.row.endpoint for one in walked if one.case.filled and not one.case.row.public}
    done = {one.case.row.endpoint for one in walked if one.case.filled and one.answer == "in" and one.status < 400}
    assert tried - done == {"join.further", "accounts.passphrase"}  # need a code and a passphrase that nobody here has


def test_what_is_read_writes_nothing(walked: list[Seen]) -> None:
    writing = {one.case.row.endpoint for one in walked if one.case.row.method == "GET" and one.wrote}
    assert writing - {"exit.leave"} == WRITES_WHEN_READ


def test_no_page_of_anybody_asks_the_database_more_than_eight_things(walked: list[Seen]) -> None:
    """Of every object, and while something rings at both locations."""
    pages = [one for one in walked if one.case.row.method == "GET"]
    assert sorted({f"{one.case}: {one.asked}" for one in pages if one.asked > MOST}) == []
    assert max(one.asked for one in pages) > MOST // 2  # they are really counted


def test_help_the_way_out_and_the_language_are_on_every_page_of_everybody(walked: list[Seen]) -> None:
    pages = [one for one in walked if one.case.row.endpoint not in LOOK_LIKE_NOTHING]
    assert sorted({f"{one.case}: {one.lacks}" for one in pages if one.lacks}) == []
    neutral = [one for one in walked if one.case.row.endpoint in LOOK_LIKE_NOTHING and one.status == 200]
    assert all("help" in one.lacks for one in neutral if one.case.row.method == "GET")  # it is really looked for


ROW = Row("groups.show", "GET", "group", False, {"first": frozenset({"youth_own"})}, {})
HIDDEN = Seen(Case(ROW, "youth_sibling", "first"), 404, "", "not there", frozenset(), wrote=False)
RANDOM = {("groups.show", "GET", "youth_sibling", False): HIDDEN}


@pytest.mark.parametrize(
    "change",
    [
        {"status": 200},
        {"status": 403},
        {"status": 500},
        {"status": 302, "location": "/in"},
        {"page": "not there, for you"},
        {"wrote": True},
        {"case": Case(ROW, "youth_own", "first")},
        {"case": Case(ROW, "anonymous", "first")},
    ],
)
def test_a_wrong_answer_is_seen(change) -> None:
    assert wrong(HIDDEN, RANDOM) == ""
    assert wrong(Seen(**(vars(HIDDEN) | change)), RANDOM)


def test_who_is_not_named_stays_outside() -> None:
    assert expected(Case(ROW, "youth_own", "first")) == {"in"}
    assert expected(Case(ROW, "youth_own", "sibling")) == {"404"}
    assert expected(Case(ROW, "staff_unproven", "first")) == {"second_factor"}
    assert all(expected(Case(ROW, one, "first")) == {"sign_in"} for one in NOBODY)


def test_a_method_that_is_not_listed_is_refused(world: World, walker: Walker) -> None:
    wanted: dict[str, set[str]] = {}
    for row in ROWS:
        thing = next(iter(objects_of(world, row.kind).values()))
        wanted.setdefault(walker.address(row.endpoint, thing).split("?")[0], set()).add(row.method)
    tried = 0
    for address, methods in wanted.items():
        for method in sorted(set(METHODS) - methods - {"OPTIONS"} - ({"HEAD"} if "GET" in methods else set())):
            for actor in FEW:
                tried += 1
                assert walker.ask(actor, method, address).status_code == 405, (actor, method, address)
    print(f"\n{tried} methods refused")  # noqa: T201  # shown with -rP


def test_head_and_options_tell_no_more_than_the_page_and_do_nothing(world: World, walker: Walker) -> None:
    """HEAD carries no token: a form that comes with one must not be taken for a form that was sent."""
    for row in ROWS:
        if row.method != "GET" or row.endpoint in WRITES_WHEN_READ:
            continue
        for thing in list(objects_of(world, row.kind).values())[:4]:
            address = walker.address(row.endpoint, thing)
            for actor in FEW:
                page = walker.ask(actor, "GET", address)
                walker.kept.restore()
                head = walker.ask(actor, "HEAD", address, form_of(world, row.endpoint, thing))
                assert (head.status_code, head.get_data()) == (page.status_code, b""), (actor, address)
                assert row.endpoint == "exit.leave" or not walker.kept.wrote(), (actor, address)
                assert walker.words_in(walker.ask(actor, "OPTIONS", address).get_data(as_text=True)) == frozenset()
                walker.kept.restore()


def test_a_form_without_the_token_of_its_page_does_nothing(world: World, walker: Walker) -> None:
    world.app.config["WTF_CSRF_ENABLED"] = True
    try:
        for row in ROWS:
            if row.method != "POST" or row.endpoint in NO_TOKEN_NEEDED:
                continue
            objects = objects_of(world, row.kind)
            for actor in ("youth_own", "clinician_own", "administrator_own"):
                name = next((one for one in objects if actor in row.let_in.get(one, ())), next(iter(objects)))
                seen = walker.attempt(Case(row, actor, name, filled=True), objects[name])
                assert (seen.status, seen.wrote) == (400, False), seen.case
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = False


def test_a_script_gets_the_same_refusals_as_a_page(world: World, walker: Walker) -> None:
    json = {"Accept": "application/json"}
    for actor, path, status in (
        ("anonymous", f"/g/{world.ids['group first']}/changes?after=0", 401),
        ("youth_sibling", f"/g/{world.ids['group first']}/changes?after=0", 404),
        ("youth_own", "/wachtrij/rijen", 404),
        ("youth_left", f"/mijn/{world.ids['post left']}/stand", 404),
        ("clinician_elsewhere", f"/wachtrij/rijen?bericht={world.ids['review waiting']}", 404),
    ):
        browser = world.app.test_client()
        browser.set_cookie("plek", world.cookies.get(actor, ""))
        answer = browser.get(path, headers=json)
        assert (answer.status_code, set(answer.get_json())) == (status, {"error", "message"})
        assert walker.words_in(answer.get_data(as_text=True)) == frozenset()
