"""A problem with a case: two issues, one of them only suspected, and all that is assumed."""

from cxboard.accounts.models import User
from cxboard.causes.models import Certainty, Problem
from cxboard.db import db
from cxboard.dossiers.models import Assumption
from cxboard.dossiers.reckoning import Name, Range
from cxboard.issues.models import Issue
from cxboard.issues.status import Confidence
from tests.makers import make_cause, make_issue, make_problem

COMPANY = {
    Name.WEEKS: Range(44, 44, 44), Name.HOUR_COST: Range(45, 48, 52), Name.CONTACT_COST: Range(6, 7, 9), Name.LEAVE_CHANCE: Range(0.1, 0.2, 0.4),
    Name.CUSTOMER_VALUE: Range(100, 120, 150),
}  # fmt: skip
OWN = {Name.HOURS: Range(1, 1.5, 2), Name.CONTACTS: Range(900, 1_000, 1_400), Name.WON_BACK: Range(40, 60, 80), Name.RUNNING: Range(1_000, 2_000, 3_000)}


def make_problem_of(by: User, eva: User) -> tuple[Problem, list[Issue]]:
    """EX-1 of IT, behind an issue (confirmed, 50 %) and another one (suspected, 30 %)."""
    problem = make_problem("Zes systemen", by=eva, department="IT")
    problem.edit(by=eva, employees=80, hours_lost=1.5, investment=100_000)
    weight = {"severity": 4, "confidence": Confidence.HIGH}
    issues = [make_issue("Verhuizen lukt niet", by=by, reach=1_000.0, **weight), make_issue("Eindnota te laat", by=by, reach=400.0, **weight)]
    make_cause(issues[0], problem, by=by, share=50).confirm(Certainty.PROVEN, by=eva)
    make_cause(issues[1], problem, by=by, share=30)
    db.session.commit()
    return problem, issues


def assume_all(problem: Problem, by: User, roos: User) -> None:
    """Every assumption, each with a source."""
    for about, by_whom, values in ((None, roos, COMPANY), (problem, by, OWN)):
        for name, value in values.items():
            Assumption.keep(about, name, value, by=by_whom, source="Gemeten")
    db.session.commit()
