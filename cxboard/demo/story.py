"""Tells the twelve weeks: everything happens through the domain's verbs, at its own moment, up to today.

Days are counted back from today, and fall on working days; reviews are on Tuesdays at ten. What was decided about an issue
close to a review happens in that review. The same day always tells the same story.
"""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

import sqlalchemy as sa
from flask_babel import force_locale

from .. import clock
from ..accounts.models import Department, Role, User
from ..actions.models import Action, ActionStatus, Decision
from ..causes.models import Category, Cause, Certainty, Problem, ProblemStatus
from ..causes.whys import Why, grown
from ..db import db
from ..discussion.models import Comment
from ..dossiers.links import DossierLink
from ..dossiers.models import Assumption, Dossier, Letterhead
from ..dossiers.reckoning import Name, Range
from ..focus.models import Focus
from ..handoffs.models import Handoff
from ..issues.models import Issue
from ..issues.status import BOARD, Confidence, Status, Verdict
from ..journeys.models import Journey, Stage
from ..journeys.moods import Lane
from ..reviews.models import Presence, Review, Series
from ..reviews.steps import Step
from ..voices.models import Scale, Voice
from . import survey
from .company import CAUSES, DEPARTMENTS, JOURNEYS, PASSWORD, PEOPLE, PLACE, PROBLEMS, Link
from .dossiers import ASKED, FOR_ALL, OF_PROBLEMS, ORGANISATION, SHARED, Guess
from .handoffs import QUESTIONS, Question, Turn as Reaction
from .issues import ISSUES, Tale, Turn
from .lanes import LANES
from .voices import ASIDE, HEARD_BY, Said, said
from .weeks import COMMENTS, WEEKS, Promise, Week
from .whys import ANSWERS, Said as Answer

BEGIN = 88  # days ago, when the company was set up
TUESDAY, HOUR = 1, time(10)
NEAR = timedelta(days=3)
REVIEW_TAKES = timedelta(minutes=75)
MOST_STILL = 3  # points of the step Stuck that a review gets to

Deed = Callable[[], object]

ANYWAY = {
    "owner": "Het team begint vast; de eigenaar is vanaf maandag terug.",
    "cause": "De oorzaak zoeken we al doende uit; wachten kost klanten meer.",
    "wip": "Deze is bijna klaar te maken; daarna nemen we niets nieuws aan.",
    "effect": "Er is nog geen getal; we tellen de telefoontjes.",
    "verdict": "Het werkt, en meten loont hier niet.",
}  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """What was told."""

    issues: int
    reviews: int

    @property
    def sentence(self) -> str:
        return f"The demo company is here: {self.issues} issues and {self.reviews} closed reviews."


class Story:
    """The twelve weeks, as a queue of moments with what happens at each."""

    def __init__(self) -> None:
        self.now, self.today = clock.now(), clock.today()
        self.zone = clock.zone()
        self.chance = random.Random(1953)  # noqa: S311 - the same story every time
        self.queue: list[tuple[datetime, int, Deed]] = []
        self.count = 0
        self.people: dict[str, User] = {}
        self.departments: dict[str, Department] = {}
        self.stages: dict[str, Stage] = {}
        self.issues: dict[int, Issue] = {}
        self.problems: dict[int, Problem] = {}
        self.promises: list[tuple[Action, Promise]] = []
        self.signalled: dict[int, datetime] = {}
        self.written: dict[int, set[str]] = {}
        self.reported: dict[int, datetime] = {}
        self.minute = self.now
        self.reviews = self.review_moments()
        self.in_review: dict[datetime, dict[int, list[Deed]]] = defaultdict(lambda: defaultdict(list))

    def tell(self) -> Summary:
        """Everything, in one transaction."""
        with force_locale("nl"):
            with clock.at(self.moment(BEGIN)):
                self.set_up()
            self.plan_problems()
            for number, tale in ISSUES.items():
                self.plan_issue(number, tale)
            self.plan_talk()
            self.plan_questions()
            self.plan_whys()
            self.plan_dossiers()
            self.plan_voices()
            self.on(self.moment(survey.AGO), lambda: survey.bring_in(self.stages, by=self.sanne))
            for week, moment in zip(WEEKS, self.reviews, strict=True):
                self.on(moment, partial(self.hold, moment, week))
            self.run()
            db.session.commit()
        return Summary(len(self.issues), len(self.reviews))

    def run(self) -> None:
        while self.queue:
            moment, _order, deed = heapq.heappop(self.queue)
            with clock.at(moment):
                deed()
                db.session.flush()

    def on(self, moment: datetime, deed: Deed) -> None:
        """Let this happen then; not at all when that is still to come."""
        if moment <= self.now:
            self.count += 1
            heapq.heappush(self.queue, (moment, self.count, deed))

    # when

    def moment(self, ago: int, *, after: datetime | None = None) -> datetime:
        """A working moment that many days ago, later than `after`."""
        day = self.today - timedelta(days=ago)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        at = datetime.combine(day, time(8, 40), self.zone) + timedelta(minutes=self.chance.randrange(0, 490))
        if after is not None and at <= after:
            at = after + timedelta(minutes=25)
        return at

    def review_moments(self) -> list[datetime]:
        """The Tuesdays of the closed reviews, oldest first; the last one is over by now."""
        day = self.today
        while day.weekday() != TUESDAY or datetime.combine(day, HOUR, self.zone) + REVIEW_TAKES > self.now:
            day -= timedelta(days=1)
        return [datetime.combine(day - timedelta(weeks=n), HOUR, self.zone) for n in reversed(range(len(WEEKS)))]

    def review_near(self, moment: datetime, after: datetime) -> datetime | None:
        """The review within a few days of this moment, if there is one after what came before."""
        near = [r for r in self.reviews if abs(r - moment) <= NEAR and r > after]
        return min(near, key=lambda r: abs(r - moment), default=None)

    # the company

    def set_up(self) -> None:
        admin = PEOPLE[0]
        self.people[admin.first] = User.join(email=admin.email, name=admin.name, role=Role(admin.role), departments=[], by=None)
        by = self.people[admin.first]
        for silo in DEPARTMENTS:
            self.departments[silo.code] = Department.open(
                name=silo.name, code=silo.code, colour=silo.colour, by=by, wip_limit=silo.wip, change_limit=silo.changes, mandate=silo.mandate
            )
        for colleague in PEOPLE[1:]:
            departments = [self.departments[c] for c in colleague.departments]
            joined = User.join(email=colleague.email, name=colleague.name, role=Role(colleague.role), departments=departments, by=by)
            self.people[colleague.first] = joined
        for person in self.people.values():
            person.set_password(PASSWORD, by=person)
        for silo in DEPARTMENTS:
            self.departments[silo.code].lead = self.people[silo.lead]
        for name, stages in JOURNEYS.items():
            journey = Journey.named(name, by=by)
            for stage, work in stages:
                self.stages[stage] = journey.add_stage(stage, work=work, by=by)
        self.on(self.moment(41), self.draw_lanes)
        self.on(self.reviews[0] - timedelta(days=5), self.set_rhythm)
        self.on(self.moment(20), self.rank)
        db.session.flush()

    def set_rhythm(self) -> None:
        Series.set(weekday=TUESDAY, at=f"{HOUR:%H:%M}", by=self.sanne, zone=self.zone.key, chair=self.sanne, place=PLACE)

    def draw_lanes(self) -> None:
        """An afternoon with a roll of paper: what stands in both lanes of each stage, and how it feels there."""
        for name, told in LANES.items():
            stage = self.stages[name]
            for touchpoint, channel in told.touchpoints:
                stage.add_touchpoint(touchpoint, channel=channel, by=self.sanne)
            stage.edit(by=self.sanne, tools=list(told.tools), departments=[self.departments[code] for code in told.departments])
            for lane, mood in zip((Lane.CUSTOMER, Lane.EMPLOYEE), told.moods, strict=True):
                stage.set_mood(lane, mood, by=self.sanne)

    def rank(self) -> None:
        """The focus issues go up, and what hurts people most."""
        for number, before in ((27, 15), (19, 15), (33, 22), (36, 22)):
            self.issues[number].rank_before(self.issues[before], by=self.sanne)

    @property
    def sanne(self) -> User:
        return self.people["Sanne"]

    # what hinders employees

    def plan_problems(self) -> None:
        last = self.moment(BEGIN)
        for number, told in PROBLEMS.items():
            self.signalled[number] = last = self.moment(told.ago, after=last)
            self.on(last, partial(self.signal, number))
            before = last
            for status, ago in told.steps:
                before = self.moment(ago, after=before)
                self.on(before, partial(self.advance, number, ProblemStatus(status)))

    def signal(self, number: int) -> None:
        told = PROBLEMS[number]
        by = self.people[told.by]
        problem = self.problems[number] = Problem.signal(
            title=told.title, category=Category(told.category), by=by, department=self.departments[told.department], description=told.description
        )
        sponsor = self.people[told.sponsor] if told.sponsor else None
        problem.edit(by=by, employees=told.employees, hours_lost=told.hours, investment=told.investment, sponsor=sponsor)
        if told.restricted:
            problem.edit(by=by, restricted=True)

    def advance(self, number: int, status: ProblemStatus) -> None:
        problem = self.problems[number]
        problem.edit(by=self.people[next(d.lead for d in DEPARTMENTS if d.code == PROBLEMS[number].department)], status=status)

    # what customers ran into

    def plan_issue(self, number: int, tale: Tale) -> None:
        """Put the whole life of one issue on the queue."""
        first, *rest = tale.path
        assert isinstance(first, int)
        before = self.moment(first, after=self.reported.get(number - 1))  # numbers follow the order of reporting
        self.reported[number] = before
        self.on(before, partial(self.report, number))
        at = Status.NEW
        for step in rest:
            at, before = self.plan_step(number, tale, step, at, before)
        if tale.end:
            ago, how, *words = tale.end
            moment, deed = self.moment(int(str(ago)), after=before), partial(self.end, number, str(how), words)
            self.in_or_near_review(number, moment, before, deed)

    def plan_step(self, number: int, tale: Tale, step: int | Turn, at: Status, before: datetime) -> tuple[Status, datetime]:
        """One move along the board, or a turn beside it; returns where and when that was."""
        if isinstance(step, Turn):
            to, ago, reason = Status(step.status), step.ago, step.reason
        else:
            to, ago, reason = BOARD[BOARD.index(at) + 1], step, None
        moment = self.moment(ago, after=before)
        if to == Status.PARKED:
            assert isinstance(step, Turn)
            assert step.back is not None
            until = self.today - timedelta(days=step.back)
            moment = self.in_or_near_review(number, moment, before, partial(self.park, number, until, reason))
            back = datetime.combine(until, time(6), self.zone)
            self.on(back, lambda: self.issues[number].come_back())
            return at, back
        if at == Status.NEW and step is not tale.path[-1]:
            triage = next((r for r in self.reviews if r > before), moment)
            moment = triage if triage - before < timedelta(days=8) else moment
        if step is not tale.path[-1]:
            return to, self.in_or_near_review(number, moment, before, partial(self.move, number, to, reason), only=at == Status.NEW)
        self.on(moment, partial(self.move, number, to, reason))
        return to, moment

    def in_or_near_review(self, number: int, moment: datetime, before: datetime, deed: Deed, *, only: bool = True) -> datetime:
        """In the review that is near, when there is one and it is meant to be there; else at its own moment."""
        review = self.review_near(moment, before) if only else None
        if review is None:
            self.on(moment, deed)
            return moment
        self.in_review[review][number].append(deed)
        return review + REVIEW_TAKES

    def report(self, number: int) -> None:
        tale = ISSUES[number]
        by = self.people[tale.by]
        issue = self.issues[number] = Issue.report(title=tale.title, by=by, story=tale.story, lead=self.departments[tale.lead])
        issue.edit(by=by, stage=self.stages[tale.stage])
        if tale.also:
            issue.edit(by=by, contributing=[self.departments[c] for c in sorted(tale.also)])
        if tale.tags:
            issue.edit(by=by, tags=sorted(tale.tags))
        if tale.owner and len(tale.path) == 1:
            issue.edit(by=by, owner=self.people[tale.owner])

    def move(self, number: int, to: Status, reason: str | None) -> None:
        """Fill in what the status asks for, then move; the lead department does it, triage is Sanne's."""
        issue, tale = self.issues[number], ISSUES[number]
        owner = self.people[tale.owner] if tale.owner else self.sanne
        if to == Status.ANALYSING and issue.owner is None:
            self.look_into(number, owner)
        if to in (Status.READY, Status.IN_PROGRESS) and tale.no_cause and not issue.no_cause_note:
            issue.edit(by=owner, no_cause_note=tale.no_cause)
        if to == Status.VERIFYING and tale.expected:
            issue.edit(by=owner, expected_effect=tale.expected)
        if to == Status.DONE and tale.verdict:
            issue.edit(by=owner, verdict=Verdict(tale.verdict[0]), verdict_note=tale.verdict[1])
        gaps = issue.missing(to)
        issue.move(to, by=self.sanne if Review.live() else owner, reason=(tale.anyway or ANYWAY[gaps[0].name]) if gaps else reason)

    def look_into(self, number: int, owner: User) -> None:
        """The weights and the causes come with the analysis."""
        issue, tale = self.issues[number], ISSUES[number]
        if tale.owner:
            issue.edit(by=self.sanne, owner=owner)
        if tale.rice:
            reach, severity, confidence, effort = tale.rice
            issue.edit(by=owner, reach=float(reach), severity=severity, confidence=Confidence(confidence), effort=float(effort))
        if tale.staff is not None:
            issue.edit(by=owner, staff_effect=tale.staff)
        for place, link in enumerate(CAUSES.get(number, ())):
            known = self.signalled[link.problem] + timedelta(hours=2)
            ready = max(known, clock.now() + timedelta(hours=3 + 30 * place), *([self.moment(link.ago)] if link.ago else []))
            self.on(min(self.working(ready), self.now - timedelta(minutes=40)), partial(self.link, number, link))

    def working(self, moment: datetime) -> datetime:
        """The same, or on the next working day."""
        moment = clock.local(moment)
        if moment.hour >= 17:
            moment = moment.replace(hour=9) + timedelta(days=1)
        while moment.weekday() > 4:
            moment += timedelta(days=1)
        return moment

    def link(self, number: int, link: Link) -> None:
        issue, problem = self.issues[number], self.problems[link.problem]
        by = issue.owner or self.sanne
        if not problem.is_visible_to(by):
            by = self.people[PROBLEMS[link.problem].by]
        cause = Cause.link(issue=issue, problem=problem, by=by, share=link.share, whys=list(link.whys), evidence=link.evidence)
        if link.certainty != "suspected":
            moment = self.working(clock.now() + timedelta(days=self.chance.randrange(2, 9)))
            self.on(min(moment, self.now - timedelta(minutes=20)), partial(self.confirm, cause, Certainty(link.certainty), link.problem))

    def confirm(self, cause: Cause, certainty: Certainty, problem: int) -> None:
        """Somebody of the department that lives with it."""
        cause.confirm(certainty, by=self.people[next(d.lead for d in DEPARTMENTS if d.code == PROBLEMS[problem].department)])

    def park(self, number: int, until: date, reason: str | None) -> None:
        self.issues[number].park(until=until, by=self.sanne, reason=reason)

    def end(self, number: int, how: str, words: list[object]) -> None:
        """Off the board: parked until a day to come, declined, or merged into another."""
        issue = self.issues[number]
        if how == "parked":
            days, reason = words
            issue.park(until=self.today + timedelta(days=int(str(days))), by=self.sanne, reason=str(reason))
        elif how == "declined":
            issue.decline(by=self.sanne, reason=str(words[0]))
        else:
            issue.merge(into=self.issues[int(str(words[0]))], by=self.sanne)

    def plan_whys(self) -> None:
        """This morning's hour of asking on, when everything that leads to a problem was known."""
        minutes = 38
        for number, answers in ANSWERS.items():
            for answer in answers:
                minutes -= 1
                self.on(self.now - timedelta(minutes=minutes), partial(self.answer, number, answer))

    def answer(self, number: int, said: Answer) -> None:
        issue, by = self.issues[number], self.people[said.who]
        above = next((n.why for n in grown(issue, by).nodes if n.why.text == said.under), None)
        why = Why.answer(said.text, issue=issue, by=by, parent=above)
        if said.evidence:
            why.prove(said.evidence, by=by)
        if said.not_ours:
            why.end_not_ours(said.not_ours, by=by)
        elif said.issue:
            why.end_elsewhere(self.issues[said.issue], by=by)
        elif said.problem:
            why.end_in_problem(self.problems[said.problem], by=by)

    # what people wrote

    def plan_talk(self) -> None:
        for about, ago, who, text in COMMENTS:
            self.on(self.moment(ago, after=self.known_since(about)), partial(self.say, about, who, text))

    def known_since(self, about: int | str) -> datetime:
        """Days that end in one weekend fall together: nobody speaks of what nobody has reported yet."""
        return self.signalled[int(about.removeprefix("EX-"))] if isinstance(about, str) else self.reported[about]

    def say(self, about: int | str, who: str, text: str) -> None:
        if isinstance(about, str):
            Comment.say(text, by=self.people[who], problem=self.problems[int(about.removeprefix("EX-"))])
        else:
            Comment.say(text, by=self.people[who], issue=self.issues[about])

    # what departments asked each other

    def plan_questions(self) -> None:
        for question in QUESTIONS:
            asked: list[Handoff] = []
            before = self.moment(question.ago, after=self.known_since(question.about))
            self.on(before, partial(self.ask, question, asked))
            for reaction in question.turns:
                before = self.moment(reaction.ago, after=before)
                self.on(before, partial(self.react, question, asked, reaction))

    def ask(self, question: Question, asked: list[Handoff]) -> None:
        needed = max(self.today + timedelta(days=question.needed), clock.today() + timedelta(days=2))
        asking, department = (self.departments[code] for code in (question.asking, question.asked))
        asked.append(Handoff.make(issue=self.issues[question.about], asking=asking, asked=department, ask=question.text, needed_by=needed, by=self.people[question.who]))

    def react(self, question: Question, asked: list[Handoff], reaction: Reaction) -> None:
        handoff, who, words = asked[0], self.people[reaction.who], reaction.words
        if reaction.verb == "again":
            handoff.change(ask=words, needed_by=max(handoff.needed_by, clock.today()), by=who)
        elif reaction.verb in ("answer", "decline"):
            (handoff.give_answer if reaction.verb == "answer" else handoff.decline)(words, by=who)
        else:
            (handoff.accept if reaction.verb == "accept" else handoff.withdraw)(by=who)

    # what customers said

    def plan_voices(self) -> None:
        for voice in said():
            self.on(self.moment(voice.ago), partial(self.hear, voice))
        for stage, ago, channel, quote, why in ASIDE:
            self.on(self.moment(ago), partial(self.set_aside, Said(stage, ago, channel, "", None, (), quote, False), why))

    def hear(self, told: Said) -> Voice:
        by, issue = self.people[HEARD_BY[told.channel]], self.issues.get(told.about) if isinstance(told.about, int) else None
        stage = self.stages[ISSUES[told.about].stage if isinstance(told.about, int) else told.about]
        scale = Scale(told.scale) if told.score is not None else None
        voice = Voice.log(quote=told.quote, by=by, stage=stage, channel=told.channel, score=told.score, scale=scale, tags=told.labels, department=issue.lead if issue else None)
        if issue is not None:
            voice.support(issue, by=by)
            if told.pinned:
                voice.pin(issue, by=by)
        return voice

    def set_aside(self, told: Said, why: str) -> None:
        self.hear(told).set_aside(why, by=self.sanne)

    # the case for solving a problem

    def plan_dossiers(self) -> None:
        for guess in FOR_ALL:
            self.on(self.moment(guess.ago), partial(self.assume, None, guess))
        for number, guesses in OF_PROBLEMS.items():
            before = self.signalled[number]
            for guess in guesses:
                before = self.moment(guess.ago, after=before)
                self.on(before, partial(self.assume, number, guess))
        for number, (text, who, ago, ahead) in ASKED.items():
            self.on(self.moment(ago), partial(self.put_ask, number, text, who, ahead))
        for number, receiver, who, ago in SHARED:
            self.on(self.moment(ago), partial(self.share, number, receiver, who))

    def assume(self, number: int | None, guess: Guess) -> None:
        if number is None:
            Letterhead.put(ORGANISATION, by=self.sanne)
        problem = None if number is None else self.problems[number]
        value = Range(guess.low, guess.likely, guess.high)
        Assumption.keep(problem, Name(guess.name), value, by=self.people[guess.who], source=guess.source, guess=guess.guess)

    def put_ask(self, number: int, text: str, who: str, ahead: int) -> None:
        decide_by = self.today + timedelta(days=ahead)
        while not clock.is_working_day(decide_by):
            decide_by += timedelta(days=1)
        Dossier.put(self.problems[number], ask=text, decide_by=decide_by, by=self.people[who])

    def share(self, number: int, receiver: str, who: str) -> None:
        DossierLink.make(self.problems[number], by=self.people[who], receiver=receiver)

    # the weekly review

    def hold(self, moment: datetime, week: Week) -> None:
        """One meeting of an hour: seven steps, what was decided under the issue it was about, and the minutes at the end."""
        self.minute = moment
        deeds = self.in_review.pop(moment, {})
        review = db.session.scalars(sa.select(Review).where(Review.day == clock.local(moment).date())).one()
        here = self.attendants()
        self.do(0, lambda: review.start(by=self.sanne))
        for person, presence in here.items():
            self.do(0, partial(review.mark, person, presence, by=self.sanne))
        if week.guest:
            self.do(1, partial(review.welcome, week.guest, by=self.sanne))
        for step in Step:
            self.take_step(review, step, week, deeds)
        present = [p for p, presence in here.items() if presence == Presence.PRESENT]
        for person in present:
            self.do(0, partial(review.rate, self.chance.choice((6, 7, 7, 8, 8, 8, 9)), by=person))
        self.do(1, lambda: review.close(by=self.sanne))

    def do(self, minutes: float, deed: Deed) -> None:
        """The next thing in the meeting, so many minutes later."""
        self.minute += timedelta(minutes=minutes)
        with clock.at(self.minute):
            deed()
            db.session.flush()

    def attendants(self) -> dict[User, Presence]:
        """Most of the team; one or two have sent word, now and then somebody is missing."""
        invited = [p for name, p in self.people.items() if name not in ("Ineke", "Lars")]
        away = self.chance.sample([p for p in invited if p is not self.sanne], self.chance.choice((1, 2, 2, 3)))
        missing = away[:1] if self.chance.random() < 0.3 else []
        return {p: Presence.ABSENT if p in missing else Presence.EXCUSED if p in away else Presence.PRESENT for p in invited}

    def take_step(self, review: Review, step: Step, week: Week, deeds: dict[int, list[Deed]]) -> None:
        self.do(0.5, lambda: review.turn(step, by=self.sanne))
        if step == Step.PROMISES:
            self.look_at_promises()
        if step.one_by_one:
            self.go_through(review, step, week, deeds)
        else:
            self.do(4.5, lambda: None)
        if step == Step.FOCUS:
            self.finish_focus(week, deeds)
        if note := week.notes.get(step.value):
            self.do(0.5, lambda: review.note(step, note, by=self.sanne))

    def go_through(self, review: Review, step: Step, week: Week, deeds: dict[int, list[Deed]]) -> None:
        """Point by point. What there was no time for is left for next time."""
        numbers = {issue.id: number for number, issue in self.issues.items()}
        for place, item in enumerate(review.points(step)):
            if step == Step.STUCK and place >= MOST_STILL:
                break
            self.do(0, partial(review.turn, step, item, by=self.sanne))
            number = numbers[item.issue_id or 0]
            for deed in deeds.pop(number, []):
                self.do(0.8, deed)
            self.write_down(number, week, step)
            self.do({Step.FOCUS: 6.0, Step.STUCK: 2.0}.get(step, 0.7), lambda: None)

    def finish_focus(self, week: Week, deeds: dict[int, list[Deed]]) -> None:
        """What was not on the agenda under its own issue, and the focus itself."""
        for number in list(deeds):
            for deed in deeds.pop(number):
                self.do(0.3, deed)
        for number in week.focus:
            issue = self.issues[abs(number)]
            self.do(0.5, partial(Focus.put, issue, by=self.sanne) if number > 0 else partial(Focus.take_out, issue, by=self.sanne))
        self.write_down(None, week, Step.FOCUS)

    def write_down(self, number: int | None, week: Week, step: Step) -> None:
        """The decisions and promises about one issue; with None, all that are left."""
        done = self.written.setdefault(id(week), set())
        for about, text in week.decisions:
            if (number is None or about == number) and text not in done:
                done.add(text)
                issue = self.issues[about] if about else None
                self.do(0.4, partial(Decision.record_one, text, by=self.sanne, issue=issue, step=step.value))
        for promise in week.promises:
            if (number is None or promise.about == number) and promise.what not in done:
                done.add(promise.what)
                self.do(0.4, partial(self.promise, promise, step))

    def promise(self, told: Promise, step: Step) -> None:
        due = clock.today() + timedelta(days=told.days)
        while due.weekday() > 4:
            due += timedelta(days=1)
        issue = self.issues[told.about] if told.about else None
        action = Action.promise(told.what, owner=self.people[told.owner], due=due, by=self.sanne, issue=issue, step=step.value)
        self.promises.append((action, told))
        if told.fate == "kept":
            self.keep(action)

    def keep(self, action: Action) -> None:
        """It is done a day or two before it is due."""
        day = action.due - timedelta(days=self.chance.choice((1, 1, 2)))
        while day.weekday() > 4:
            day -= timedelta(days=1)
        moment = datetime.combine(max(day, clock.today()), time(15), self.zone) + timedelta(minutes=self.chance.randrange(100))
        self.on(moment, lambda: action.finish(by=action.owner))

    def look_at_promises(self) -> None:
        """Last week's promises: carried over with a new day, or dropped with a reason."""
        times = {"late": 1, "later": 2}
        for action, told in self.promises:
            if action.status != ActionStatus.OPEN or action.due >= clock.today():
                continue
            if told.fate == "dropped":
                self.do(0.4, partial(action.drop, by=self.sanne, reason="Met de latere verzendtijd is de brief zelden meer nodig."))
            elif action.carried < times.get(told.fate, 0):
                self.do(0.4, partial(action.carry, due=clock.today() + timedelta(days=7), by=self.sanne))
                if action.carried == times[told.fate]:
                    self.keep(action)
