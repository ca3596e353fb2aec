"""What the addresses can name: for every kind of address, its objects by their relation, and forms that would work.

Nothing here says who may do what; that is in expectations.toml.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pyotp
from world import World

POSTS = (
    "published",
    "waiting",
    "opening",
    "withdrawn",
    "changed",
    "reworded",
    "declined",
    "held",
    "draft",
    "own published",
    "own waiting",
    "own opening",
    "own withdrawn",
    "own reworded",
    "own declined",
    "own held",
    "own draft",
    "own kept",
    "paused",
    "left",
    "sibling",
    "sibling waiting",
    "elsewhere",
    "elsewhere waiting",
    "answer",
)
# Every post that was ever sent has one.
REVIEWED = tuple(
    name
    for name in (*POSTS, "answer elsewhere", "elsewhere declined", "elsewhere opening", "peer elsewhere")
    if "draft" not in name
)
REVEALS = tuple(
    f"{kind} {name}"
    for name in ("own held", "elsewhere declined")
    for kind in ("own", "asked", "shown", "alone", "lent")
)
TOLD = ("told published", "told elsewhere")  # items in which a member told about the post of that name


@dataclass(frozen=True)
class Object:
    """One thing an address can name: values of the path, of the query, and fields of the form that name it too."""

    path: dict[str, object] = field(default_factory=dict)
    query: dict[str, object] = field(default_factory=dict)
    form: dict[str, object] = field(default_factory=dict)


def objects_of(world: World, kind: str) -> dict[str, Object]:
    """Give the objects of a kind by name."""
    return KINDS[kind](world)


def _one(world: World, key: str, prefix: str, *names: str) -> dict[str, Object]:
    found = {name: Object({key: world.ids[f"{prefix} {name}"]}) for name in names}
    return found | {"random": Object({key: uuid4()})}


def _pair(first: str, second: str, pairs: dict[str, tuple[UUID, UUID]]) -> dict[str, Object]:
    return {name: Object({first: one, second: other}) for name, (one, other) in pairs.items()}


def _threads(world: World) -> dict[str, Object]:
    ids = world.ids
    return _pair(
        "group_id",
        "thread_id",
        {
            "published": (ids["group first"], ids["thread published"]),
            "opening": (ids["group first"], ids["thread opening"]),
            "own opening": (ids["group first"], ids["thread own opening"]),
            "sibling": (ids["group sibling"], ids["thread sibling"]),
            "elsewhere": (ids["group elsewhere"], ids["thread elsewhere"]),
            "sibling's thread in this group": (ids["group first"], ids["thread sibling"]),
            "elsewhere's thread in this group": (ids["group first"], ids["thread elsewhere"]),
            "this thread in the sibling": (ids["group sibling"], ids["thread published"]),
            "this thread elsewhere": (ids["group elsewhere"], ids["thread published"]),
            "random": (ids["group first"], uuid4()),
            "random group": (uuid4(), ids["thread published"]),
        },
    )


def _news(world: World) -> dict[str, Object]:
    ids = world.ids
    found = {
        name: Object({"group_id": ids[f"group {name}"]}, {"after": 0}) for name in ("first", "sibling", "elsewhere")
    }
    found["first, one thread"] = Object(
        {"group_id": ids["group first"]}, {"after": 0, "thread": ids["thread published"]}
    )
    found["first, thread of elsewhere"] = Object(
        {"group_id": ids["group first"]}, {"after": 0, "thread": ids["thread elsewhere"]}
    )
    return found | {"random": Object({"group_id": uuid4()}, {"after": 0})}


def _codes(world: World) -> dict[str, Object]:
    ids = world.ids
    return _pair(
        "batch_id",
        "invitation_id",
        {
            "first": (ids["batch first"], ids["code first"]),
            "elsewhere": (ids["batch elsewhere"], ids["code elsewhere"]),
            "first's code on the sibling's sheet": (ids["batch sibling"], ids["code first"]),
            "first's code on elsewhere's sheet": (ids["batch elsewhere"], ids["code first"]),
            "elsewhere's code on first's sheet": (ids["batch first"], ids["code elsewhere"]),
            "first's code on no sheet": (uuid4(), ids["code first"]),
            "random": (ids["batch first"], uuid4()),
        },
    )


def _staff(key: str, prefix: str, *names: str) -> Callable[[World], dict[str, Object]]:
    def make(world: World) -> dict[str, Object]:
        ids = world.ids
        here, elsewhere = ids["location here"], ids["location elsewhere"]
        pairs = {f"{name} here": (here, ids[f"{prefix} {name}"]) for name in names}
        pairs |= {
            "colleague elsewhere": (elsewhere, ids[f"{prefix} newcomer_elsewhere"]),
            "elsewhere's colleague here": (here, ids[f"{prefix} newcomer_elsewhere"]),
            "this colleague elsewhere": (elsewhere, ids[f"{prefix} newcomer"]),
            "random": (here, uuid4()),
            "random place": (uuid4(), ids[f"{prefix} newcomer"]),
        }
        if prefix == "account":
            pairs["a youth as colleague"] = (here, ids["account youth_own"])
        return _pair("location_id", key, pairs)

    return make


def _sheets(world: World) -> dict[str, Object]:
    ids = world.ids
    pairs = {
        "here": ("here", "first"),
        "elsewhere": ("elsewhere", "elsewhere"),
        "elsewhere's group from here": ("here", "elsewhere"),
        "this group from elsewhere": ("elsewhere", "first"),
    }
    found = {
        name: Object({"location_id": ids[f"location {place}"]}, form={"group_id": ids[f"group {group}"]})
        for name, (place, group) in pairs.items()
    }
    return found | {
        "random": Object({"location_id": uuid4()}, form={"group_id": ids["group first"]}),
        "random group": Object({"location_id": ids["location here"]}, form={"group_id": uuid4()}),
    }


def _shifts(world: World) -> dict[str, Object]:
    ids = world.ids
    pairs = {"here": ("here", "clinician_own"), "elsewhere": ("elsewhere", "clinician_elsewhere")}
    found = {
        name: Object({"location_id": ids[f"location {place}"]}, form={"account_id": ids[f"account {who}"]})
        for name, (place, who) in pairs.items()
    }
    return found | {"random": Object({"location_id": uuid4()}, form={"account_id": ids["account clinician_own"]})}


def _pinnable(world: World) -> dict[str, Object]:
    ids = world.ids
    things = {
        "item in first": {
            "group_id": ids["group first"],
            "item_id": ids["item here"],
            "where": ids["thread published"],
        },
        "post in first": {"group_id": ids["group first"], "post_id": ids["post own published"], "where": "group"},
        "item in sibling": {
            "group_id": ids["group sibling"],
            "item_id": ids["item here"],
            "where": ids["thread sibling"],
        },
        "post elsewhere": {"group_id": ids["group elsewhere"], "post_id": ids["post peer elsewhere"], "where": "group"},
        "elsewhere's item in first": {
            "group_id": ids["group first"],
            "item_id": ids["item elsewhere"],
            "where": "group",
        },
        "elsewhere's post in first": {
            "group_id": ids["group first"],
            "post_id": ids["post elsewhere"],
            "where": "group",
        },
        "retired item in first": {"group_id": ids["group first"], "item_id": ids["item retired"], "where": "group"},
        "random": {"group_id": uuid4(), "item_id": ids["item here"], "where": "group"},
    }
    return {name: Object(query=thing, form=thing) for name, thing in things.items()}


def _placed_pins(world: World) -> dict[str, Object]:
    """What cannot be shown on the page to pin from, only sent."""
    ids = world.ids
    found = _pinnable(world)
    for name, extra in (
        ("item in sibling's thread", {"item_id": ids["item here"], "where": ids["thread sibling"]}),
        ("item in a thread nobody sees yet", {"item_id": ids["item here"], "where": ids["thread opening"]}),
    ):
        found[name] = Object(form={"group_id": ids["group first"], **extra})
    return found


def _in_form(key: str, prefix: str, *names: str) -> Callable[[World], dict[str, Object]]:
    def make(world: World) -> dict[str, Object]:
        found = {name: Object(form={key: world.ids[f"{prefix} {name}"]}) for name in names}
        return found | {"random": Object(form={key: uuid4()})}

    return make


def _in_query(key: str, prefix: str, *names: str) -> Callable[[World], dict[str, Object]]:
    def make(world: World) -> dict[str, Object]:
        found = {name: Object(query={key: world.ids[f"{prefix} {name}"]}) for name in names}
        return {"plain": Object()} | found | {"random": Object(query={key: uuid4()})}

    return make


def _older(world: World) -> dict[str, Object]:
    """A group, and what lies before a thread of it: a thread of another group is no place to read on from."""
    ids = world.ids
    found = _one(world, "group_id", "group", "first", "sibling", "elsewhere")
    for name, thread in (
        ("published", "published"),
        ("elsewhere's thread", "elsewhere"),
        ("a waiting thread", "opening"),
    ):
        found[f"first, before {name}"] = Object({"group_id": ids["group first"]}, {"voor": ids[f"thread {thread}"]})
    return found


def _reached(world: World) -> dict[str, Object]:
    """A location with somebody to be called there."""
    found = _one(world, "location_id", "location", "here", "elsewhere")
    for name, one in found.items():
        who = "clinician_elsewhere" if name == "elsewhere" else "clinician_own"
        one.form["account_id"] = world.ids[f"account {who}"]
    return found


def _only(kind: str, key: str, *names: str) -> Callable[[World], dict[str, Object]]:
    return lambda world: _one(world, key, kind, *names)


KINDS: dict[str, Callable[[World], dict[str, Object]]] = {
    "nothing": lambda _: {"here": Object()},
    "group": _only("group", "group_id", "first", "sibling", "elsewhere"),
    "group, read on": _older,
    "news of a group": _news,
    "thread": _threads,
    "post": _only("post", "post_id", *POSTS),
    "post to tell about": lambda world: {
        name: Object({**thing.path, "about": "zorgen"}) for name, thing in KINDS["post"](world).items()
    },
    "exercise": lambda _: {"paint": Object({"key": "paint"})},  # no secret, and the same for everybody
    "rule": lambda _: {"phone": Object({"name": "PII.PHONE"})},  # its name is no secret, like that of an exercise
    "rule to propose": lambda _: {
        "new": Object(),
        "phone": Object(query={"soort": "change", "regel": "PII.PHONE"}),
        "random": Object(query={"soort": "change", "regel": "GEEN.REGEL"}),
    },
    "proposal": _only("proposal", "proposal_id", "here", "elsewhere", "dropped"),
    "review": _only("review", "review_id", "waiting", "opening", "published", "sibling waiting", "elsewhere opening"),
    "review to read": _only("review", "review_id", *REVIEWED, *TOLD),
    "review to follow up": _only("review", "review_id", "own published", "sibling waiting", "elsewhere"),
    "membership": _only(
        "membership", "membership_id", "youth_own", "youth_paused", "youth_sibling", "youth_beside", "youth_elsewhere"
    ),
    "break to answer": lambda world: {
        name: Object(thing.path, form={"seen": (world.now + timedelta(days=7)).isoformat()})
        for name, thing in KINDS["membership"](world).items()
    },
    "group with its members": _only("group", "group_id", "first", "sibling", "beside", "elsewhere"),
    "decision": _only("decision", "decision_id", "own waiting", "published", "elsewhere waiting"),
    "queue by group": _in_query("groep", "group", "first", "elsewhere"),
    "queue beside an item": _in_query("bericht", "review", "waiting", "elsewhere waiting"),
    "item": _only("item", "item_id", "here", "retired", "elsewhere"),
    "item in the form": _in_form("item_id", "item", "here", "retired", "elsewhere"),
    "library of a location": _in_query("where", "location", "here", "elsewhere"),
    "location in the form": _in_form("where", "location", "here", "elsewhere"),
    "thing to pin": _pinnable,
    "thing to pin, as sent": _placed_pins,
    "pin": _only("pin", "pin_id", "first", "thread", "sibling", "elsewhere"),
    "location": _only("location", "location_id", "here", "elsewhere"),
    "shift to plan": _shifts,
    "shift": _only("shift", "shift_id", "here", "elsewhere"),
    "handover": _only("handover", "handover_id", "here", "elsewhere"),
    "batch": _only("batch", "batch_id", "first", "sibling", "elsewhere"),
    "code": _codes,
    "sheet to make": _sheets,
    "role": _staff("role_id", "role", "newcomer", "clinician_gone", "administrator_own", "peer_worker_own"),
    "account": _staff("account_id", "account", "newcomer", "clinician_own", "administrator_own"),
    "line": lambda world: {"line": Object({"line_id": world.ids["line"]}), "random": Object({"line_id": uuid4()})},
    "session": _only("session", "session_id", "youth_own", "clinician_own", "peer"),
    "group in the form": _in_form("group_id", "group", "first", "sibling", "elsewhere"),
    "escalation": _only("escalation", "escalation_id", "own held", "elsewhere declined"),
    "alarm": _only("alarm", "alarm_id", "own held", "elsewhere declined"),
    "task": _only("task", "task_id", "own held", "elsewhere declined"),
    "route": _only("route", "route_id", "here", "elsewhere"),
    "suggestion": _only("suggestion", "suggestion_id", "here", "elsewhere"),
    "reveal": _only("reveal", "reveal_id", *REVEALS),
    "location to be reached": _reached,
    "file": lambda _: {"style": Object({"filename": "css/app.css"})},
}

TEXT = "Ik wilde dit graag met jullie delen, het was een gewone dag met een fijne wandeling."
ITEM = {"title": "Rustig slapen", "body": "Een *rustig* ritme helpt.", "topic": "sleep", "version": "1"}
LINE = {"name_nl": "Luisterlijn", "name_en": "Listening line", "phone": "020-0000000", "topics": "general"}
PLACE = {"name": "Duinzicht", "crisis_phone": "020-0000001", "hours_0_opens": "09:00", "hours_0_closes": "17:00"}
GROUP = {"name": "Buitenlucht", "about": "Over buiten zijn.", "profile": "general", "kind": "group", "state": "open"}
# Forms that do something when they are let in; fields of the object come on top. `{form_key}` is added to all.
FORMS: dict[str, dict[str, object]] = {
    "bulk.place": {"bericht": f"{UUID(int=1)}.1", "aantal": "1"},
    "admin.arrange_reading": {"after_hours": "drafts_only", "blind_share": "5", "version": "1", "names": "Vuurtoren"},
    "proposals.send": {
        "kind": "new",
        "name": "PEST.DROP",
        "category": "bullying",
        "severity": "medium",
        "reason_nl": "Scheldt iemand uit.",
        "reason_en": "Calls somebody names.",
        "patterns": "(jij|je) bent een dropsliert",
        "hit": "jij bent een dropsliert",
        "miss": "ik eet graag drop",
        "why": "Dit hoorden we vaker.",
    },
    "proposals.approve": {"version": "1"},
    "proposals.drop": {"version": "1", "closing_note": "Dit kent hier niemand."},
    "roster.plan": {"role": "on_call", "day": "2026-11-30", "starts": "09:00", "ends": "10:00"},
    "handover.stop": {"note": "Er wacht nog één bericht."},
    "live_hour.begin": {"minutes": "60"},
    "threads.open_thread": {"title": "Een gewone dag", "body": TEXT, "type": "experience"},
    "threads.reply": {"body": TEXT, "type": "tip"},
    "moderation.answer": {"body": TEXT},
    "hints.look": {"text": TEXT},
    "hiding.hide": {"reason": "off_topic", "note": TEXT},
    "locking.lock": {"note": TEXT},
    "appeals.appeal": {"words": TEXT},
    "follow_ups.close": {"internal_note": TEXT},
    "members.pause": {"until": "2100-01-01", "reason": TEXT, "return_plan": TEXT},
    "reports.tell": {"choice": "not_well"},
    "training.answer": {"action": "approve", "severity": "none"},
    "learning.answer": {"choice": "drop"},
    "escalations.escalate": {"level": "2", "summary": "Klinkt moe."},
    "escalations.step": {"key": "stay", "note": "Gedaan."},
    "escalations.raise_level": {"level": "3"},
    "escalations.close": {
        "outcome": "contact_safe",
        "closing_note": "Gesproken.",
        "note_to_author": "Fijn dat we spraken.",
        "check_back_on": "2026-11-24",
    },
    "talk.write": {"words": "Ik ben er nog."},
    "talk.write_as_staff": {"words": "Ben je er nog?"},
    "talk.seen_by_staff": {"tot": "1"},
    "talk.answer": {"safe": "no"},
    "reveals.ask": {"reason": "Je antwoordde niet meer op ons.", "tell": "now"},
    "reveals.answer": {"agree": "yes"},
    "reveals.review": {"review_note": "Het was nodig."},
    "alert_routes.add": {"channel": "email", "address": "esra@kliniek.example"},
    "posts.rewrite": {"title": "Een gewone dag", "body": TEXT},
    "moderation.decide": {"action": "approve", "seen_version": "1"},
    "moderation.severity": {"severity": "medium"},
    "moderation.flag": {"category": "numbers"},
    "library.new": ITEM,
    "library.edit": ITEM,
    "library.preview": ITEM,
    "library.retire": {"version": "1"},
    "admin.open_location": PLACE,
    "admin.change_location": {**PLACE, "version": "1"},
    "admin.open_group": GROUP,
    "admin.change_group": {**GROUP, "version": "1"},
    "admin.add_line": LINE,
    "admin.change_line": {**LINE, "version": "1"},
    "admin.verify_line": {"version": "1"},
    "admin.remove_line": {"version": "1"},
    "admin.move_line": {"to": "up"},
    "admin.add_staff": {"role": "clinician", "staff_name": "Els", "role_title": "behandelaar"},
    "admin.make_batch": {"count": "2"},
    "team.hand_out": {"number": "2", "care_reference": "kaart twee"},
    "accounts.safety_contact": {"safety_contact": "mijn tante, 06-00000000"},
    "accounts.passphrase": {"passphrase": "zeven rustige otters zwemmen", "current": "niet die van mij"},
    "accounts.sign_in": {"sign_in_name": "niemand", "passphrase": "niet die van mij"},
    "join.code": {"code": "BCDF-GHJK-MNPQ"},
    "join.further": {"code": "BCDF-GHJK-MNPQ"},
    "language.switch": {"lang": "en"},
}


def form_of(world: World, endpoint: str, thing: Object) -> dict[str, object]:
    """Give a form that does something when it is let in."""
    form = {**FORMS.get(endpoint, {}), **thing.form, "form_key": str(uuid4())}
    if endpoint == "admin.grant_role":
        form |= {"sign_in_name": world.words["clinician_gone sign-in name"], "role": "peer_worker"}
    if endpoint == "reveals.alone":
        form["totp"] = pyotp.TOTP(2 * world.words["clinician_own totp secret"]).at(world.now)
    return form
