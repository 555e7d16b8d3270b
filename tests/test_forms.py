"""Numbers as people type them."""

import pytest
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from cxboard.forms import Decimals, Form, Number, read_number


class Amounts(Form):
    some = Decimals()
    whole = Number()


@pytest.mark.parametrize(
    ("locale", "typed", "meant"),
    [
        ("nl", "3.200", 3200), ("nl", "4,6", 4.6), ("nl", "4.6", 4.6), ("nl", "1.234,5", 1234.5), ("nl", "3200", 3200), ("nl", "4,600", 4.6),
        ("en", "3,200", 3200), ("en", "4.6", 4.6), ("en", "1,234.5", 1234.5), ("en", "25,000,000", 25_000_000), ("en", "4,6", 4.6),
    ],
)  # fmt: skip
def test_a_number_is_read_as_this_language_writes_it(app, locale, typed, meant):
    with app.test_request_context(), force_locale(locale):
        assert Amounts(MultiDict({"some": typed}), meta={"csrf": False}).some.data == meant


@pytest.mark.parametrize(("typed", "meant"), [("25,000", 25_000), ("25000", 25_000), ("4.6", None), ("4,6", None)])
def test_a_whole_number_is_never_cut_off_in_silence(app, typed, meant):
    with app.test_request_context(), force_locale("en"):
        form = Amounts(MultiDict({"whole": typed}), meta={"csrf": False})
        assert form.validate() is (meant is not None)
        assert form.whole.data == meant


def test_there_is_no_minus_nothing():
    assert str(read_number("-0")) == "0.0"
