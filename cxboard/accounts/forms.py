"""What people send to sign in and to choose a password."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField
from wtforms.validators import InputRequired, Length

from ..forms import Choice, Form, Line
from ..language import LANGUAGES


class Email(Line):
    """An e-mail address; only its outline is checked, the mail itself is the proof."""

    def pre_validate(self, form: object) -> None:
        from email_validator import EmailNotValidError, validate_email
        from wtforms import ValidationError

        super().pre_validate(form)
        if self.data:
            try:
                self.data = validate_email(self.data, check_deliverability=False).normalized.lower()
            except EmailNotValidError:
                raise ValidationError(_l("This is no e-mail address. It looks like name@company.nl.")) from None


class SignInForm(Form):
    email = Line(_l("E-mail address"), at_most=254, render_kw={"autocomplete": "username", "inputmode": "email", "autocapitalize": "none"})
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Fill in your password.")), Length(max=128, message=_l("A password has at most 128 characters."))],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip


class ForgotForm(Form):
    email = Email(_l("E-mail address"), at_most=254, render_kw={"autocomplete": "username", "inputmode": "email"})


class NewPasswordForm(Form):
    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password."))], render_kw={"autocomplete": "new-password"})


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(_l("Your password now"), [InputRequired(_l("Fill in your password."))], render_kw={"autocomplete": "current-password"})


class SetupForm(NewPasswordForm):
    name = Line(_l("Your name"), at_most=80, render_kw={"autocomplete": "name"})
    email = Email(_l("E-mail address"), at_most=254, render_kw={"autocomplete": "username", "inputmode": "email"})


class ProfileForm(Form):
    name = Line(_l("Name"), at_most=80)
    locale = Choice(_l("Language"), choices=list(LANGUAGES.items()))
    theme = Choice(_l("Appearance"), choices=[("system", _l("As the system")), ("light", _l("Light")), ("dark", _l("Dark"))])
    single_keys = BooleanField(_l("Single keys work as shortcuts"))
