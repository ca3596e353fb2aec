"""What clinicians propose about the rules: tried before it is kept, agreed by others, and never live by itself.

Who proposes never agrees. One other clinician agrees, or two when the rule is high or crisis before or after the
change: so nobody alone, and nobody together with one colleague, changes what is urgent. Clinicians of every location
may, since the rules are those of the whole installation; the log of the location where somebody works says who did.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.text import accept, accept_line
from safespace.kernel.work import Work
from safespace.moderation import assessing
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.risk.drafting import Draft, DraftKind
from safespace.moderation.risk.engine import Engine
from safespace.moderation.risk.trial import DraftInvalid, Tried, tells_how, try_draft
from safespace.moderation.rule_models import ProposalState, RuleApproval, RuleProposal
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor, Role
from safespace.policy.rules import require

NAME, LINES, REASON, WHY, CLOSING = 30, 3000, 160, 1000, 400
MOST_LINES = 40
_LINED = ("patterns", "patterns_en", "hit", "miss")


def accept_draft(typed: Mapping[str, str]) -> tuple[Draft, str]:
    """Give the draft that somebody filled in, and why; raises InvalidError with all that is wrong with the form."""
    errors: dict[str, str] = {}

    def tried(field: str, check: Any) -> Any:
        try:
            return check(typed.get(field, ""))
        except InvalidError as error:
            errors.update(error.errors)
        except ValueError:
            errors[field] = "unknown_choice"
        return None

    kind = tried("kind", DraftKind)
    name = tried("name", lambda text: accept_line("name", text, cap=NAME).upper())
    why = tried("why", lambda text: accept("why", text, cap=WHY))
    fields: dict[str, Any] = {}
    if kind is not DraftKind.REMOVE:
        fields = {"category": tried("category", Category), "severity": tried("severity", _level)}
        for field in ("reason_nl", "reason_en"):
            fields[field] = tried(field, lambda text, field=field: accept_line(field, text, cap=REASON))
        for field in _LINED:
            fields[field] = tried(field, lambda text, field=field: _lines(field, text))
    if errors:
        raise InvalidError(**errors)
    return Draft(kind=kind, name=name, **fields), why


def try_out(engine: Engine, draft: Draft, why: str = "") -> Tried:
    """Try a draft on the rules that are loaded. It computes for a second and writes nothing: not for a unit of work.

    Raises InvalidError by field, with `:line` behind the code where one line is wrong; also when a text tells how to do
    harm, for none of that belongs here (`method_detail`).
    """
    if tells_how(engine, [why]):
        raise InvalidError(why="method_detail")
    try:
        return try_draft(engine, draft)
    except DraftInvalid as wrong:
        raise InvalidError(**wrong.errors) from wrong


def propose(work: Work, actor: Actor, tried: Tried, why: str) -> RuleProposal:
    """Keep a proposal as it was tried, for others to agree with.

    Raises InvalidError(name="rule_proposed") for a new rule of which the name is proposed or agreed already.
    """
    require(actor, Permission.PROPOSE_RULE, NOWHERE)
    if tried.draft.kind is DraftKind.NEW and tried.draft.name in _new_names(work):
        raise InvalidError(name="rule_proposed")
    account_id, location_id = _who(actor)
    made = RuleProposal(
        location_id=location_id,
        by=account_id,
        at=work.now,
        kind=tried.draft.kind,
        rank=tried.severity.rank,
        rules_version=tried.rules_version[:60],
    )
    work.seal(made, "content", json.dumps(_content(tried)))
    work.seal(made, "why", why)
    work.session.add(made)
    work.session.flush()
    _note(work, actor, made, "rule_proposed", level=made.severity.value)
    return made


def approve(work: Work, actor: Actor, proposal_id: UUID, version: int, tried: Tried) -> RuleProposal:
    """Agree with somebody else's proposal, as it was just tried again; the last agreement that is needed approves it.

    Raises ConflictError: `own_proposal`, `agreed_before`, `proposal_closed`, `edited_meanwhile` (seen at another
    version, or what was tried is not this draft).
    """
    found = _locked(work, actor, proposal_id, version)
    account_id, location_id = _who(actor)
    if found.by == account_id:
        raise ConflictError("own_proposal")
    if account_id in approvers(work, found.id):
        raise ConflictError("agreed_before")
    if tried.draft.to_json() != draft_of(work, found).to_json():
        raise ConflictError("edited_meanwhile")
    work.session.add(RuleApproval(proposal_id=found.id, account_id=account_id, location_id=location_id, at=work.now))
    work.session.flush()
    found.rank = max(found.rank, tried.severity.rank)  # the rule may have become more urgent since
    found.rules_version = tried.rules_version[:60]
    work.seal(found, "content", json.dumps(_content(tried)))
    agreed = len(approvers(work, found.id))
    if agreed >= needed(found):
        found.state, found.closed_by, found.closed_at = ProposalState.APPROVED, account_id, work.now
    found.version += 1
    _note(work, actor, found, "rule_agreed", state=found.state.value, level=found.severity.value, count=agreed)
    return found


def drop(work: Work, actor: Actor, proposal_id: UUID, version: int, why: str) -> RuleProposal:
    """Let go of a proposal, one's own or somebody else's, and say why. Raises as `approve` does, and InvalidError."""
    found = _locked(work, actor, proposal_id, version)
    text = accept("closing_note", why, cap=CLOSING)
    if tells_how(assessing.engine(work.settings), [text]):
        raise InvalidError(closing_note="method_detail")
    work.seal(found, "closing_note", text)
    found.state, found.closed_by, found.closed_at = ProposalState.DROPPED, actor.account_id, work.now
    found.version += 1
    _note(work, actor, found, "rule_dropped", level=found.severity.value)
    return found


def obtain(work: Work, actor: Actor, proposal_id: UUID) -> RuleProposal:
    """Give one proposal to a clinician; NotFoundError otherwise."""
    require(actor, Permission.READ_RULES, NOWHERE)
    found = work.session.get(RuleProposal, proposal_id)
    if found is None:
        raise NotFoundError
    return found


def _new_names(work: Work) -> set[str]:
    waiting = sa.select(RuleProposal).where(
        RuleProposal.kind == DraftKind.NEW, RuleProposal.state.in_((ProposalState.OPEN, ProposalState.APPROVED))
    )
    return {draft_of(work, one).name for one in work.session.scalars(waiting)}


def needed(proposal: RuleProposal) -> int:
    """Give how many others must agree."""
    return 2 if proposal.severity >= Severity.HIGH else 1


def approvers(work: Work, proposal_id: UUID) -> list[UUID]:
    """Give the accounts that agreed, first one first."""
    agreed = sa.select(RuleApproval.account_id).where(RuleApproval.proposal_id == proposal_id)
    return list(work.session.scalars(agreed.order_by(RuleApproval.at, RuleApproval.account_id)))


def content_of(work: Work, proposal: RuleProposal) -> dict[str, Any]:
    """Give the draft and what it did, of a proposal that was obtained."""
    content: dict[str, Any] = json.loads(work.unseal(proposal, "content"))
    return content


def draft_of(work: Work, proposal: RuleProposal) -> Draft:
    """Give the draft of a proposal that was obtained."""
    return Draft.from_json(content_of(work, proposal)["draft"])


def _content(tried: Tried) -> dict[str, Any]:
    return {
        "draft": tried.draft.to_json(),
        "lines": [
            {"text": one.text, "hit": one.hit, "before": one.before.value, "after": one.after.value}
            for one in tried.lines
        ],
        "broken": list(tried.broken),
    }


def _locked(work: Work, actor: Actor, proposal_id: UUID, version: int) -> RuleProposal:
    require(actor, Permission.PROPOSE_RULE, NOWHERE)
    found = work.session.get(RuleProposal, proposal_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFoundError
    if found.state is not ProposalState.OPEN:
        raise ConflictError("proposal_closed")
    if found.version != version:
        raise ConflictError("edited_meanwhile")
    return found


def _note(work: Work, actor: Actor, proposal: RuleProposal, action: str, **facts: Any) -> None:
    _, location_id = _who(actor)
    on = ("rule_proposal", proposal.id)
    log.record(work, actor, action, location_id=location_id, on=on, kind=proposal.kind.value, **facts)


def _who(actor: Actor) -> tuple[UUID, UUID]:
    """Give the account, and the location in whose log it stands: the first one where somebody is a clinician."""
    if actor.account_id is None:
        raise NotFoundError
    return actor.account_id, min(actor.locations(Role.CLINICIAN))


def _level(text: str) -> Severity:
    level = Severity(text)
    if level is Severity.NONE:  # a rule that finds nothing worth a look is none
        raise ValueError(text)
    return level


def _lines(field: str, text: str) -> tuple[str, ...]:
    """Give the lines of a text, each once."""
    cleaned = accept(field, text, cap=LINES, required=False)
    lines = tuple(dict.fromkeys(" ".join(line.split()) for line in cleaned.splitlines() if line.strip()))
    if len(lines) > MOST_LINES:
        raise InvalidError(**{field: "too_many_lines"})
    return lines
