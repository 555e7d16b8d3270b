"""A card as HTML, kept by its content: nothing stale can be shown, because the query still runs and its values are the key."""

from collections.abc import Callable
from functools import lru_cache

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup

from .queries import Card
from .status import Verdict


def card_renderer() -> Callable[[list[Card]], Markup]:
    """Gives the fragments `issues/_card.html` of a column's cards, in the language of this reader."""
    locale = str(get_locale())
    return lambda cards: Markup("".join([_render(card, locale) for card in cards]))


@lru_cache(maxsize=20_000)
def _render(card: Card, locale: str) -> Markup:
    template = current_app.jinja_env.get_template("issues/_card.html")
    verdict = Verdict(card.verdict) if card.verdict else None
    initials = "".join(w[0] for w in (card.owner.split()[:1] + card.owner.split()[1:][-1:])).upper()
    return Markup(template.render(card=card, verdict=verdict, initials=initials))
