"""What a domain verb says when it can't do what was asked."""


class Refused(Exception):
    """The rules do not allow this; `message` is a whole sentence for the person who asked."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message


class Stale(Exception):
    """Somebody else changed the same thing since this person opened it.

    `mine` and `theirs` map a field's label to the two texts, so that both can be shown side by side.
    """

    def __init__(self, who: str | None = None, fields: dict[str, tuple[str, str]] | None = None) -> None:
        super().__init__("changed meanwhile")
        self.who = who
        self.fields = fields or {}
