"""Proposing a change of the rules: the form, what it does, agreeing with it, the text for the owner of the files."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from safespace.host import limits
from safespace.host.hashing import in_pool
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.moderation import assessing, proposals, rulebook
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.risk.drafting import Draft, DraftKind, draft_of
from safespace.moderation.risk.trial import Tried
from safespace.moderation.rule_models import ProposalState
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE
from safespace.policy.rules import require
from safespace.web import words
from safespace.web.gate import permits
from safespace.web.numbers import number_in
from safespace.web.sentences import sentence
from safespace.web.sorting import LEVELS

pages = Blueprint("proposals", __name__)
KINDS: dict[DraftKind, Any] = {
    DraftKind.NEW: lazy_gettext("Nieuwe regel"),
    DraftKind.CHANGE: lazy_gettext("Wijziging"),
    DraftKind.REMOVE: lazy_gettext("Weghalen"),
}
STATES: dict[ProposalState, Any] = {
    ProposalState.OPEN: lazy_gettext("wacht op akkoord"),
    ProposalState.APPROVED: lazy_gettext("akkoord"),
    ProposalState.DROPPED: lazy_gettext("laten vallen"),
}
FIELDS: dict[str, Any] = {
    "category": lazy_gettext("Onderwerp"),
    "severity": lazy_gettext("Ernst"),
    "reason_nl": lazy_gettext("Reden, Nederlands"),
    "reason_en": lazy_gettext("Reden, Engels"),
    "patterns": lazy_gettext("Patronen, Nederlands"),
    "patterns_en": lazy_gettext("Patronen, Engels"),
    "hit": lazy_gettext("Vindt de regel wel"),
    "miss": lazy_gettext("Vindt de regel niet"),
}

# The signs of the pattern language (moderation/risk/pattern.py).
SIGNS: tuple[tuple[str, Any], ...] = (
    ("(a|b)", lazy_gettext("een van deze")),
    ("?", lazy_gettext("erachter: mag weg")),
    ("~2", lazy_gettext("hoogstens twee andere woorden ertussen; ~ alleen is drie")),
    ("snij*", lazy_gettext("begin van een woord; *spo het einde")),
    ("{num}", lazy_gettext("een getal")),
    ("<not>", lazy_gettext("een lijst uit de regels")),
)


@pages.get("/voorsortering/voorstellen")
@permits(Permission.READ_RULES)
def home() -> ResponseReturnValue:
    """Show what waits for somebody's agreement, and what became of the latest proposals."""
    with reading() as work:
        found = [(one, words.when_for_staff(one.at, work.now)) for one in rulebook.listed(work, acting(work))]
    return render_template(
        "sorting/proposals.html", found=found, kinds=KINDS, states=STATES, category_words=words.CATEGORIES
    )


@pages.get("/voorsortering/voorstellen/nieuw")
@permits(Permission.PROPOSE_RULE)
def form() -> ResponseReturnValue:
    """Show the form: empty for a new rule, filled with what a rule says now for a change."""
    with reading() as work:
        actor = acting(work)
        require(actor, Permission.PROPOSE_RULE, NOWHERE)
        asked, name = request.args.get("soort", DraftKind.NEW.value), request.args.get("regel", "")
        if asked not in set(DraftKind):
            raise NotFoundError
        kind = DraftKind(asked)
        values: dict[str, Any] = {"kind": kind.value}
        if kind is not DraftKind.NEW:
            values = _typed(draft_of(rulebook.rule(work, actor, name), kind))
    return _form_page(values)


@pages.post("/voorsortering/voorstellen/nieuw")
@permits(Permission.PROPOSE_RULE)
def send() -> ResponseReturnValue:
    """Try what was filled in and keep it for colleagues; a refused form keeps every word that was typed."""
    with reading() as work:
        require(acting(work), Permission.PROPOSE_RULE, NOWHERE)
        engine = assessing.engine(work.settings)
    limits.count("rule_tries", str(visitor.account_id))  # a try keeps a core busy
    try:
        draft, why = proposals.accept_draft(request.form)
        tried = in_pool(proposals.try_out, engine, draft, why)
        with unit_of_work(once=True) as work:
            made = proposals.propose(work, acting(work), tried, why)
            answer = work.notes["answer"] = url_for("proposals.show", proposal_id=made.id)
    except InvalidError as error:
        return _form_page(request.form, _explained(error)), 422
    flash(_("Je voorstel staat klaar voor collega’s."), "ok")
    return redirect(answer, 303)


@pages.get("/voorsortering/voorstellen/<uuid:proposal_id>")
@permits(Permission.READ_RULES)
def show(proposal_id: UUID) -> ResponseReturnValue:
    """Show a proposal: what changes, what it does, who must still agree."""
    return _show_page(proposal_id)


@pages.get("/voorsortering/voorstellen/<uuid:proposal_id>/tekst")
@permits(Permission.READ_RULES)
def text(proposal_id: UUID) -> ResponseReturnValue:
    """Give the text for a rule file, of a proposal that was agreed."""
    with reading() as work:
        actor = acting(work)
        found = proposals.obtain(work, actor, proposal_id)
        if found.state is not ProposalState.APPROVED:
            raise NotFoundError
        name = proposals.draft_of(work, found).name.casefold()
        written = rulebook.text_of(work, rulebook.loaded(work, actor), found)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return Response(written, content_type="application/yaml; charset=utf-8", headers=disposition)


@pages.post("/voorsortering/voorstellen/<uuid:proposal_id>/akkoord")
@permits(Permission.PROPOSE_RULE)
def approve(proposal_id: UUID) -> ResponseReturnValue:
    """Agree with a proposal, after it was tried once more on the rules of now."""
    try:
        tried = _tried_again(proposal_id)
        with unit_of_work() as work:
            version = number_in(request.form, "version", 0)
            found = proposals.approve(work, acting(work), proposal_id, version, tried)
    except ConflictError as error:
        return _show_page(proposal_id, {"": sentence(error.code)}), 409
    if found.state is ProposalState.APPROVED:
        flash(_("Akkoord. De eigenaar van de regels kan dit voorstel nu overnemen."), "ok")
    else:
        flash(_("Akkoord. Nog één andere collega kijkt mee."), "ok")
    return redirect(url_for("proposals.show", proposal_id=proposal_id), 303)


@pages.post("/voorsortering/voorstellen/<uuid:proposal_id>/laten-vallen")
@permits(Permission.PROPOSE_RULE)
def drop(proposal_id: UUID) -> ResponseReturnValue:
    """Let go of a proposal, with a reason that its maker reads."""
    try:
        with unit_of_work() as work:
            version = number_in(request.form, "version", 0)
            proposals.drop(work, acting(work), proposal_id, version, request.form.get("closing_note", ""))
    except InvalidError as error:
        return _show_page(proposal_id, _explained(error)), 422
    except ConflictError as error:
        return _show_page(proposal_id, {"": sentence(error.code)}), 409
    flash(_("Dit voorstel is losgelaten. Het blijft op de lijst staan, met de reden."), "ok")
    return redirect(url_for("proposals.show", proposal_id=proposal_id), 303)


def _tried_again(proposal_id: UUID) -> Tried:
    """Try a proposal on the rules of now; ConflictError (`proposal_outdated`) when it no longer fits them."""
    with reading() as work:
        actor = acting(work)
        require(actor, Permission.PROPOSE_RULE, NOWHERE)
        draft = proposals.draft_of(work, proposals.obtain(work, actor, proposal_id))
        engine = assessing.engine(work.settings)
    limits.count("rule_tries", str(visitor.account_id))
    try:
        return in_pool(proposals.try_out, engine, draft)
    except InvalidError as error:
        raise ConflictError("proposal_outdated") from error


def _form_page(values: Mapping[str, Any], errors: dict[str, str] | None = None) -> str:
    kind = values.get("kind", "")
    return render_template(
        "sorting/propose.html",
        values=values,
        errors=errors or {},
        kind=kind if kind in set(DraftKind) else DraftKind.NEW.value,
        key=str(uuid4()),
        titles=KINDS,
        signs=SIGNS,
        labels=FIELDS,
        categories=[("", "–"), *((one.value, words.CATEGORIES[one]) for one in Category)],
        levels=[(one.value, words.SEVERITIES[one]) for one in LEVELS],
        caps=proposals,
    )


def _show_page(proposal_id: UUID, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        actor = acting(work)
        found = rulebook.whole(work, actor, proposal_id)
        listed = found.listed
        return render_template(
            "sorting/proposal.html",
            one=listed,
            found=found,
            draft=found.draft,
            errors=errors or {},
            title=KINDS[listed.kind],
            state=STATES[listed.state],
            when=words.when_for_staff(listed.at, work.now),
            changes=[
                (FIELDS[field], _in_words(field, had), _in_words(field, now)) for field, had, now in found.changes
            ],
            lines=[(line, Severity(line["before"]), Severity(line["after"])) for line in found.lines],
            level_words=words.SEVERITIES,
            note=request.form.get("closing_note", ""),
            longest=proposals.CLOSING,
        )


def _in_words(field: str, value: Any) -> list[str]:
    if field == "category":
        return [str(words.CATEGORIES[value])] if value else []
    if field == "severity":
        return [str(words.SEVERITIES[value])] if value else []
    return list(filter(None, [value] if isinstance(value, str) else value))


def _typed(draft: Draft) -> dict[str, Any]:
    """Give a draft as the form shows it: lists as lines."""
    return {
        name: "\n".join(value) if isinstance(value, list) else value or "" for name, value in draft.to_json().items()
    }


def _explained(error: InvalidError) -> dict[str, str]:
    """Give the sentences by field, with the number of the line that is wrong."""
    found = {}
    for field, code in error.errors.items():
        name, _colon, line = code.partition(":")
        said = sentence(name)
        found[field] = _("Regel %(line)s: %(what)s", line=line, what=said) if line else said
    return found
