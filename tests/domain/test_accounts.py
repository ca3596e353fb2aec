"""Signing in, recovering and the second factor: one answer for every wrong guess, every code once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from at_once import many_writers
from builders import NOON
from sqlalchemy import select

from safespace.accounts import codes, passphrases
from safespace.accounts.credentials import hash_secret, holds, outdated
from safespace.accounts.models import Account, AccountSession
from safespace.accounts.registration import Credentials, create_youth, free_name
from safespace.accounts.second_factor import enrolment, prove
from safespace.accounts.sessions import find_session
from safespace.accounts.signing_in import (
    change_passphrase,
    find_passphrase,
    find_recovery,
    recover,
    recovery_secret,
    sign_in,
)
from safespace.kernel.refusals import InvalidError
from safespace.policy.roles import AccountKind
from safespace.settings import SettingsInvalidError

WORDS = "fiets lamp rivier stoel maan"
CODE = "ABCD-EFGH-JKMN-PQRS-TVWX"


@pytest.fixture
def shared_begin(engine, tmp_path, settings, keys):
    with many_writers(engine, tmp_path, settings, keys, NOON) as begin:
        yield begin


@pytest.fixture
def noor(begin, settings) -> Account:
    """A youth who signs in as noor-test."""
    credentials = Credentials(
        sign_in_name="noor-test-42",
        passphrase_hash=hash_secret(settings, WORDS),
        recovery_hash=hash_secret(settings, recovery_secret(CODE)),
    )
    with begin() as work:
        return create_youth(work, credentials)


@pytest.fixture
def esra(begin, settings) -> Account:
    """A clinician who never showed a second factor."""
    with begin() as work:
        account = create_youth(
            work,
            Credentials(sign_in_name="esra test", passphrase_hash=hash_secret(settings, WORDS), recovery_hash=""),
        )
        account.kind = AccountKind.STAFF
        return account


def signed_in(begin, settings, name: str, words: str = WORDS, **options) -> str | None:
    with begin() as work:
        proof = find_passphrase(work, name)
    shown = proof.shown_by(settings, words)
    if shown is None:
        return None
    with begin() as work:
        return sign_in(work, shown, **options)


def session_of(begin, settings, token: str, now=NOON):
    with begin() as work:
        return find_session(work.session, settings, token, now)


@pytest.mark.parametrize("typed", ["noor-test-42", "Noor Test 42", "noortest42", "NOOR.TEST.42"])
def test_noor_signs_in_however_she_types_her_name(begin, settings, noor, typed) -> None:
    token = signed_in(begin, settings, typed)
    assert session_of(begin, settings, token).account_id == noor.id


@pytest.mark.usefixtures("noor")
def test_no_wrong_guess_opens_a_session(begin, settings) -> None:
    assert signed_in(begin, settings, "noor-test-42", "fiets lamp rivier stoel zon") is None
    assert signed_in(begin, settings, "nobody-at-all-11") is None
    with begin() as work:
        assert work.session.scalars(select(AccountSession)).all() == []


def test_unknown_wrong_and_disabled_cost_the_same_work(begin, settings, noor, monkeypatch) -> None:
    done: list[str] = []
    real = holds
    monkeypatch.setattr(
        "safespace.accounts.signing_in.holds", lambda s, stored, secret: done.append("once") or real(s, stored, secret)
    )
    for name in ("noor-test-42", "nobody-at-all-11"):
        assert signed_in(begin, settings, name, "not these words at all") is None
    with begin() as work:
        work.session.get(Account, noor.id).disabled_at = NOON
    assert signed_in(begin, settings, "noor-test-42") is None
    assert done == ["once"] * 3


@pytest.mark.usefixtures("noor")
def test_a_new_session_ends_the_one_this_browser_had(begin, settings) -> None:
    first = signed_in(begin, settings, "noor-test-42")
    old = session_of(begin, settings, first)
    second = signed_in(begin, settings, "noor-test-42", replacing=old.session_id)
    assert first != second
    assert session_of(begin, settings, first) is None
    assert session_of(begin, settings, second) is not None


@pytest.mark.usefixtures("noor")
def test_a_session_idles_out_and_has_an_end(begin, settings) -> None:
    token = signed_in(begin, settings, "noor-test-42")
    assert session_of(begin, settings, token, NOON + timedelta(minutes=29)) is not None
    assert session_of(begin, settings, token, NOON + timedelta(minutes=31)) is None


def test_a_hash_of_other_costs_is_renewed_at_sign_in(begin, settings, noor) -> None:
    with begin() as work:
        dearer = type(settings)(**{**settings.__dict__, "argon2_time": 2})
        shown = find_passphrase(work, "noor-test-42").shown_by(dearer, WORDS)
        assert sign_in(work, shown) is not None
    with begin() as work:
        stored = work.session.get(Account, noor.id).passphrase_hash
    assert stored.startswith("$argon2id$")
    assert not outdated(dearer, stored)
    assert holds(dearer, stored, WORDS)


@pytest.mark.usefixtures("noor")
def test_recovery_ends_all_sessions_and_spends_the_code(begin, settings) -> None:
    token = signed_in(begin, settings, "noor-test-42")
    with begin() as work:
        proof = find_recovery(work, "noor-test-42").shown_by(settings, recovery_secret("abcd efgh jkmn pqrs tvwx"))
        other = find_recovery(work, "noor-test-42")
        new = {"passphrase_hash": hash_secret(settings, "x" * 20), "recovery_hash": hash_secret(settings, "other")}
        recover(work, proof, **new)
        with pytest.raises(InvalidError):
            recover(work, other, **new)
    assert session_of(begin, settings, token) is None
    assert signed_in(begin, settings, "noor-test-42") is None
    assert signed_in(begin, settings, "noor-test-42", "x" * 20)


def test_recovery_of_staff_leaves_the_second_factor(begin, settings, esra) -> None:
    signed_in(begin, settings, "esra test")
    with begin() as work:
        account = work.session.get(Account, esra.id)
        account.recovery_hash = hash_secret(settings, recovery_secret(CODE))
        secret = work.unseal(account, "totp_secret")
    with begin() as work:
        proof = find_recovery(work, "esra test").shown_by(settings, recovery_secret(CODE))
        recover(work, proof, passphrase_hash=hash_secret(settings, "y" * 20), recovery_hash="")
    token = signed_in(begin, settings, "esra test", "y" * 20)
    assert not session_of(begin, settings, token).proven
    with begin() as work:
        assert work.unseal(work.session.get(Account, esra.id), "totp_secret") == secret


@pytest.mark.usefixtures("noor")
def test_another_passphrase_ends_the_other_browsers_only(begin, settings) -> None:
    here, there = (signed_in(begin, settings, "noor-test-42") for _ in range(2))
    keep = session_of(begin, settings, here).session_id
    with begin() as work:
        proof = find_passphrase(work, "noor-test-42")
        change_passphrase(work, proof, passphrase_hash="new", keep=keep)
        with pytest.raises(InvalidError):
            change_passphrase(work, proof, passphrase_hash="newer", keep=keep)
    assert session_of(begin, settings, here) is not None
    assert session_of(begin, settings, there) is None


def test_staff_is_proven_by_a_code_once(begin, settings, esra) -> None:
    token = signed_in(begin, settings, "esra test")
    session = session_of(begin, settings, token)
    assert not session.proven
    with begin() as work:
        app = enrolment(work, esra.id)
        assert app.secret in app.address
        assert "esra" in app.address
    code = pyotp.TOTP(app.secret).at(NOON)
    with begin() as work:
        proven = prove(work, esra.id, session.session_id, f"{code[:3]} {code[3:]}")
    assert session_of(begin, settings, token) is None
    assert session_of(begin, settings, proven).proven
    again = session_of(begin, settings, signed_in(begin, settings, "esra test"))
    with begin() as work:
        assert enrolment(work, esra.id) is None
    with pytest.raises(InvalidError) as refused, begin() as work:
        prove(work, esra.id, again.session_id, code)
    assert refused.value.errors == {"totp": "totp_used"}


@pytest.mark.parametrize("code", ["", "000000x", "12345", "１２３４５６", "abcdef", "9" * 40])
def test_what_is_no_code_of_now_is_refused(begin, settings, esra, code) -> None:
    session = session_of(begin, settings, signed_in(begin, settings, "esra test"))
    with pytest.raises(InvalidError) as refused, begin() as work:
        prove(work, esra.id, session.session_id, code)
    assert refused.value.errors == {"totp": "totp_wrong"}


def test_an_older_code_is_refused_after_a_newer_one(begin, settings, esra) -> None:
    session = session_of(begin, settings, signed_in(begin, settings, "esra test"))
    with begin() as work:
        totp = pyotp.TOTP(enrolment(work, esra.id).secret)
        prove(work, esra.id, session.session_id, totp.at(NOON + timedelta(seconds=30)))
    with pytest.raises(InvalidError), begin() as work:
        prove(work, esra.id, session.session_id, totp.at(NOON))
    with pytest.raises(InvalidError), begin() as work:
        prove(work, esra.id, session.session_id, totp.at(NOON - timedelta(seconds=90)))


def test_eight_browsers_with_one_code_at_once_let_one_in(shared_begin, settings) -> None:
    with shared_begin() as work:
        account = create_youth(
            work,
            Credentials(sign_in_name="esra test", passphrase_hash=hash_secret(settings, WORDS), recovery_hash=""),
        )
        account.kind = AccountKind.STAFF
    session = session_of(shared_begin, settings, signed_in(shared_begin, settings, "esra test"))
    with shared_begin() as work:
        code = pyotp.TOTP(enrolment(work, account.id).secret).at(NOON)

    def attempt(_: int) -> bool:
        try:
            with shared_begin() as work:
                prove(work, account.id, session.session_id, code)
        except InvalidError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_a_made_passphrase_is_five_words_and_always_good_enough(settings) -> None:
    for _ in range(50):
        made = passphrases.new_passphrase(settings)
        assert len(made.split()) == 5
        assert passphrases.accept_passphrase(settings, made) == made


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("kort", "passphrase_short"),
        ("           a", "passphrase_short"),
        ("x" * 129, "passphrase_long"),
        ("wachtwoord123", "passphrase_common"),
        ("aaaaaaaaaaaaaaaa", "passphrase_common"),
        ("Noorderlicht2026", "passphrase_common"),
        ("noor-test-42noor", "passphrase_common"),
        ("welkomwelkom", "passphrase_common"),
        ("plekplekplek", "passphrase_common"),
        ("welkom welkom", "passphrase_common"),
        ("password password", "passphrase_common"),
        ("123456 123456", "passphrase_common"),
        ("1 2 3 4 5 6 7", "passphrase_common"),
        ("qwerty qwerty", "passphrase_common"),
        ("q w e r t y u i o p", "passphrase_common"),
        ("Geheim, geheim!", "passphrase_common"),
        ("hallo hallo hallo", "passphrase_common"),
        ("appelmoestaart appelmoestaart", "passphrase_common"),
        ("12 december 2008", "passphrase_common"),
        ("geboren op 12-12-2008", "passphrase_common"),
        ("06 12345678 06", "passphrase_common"),
        ("ditismijnwachtwoord", "passphrase_common"),
        ("Dit is mijn wachtwoord 2026!", "passphrase_common"),
        ("ik hou van mama", "passphrase_common"),
        ("een twee drie vier", "passphrase_common"),
        ("maandag dinsdag woensdag", "passphrase_common"),
    ],
)
def test_a_weak_passphrase_is_refused_with_its_reason(settings, words, code) -> None:
    with pytest.raises(InvalidError) as refused:
        passphrases.accept_passphrase(settings, words, context=("Noorderlicht", "noor-test-42"))
    assert refused.value.errors == {"passphrase": code}


@pytest.mark.parametrize(
    "words",
    [
        "mijn kat eet graag tompoes",
        "ééé zomaar iets",
        "qq-9f!Kd02mWxz",
        "vier woorden van thuis vandaag",
        "vier woorden van noor",
        "zeven rustige otters zwemmen",
        "de trein naar mijn school is paars",
        "regenboog fiets banaan",
    ],
)
def test_any_kind_of_strong_passphrase_is_fine(settings, words) -> None:
    assert passphrases.accept_passphrase(settings, words) == words


def test_a_short_word_list_stops_the_start(tmp_path) -> None:
    (tmp_path / "passphrase_words.txt").write_text("aap\nnoot\nmies\n")
    with pytest.raises(SettingsInvalidError):
        passphrases.word_list(tmp_path / "passphrase_words.txt")


def test_a_private_name_is_free_and_says_nothing(begin) -> None:
    with begin() as work:
        assert len({free_name(work) for _ in range(20)}) > 15


def test_codes_are_read_as_people_type_them() -> None:
    code = codes.new_code(12)
    plain = code.replace("-", "")
    assert len(code) == 14
    assert codes.readings(code.lower(), 12) == [plain]
    assert codes.readings(f"  {code.replace('-', ' ')} ", 12) == [plain]
    assert "QBCDEFGHJKMN" in codes.readings("0BCD EFGH JKMN", 12)
    assert "DBCDEFGHJKMN" in codes.readings("OBCD-EFGH-JKMN", 12)
    assert codes.readings("000000000000", 12) == []
    assert codes.readings("ABCD", 12) == []
    assert codes.readings("ABCD-EFGH-JKM%", 12) == []
