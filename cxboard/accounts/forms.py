"""What people send to sign in, to choose a password, and to keep people and departments."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from ..forms import Choice, Choices, Form, Line, Number, Version
from ..language import LANGUAGES
from .models import COLOURS, Department, Role, User


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
    current = PasswordField(
        _l("Your password now"), [InputRequired(_l("Fill in your password.")), Length(max=128, message=_l("A password has at most 128 characters."))],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip


class SetupForm(NewPasswordForm):
    name = Line(_l("Your name"), at_most=80, render_kw={"autocomplete": "name"})
    email = Email(_l("E-mail address"), at_most=254, render_kw={"autocomplete": "username", "inputmode": "email"})


class ProfileForm(Form):
    name = Line(_l("Name"), at_most=80)
    locale = Choice(_l("Language"), choices=list(LANGUAGES.items()), required=True)
    theme = Choice(_l("Appearance"), choices=[("system", _l("As the system")), ("light", _l("Light")), ("dark", _l("Dark"))], required=True)
    single_keys = BooleanField(_l("Single keys work as shortcuts"))


class PersonForm(Form):
    """A person as an administrator keeps them; for a new one, what the invitation needs."""

    name = Line(_l("Name"), at_most=80, render_kw={"autocomplete": "off"})
    email = Email(_l("E-mail address"), at_most=254, render_kw={"autocomplete": "off", "inputmode": "email"})
    role = Choice(_l("Role"), required=True)
    departments = Choices(_l("Departments"))
    version = Version()

    def offer(self, departments: list[Department]) -> "PersonForm":
        """The roles and the departments to choose from."""
        self.role.choices = [SelectChoice(role.value, role.label) for role in (Role.MEMBER, Role.REGISSEUR, Role.VIEWER, Role.ADMIN)]
        self.departments.choices = [SelectChoice(str(d.id), d.name) for d in departments]
        return self


class NewDepartmentForm(Form):
    name = Line(_l("Name"), at_most=80)
    code = Line(_l("Code"), at_most=6, render_kw={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"})


class DepartmentForm(NewDepartmentForm):
    colour = Choice(_l("Colour"), choices=[(c, c) for c in COLOURS], required=True)
    lead = Choice(_l("Lead person"), ids=True)
    wip_limit = Number(_l("Issues in progress at once"), low=1, high=99, required=True)
    change_limit = Number(_l("Open changes at once"), low=1, high=99, required=True)
    mandate = Number(_l("Mandate per quick fix (€)"), low=0, high=1_000_000, required=True)
    version = Version()

    def offer(self, people: list[User]) -> "DepartmentForm":
        """The people who can lead it."""
        self.lead.choices = [SelectChoice("", "–"), *(SelectChoice(str(p.id), p.name) for p in people)]
        return self
