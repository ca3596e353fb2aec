"""Noor joins: a code, a nickname, one place; two groups that nothing links; 32 hands on one code."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import hypothesis
import pytest
from at_once import many_writers
from builders import NOON, a_clinician, a_group, a_location, a_member, a_youth, actor_of, an_administrator
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select

from safespace.accounts.models import Account
from safespace.accounts.registration import Credentials, free_name
from safespace.audit.models import AuditEntry
from safespace.groups.alias_rules import alias_words
from safespace.groups.aliases import accept_alias, suggest
from safespace.groups.claiming import find_invitation
from safespace.groups.invitations import enter_care_reference, make_batch
from safespace.groups.joining import (
    check_alias,
    join_as_newcomer,
    join_group,
)
from safespace.groups.models import Location, Membership
from safespace.groups.onboarding import house_rules, introduction, privacy
from safespace.groups.safety_contact import keep_safety_contact, own_places, remove_safety_contact
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.moderation.nicknames import is_risky
from safespace.policy.roles import MembershipState
from safespace.settings import SettingsInvalidError


def harmless(text: str) -> bool:
    del text
    return False


def codes_for(work, group, count: int = 1) -> list[str]:
    return list(make_batch(work, an_administrator(work, group.location), group.id, count).codes)


def credentials(work) -> Credentials:
    return Credentials(sign_in_name=free_name(work), passphrase_hash="p", recovery_hash="r")


def newcomer(work, code: str, alias: str, **options):
    invitation = find_invitation(work, code).invitation_id
    options = {"language": "nl", "is_risky": harmless} | options
    return join_as_newcomer(work, invitation, credentials(work), alias=alias, **options)


def refused_alias(config_dir, alias: str, is_risky=harmless) -> str:
    with pytest.raises(InvalidError) as refused:
        accept_alias(config_dir, alias, is_risky=is_risky)
    return refused.value.errors["alias"]


def test_noor_joins_with_a_code_and_nobody_knows_her_name(begin, group, settings) -> None:
    with begin() as work:
        (code,) = codes_for(work, group)
    with begin() as work:
        joined = newcomer(work, code, "  stille   otter ", language="en")
    with begin() as work:
        membership = work.session.get(Membership, joined.membership_id)
        account = work.session.get(Account, joined.account.id)
        assert work.unseal(membership, "alias") == "stille otter"
        assert b"otter" not in membership.alias
        assert membership.rules_version == house_rules(settings.config_dir).version
        assert account.language == "en"
        assert account.staff_name is None
        assert actor_of(work, account.id).member_of(group.id) is not None


def test_a_code_is_spent_once(begin, group) -> None:
    with begin() as work:
        (code,) = codes_for(work, group)
        invitation = find_invitation(work, code).invitation_id
        newcomer(work, code, "Stille Otter")
    with pytest.raises(InvalidError) as refused, begin() as work:
        join_as_newcomer(work, invitation, credentials(work), alias="Blije Vos", language="nl", is_risky=harmless)
    assert refused.value.errors == {"code": "code_used"}


def test_the_care_reference_follows_the_place(begin, group) -> None:
    with begin() as work:
        batch = make_batch(work, an_administrator(work, group.location), group.id, 1)
        enter_care_reference(work, a_clinician(work, group.location), batch.id, 1, "A-1234")
    with begin() as work:
        joined = newcomer(work, batch.codes[0], "Stille Otter")
    with begin() as work:
        membership = work.session.get(Membership, joined.membership_id)
        assert work.unseal(membership, "care_reference") == "A-1234"


def test_the_log_does_not_link_two_places_of_one_person(begin, group) -> None:
    with begin() as work:
        second = a_group(work, group.location, "Autisme en gamen")
        (one,), (two,) = codes_for(work, group), codes_for(work, second)
    with begin() as work:
        joined = newcomer(work, one, "Stille Otter")
    with begin() as work:
        noor = actor_of(work, joined.account.id)
        again = join_group(work, noor, find_invitation(work, two).invitation_id, alias="Blije Vos", is_risky=harmless)
    with begin() as work:
        entries = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "join")).all()
        assert {entry.actor_id for entry in entries} == {None}
        assert {entry.object_id for entry in entries} == {group.id, second.id}
        here, there = (work.session.get(Membership, one.membership_id) for one in (joined, again))
        assert here.id != there.id
        assert here.alias_index != there.alias_index


def test_the_same_nickname_in_two_groups_has_two_fingerprints(begin, group) -> None:
    with begin() as work:
        second = a_group(work, group.location, "Autisme en gamen")
        noor, sem = a_member(work, group, "Stille Otter"), a_member(work, second, "Stille Otter")
        assert noor.alias_index != sem.alias_index


@pytest.mark.parametrize(
    "alias",
    [
        "Stille Otter",
        "stílle otter",
        "StilleOtter",
        "Stille-Otter",
        "Otter Stille",
        "Stille Otters",
        "De Stille Otter",
        "Stil Ottertje",
    ],
)
def test_who_is_in_two_groups_has_another_nickname_in_each(begin, group, alias) -> None:
    with begin() as work:
        (code,) = codes_for(work, a_group(work, group.location, "Autisme en gamen"))
        noor, sem = a_youth(work, group, "Stille Otter"), a_youth(work, group, "Rode Vos")
        invitation = find_invitation(work, code)
    with pytest.raises(InvalidError) as refused, begin() as work:
        join_group(work, noor, invitation.invitation_id, alias=alias, is_risky=harmless)
    assert refused.value.errors == {"alias": "alias_elsewhere"}
    with begin() as work:  # of somebody else it links nothing
        assert join_group(work, sem, invitation.invitation_id, alias=alias, is_risky=harmless)


def test_a_nickname_of_a_group_that_was_left_links_too(begin, group) -> None:
    with begin() as work:
        second = a_group(work, group.location, "Autisme en gamen")
        left = a_member(work, group, "Stille Otter")
        left.state = MembershipState.LEFT
    with pytest.raises(InvalidError) as refused, begin() as work:
        check_alias(work, second.id, "Stille Otter", is_risky=harmless, account_id=left.account_id)
    assert refused.value.errors == {"alias": "alias_elsewhere"}


def test_nobody_is_called_like_a_name_that_is_listed_at_the_location(begin, group) -> None:
    with begin() as work:
        work.seal(work.session.get_one(Location, group.location_id), "names", "Saskia Voorbeeldman\nDe Stille Kade")
    for alias in ("Saskia Voorbeeldman", "de stille-kade", "DeStilleKade"):
        with pytest.raises(InvalidError) as refused, begin() as work:
            check_alias(work, group.id, alias, is_risky=harmless)
        assert refused.value.errors.keys() == {"alias"}
    with begin() as work:
        assert check_alias(work, group.id, "Stille Otter", is_risky=harmless)


def test_nobody_is_called_like_somebody_of_the_team(begin, group) -> None:
    with begin() as work:
        a_clinician(work, group.location, "Vos de Koning")
        elsewhere = a_group(work, a_location(work, "Zuidhaven"), "Daar")
    for alias in ("Vos", "Rode vos", "KoningOtter"):
        with pytest.raises(InvalidError) as refused, begin() as work:
            check_alias(work, group.id, alias, is_risky=harmless)
        assert refused.value.errors == {"alias": "alias_staff"}
    with begin() as work:
        assert check_alias(work, group.id, "Vossenbes", is_risky=harmless)
        assert check_alias(work, group.id, "De Otter", is_risky=harmless)
        assert check_alias(work, elsewhere.id, "Rode Vos", is_risky=harmless)
        for _ in range(20):
            assert not any("Vos" in alias.split() for alias in suggest(work, group.id))


def test_a_member_keeps_the_code_for_somebody_else(begin, group) -> None:
    with begin() as work:
        (code,) = codes_for(work, group)
        noor = a_youth(work, group)
        invitation = find_invitation(work, code).invitation_id
    with pytest.raises(ConflictError) as refused, begin() as work:
        join_group(work, noor, invitation, alias="Blije Vos", is_risky=harmless)
    assert refused.value.code == "already_member"
    with begin() as work:
        assert find_invitation(work, code)


def test_staff_cannot_join(begin, group) -> None:
    with begin() as work:
        (code,) = codes_for(work, group)
        esra = a_clinician(work, group.location)
    with pytest.raises(NotFoundError), begin() as work:
        join_group(work, esra, find_invitation(work, code).invitation_id, alias="Blije Vos", is_risky=harmless)


def test_a_nickname_is_one_of_a_kind_in_its_group(begin, group) -> None:
    with begin() as work:
        (code,) = codes_for(work, group)
        a_youth(work, group, "Stille Otter")
    with pytest.raises(InvalidError) as refused, begin() as work:
        newcomer(work, code, "stílle  OTTER")
    assert refused.value.errors == {"alias": "alias_taken"}
    with begin() as work:
        assert newcomer(work, code, "Stille Vos")


FULL_NAMES = [
    "Piet Jansen",
    "PietJansen",
    "Piet-Jansen",
    "pietjansen",
    "PIET JANSEN",
    "Jansen Piet",
    "jansenpiet",
    "Wesley Kok",
    "Chantal Koster",
    "Kaylee Smit",
    "Shanice Lopes",
    "Priya Sharma",
    "Ömer Yilmaz",
    "Ömer Yıldız",
    "Can Yildiz",
    "Aylin Kaya",
    "Wei Chen",
    "Chen Wei",
    "Katarzyna Kowalska",
    "Łukasz Nowak",
    "Rojda Demir",
    "Soufiane El Idrissi",
    "Minh Nguyen",
    "Yonas Tesfay",
    "Truus Kwibbeltje",
    "Kaylee Zwiebelstra",
    "Roos Bos",
    "Grzegorz Brzeczyk",
    "Anna-Maria",
    "Fadumo Warsame",
    "Rik de Boer",
    "Dijkstra Zzz",
    "Mohammed Bouali",
    "Zeynep Çelik",
    "Nguyen Anh",
    "Oliwia Wójcik",
    "Delano Kromosoeto",
    "Shivam Bihari",
    "Merel Smit",
    "Xander Vrolijk",
]
RISKY = [
    "Overdosis",
    "Scheermes",
    "Scheermesje",
    "Razor Blade",
    "Strop",
    "Snij",
    "Snijwolf",
    "SnijWolf",
    "Purge",
    "Purging",
    "Braken",
    "Kotsen",
    "Bodycheck",
    "Skelet",
    "Bones",
    "Doodmoe",
    "Spring Trein",
    "SpringTrein",
    "Caloriearm",
    "Calorievrij",
    "De Kotser",
    "Honger",
    "Lege Pillen",
    "Uithongeren",
    "Botjes",
    "Botje",
    "KMS",
    "Snap me",
    "Insta Otter",
]
LIKE_STAFF = [
    "Team",
    "Het Team",
    "Teamleider",
    "Crisisdienst",
    "Mod",
    "De Mod",
    "Clinician",
    "Support",
    "Helpdesk",
    "Plek",
    "Veilige Plek",
    "Jeugdzorg",
    "Hulpdienst",
    "GGZ",
]
NUMBERS = [
    "Otter veertien",
    "Zeventienjarige",
    "veertig",
    "Achtien",
    "OtterVeertien",
    "Otterzestien",
    "Otter-zeventien",
    "Negentienjarig",
    "Eenentwintig",
    "Tweeëntwintig",
    "Twintiger",
    "Zeven Tien",
    "De Acht",
    "Otter Sixteen",
    "Seventeen",
    "Seventeenish",
    "Twenty One",
    "Twentytwo",
    "Almost Eighteen",
    "Tachtigplus",
    "XVII",
    "Otter xvi",
    "Otter XIV",
    "MMVIII",
]
# Suggestions that were once read as mistyped, or as other words glued together.
SUGGESTED = ("ActieveStokstaart", "Blije Ster", "Kalme Eend", "FluisterendeHommel", "LeergierigeIbis", "Wijze Varen")
HARMLESS = [
    "Katachtig",
    "Duizendpoot",
    "Prachtige Otter",
    "Zesde Zintuig",
    "Elf",
    "Achterom",
    "Vierkant",
    "Zevenslaper",
    "Tiende Noot",
    "Some One",
    "Stille Otter",
    "Praktische Mees",
    "Banaan",
    "BlijeVos",
    "Kilometer",
    "Zoë",
    "D'Artagnan",
    "Maan-kind",
    "De Rode Vos",
    "Vossenbes",
    "De Otter",
    "Roos",
    "Iris",
    "Blauwe Iris",
    "Noor",
    "Vrolijke Roos",
    "Zwarte Kat",
    "Slimmer",
    "Stropdas",
    "Lost Star",
    "Night Owl",
    "Kleine Beer",
    "Dromerige Draak",
    "Rode Bosbes",
    "Zonnebloempje",
    "Regenboogvis",
    "Stoere Bakker",
    "Doodgewoon",
    "Happy Penguin",
    "De Stille Vis",
    "Sneeuwvlok",
    "Steam",
    "Koffie Verkeerd",
    "Mix",
    "Liv",
    "Vrolijke Xander",
    "Snelle Vos",
]


@pytest.mark.parametrize(
    ("alias", "code"),
    [
        *((alias, "alias_full_name") for alias in FULL_NAMES),
        *((alias, "alias_unsuitable") for alias in RISKY),
        *((alias, "alias_staff") for alias in LIKE_STAFF),
        *((alias, "alias_numbers") for alias in NUMBERS),
        ("", "alias_short"),
        ("x", "alias_short"),
        ("\u200b\u200b\u200b", "alias_short"),
        ("--", "alias_short"),
        ("De allerlangste otter van de rivier", "alias_long"),
        ("x" * 3000, "alias_long"),
        ("Otter 2009", "alias_letters"),
        ("otter@post", "alias_letters"),
        ("Оттер", "alias_letters"),
        ("Een heel stille otter", "alias_words"),
        ("Behandelaar Esra", "alias_staff"),
        ("De Psycholoog", "alias_staff"),
        ("Mod-erator", "alias_staff"),
        ("Noor de Vries", "alias_full_name"),
        ("Emma Jansen", "alias_full_name"),
        ("Piet van Dam", "alias_full_name"),
        ("Bakker Lotte", "alias_full_name"),
        ("Iris Jansen", "alias_full_name"),
        ("JanJansen", "alias_full_name"),
        ("Jan-Jansen", "alias_full_name"),
        ("De BakkerLotte", "alias_full_name"),
        ("Kilo kwijt", "alias_unsuitable"),
        ("Twee kilo's", "alias_unsuitable"),
        ("MijnDieet", "alias_unsuitable"),
        ("Ana", "alias_unsuitable"),
        ("pro-ana", "alias_unsuitable"),
        ("Thinspo Koala", "alias_unsuitable"),
    ],
)
def test_what_a_nickname_may_not_be(settings, alias, code) -> None:
    assert refused_alias(settings.config_dir, alias) == code


def test_the_risk_engine_has_a_say_in_nicknames(settings) -> None:
    assert refused_alias(settings.config_dir, "Grijze Mist", lambda text: "mist" in text.lower()) == "alias_unsuitable"


@pytest.mark.parametrize("alias", HARMLESS)
def test_harmless_nicknames_are_fine(settings, alias) -> None:
    assert accept_alias(settings.config_dir, alias, is_risky=harmless) == alias


def test_single_red_words_of_the_risk_engine_are_refused(settings) -> None:
    risky = partial(is_risky, settings)
    for alias in (
        "Discord",
        "De Sletten",
        "Krassen",
        "SnijdenOtter",
        "Anabuddy",
        "Tips Purge",
        "AfscheidsBrief",
        "KMS",
        "Snap me",
    ):
        with pytest.raises(InvalidError) as refused:
            accept_alias(settings.config_dir, alias, is_risky=risky)
        assert refused.value.errors == {"alias": "alias_unsuitable"}
    for alias in (*HARMLESS, *SUGGESTED, "Trotse Lesbienne", "Moslima"):
        assert accept_alias(settings.config_dir, alias, is_risky=risky) == alias


@given(st.data())
@hypothesis.settings(
    max_examples=150, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
def test_whatever_is_suggested_is_accepted_as_it_is_typed(settings, data) -> None:
    words = alias_words(settings.config_dir)
    adjective, noun = data.draw(st.sampled_from(words.adjectives)), data.draw(st.sampled_from(words.nouns))
    assume(len(adjective) + len(noun) < 24)
    for alias in (f"{adjective} {noun}", f"{adjective.lower()} {noun.lower()}", f"{adjective}{noun}", noun, adjective):
        assert accept_alias(settings.config_dir, alias, is_risky=partial(is_risky, settings)) == alias


def test_every_suggestion_would_be_accepted(begin, group, settings) -> None:
    words = alias_words(settings.config_dir)
    for adjective in words.adjectives:
        accept_alias(settings.config_dir, f"{adjective} Bij", is_risky=harmless)
    for noun in words.nouns:
        accept_alias(settings.config_dir, f"Blije {noun}", is_risky=harmless)
    with begin() as work:
        made = suggest(work, group.id)
        assert len(set(made)) == 6
        assert all(len(alias) <= 24 for alias in made)
        assert check_alias(work, group.id, made[0], is_risky=harmless) == made[0]


@pytest.fixture
def shared(engine, tmp_path, settings, keys):
    with many_writers(engine, tmp_path, settings, keys, NOON) as begin:
        with begin() as work:
            group = a_group(work, a_location(work))
        yield begin, group


def test_32_hands_on_one_code_make_one_place(shared) -> None:
    begin, group = shared
    with begin() as work:
        (code,) = codes_for(work, group)
        invitation = find_invitation(work, code).invitation_id
        suggestions = [*suggest(work, group.id, 16), *(f"Otter {chr(97 + at)}x" for at in range(16))]

    def attempt(alias: str) -> str:
        try:
            with begin() as work:
                made = credentials(work)
                join_as_newcomer(work, invitation, made, alias=alias, language="nl", is_risky=harmless)
        except InvalidError as error:
            return error.errors["code"]
        return "joined"

    with ThreadPoolExecutor(32) as pool:
        outcomes = list(pool.map(attempt, suggestions))
    assert sorted(set(outcomes)) == ["code_used", "joined"]
    assert outcomes.count("joined") == 1
    with begin() as work:
        assert len(work.session.scalars(select(Membership)).all()) == 1
        assert len(work.session.scalars(select(Account).where(Account.recovery_hash == "r")).all()) == 1


def test_two_who_want_one_nickname_at_once_are_told_in_words(shared) -> None:
    begin, group = shared
    with begin() as work:
        codes = codes_for(work, group, 8)

    def attempt(code: str) -> str:
        try:
            with begin() as work:
                newcomer(work, code, "Stille Otter")
        except InvalidError as error:
            return error.errors["alias"]
        return "joined"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, codes))
    assert outcomes.count("joined") == 1
    assert outcomes.count("alias_taken") == 7
    with begin() as work:
        still_open = [code for code in codes if _is_open(work, code)]
    assert len(still_open) == 7


def _is_open(work, code: str) -> bool:
    try:
        find_invitation(work, code)
    except InvalidError:
        return False
    return True


def test_a_safety_contact_is_sealed_and_can_be_taken_back(begin, group) -> None:
    with begin() as work:
        noor = a_youth(work, group)
        sem = a_youth(work, a_group(work, group.location, "Autisme en gamen"), "Rode Vos")
        assert [place.given for place in own_places(work, noor)] == [False]
        keep_safety_contact(work, noor, group.id, "tante Lies, 06-00000000")
    with begin() as work:
        assert [place.given for place in own_places(work, noor)] == [True]
        assert [place.group_name for place in own_places(work, sem)] == ["Autisme en gamen"]
        membership = work.session.scalars(select(Membership).where(Membership.group_id == group.id)).one()
        assert b"Lies" not in membership.safety_contact
    with pytest.raises(NotFoundError), begin() as work:
        keep_safety_contact(work, sem, group.id, "iemand anders, 06-00000000")
    for typed, code in (("  ", "contact_empty"), ("mama", "contact_number"), ("mama, 112", "contact_number")):
        with pytest.raises(InvalidError) as refused, begin() as work:
            keep_safety_contact(work, noor, group.id, typed)
        assert refused.value.errors == {"safety_contact": code}
    with pytest.raises(NotFoundError), begin() as work:
        remove_safety_contact(work, sem, group.id)
    with begin() as work:
        assert [place.given for place in own_places(work, noor)] == [True]
        remove_safety_contact(work, noor, group.id)
        assert [place.given for place in own_places(work, noor)] == [False]


def test_the_clinic_s_texts_are_complete(settings) -> None:
    intro = introduction(settings.config_dir)
    assert [option.right for option in intro.options].count(True) == 1
    assert intro.answer("two_in_danger").right
    assert {consent.key for consent in intro.consents if consent.required} >= {"house_rules", "anonymity"}
    assert intro.anonymity.title.said_in("en") != intro.anonymity.title.said_in("nl")
    assert len(house_rules(settings.config_dir).rules) == 10


def test_a_missing_text_stops_the_start(tmp_path) -> None:
    (tmp_path / "house_rules.toml").write_text('version = "1"\n[[rule]]\nnumber = 1\n')
    with pytest.raises(SettingsInvalidError, match="title_nl"):
        house_rules(tmp_path)
    with pytest.raises(SettingsInvalidError):
        introduction(tmp_path)
    (tmp_path / "privacy.toml").write_text('version = "1"\n')
    with pytest.raises(SettingsInvalidError):
        privacy(tmp_path)
