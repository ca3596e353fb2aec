"""The rules on screen: the list with its hits, a proposal with what it does, agreement, and the text for its owner."""

from dataclasses import replace
from html import unescape
from uuid import uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select

from safespace.host import limits
from safespace.moderation import hits
from safespace.moderation.assessing import engine
from safespace.moderation.risk.rules import Lowering
from safespace.moderation.rule_models import RuleProposal

HITS = "minder dan 10"
FORM = {
    "kind": "new",
    "name": "PEST.DROP",
    "category": "bullying",
    "severity": "medium",
    "reason_nl": "Scheldt iemand uit met snoep.",
    "reason_en": "Calls somebody a sweet.",
    "patterns": "(jij|je) bent ~1 een dropsliert",
    "hit": "jij bent echt een dropsliert",
    "miss": "ik eet graag drop",
    "why": "Dit hoorden we deze maand vaker.",
}


# What a rule says of each kind of part that holds it back, and which parts those are.
GUARDS = (
    (lambda rule: rule.guards_over, "over de gevonden woorden heen staat"),
    (lambda rule: rule.guards_near, "als een van deze bouwstenen in dezelfde zin staat"),
    (lambda rule: rule.composition and rule.composition.without, "in dezelfde zin staat of"),
    (lambda rule: rule.eased_by, "Weegt één niveau lichter als een van deze bouwstenen"),
)


def guards_of(person, name: str) -> str:
    page = unescape(person.get(f"/voorsortering/regels/{name}").text)
    _, there, rest = page.partition('id="guards"')
    return rest.partition('id="examples"')[0] if there else ""


@pytest.fixture
def team(begin):
    with begin() as work:
        location = a_location(work)
        group = a_group(work, location)
        return {
            "place": location.id,
            "group": group,
            "esra": a_clinician(work, location, "Esra"),
            "jeroen": a_clinician(work, location, "Jeroen"),
            "karin": an_administrator(work, location),
            "noor": a_youth(work, group),
        }


@pytest.fixture
def esra(signed_in, team):
    return signed_in(team["esra"])


def sent(browser, **fields):
    return browser.post("/voorsortering/voorstellen/nieuw", data=FORM | {"form_key": str(uuid4())} | fields)


def test_every_rule_is_on_some_page_of_the_list_with_its_level_file_and_version(settings, esra) -> None:
    rules = engine(settings).ruleset
    seen, address = "", "/voorsortering/regels"
    while address:
        page = esra.get(address)
        assert page.status_code == 200
        seen += page.text
        _, _, rest = page.text.partition('rel="next" href="')
        address = unescape(rest.partition('"')[0])
    for rule in rules.rules:
        assert f">{rule.name}</a>" in seen
        assert rule.place in seen
    holding = {rules.files[rule.place.partition(":")[0]] for rule in rules.rules}
    assert holding <= {part for part in seen.replace("<", " ").split() if part[:2] == "20"}


def test_the_list_is_filtered_by_subject_and_level(settings, esra) -> None:
    page = esra.get("/voorsortering/regels?onderwerp=personal_data&ernst=medium").text
    assert "PII.PHONE" in page
    assert "SUI." not in page
    assert esra.get("/voorsortering/regels?onderwerp=onzin&ernst=x&vanaf=-4").status_code == 200


def test_hits_below_ten_are_not_told(begin, team, esra) -> None:
    with begin() as work:
        found = engine(work.settings).assess("mijn nummer is 06-00000000")
        for _ in range(9):
            hits.count(work, team["place"], found, work.now)
    assert f"op jouw locaties</dt><dd>{HITS}" in esra.get("/voorsortering/regels/PII.PHONE").text
    with begin() as work:
        hits.count(work, team["place"], found, work.now)
    assert "op jouw locaties</dt><dd>10" in esra.get("/voorsortering/regels/PII.PHONE").text
    assert f"op jouw locaties</dt><dd>{HITS}" in esra.get("/voorsortering/regels/PII.MAIL").text


def test_one_rule_shows_how_it_looks_in_both_languages(esra) -> None:
    assert "apenstaartje" in esra.get("/voorsortering/regels/PII.MAIL.SPELLED").text
    blocks = esra.get("/voorsortering/regels/SH.SELF").text
    assert "hurt_self" in blocks
    assert "Writes about hurting" in blocks
    assert esra.get("/voorsortering/regels/ER.IS.GEEN").status_code == 404


def test_one_rule_shows_what_holds_it_back_and_what_makes_it_lighter(begin, esra) -> None:
    with begin() as work:
        ruleset = engine(work.settings).ruleset
    for kind, said in GUARDS:
        one = next(rule for rule in ruleset.rules if kind(rule))
        shown = guards_of(esra, one.name)
        assert said in shown
        for name in kind(one):
            assert f"<span>{name} (" in shown
    free = next(rule for rule in ruleset.rules if rule.detector and not any(kind(rule) for kind, _ in GUARDS))
    assert guards_of(esra, free.name) == ""
    lighter = next(rule for rule in ruleset.rules if rule.lowered_by == {Lowering.NEGATION, Lowering.QUOTATION})
    shown = guards_of(esra, lighter.name)
    assert "Er staat een ontkenning bij." in shown
    assert "Het staat als citaat." in shown
    assert "Het gaat over vroeger." not in shown
    replacing = next(rule for rule in ruleset.rules if rule.replaces)
    assert f'">{replacing.replaces[0]}</a>' in guards_of(esra, replacing.name)
    assert f'">{replacing.name}</a>' in guards_of(esra, replacing.replaces[0])
    lightening = next(rule for rule in ruleset.rules if rule.lightens)
    assert f'">{lightening.lightens[0]}</a>' in guards_of(esra, lightening.name)
    assert f'">{lightening.name}</a>' in guards_of(esra, lightening.lightens[0])
    esra.set_cookie("taal", "en")
    assert "A negation stands beside it." in guards_of(esra, lighter.name)
    assert "Weighs one level less" in guards_of(esra, lighter.name)


def test_a_rule_that_wants_its_words_exactly_says_so(begin, esra, monkeypatch) -> None:
    exactly = "een tikfout of een verhulde spelling vindt deze regel niet"
    assert exactly not in esra.get("/voorsortering/regels/PII.MAIL.SPELLED").text
    with begin() as work:
        own = engine(work.settings)
    changed = own.with_rules(replace(rule, exact=True) for rule in own.ruleset.rules)
    monkeypatch.setattr("safespace.moderation.assessing.engine", lambda _: changed)
    assert exactly in esra.get("/voorsortering/regels/PII.MAIL.SPELLED").text


def test_who_keeps_trying_is_slowed_down_and_keeps_the_words(app, settings, esra) -> None:
    limits.init_app(app, replace(settings, rule_tries="1 per hour"))
    assert sent(esra, miss="jij bent echt een dropsliert").status_code == 422
    refused = sent(esra)
    assert refused.status_code == 429
    assert FORM["why"] in unescape(refused.text)


def test_a_proposal_is_tried_and_shows_what_it_does(begin, team, esra, signed_in) -> None:
    answer = sent(esra)
    assert answer.status_code == 303
    page = esra.get(answer.location).text
    assert "jij bent echt een dropsliert" in page
    assert "severity--none" in page
    assert "severity--medium" in page
    assert "0 van 1 akkoord" in page
    assert "Een collega geeft akkoord." in page
    assert esra.get(f"{answer.location}/tekst").status_code == 404
    with begin() as work:
        version = work.session.scalars(select(RuleProposal.version)).one()
    assert esra.post(f"{answer.location}/akkoord", data={"version": version}).status_code == 409
    jeroen = signed_in(team["jeroen"])
    agreed = jeroen.post(f"{answer.location}/akkoord", data={"version": version}, follow_redirects=True).text
    assert "Dit werkt nog niet." in agreed
    assert "- id: PEST.DROP" in agreed
    text = jeroen.get(f"{answer.location}/tekst")
    assert text.headers["Content-Disposition"] == 'attachment; filename="pest.drop.yaml"'
    assert 'nl: ["(jij|je) bent ~1 een dropsliert"]' in text.text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("patterns", "goed\n(jij|je bent dom", "Regel 2: Hier opent een haakje dat nergens sluit."),
        ("patterns", "jij bent) dom", "Regel 1: Hier sluit een haakje dat nergens opent."),
        ("patterns", "jij <watisdit> dom", "Regel 1: Deze lijst tussen < en > bestaat niet."),
        ("patterns", "(jij)?", "Regel 1: Dit patroon past op een lege tekst."),
        ("patterns", "jij ~9 dom", "Regel 1: Een gat van meer dan drie woorden kan niet."),
        ("patterns", "jij (|dom)", "Regel 1: Een van de mogelijkheden is leeg."),
        ("patterns", "? dom", "Regel 1: Hier staat een los teken"),
        ("hit", "dit vindt hij niet", "Regel 1: De regel vindt dit voorbeeld niet."),
        ("miss", "jij bent een dropsliert", "Regel 1: De regel vindt dit voorbeeld wel"),
        ("hit", "wat is de makkelijkste manier om te sterven", "Regel 1: Hier staat hoe iemand zichzelf iets kan"),
        ("patterns", "(wat|hoe) is de (makkelijkste)? manier om te sterven", "Regel 1: Hier staat hoe iemand"),
        ("why", "wat is de makkelijkste manier om te sterven", "Hier staat hoe iemand zichzelf iets kan"),
        ("name", "pest", "Schrijf de naam als GROEP.NAAM"),
        ("name", "PII.PHONE", "Deze regel bestaat al."),
        ("severity", "none", "Kies één van de mogelijkheden."),
        ("reason_en", "", "Hier staat nog niets."),
        ("patterns", "\n".join(f"woord{n}" for n in range(41)), "Zet hier hoogstens 40 regels neer."),
        ("patterns", "", "Vul dit aan."),
        ("hit", "", "Vul dit aan."),
        ("kind", "iets", "Kies één van de mogelijkheden."),
    ],
)
def test_what_is_wrong_is_said_in_words_and_every_text_is_kept(esra, field, typed, said) -> None:
    refused = sent(esra, **{field: typed})
    page = unescape(refused.text)
    assert refused.status_code == 422
    assert said in page
    for name, text in (FORM | {field: typed}).items():
        if name != "kind":
            assert text.replace("\n", "") in page.replace("\n", "") or name == "severity"


def test_the_words_are_english_in_english(esra) -> None:
    esra.set_cookie("taal", "en")
    refused = sent(esra, patterns="(jij bent dom")
    assert "Line 1: A bracket opens here that is never closed." in refused.text


def test_a_change_begins_with_what_the_rule_says_now_and_needs_two_when_it_is_high(
    begin, team, esra, signed_in
) -> None:
    page = esra.get("/voorsortering/voorstellen/nieuw?soort=change&regel=SH.SELF").text
    assert "ik kan niet zonder zelfbeschadiging" in page
    with begin() as work:
        before = engine(work.settings).ruleset
    rule = next(rule for rule in before.rules if rule.name == "SH.SELF")
    answer = sent(
        esra,
        kind="change",
        name="SH.SELF",
        category="self_harm",
        severity="medium",
        reason_nl=rule.reason.nl,
        reason_en=rule.reason.en,
        patterns="",
        hit="\n".join(rule.examples.hit),
        miss="\n".join(rule.examples.miss),
    )
    shown = esra.get(answer.location).text
    assert "0 van 2 akkoord" in shown
    assert "Wat er verandert" in shown
    assert "Takes the place of" not in shown
    jeroen = signed_in(team["jeroen"])
    told = jeroen.post(f"{answer.location}/akkoord", data={"version": 1}, follow_redirects=True).text
    assert "Nog één andere collega kijkt mee." in told
    assert "Je gaf hier al akkoord voor." in told
    assert jeroen.post(f"{answer.location}/akkoord", data={"version": 2}).status_code == 409


def test_a_removal_asks_only_why_and_a_proposal_can_be_let_go_with_a_reason(team, esra, signed_in) -> None:
    page = esra.get("/voorsortering/voorstellen/nieuw?soort=remove&regel=PII.MAIL.SPELLED").text
    assert 'name="patterns"' not in page
    answer = sent(esra, kind="remove", name="PII.MAIL.SPELLED")
    assert "Deze regel zou verdwijnen." in esra.get(answer.location).text
    jeroen = signed_in(team["jeroen"])
    empty = jeroen.post(f"{answer.location}/laten-vallen", data={"version": 1, "closing_note": ""})
    assert empty.status_code == 422
    let_go = jeroen.post(
        f"{answer.location}/laten-vallen",
        data={"version": 1, "closing_note": "Hij vindt nog elke week iets."},
        follow_redirects=True,
    ).text
    assert "Hij vindt nog elke week iets." in let_go
    assert "laten vallen" in jeroen.get("/voorsortering/voorstellen").text


def test_a_form_that_is_sent_twice_counts_once(begin, esra) -> None:
    key = str(uuid4())
    assert sent(esra, form_key=key).location == sent(esra, form_key=key).location
    with begin() as work:
        assert len(work.session.scalars(select(RuleProposal)).all()) == 1


@pytest.mark.parametrize("who", ["karin", "noor"])
def test_only_clinicians_see_rules_and_proposals(team, signed_in, who) -> None:
    browser = signed_in(team[who])
    for path in ("regels", "regels/PII.PHONE", "voorstellen", "voorstellen/nieuw"):
        assert browser.get(f"/voorsortering/{path}").status_code == 404
    assert sent(browser).status_code == 404
    if who == "karin":
        assert "/voorsortering/regels" not in browser.get("/voorsortering").text
