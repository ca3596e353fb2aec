"""What the decisions of one location teach: for each text that was read, a yes or no to each question, or nothing.

Only what a human said counts. A level that nobody changed is the engine's and never teaches a yes; what was undone, and
what was decided with hidden signals (it measures the engine), teaches nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Group, Membership
from safespace.kernel.work import Work
from safespace.moderation import content
from safespace.moderation.learning.heads import LEVELS, Head
from safespace.moderation.learning.models import Label
from safespace.moderation.models import Action, Decision, FollowUp, Review
from safespace.moderation.risk.assessment import Severity
from safespace.threads.models import Post, PostRevision

MOST = 6_000
AS_IT_WAS = frozenset({Action.APPROVE, Action.APPROVE_WITH_NOTES, Action.KEEP})
NOT_AS_IT_WAS = frozenset({Action.ASK_REWORD, Action.REDACT, Action.DECLINE, Action.HIDE})
# A second reader who agrees, a worry that is closed, a question to a colleague: the words were judged before or after.
JUDGES_NOTHING = frozenset({Action.CONFIRM, Action.CLOSE, Action.SECOND_LOOK})
IN_NEED = frozenset({FollowUp.OWN_CLINICIAN, FollowUp.CRISIS})
Answers = dict[Head, bool | None]


def _said() -> sa.Subquery:
    """All that humans said about a version: a decision, or a level or category that was named apart from one."""
    decided = sa.select(
        Decision.id,
        Decision.review_id,
        Decision.judged_id.label("revision_id"),
        Decision.action,
        Decision.reason,
        Decision.chosen_rank.label("rank"),
        Decision.rank.label("level_then"),
        Decision.follow_up,
        Decision.blind,
        Decision.at,
        Decision.undone_at,
    ).where(Decision.judged_id.is_not(None))
    own = {name: getattr(Label, name) for name in ("id", "review_id", "revision_id", "rank", "blind", "at")}
    named = (own.get(one.name, sa.null()).label(one.name) for one in decided.selected_columns)
    return sa.union_all(decided, sa.select(*named)).subquery("said")


_SAID = _said()


@dataclass(frozen=True, kw_only=True, repr=False)
class Said:
    """All that was said about one version: the last level of a human, and the last decision that stands."""

    rank: int | None
    action: Action | None
    reason: str
    follow_up: FollowUp
    level_then: int
    engine_rank: int
    blind: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Lesson:
    """One text with its answers. `author` numbers who wrote it; `raised`: a human found it heavier than the engine."""

    text: str
    author: int
    at: datetime
    answers: Answers
    raised: bool


def lessons_of(work: Work, location_id: UUID) -> list[Lesson]:
    """Give what the decisions at a location teach, oldest first; the newest some thousands of texts."""
    harms = _harmful_reasons(work)
    authors: dict[UUID, int] = {}
    found = []
    for revision_id, rows in _by_revision(work, location_id):
        said = heard(rows)
        answers = answers_of(said, harms)
        if all(answer is None for answer in answers.values()):
            continue
        text = _text(work, revision_id, rows[0])
        if text:
            found.append(
                Lesson(
                    text=text,
                    author=authors.setdefault(rows[0].account_id, len(authors)),
                    at=max(row.at for row in rows),
                    answers=answers,
                    raised=said.rank is not None and said.rank > said.engine_rank and bool(answers[Head.URGENT]),
                )
            )
    return sorted(found, key=lambda lesson: lesson.at)


def heard(rows: Iterable[Any]) -> Said:
    """Put together what was said about one version, oldest first; an undone decision was not said.

    What judges no words takes the place of nothing: it can only add that their author needs more.
    """
    rank: int | None = None
    needs = FollowUp.NONE
    last: Any = None
    blind = False
    engine_rank = 0
    for row in rows:
        engine_rank = max(engine_rank, row.engine_rank)
        blind = blind or row.blind
        if row.undone_at is not None:
            continue
        rank = rank if row.rank is None else row.rank
        if row.action in JUDGES_NOTHING:
            needs = needs.or_more(row.follow_up)
        elif row.action is not None:
            last, needs = row, row.follow_up
    return Said(
        rank=rank,
        action=None if last is None else last.action,
        reason="" if last is None else last.reason,
        follow_up=needs,
        level_then=0 if last is None else last.level_then,
        engine_rank=engine_rank,
        blind=blind,
    )


def answers_of(said: Said, harms: frozenset[str]) -> Answers:
    """Give a yes or no to each question, or None where no human answered it."""
    if said.blind:
        return dict.fromkeys(Head)
    return {
        Head.URGENT: _is_at_least(said, LEVELS[Head.URGENT], said.action is Action.HOLD or said.follow_up in IN_NEED),
        Head.HIGH: _is_at_least(said, LEVELS[Head.HIGH], said.follow_up is FollowUp.CRISIS),
        Head.HARM: _harms(said, harms),
    }


def _is_at_least(said: Said, level: Severity, in_need: bool) -> bool | None:
    if said.rank is not None and said.rank >= level.rank:
        return True
    if in_need:
        return True
    if said.rank is not None:
        return False
    # Placed as it was, nothing more needed, and no level stood there that would have made it a yes.
    calm = said.level_then < Severity.MEDIUM.rank and said.follow_up is FollowUp.NONE
    return False if said.action in AS_IT_WAS and calm else None


def _harms(said: Said, harms: frozenset[str]) -> bool | None:
    if said.action in NOT_AS_IT_WAS:
        return True if said.reason in harms else None
    return False if said.action in AS_IT_WAS else None


def _harmful_reasons(work: Work) -> frozenset[str]:
    known = content.content(work.settings.config_dir).reasons.values()
    return frozenset(reason.code for reason in known if reason.harms_readers)


def _by_revision(work: Work, location_id: UUID) -> list[tuple[UUID, list[Any]]]:
    newest = (
        sa.select(_SAID.c.revision_id, sa.func.max(_SAID.c.at).label("last"))
        .join(Review, Review.id == _SAID.c.review_id)
        .join(Group, Group.id == Review.group_id)
        .where(Group.location_id == location_id)
        .group_by(_SAID.c.revision_id)
        .order_by(sa.func.max(_SAID.c.at).desc(), _SAID.c.revision_id)
        .limit(MOST)
        .subquery()
    )
    rows = work.session.execute(
        sa.select(_SAID, Review.engine_rank, PostRevision.title, PostRevision.body, Membership.account_id)
        .join(newest, newest.c.revision_id == _SAID.c.revision_id)
        .join(Review, Review.id == _SAID.c.review_id)
        .join(PostRevision, PostRevision.id == _SAID.c.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .join(Membership, Membership.id == Post.membership_id)
        .order_by(_SAID.c.revision_id, _SAID.c.at, _SAID.c.id)
    )
    return [(revision_id, list(same)) for revision_id, same in groupby(rows, key=lambda row: row.revision_id)]


def _text(work: Work, revision_id: UUID, row: Any) -> str:
    title = work.open(PostRevision, "title", revision_id, row.title)
    body = work.open(PostRevision, "body", revision_id, row.body)
    return f"{title}\n\n{body}" if title and body else body
