"""The verbs of voices: logging, correcting, supporting, setting aside; and what they do for the weight of an issue."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.db import db
from cxboard.domain import Refused, Stale
from cxboard.history import Event
from cxboard.history.sentences import sentence
from cxboard.issues.models import Issue
from cxboard.issues.status import Confidence, Status
from cxboard.permissions import allows
from cxboard.voices.bulk import add_many
from cxboard.voices.finding import ENTRY
from cxboard.voices.importing import VoiceImport
from cxboard.voices.models import Band, Scale, Support, Voice
from cxboard.voices.panels import voice_at_the_table
from cxboard.voices.together import make_issue_of, set_all_aside, support_all, title_of
from tests.makers import make_department, make_issue, make_person, make_voice

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    ("scale", "score", "band", "good"),
    [
        (Scale.NPS, 0, Band.BAD, 0), (Scale.NPS, 6, Band.BAD, 0.6), (Scale.NPS, 7, Band.MIDDLING, 0.7), (Scale.NPS, 8, Band.MIDDLING, 0.8), (Scale.NPS, 9, Band.GOOD, 0.9),
        (Scale.CSAT, 1, Band.BAD, 0), (Scale.CSAT, 3, Band.MIDDLING, 0.5), (Scale.CSAT, 4, Band.GOOD, 0.75), (Scale.CES, 3, Band.BAD, 1 / 3), (Scale.CES, 4, Band.MIDDLING, 0.5), (Scale.CES, 7, Band.GOOD, 1),
    ],
)  # fmt: skip
def test_a_score_is_good_middling_or_bad_by_the_custom_of_its_scale(scale, score, band, good):
    assert scale.band(score) == band
    assert scale.good(score) == pytest.approx(good)


def test_a_voice_that_is_logged_keeps_what_was_said_and_who_wrote_it_down(person):
    voice = make_voice("Ik bel al drie keer", by=person("Mo"), score=2, scale=Scale.CSAT, tags=["Nota ", "nota", "wachttijd"], department=make_department("IT"))

    assert (voice.quote, voice.band, voice.tags, voice.source, voice.issue_count) == ("Ik bel al drie keer", Band.BAD, ["nota", "wachttijd"], "cxboard", 0)
    [event] = db.session.scalars(sa.select(Event).where(Event.subject == "voice"))
    assert "Mo Amrani</b> wrote down what a customer said" in sentence(event)
    assert allows(person("Mo"), "voice.edit", voice)
    assert allows(person("Eva"), "voice.edit", voice)  # about her department
    assert not allows(person("Finn"), "voice.log")
    assert not allows(make_person("Jan", departments=("LOG",)), "voice.edit", voice)


@pytest.mark.parametrize(
    "facts",
    [{"quote": ""}, {"said_on": "tomorrow"}, {"score": 8, "scale": Scale.CES}, {"score": 3, "scale": None}, {"tags": ["x" * 61]}],
    ids=["says nothing", "is still to come", "is off its scale", "has no scale", "has a label that is too long"],
)
def test_what_can_not_be_is_refused(person, facts):
    if facts.get("said_on"):
        facts = {"said_on": clock.today() + timedelta(days=1)}
    with pytest.raises(Refused):
        Voice.log(**({"quote": "Iets", "by": person("Mo")} | facts))


def test_what_was_written_down_can_be_put_right_but_not_over_somebody_else(person):
    voice = make_voice(by=person("Mo"), tags=["nota"])
    seen = voice.version
    voice.edit(by=person("Roos"), version=seen, quote="Ik belde twee keer", tags=["nota", "app"], said_on=clock.today() - timedelta(days=3))
    db.session.commit()

    assert {t.said_on for t in voice.tag_rows} == {clock.today() - timedelta(days=3)}
    words = db.session.execute(sa.select(ENTRY.c.id, ENTRY.c.words).where(ENTRY.c.voice_id == voice.id)).all()
    assert len(words) == 1
    assert "belde" in words[0].words
    with pytest.raises(Stale):
        voice.edit(by=person("Mo"), version=seen, quote="Ik belde vier keer")
    voice.edit(by=person("Mo"), version=seen, channel="phone")
    assert voice.channel == "phone"


# the weight of an issue


def test_confidence_follows_from_the_number_of_voices_until_somebody_sets_it_and_can_be_given_back(person):
    mo = person("Mo")
    issue = make_issue(by=mo)
    assert issue.confidence is None

    def heard(many: int) -> Confidence | None:
        add_many([{"quote": "Zo is het", "said_on": clock.today(), "issues": [issue.id]} for _ in range(many)], logged_by_id=mo.id)
        make_voice(by=mo, supports=issue)
        return issue.confidence

    assert heard(3) == Confidence.LOW
    assert heard(0) == Confidence.MEDIUM
    assert heard(23) == Confidence.MEDIUM
    assert (heard(0), issue.voice_count, issue.confidence_follows) == (Confidence.HIGH, 30, True)

    issue.edit(by=mo, confidence=Confidence.LOW)
    heard(0)
    assert (issue.confidence, issue.confidence_follows) == (Confidence.LOW, False)
    issue.edit(by=mo, confidence=None)
    db.session.commit()
    assert (issue.confidence, issue.confidence_follows) == (Confidence.HIGH, True)
    # The same as it follows now, but held fast.
    issue.edit(by=mo, confidence=Confidence.HIGH)
    assert not issue.confidence_follows
    db.session.commit()
    told = [str(sentence(e)) for e in db.session.scalars(sa.select(Event).where(Event.field == "confidence").order_by(Event.id))]
    assert told[0] == "The confidence follows from the voices: 50 % with 4 of them"
    assert "let the confidence follow from the voices again: 100 % with 31 of them" in told[-2]


def test_what_was_set_by_hand_before_there_were_voices_stays(person):
    issue = make_issue(by=person("Mo"), confidence=Confidence.HIGH)
    voice = make_voice(by=person("Mo"), supports=issue)

    assert (issue.confidence, issue.voice_count) == (Confidence.HIGH, 1)
    voice.withdraw(issue, by=person("Mo"))
    assert (issue.confidence, issue.voice_count, voice.issue_count) == (Confidence.HIGH, 0, 0)


def test_a_voice_that_is_set_aside_counts_nowhere_until_it_is_taken_back(person):
    mo = person("Mo")
    issue = make_issue(by=mo)
    voice = make_voice(by=mo, supports=issue)
    with pytest.raises(Refused):
        voice.set_aside("", by=mo)
    voice.set_aside("Dubbel", by=mo)
    db.session.commit()

    assert (issue.voice_count, issue.confidence) == (0, None)
    with pytest.raises(Refused):
        voice.support(make_issue(by=mo), by=mo)
    voice.take_back(by=mo)
    db.session.commit()
    assert (issue.voice_count, issue.confidence) == (1, Confidence.LOW)


def test_voices_of_an_import_that_is_not_there_yet_or_any_more_count_nowhere(person):
    mo = person("Mo")
    issue = make_issue(by=mo)
    bringing = VoiceImport(source="Onderzoek", file="a.csv", by=mo, failed_why="", columns={})
    db.session.add(bringing)
    db.session.flush()
    [id] = add_many([{"quote": "Nog niet", "said_on": clock.today(), "issues": [issue.id]}], logged_by_id=mo.id, import_id=bringing.id)
    make_voice(by=mo, supports=issue)

    assert issue.voice_count == 1
    assert db.session.scalar(sa.select(Voice).where(Voice.id == id, Voice.visible_to(mo))) is None
    bringing.finished_at = clock.now()
    make_voice(by=mo, supports=issue)
    assert issue.voice_count == 3


def test_merging_sums_voices_once_and_taking_it_back_gives_them_back(person):
    roos = person("Roos")
    one, other = make_issue("Nota te laat", by=roos), make_issue("Nota komt niet", by=roos)
    both, only_one, only_other = make_voice(by=roos, supports=one), make_voice(by=roos, supports=one), make_voice(by=roos, supports=other)
    both.support(other, by=roos)
    only_one.pin(one, by=roos)
    db.session.commit()

    event = one.merge(into=other, by=roos)
    db.session.commit()
    assert other.voice_count == 3
    assert db.session.scalar(sa.select(sa.func.count()).where(Support.issue_id == other.id)) == 3
    assert db.session.get_one(Support, (only_one.id, other.id)).pinned_at
    late = make_voice(by=roos, supports=other)

    one.undo(event, by=roos)
    db.session.commit()
    assert {i: {s.voice_id for s in db.session.scalars(sa.select(Support).where(Support.issue_id == i.id))} for i in (one, other)} == {
        one: {both.id, only_one.id}, other: {both.id, only_other.id, late.id},
    }  # fmt: skip
    assert (one.voice_count, other.voice_count) == (2, 3)
    one.merge(into=other, by=roos)
    with pytest.raises(Refused):
        late.support(one, by=roos)


# several at once


def test_several_support_an_issue_at_once_and_it_can_be_taken_back(person, at):
    at("2026-11-24 10:00")
    mo = person("Mo")
    issue = make_issue(by=mo)
    known = make_voice(by=mo, supports=issue)
    ids = [known.id, *(make_voice(by=mo).id for _ in range(2))]

    batch = support_all(ids, issue, by=mo)
    db.session.commit()
    assert (issue.voice_count, batch.voices) == (3, ids[1:])
    [event] = db.session.scalars(sa.select(Event).where(Event.kind == "issue_heard_many"))
    assert "let 2 voices support this" in sentence(event)
    with pytest.raises(Refused):
        batch.undo(by=person("Roos"))
    batch.undo(by=mo)
    db.session.commit()
    assert issue.voice_count == 1  # the one that supported it before still does
    with pytest.raises(Refused):
        batch.undo(by=mo)


def test_an_issue_is_made_of_what_they_say(person, at):
    at("2026-11-24 10:00")
    mo = person("Mo")
    ids = [make_voice(quote, by=mo).id for quote in ("De nota klopt niet. Weer.", "Bedrag onbegrijpelijk")]

    issue, batch = make_issue_of(ids, title_of("De nota klopt niet. Weer."), by=mo)
    db.session.commit()
    assert (issue.title, issue.story, issue.voice_count) == ("De nota klopt niet", "> De nota klopt niet. Weer.\n\n> Bedrag onbegrijpelijk", 2)
    batch.undo(by=mo)
    db.session.commit()
    assert (issue.status, issue.voice_count) == (Status.DECLINED, 0)


def test_several_are_set_aside_and_taken_back_but_not_after_half_a_minute(person, at):
    at("2026-11-24 10:00")
    mo = person("Mo")
    ids = [make_voice(by=mo).id for _ in range(2)]
    batch = set_all_aside(ids, "Reclame", by=mo)
    db.session.commit()
    assert all(db.session.get_one(Voice, id).is_set_aside for id in ids)
    assert set_all_aside(ids, "Reclame", by=mo) is None

    at("2026-11-24 10:01")
    with pytest.raises(Refused):
        batch.undo(by=mo)
    with pytest.raises(Refused):
        set_all_aside(range(1, 300), "Te veel", by=mo)


def test_of_many_who_support_an_issue_at_once_none_is_forgotten(app, person):
    mo = person("Mo")
    issue = make_issue(by=mo)
    ids = [make_voice(by=mo).id for _ in range(12)]
    issue_id, errors = issue.id, []
    db.session.commit()

    def work(mine: list[int]) -> None:
        with app.app_context():
            try:
                for id in mine:
                    voice = db.session.scalar(sa.select(Voice).where(Voice.id == id).with_for_update(of=Voice, key_share=True))
                    voice.support(db.session.get_one(Issue, issue_id), by=db.session.merge(mo))
                    db.session.commit()
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(ids[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not errors
    db.session.expire_all()
    assert db.session.get_one(Issue, issue_id).voice_count == 12


def test_the_customer_at_the_table_is_a_telling_one(person, at):
    at("2026-11-24 10:00")
    mo = person("Mo")
    issue, quiet = make_issue(by=mo), make_issue(by=mo)
    assert voice_at_the_table() is None
    old = make_voice("Al weken oud", by=mo, days=20, supports=issue)
    newest = make_voice("Van vandaag", by=mo, supports=issue)
    make_voice("Steunt niets", by=mo)
    assert voice_at_the_table().voice is newest
    old.pin(issue, by=mo)
    db.session.commit()
    assert voice_at_the_table().voice is voice_at_the_table(issue).voice is old
    assert voice_at_the_table(quiet).voice is old
