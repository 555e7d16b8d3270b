"""What a word is to search: a table of pairs that must meet, and of pairs that must not."""

from cxboard.words import Question, fold, folded, forms, stem

ALIKE = """
klacht klachten, factuur facturen, rekening rekeningen, verhuizen verhuizing, huis huizen, brief brieven, reactie reacties, proces processen, betaalt betalen,
werkt werken, mogelijkheid mogelijkheden, kantoor kantoren, monteur monteurs, storing storingen, systeem systemen, klant klanten, belt bellen, grote groot,
delay delayed, delays delaying, company companies, policy policies, customer customers, invoice invoices, business businesses, box boxes, shipped shipping,
reply replies, réactie reactie, Straße strasse, SMØRREBRØD smorrebrod, naïeve naieve, İstanbul istanbul
"""
DIFFERENT = "klant klacht, nota noot, huis huur, brief bril, bal bel, portal port, customer custom, monteur monitor, CX-12 CX-13, kant kan"


def pairs(text):
    return [tuple(pair.split()) for pair in " ".join(text.split()).split(", ")]


def test_forms_of_one_word_meet():
    assert [(one, other) for one, other in pairs(ALIKE) if stem(fold(one)) != stem(fold(other))] == []


def test_different_words_do_not():
    assert [(one, other) for one, other in pairs(DIFFERENT) if {stem(w) for w in folded(one)} == {stem(w) for w in folded(other)}] == []


def test_a_question_is_stems_and_a_last_word_that_may_be_unfinished():
    assert Question.of("de klachten over verhui") == Question(("klacht",), "verhui")
    assert Question.of("klachten ") == Question(("klacht",))  # a blank behind it: the word is finished
    assert Question.of("it") == Question()  # says nothing
    assert Question.of("lantaarn nie", typing=True) == Question.of("lantaarn br", typing=True) == Question(("lantarn",))
    assert Question.of("lantaarn br") == Question(("lantarn", "br"))
    assert Question.of("lantaarn bran", typing=True) == Question(("lantarn",), "bran")
    assert Question.of("CX-12").key == ("CX", 12)
    assert Question.of(" ex 7 ").key == ("EX", 7)
    assert Question.of("12").key == ("", 12)
    assert Question.of("12 weken").key is None


NO_WORDS = ["", " ", "*", "-", '"', "' OR 1=1", "\x00", "😀", "de het een", "()", "\u0301" * 50, "NOT (", "§ ¶", "_"]


def test_what_is_no_word_is_no_question():
    assert [text for text in NO_WORDS if Question.of(text)] == ["' OR 1=1"]


def test_the_hit_stands_in_bold_in_the_piece_where_it_is():
    question = Question.of("verhuizing")

    assert question.marked("Bij <b>verhuizen</b> & Verhuizing") == "Bij &lt;b&gt;<mark>verhuizen</mark>&lt;/b&gt; &amp; <mark>Verhuizing</mark>"
    piece = question.snippet("> " + "woord " * 100 + "verhuizing " + "daarna " * 100)
    assert piece.startswith("… ")
    assert "<mark>verhuizing</mark>" in piece
    assert piece.endswith(" …")
    assert len(piece) < 200
    assert question.snippet("iets anders") == ""


def test_absurd_text_takes_no_time():
    forms("a" * 100_000)
    forms("\u0301" * 100_000)
    assert len(max(forms("w" * 5_000), key=len)) == 40
    assert Question.of("woord " * 10_000).stems == ("word",)
