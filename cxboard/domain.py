"""What a domain verb says when it can't do what was asked."""

from zlib import crc32


class Refused(Exception):
    """The rules do not allow this; `message` is a whole sentence for the person who asked."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message


class Stale(Exception):
    """Somebody else changed the same thing since this person opened it.

    `fields` maps a field's label to the two texts, so that both can be shown side by side. `seen` is what the form says
    about the version that it was opened with, by name: for who has seen both and sends theirs again. `joined` is what a
    field of the form holds when both are kept, where that makes sense.
    """

    def __init__(
        self, who: str | None = None, fields: dict[str, tuple[str, str]] | None = None, seen: dict[str, str] | None = None,
        joined: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__("changed meanwhile")
        self.who = who
        self.fields = fields or {}
        self.seen = seen or {}
        self.joined = joined or {}


def imprint(*values: object) -> int:
    """A number that is another one as soon as a value is: the version of what counts none itself, for a form to bring back."""
    return crc32(repr([str(v) for v in values]).encode("utf-8", "surrogatepass")) % 1_000_000_000
