"""The rules of the pre-sorting as clinicians read them, and the list of what is proposed about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Location
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import assessing, proposals
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.risk.drafting import Draft, DraftKind, as_written, draft_of, fragment, rule_named
from safespace.moderation.risk.rules import Lowering, Reason, Rule, Ruleset
from safespace.moderation.rule_models import ProposalState, RuleApproval, RuleProposal
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor
from safespace.policy.rules import require

PAGE = 25
LATEST = 40
# The parts of a rule by name, each with its patterns.
Blocks = Sequence[tuple[str, Sequence[str]]]
FIELDS = ("category", "severity", "reason_nl", "reason_en", "patterns", "patterns_en", "hit", "miss")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One page of rules that fit a filter, of `total`; `version` is that of all rule files together."""

    rules: Sequence[Rule]
    total: int
    start: int
    version: str


@dataclass(frozen=True, kw_only=True)
class Guards:
    """What holds a rule back: parts that must not be there, what makes it weigh less, and rules that it yields to.

    `none` counts `within` so many sentences, `near` in the same one, `over` where it covers the words that were found.
    """

    none: Blocks
    within: int
    near: Blocks
    over: Blocks
    eased_by: Blocks
    lowered_by: Sequence[Reason]
    replaces: Sequence[str]
    replaced_by: Sequence[str]
    lightens: Sequence[str]
    lightened_by: Sequence[str]


@dataclass(frozen=True, kw_only=True, repr=False)
class Listed:
    """One proposal on the list. `mine`: the reader made it; `live`: the rules that are loaded say the same already."""

    id: UUID
    kind: DraftKind
    name: str
    category: Category | None
    severity: Severity
    state: ProposalState
    at: datetime
    place: str
    mine: bool
    agreed: int
    needed: int
    live: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Whole:
    """One proposal with all that is to be known before somebody agrees.

    `changes` are (field, what it is now, what is proposed); `lines` what it did with each example, as it was last
    tried; `text` is for the owner of the rule files, once it is approved.
    """

    listed: Listed
    draft: Draft
    changes: Sequence[tuple[str, Any, Any]]
    lines: Sequence[Mapping[str, Any]]
    broken: Sequence[str]
    why: str
    closing_note: str
    agreed_before: bool
    version: int
    rules_version: str
    text: str


def loaded(work: Work, actor: Actor) -> Ruleset:
    """Give the rules that the service reads with now, to a clinician; NotFoundError otherwise."""
    require(actor, Permission.READ_RULES, NOWHERE)
    return assessing.engine(work.settings).ruleset


def rules(work: Work, actor: Actor, category: Category | None, severity: Severity | None, start: int) -> Shown:
    """Give a page of the rules that fit, the most urgent first, from the one at `start`."""
    ruleset = loaded(work, actor)
    fitting = sorted(
        (rule for rule in ruleset.rules if category in {None, rule.category} and severity in {None, rule.severity}),
        key=lambda rule: (list(Category).index(rule.category), -rule.severity.rank, rule.name),
    )
    start = start // PAGE * PAGE if 0 <= start < len(fitting) else 0
    return Shown(rules=fitting[start : start + PAGE], total=len(fitting), start=start, version=ruleset.version)


def rule(work: Work, actor: Actor, name: str) -> Rule:
    """Give one rule by its name; NotFoundError when there is none."""
    found = rule_named(loaded(work, actor), name)
    if found is None:
        raise NotFoundError
    return found


def building_blocks(ruleset: Ruleset, one: Rule) -> Blocks:
    """Give the parts that a rule is put together from, each with the patterns that it finds."""
    return _blocks(ruleset, (*one.composition.needs, *one.composition.alike) if one.composition else ())


def _blocks(ruleset: Ruleset, names: Sequence[str]) -> Blocks:
    return [
        (name, [text for member in ruleset.unions.get(name, (name,)) for text, _ in ruleset.slots[member]])
        for name in names
    ]


def guards(ruleset: Ruleset, one: Rule) -> Guards:
    """Give all that makes a rule find nothing, give way to another, or weigh less."""
    composition = one.composition
    return Guards(
        none=_blocks(ruleset, composition.without if composition else ()),
        within=composition.within if composition else 0,
        near=_blocks(ruleset, one.guards_near),
        over=_blocks(ruleset, one.guards_over),
        eased_by=_blocks(ruleset, one.eased_by),
        lowered_by=[ruleset.notes[kind.value] for kind in Lowering if kind in one.lowered_by],
        replaces=one.replaces,
        replaced_by=[other.name for other in ruleset.rules if one.name in other.replaces],
        lightens=one.lightens,
        lightened_by=[other.name for other in ruleset.rules if one.name in other.lightens],
    )


def listed(work: Work, actor: Actor) -> list[Listed]:
    """Give what is proposed: all that waits, then the latest that was approved or dropped. One query."""
    ruleset = loaded(work, actor)
    agreed = sa.select(sa.func.count()).where(RuleApproval.proposal_id == RuleProposal.id).scalar_subquery()
    rows = work.session.execute(
        sa.select(RuleProposal, Location.name, agreed.label("agreed"))
        .join(Location, Location.id == RuleProposal.location_id)
        .order_by(RuleProposal.state != ProposalState.OPEN, RuleProposal.at.desc(), RuleProposal.id)
        .limit(LATEST)
    )
    return [one_of(work, actor, ruleset, row.RuleProposal, row.name, row.agreed) for row in rows]


def one_of(work: Work, actor: Actor, ruleset: Ruleset, proposal: RuleProposal, place: str, agreed: int) -> Listed:
    """Give a proposal as the list has it."""
    draft = proposals.draft_of(work, proposal)
    return Listed(
        id=proposal.id,
        kind=proposal.kind,
        name=draft.name,
        category=draft.category,
        severity=proposal.severity,
        state=proposal.state,
        at=proposal.at,
        place=place,
        mine=proposal.by == actor.account_id,
        agreed=agreed,
        needed=proposals.needed(proposal),
        live=proposal.state is ProposalState.APPROVED and is_live(work, ruleset, proposal),
    )


def whole(work: Work, actor: Actor, proposal_id: UUID) -> Whole:
    """Give one proposal to a clinician; NotFoundError otherwise."""
    found, ruleset = proposals.obtain(work, actor, proposal_id), loaded(work, actor)
    place = work.session.scalar(sa.select(Location.name).where(Location.id == found.location_id)) or ""
    agreed = proposals.approvers(work, found.id)
    content = proposals.content_of(work, found)
    draft = Draft.from_json(content["draft"])
    there = rule_named(ruleset, draft.name)
    now = draft_of(there, draft.kind) if there else Draft(kind=draft.kind, name=draft.name)
    asked = draft if draft.kind is not DraftKind.REMOVE else Draft(kind=draft.kind, name=draft.name)
    return Whole(
        listed=one_of(work, actor, ruleset, found, place, len(agreed)),
        draft=draft,
        changes=[
            (field, getattr(now, field), getattr(asked, field))
            for field in FIELDS
            if getattr(now, field) != getattr(asked, field)
        ],
        lines=content["lines"],
        broken=content["broken"],
        why=work.unseal(found, "why"),
        closing_note=work.unseal(found, "closing_note"),
        agreed_before=actor.account_id in agreed,
        version=found.version,
        rules_version=found.rules_version,
        text=text_of(work, ruleset, found) if found.state is ProposalState.APPROVED else "",
    )


def is_live(work: Work, ruleset: Ruleset, proposal: RuleProposal) -> bool:
    """Tell whether the loaded rules already say what a proposal asks: its texts, level and examples, or its absence."""
    content: dict[str, Any] = proposals.content_of(work, proposal)
    there = rule_named(ruleset, content["draft"]["name"])
    if proposal.kind is DraftKind.REMOVE or there is None:
        return proposal.kind is DraftKind.REMOVE and there is None
    draft, written = proposals.draft_of(work, proposal), as_written(there)
    patterns = written.get("any", {})
    return (
        (there.category, there.severity) == (draft.category, draft.severity)
        and written["reason"] == {"nl": draft.reason_nl, "en": draft.reason_en}
        and (there.examples.hit, there.examples.miss) == (draft.hit, draft.miss)
        and (tuple(patterns.get("nl", ())), tuple(patterns.get("en", ()))) == (draft.patterns, draft.patterns_en)
    )


def text_of(work: Work, ruleset: Ruleset, proposal: RuleProposal) -> str:
    """Give the text for the owner of the rule files, of a proposal that was obtained or read by the operator."""
    draft = proposals.draft_of(work, proposal)
    return fragment(draft, rule_named(ruleset, draft.name), (proposal.closed_at or proposal.at).date())


def approved(work: Work, ruleset: Ruleset) -> list[str]:
    """Give the texts of what was approved and is not in these rules yet, oldest first; for the operator's command."""
    found = work.session.scalars(
        sa.select(RuleProposal)
        .where(RuleProposal.state == ProposalState.APPROVED)
        .order_by(RuleProposal.closed_at, RuleProposal.id)
    )
    return [text_of(work, ruleset, one) for one in found if not is_live(work, ruleset, one)]
