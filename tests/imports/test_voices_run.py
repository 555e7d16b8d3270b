"""What an import of voices would do, does, and leaves when it is stopped, fails, is done twice or undone."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.db import db
from cxboard.domain import Refused
from cxboard.history.models import Event
from cxboard.imports import voices_kept as kept, voices_run as run
from cxboard.imports.voices_by_command import carry_out, prepare
from cxboard.imports.voices_plan import Known, unknown, warnings
from cxboard.issues.models import Issue
from cxboard.journeys.models import Stage
from cxboard.ticker import tick
from cxboard.voices.importing import Standing, VoiceImport, support_of
from cxboard.voices.models import Scale, Voice, VoiceTag
from cxboard.voices.queries import shown
from tests.imports.voice_files import NHS_LIKE, dutch, many
from tests.makers import make_department, make_issue

AT_ONCE = run.Pace(patient=False)


@pytest.fixture
def roos(person, at):
    at("2026-11-24 10:00")
    return person("Roos")


@pytest.fixture
def send(roos, tmp_path):
    """A file that was read for its import."""

    def send(data: bytes, name: str = "stemmen.csv", **choices: object):
        path = tmp_path / "sent"
        path.write_bytes(data)
        with path.open("rb") as file:
            sent = kept.keep(file, name, roos.id)
        sent.want(kept.COLUMNS)
        sent.prepare()
        if choices:
            mapping = sent.mapping
            for field, value in choices.items():
                setattr(mapping, field, value)
            sent.choose(mapping)
            sent.want(kept.CHECK)
            sent.prepare()
        db.session.commit()
        return sent

    return send


@pytest.fixture
def begin(roos, send):
    """An import that waits to be carried out; its number."""

    def begin(data: bytes, **choices: object) -> int:
        sent = send(data, **choices)
        mapping = sent.mapping
        begun = VoiceImport.begin(
            by=roos, source=mapping.source, file=sent.sheet.name, rows=sent.outlook.rows, columns=mapping.as_json(), headers_key=sent.sheet.key, token=sent.token
        )
        db.session.commit()
        return begun.id

    return begin


@pytest.fixture
def bring_in(begin):
    """Import it, at once."""

    def bring_in(data: bytes, **choices: object) -> VoiceImport:
        number = begin(data, **choices)
        run.work(AT_ONCE)
        return db.session.get_one(VoiceImport, number)

    return bring_in


def voices() -> list[Voice]:
    """Those that are there for everybody."""
    return list(db.session.scalars(sa.select(Voice).where(shown()).order_by(Voice.id)))


def test_a_file_is_looked_at_without_writing_anything(send, rows):
    outlook = send(NHS_LIKE).outlook

    assert (outlook.rows, outlook.new, outlook.doubles, outlook.empty, outlook.wrong) == (6, 3, 1, 2, 0)
    assert (outlook.scores, outlook.off_scale) == ({"5": 1, "1": 1}, {"6": 1})
    assert (rows("voice"), rows("voice_import")) == (0, 0)


def test_what_the_file_says_becomes_voices(bring_in):
    bring_in(NHS_LIKE, source="NHS")

    friendly, waited, nothing = voices()
    assert (friendly.source, friendly.reference, friendly.said_on, friendly.score, friendly.scale) == ("NHS", "A 1", date(2021, 9, 30), 5, Scale.CSAT)
    assert friendly.tags == ["staff manner"]
    assert (waited.said_on, waited.quote, waited.score, waited.tags) == (date(2021, 8, 28), "Waited two hours\nand nobody came", 1, ["timeliness of care"])
    assert (nothing.quote, nothing.score) == ("Nothing.", None)


def test_the_dutch_file_leaves_people_out_and_formulas_text(bring_in, send):
    sent = send(dutch())
    told = {(w.column, w.kind.value, w.comes_in, w.in_words) for w in warnings(sent.survey, sent.mapping)}
    assert told == {("Naam", "name", False, False), ("E-mail", "mail", False, False), ("Klantstem", "mail", True, True), ("Klantstem", "phone", True, True)}
    assert sent.outlook.masked == 2

    bring_in(dutch())

    found = voices()
    assert [v.quote for v in found] == ["Bel me op [phone]", "Mail naar [e-mail] graag", '=HYPERLINK("http://kwaad.nl";"klik")', "Goed geholpen", "Goed geholpen"]
    assert [(v.said_on.isoformat(), v.score) for v in found] == [("2026-02-01", 8), ("2026-02-03", 8), ("2026-02-04", 0), ("2026-02-04", 10), ("2026-02-04", 10)]
    assert (found[0].segment, found[0].channel, found[0].tags) == ("Zakelijk", "telefoon", ["app", "nota"])


@pytest.mark.parametrize("data", [NHS_LIKE, dutch()], ids=["with references", "without"])
def test_the_same_file_again_adds_nothing(bring_in, send, rows, data):
    first = bring_in(data, source="Enquête")
    added = first.added

    again = send(data)
    assert again.remembered["file"] == "stemmen.csv"
    assert (again.mapping.source, again.outlook.new, again.outlook.here) == ("Enquête", 0, added)

    second = bring_in(data)
    assert (second.standing, second.added, second.here) == (Standing.FINISHED, 0, added)
    assert rows("voice") == added


def test_a_row_that_can_not_be_read_keeps_all_of_it_out(bring_in, send, rows):
    data = b"id;datum;opmerking\n1;1-2-2026;goed\n2;32-1-2026;fout\n3;1-2-2027;morgen\n4;;zonder\n5;1-2-2026;te;veel\n"
    outlook = send(data).outlook
    assert (outlook.new, outlook.wrong) == (1, 4)
    assert [p.sentence for p in outlook.problems_told][:2] == [
        "Row 3, column “datum”: “32-1-2026” is no date. Write it as 27-11-2026.", "Row 4, column “datum”: 1-2-2027 is still to come. Is the day the right way round?",
    ]  # fmt: skip

    failed = bring_in(data)
    assert (failed.standing, rows("voice")) == (Standing.FAILED, 0)
    assert "Row 3" in failed.failed_why

    assert bring_in(data, skip_wrong=True).added == 1


def test_unknown_stages_are_made_chosen_or_left_open(bring_in, send, rows):
    sent = send(NHS_LIKE)
    assert unknown(sent.survey, sent.mapping, Known.all()) == {"stage": {"See and Convey": 3, "PTS - Transport": 2}}

    done = bring_in(NHS_LIKE, source="NHS", stages={"See and Convey": "new"})

    stage = db.session.scalars(sa.select(Stage)).one()
    assert (stage.name, stage.journey.name) == ("See and Convey", "NHS")
    assert [v.stage_id for v in voices()] == [None, stage.id, stage.id]
    done.undo(by=done.by)
    db.session.commit()
    run.work(AT_ONCE)
    assert db.session.get_one(Stage, stage.id).archived


def test_departments_are_known_by_name_and_code(bring_in):
    ks = make_department("KS")

    bring_in(b"datum;opmerking;afdeling\n1-2-2026;een;afdeling ks\n1-2-2026;twee;KS\n1-2-2026;drie;XY\n")

    assert [v.department_id for v in voices()] == [ks.id, ks.id, None]


def test_nobody_sees_anything_before_all_of_it_is_in(begin, monkeypatch):
    number = begin(many(120))
    seen = []
    write = run.Carrying.write_once
    monkeypatch.setattr(run.Carrying, "write_once", lambda self, *a: (write(self, *a), seen.append(len(voices())), db.session.rollback()))

    run.work(run.Pace(rows=30, patient=False))

    assert seen
    assert set(seen) == {0}
    assert len(voices()) == db.session.get_one(VoiceImport, number).added == 120


def test_stopping_it_while_it_runs_leaves_nothing(begin, roos, rows, monkeypatch):
    number = begin(many(200))
    write = run.Carrying.write_once

    def write_and_stop(self, *args):
        write(self, *args)
        found = db.session.get_one(VoiceImport, number)
        if found.is_going_on:
            found.stop(by=db.session.merge(roos))
        db.session.commit()

    monkeypatch.setattr(run.Carrying, "write_once", write_and_stop)
    run.work(run.Pace(rows=30, patient=False))

    found = db.session.get_one(VoiceImport, number)
    assert (found.standing, rows("voice"), rows("voice_tag"), rows("search_voice")) == (Standing.STOPPED, 0, 0, 0)
    assert found.cleared_at
    with pytest.raises(Refused, match="not running"):
        found.stop(by=roos)


def test_one_whose_process_died_is_cleaned_up_by_the_clock(begin, rows, at, monkeypatch):
    number = begin(many(100))
    write, count = run.Carrying.write_once, []

    def die(self, *args):
        if count:
            raise KeyboardInterrupt
        count.append(write(self, *args))

    monkeypatch.setattr(run.Carrying, "write_once", die)
    with pytest.raises(KeyboardInterrupt):
        run.work(run.Pace(rows=30, patient=False))
    db.session.rollback()
    assert rows("voice") == 30
    assert (voices(), db.session.get_one(VoiceImport, number).standing) == ([], Standing.RUNNING)
    db.session.commit()

    clock.set(clock.now() + timedelta(minutes=5))
    tick()

    found = db.session.get_one(VoiceImport, number)
    assert (found.standing, rows("voice"), bool(found.cleared_at)) == (Standing.FAILED, 0, True)


def test_what_waits_is_begun_with_by_the_clock(begin):
    number = begin(NHS_LIKE)

    tick()

    assert db.session.get_one(VoiceImport, number).standing == Standing.FINISHED


def test_undoing_takes_the_voices_and_their_support_away(bring_in, roos, rows):
    done = bring_in(NHS_LIKE)
    issue = make_issue(by=roos)
    for voice in voices()[:2]:
        voice.support(issue, by=roos)
    db.session.commit()
    assert (support_of(done), db.session.get_one(Issue, issue.id).voice_count) == ((2, 1), 2)

    done.undo(by=roos)
    db.session.commit()

    assert (voices(), done.standing, db.session.get_one(Issue, issue.id).voice_count, rows("voice_support")) == ([], Standing.UNDONE, 0, 0)
    run.work(AT_ONCE)
    assert (rows("voice"), rows("voice_tag"), rows("search_voice")) == (0, 0, 0)
    kinds = list(db.session.scalars(sa.select(Event.kind).where(Event.subject == "voice_import").order_by(Event.id)))
    assert kinds == ["voices_import_begun", "voices_imported", "voices_import_undone", "issue_unheard_many"]
    assert bring_in(NHS_LIKE).added == 3
    with pytest.raises(Refused, match="nothing to undo"):
        done.undo(by=roos)


def test_at_most_sixty_labels_and_references_that_are_too_long(bring_in):
    labels = ",".join(f"l{n}" for n in range(70))
    data = f"id;datum;opmerking;labels\n{'x' * 300};1-2-2026;goed;{labels}\n".encode()

    bring_in(data)

    [voice] = voices()
    assert (len(voice.tags), voice.reference[0], len(voice.reference)) == (60, "#", 41)


def test_rows_with_only_a_score_come_in_when_asked_for(bring_in):
    data = b"datum;opmerking;score\n1-2-2026;;9\n1-2-2026;;9\n1-2-2026;;\n"

    bring_in(data, without_words=True)

    assert [(v.quote, v.score) for v in voices()] == [("", 9), ("", 9)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(VoiceTag)) == 0


def test_two_who_carry_out_the_same_import_do_it_once(begin, rows):
    number = begin(NHS_LIKE)
    assert run.claim(number)
    assert not run.claim(number)

    assert run.carry_out(number, pace=AT_ONCE)
    run.work(AT_ONCE)

    assert rows("voice") == 3


def test_the_command_tells_how_it_reads_a_file_and_imports_it(roos, tmp_path, rows):
    file = tmp_path / "survey.csv"
    file.write_bytes(NHS_LIKE)
    prepared = prepare(file, source="NHS", columns=["Trust=segment"], making=["stages"])
    db.session.commit()

    told = "\n".join(prepared.lines())
    assert "“FFT categorical answer” is the score, read as CSAT from 1 to 5. The lowest is the best" in told
    assert "6 rows. 3 new voices. 1 stands in the file twice. 2 rows without words are left out." in told
    assert carry_out(prepared, by=roos, tell=lambda _rows: None) == "3 voices were imported."
    assert {(v.segment, v.stage.name) for v in voices()} == {("TT", "PTS - Transport"), ("TT", "See and Convey")}
    assert prepare(file).outlook.here == 3
    with pytest.raises(Refused, match="No column is called"):
        prepare(file, columns=["Wie=quote"])
