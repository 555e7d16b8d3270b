"""Charts as geometry: what lies where, in the units of an SVG's view box. The one chart module.

No looks, no language and no request: templates/components/charts.html draws what is made here, and whoever asks for a chart
brings the words (`words` writes a number for people). A scale covers every mark that is drawn on it; labels are left out or
clipped before they collide.
"""

from .bands import Band, Flow, Node, Placed, Tie, crossings, flow, untangled
from .bars import Amount, Bar, Columns, Group, Length, Span, Spans, columns, lengths, spans
from .letters import LINE, TEXT, clipped, not_colliding, width_of, wrapped
from .lines import FEW, Dot, Line, Mood, Reading, line, mood, spark
from .parts import Pareto, Part, Step, Thing, pareto
from .scales import Scale, Tick, Words, round_steps, scale

__all__ = [
    "TEXT", "LINE", "width_of", "clipped", "wrapped", "not_colliding",
    "Words", "round_steps", "Scale", "scale", "Tick",
    "FEW", "Reading", "Dot", "Line", "line", "spark", "Mood", "mood",
    "Amount", "Bar", "Group", "Columns", "columns", "Length", "lengths", "Span", "Spans", "spans",
    "Thing", "Part", "Step", "Pareto", "pareto",
    "Node", "Tie", "Placed", "Band", "Flow", "flow", "untangled", "crossings",
]
