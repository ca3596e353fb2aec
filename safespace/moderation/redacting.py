"""Leaving something out: a new version of the words with a placeholder for each piece; the original stays sealed."""

import re
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.audit import log
from safespace.groups.models import Group
from safespace.kernel.refusals import InvalidError, NotAllowedError
from safespace.kernel.text import BODY, TITLE
from safespace.kernel.work import Work
from safespace.moderation import content
from safespace.moderation.assessing import shown_text
from safespace.moderation.models import Action, Decision, Report, Review
from safespace.moderation.traces import traces
from safespace.moderation.verdicts import Part
from safespace.policy.permissions import Permission
from safespace.policy.roles import ANONYMOUS, Actor
from safespace.threads import lifecycle, reading
from safespace.threads.models import Post, PostRevision, PostState, Words

MOST_PARTS = 12
KEPT = timedelta(days=90)
BATCH = 50
_Of = aliased(Post)


def words_of(work: Work, revision: PostRevision) -> Words:
    """Give the words of a version."""
    return Words(
        body=work.unseal(revision, "body"),
        title=None if revision.title is None else work.unseal(revision, "title"),
        content_notes=tuple(revision.content_notes),
    )


def left_out(work: Work, words: Words, parts: tuple[Part, ...]) -> Words:
    """Give the words without these parts, wherever each of them stands, in capitals or not.

    What stands nowhere as whole words is left out inside words. A part that goes on from the title into the text is two
    parts with one placeholder. Raises InvalidError by field (`parts`, or `part_N` counted from 1): nothing chosen, a
    part that is not there, an unknown kind, or a text that became too long.
    """
    kinds = content.content(work.settings.config_dir).placeholders
    if not parts:
        raise InvalidError(parts="parts_required")
    if len(parts) > MOST_PARTS:
        raise InvalidError(parts="too_many_parts")
    errors: dict[str, str] = {}
    found: list[tuple[str, str]] = []  # what is left out, and what comes in its place
    for number, part in enumerate(parts, 1):
        pieces = _pieces(part.text, words)
        if not pieces:
            errors[f"part_{number}"] = "part_not_there"
        elif part.kind not in kinds:
            errors[f"part_{number}"] = "part_kind_required"
        else:
            found += [(piece, kinds[part.kind].placeholder) for piece in pieces]
    if errors:
        raise InvalidError(**errors)
    texts = (words.title or "", words.body)
    cuts = [(_where(piece, texts), placeholder) for piece, placeholder in found]
    title, body = (_cut(text, cuts) for text in texts)
    if len(body) > BODY or len(title) > TITLE:
        raise InvalidError(parts="too_long")
    return Words(body=body, title=None if words.title is None else title, content_notes=words.content_notes)


def _pieces(text: str, words: Words) -> list[str]:
    """Give a part as it stands in the title or the text; and where it goes over from one to the other, its halves."""
    text, title = text.strip(), words.title or ""
    if not text:
        return []
    pieces = [text] if any(re.search(_spaced(text), one, re.IGNORECASE) for one in (title, words.body)) else []
    each = text.split()
    for at in range(1, len(each)):
        first, second = " ".join(each[:at]), " ".join(each[at:])
        if len(first) > len(title):
            break
        ends, starts = rf"{_whole(first)}\s*\Z", rf"\s*{_whole(second)}"
        if re.search(ends, title, re.IGNORECASE) and re.match(starts, words.body, re.IGNORECASE):
            pieces += [half for half in (first, second) if re.search(r"\w", half)]
    return pieces


def _where(piece: str, texts: tuple[str, str]) -> re.Pattern[str]:
    """Find a part as whole words, so that a number is not taken out of a longer one; else wherever it stands in words.

    What overlaps itself is found each time.
    """
    whole = _whole(piece)
    stands_whole = any(re.search(whole, text, re.IGNORECASE) for text in texts)
    return re.compile(f"(?=({whole if stands_whole else _spaced(piece)}))", re.IGNORECASE)


def _cut(text: str, cuts: list[tuple[re.Pattern[str], str]]) -> str:
    """Put placeholders where parts stand: one for those that overlap, of the longest, so that nothing of them is left.

    A placeholder is no place to look in.
    """
    spans = sorted((*hit.span(1), placeholder) for pattern, placeholder in cuts for hit in pattern.finditer(text))
    left, done, at = [], 0, 0
    while at < len(spans):
        start, end, placeholder = spans[at]
        longest = end - start
        at += 1
        while at < len(spans) and spans[at][0] < end:
            length = spans[at][1] - spans[at][0]
            if length > longest:
                longest, placeholder = length, spans[at][2]
            end = max(end, spans[at][1])
            at += 1
        left += [text[done:start], placeholder]
        done = end
    return "".join([*left, text[done:]])


def _whole(text: str) -> str:
    text = text.strip()
    before = r"(?<!\w)" if re.match(r"\w", text) else ""
    after = r"(?!\w)" if re.search(r"\w$", text) else ""
    return before + _spaced(text) + after


def _spaced(text: str) -> str:
    """Find a text whatever white space is between its words."""
    return r"\s+".join(re.escape(word) for word in text.split())


def redact(work: Work, post: Post, revision_id: UUID, parts: tuple[Part, ...]) -> PostRevision:
    """Add the version without these parts; the group sees it once it is released, as after any approval."""
    original = work.session.get_one(PostRevision, revision_id)
    words = left_out(work, words_of(work, original), parts)
    return lifecycle.add_redacted(work, post, original, words)


def agree(work: Work, actor: Actor, post_id: UUID) -> Decision:
    """Let the author say that what was left out is fine; saying it twice changes nothing."""
    post, group = reading.obtain_post(work, actor, post_id, Permission.CHANGE_OWN_POST)
    decision = work.session.scalar(
        sa.select(Decision)
        .where(
            Decision.post_id == post.id,
            Decision.revision_id == post.revision_id,
            Decision.action == Action.REDACT,
            Decision.undone_at.is_(None),
        )
        .order_by(Decision.at.desc())
        .limit(1)
    )
    if decision is None or post.state is not PostState.PUBLISHED:
        raise NotAllowedError("not_offered")
    if decision.agreed_at is None:
        decision.agreed_at = work.now
        log.record(work, actor, "agree_redaction", location_id=group.location_id, on=("post", post.id))
    return decision


def is_due(work: Work) -> bool:
    """Say whether an original is to be erased; a read."""
    return bool(work.session.scalar(sa.select(sa.exists().where(*_over(work)))))


def erase_due(work: Work) -> int:
    """Erase originals whose time is over, with every other version and quotation that holds what was left out of them.

    The rows stay, their words are gone; what the group reads now or waits for a human stays. Gives how many originals.
    """
    rows = work.session.execute(
        sa.select(PostRevision, Post, Group.location_id)
        .join(Post, Post.id == PostRevision.post_id)
        .join(Group, Group.id == Post.group_id)
        .where(*_over(work))
        .order_by(PostRevision.keep_until)
        .limit(BATCH)
    ).all()
    for original, post, location_id in rows:
        _erase_with_traces(work, original, post)
        log.record(work, ANONYMOUS, "erase_original", location_id=location_id, on=("post", post.id))
    return len(rows)


def _erase_with_traces(work: Work, original: PostRevision, post: Post) -> None:
    versions = work.session.scalars(sa.select(PostRevision).where(PostRevision.post_id == post.id)).all()
    texts = {one.id: shown_text(words_of(work, one)) for one in versions}
    placeholders = [one.placeholder for one in content.content(work.settings.config_dir).placeholders.values()]
    stands = set(
        work.session.scalars(
            sa.select(Decision.revision_id).where(Decision.post_id == post.id, Decision.undone_at.is_(None))
        )
    )
    gone = [
        traces(texts[original.id], texts[one.id], placeholders)
        for one in versions
        if one.redacted_from == original.id and one.id in stands
    ]
    for one in versions:
        lives = one.id in {post.revision_id, post.pending_id}
        if one is original or (one.body and not lives and any(left.in_text(texts[one.id]) for left in gone)):
            lifecycle.erase(work, one.id)
    of_original = set(work.session.scalars(sa.select(Review.id).where(Review.revision_id == original.id)))
    for told in work.session.scalars(sa.select(Report).where(Report.post_id == post.id)):
        quoted = work.unseal(told, "snapshot")
        if quoted and (told.review_id in of_original or any(left.in_text(quoted) for left in gone)):
            told.snapshot = b""


def _over(work: Work) -> list[sa.ColumnElement[bool]]:
    lives = sa.exists().where(sa.or_(_Of.revision_id == PostRevision.id, _Of.pending_id == PostRevision.id))
    return [
        PostRevision.keep_until <= work.now,
        sa.func.length(PostRevision.body) > 0,
        ~lives.where(_Of.id == PostRevision.post_id).correlate(PostRevision),
    ]
