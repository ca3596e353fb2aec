"""What lies on the desk of the demo clinic: what members told, good news, practice begun, and who is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from safespace.crisis import alerts, ringing
from safespace.demo.cast import Cast
from safespace.demo.script import Row, Script
from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation import assessing, claims, decisions, exposure, good_news, proposals, reports, training
from safespace.moderation.learning import suggestions
from safespace.moderation.models import Action, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.verdicts import Verdict
from safespace.roster import routes
from safespace.roster.models import Channel
from safespace.threads import folding
from safespace.threads.models import Post

ANSWERED = timedelta(minutes=40)
A_WHILE = timedelta(hours=5)
JUST_NOW = timedelta(minutes=1)
READ_LATELY = 24


@dataclass(frozen=True, kw_only=True)
class DeskStory:
    """Plays what the script says about the desk; `openings` are the first posts of conversations, by their key."""

    work: Work
    cast: Cast
    openings: Mapping[str, UUID]

    def steps(self, script: Script, now: datetime) -> list[tuple[datetime, Callable[[], object]]]:
        """Give what happens when."""
        found: list[tuple[datetime, Callable[[], object]]] = []
        made: dict[str, UUID] = {}
        for row in script.reports:
            told = now - timedelta(minutes=row["minutes_ago"])
            found.append((told, partial(self._tell, row, made)))
            if "answer" in row:
                found.append((told + ANSWERED, partial(self._answer, row, made)))
        found += [(now - A_WHILE, partial(self._fold, row)) for row in script.folded]
        found += [(now - A_WHILE, partial(self._keep, row)) for row in script.good_news]
        found += [(now - A_WHILE, partial(self._reach, row)) for row in script.routes]
        found += [(now - A_WHILE, partial(self._practise, row)) for row in script.practice]
        found += [(now - A_WHILE, partial(self._propose, row)) for row in script.rules]
        found += [(now - A_WHILE, partial(self._find, row)) for row in script.phrases]
        found.append((now - JUST_NOW, self._read_along))
        return found

    def _tell(self, row: Row, made: dict[str, UUID]) -> None:
        post_id, kind = self.openings[row["thread"]], ReportKind(row["kind"])
        actor = self.cast.actors[row["author"]]
        told = reports.report(self.work, actor, post_id, kind, choice=row["choice"], words=row["words"])
        made[row["thread"]] = told.review_id

    def _answer(self, row: Row, made: dict[str, UUID]) -> None:
        review = self.work.session.get_one(Review, made[row["thread"]])
        verdict = Verdict(action=Action(row["action"]), answer=row["answer"])
        decisions.decide(self.work, self.cast.actors[row["clinician"]], review.id, review.version, verdict)

    def _fold(self, row: Row) -> None:
        post = self.work.session.get_one(Post, self.openings[row["thread"]])
        folding.fold(self.work, self.cast.actors[row["author"]], post.group_id, post.thread_id)

    def _keep(self, row: Row) -> None:
        good_news.mark(self.work, self.cast.actors[row["clinician"]], self.openings[row["thread"]])

    def _read_along(self) -> None:
        """Colleagues read what is past; now one is at a blind post, and one passed a post on."""
        for key, location in self.cast.locations.items():
            clinicians = self.cast.clinicians[key]
            of_place = sa.select(Review).join(Group, Group.id == Review.group_id).where(Group.location_id == location)
            past = of_place.where(Review.closed_at.is_not(None)).order_by(Review.closed_at.desc()).limit(READ_LATELY)
            for number, review in enumerate(self.work.session.scalars(past).all()):
                reader = clinicians[number % len(clinicians)]
                exposure.record_view(replace(self.work, now=review.closed_at or self.work.now), reader, review)
            calm = of_place.where(Review.state == ReviewState.OPEN, Review.rank <= 1, Review.kind == ReviewKind.NEW)
            for number, review in enumerate(self.work.session.scalars(calm.order_by(Review.opened_at)).all()):
                if number == 0:
                    for reader in clinicians:
                        exposure.record_view(self.work, reader, review)
                elif number == 1:
                    claims.claim(self.work, clinicians[-1], review.id)
                    review.blind = True
                else:
                    claims.pass_on(self.work, clinicians[-1], review.id)

    def _reach(self, row: Row) -> None:
        actor = self.cast.actors[row["clinician"]]
        location_id = self.cast.locations[row["location"]]
        of = actor.account_id or location_id
        route = routes.add_route(self.work, actor, location_id, of, Channel.EMAIL, row["address"])
        ringing.acknowledge(self.work, actor, alerts.send_test(self.work, actor, route.id).id)

    def _find(self, row: Row) -> None:
        location_id = self.cast.locations[row["location"]]
        suggestions.keep_found(self.work, location_id, [row["phrase"]])
        if "answer" in row:
            self.work.session.flush()
            actor = self.cast.actors[row["clinician"]]
            found = {one.phrase: one.id for one in suggestions.suggestions(self.work, actor)}
            suggestions.answer(self.work, actor, found[row["phrase"]], row["answer"], row["note"])

    def _practise(self, row: Row) -> None:
        course = training.course(self.work.settings.config_dir)
        for one in list(course.exercises.values())[: row["answers"]]:
            chosen = one.actions[-1].value, one.severities[0].value
            training.answer(self.work, self.cast.actors[row["clinician"]], one.key, *chosen)

    def _propose(self, row: Row) -> None:
        """Propose a change of the rules; whoever is named in `agreed` agrees with it."""
        draft, why = proposals.accept_draft(row)
        tried = proposals.try_out(assessing.engine(self.work.settings), draft, why)
        made = proposals.propose(self.work, self.cast.actors[row["clinician"]], tried, why)
        for name in row["agreed"]:
            proposals.approve(self.work, self.cast.actors[name], made.id, made.version, tried)
