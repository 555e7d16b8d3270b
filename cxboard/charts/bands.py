"""Bands from column to column, as thick as what they carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .letters import LINE, TEXT, clipped, width_of, wrapped


@dataclass(frozen=True)
class Node:
    """Something that bands run to or from: `size` is its thickness, `head` and `text` its label. `last`: above 0 it stays below the others."""

    key: str
    size: float
    head: str
    text: str = ""
    last: int = 0


@dataclass(frozen=True)
class Tie:
    """A band between two nodes of neighbouring columns."""

    source: str
    target: str
    weight: float
    unsure: bool = False


@dataclass(frozen=True)
class Placed:
    """A node on the chart with the lines of its label; `first` is where the first line is written."""

    node: Node
    column: int
    x: float
    y: float
    width: float
    height: float
    head: str
    lines: tuple[str, ...]
    label_x: float
    first: float
    at_end: bool

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 1)

    @property
    def one_line(self) -> bool:
        """Whether the text stands behind the head."""
        return len(self.lines) <= 1 and self.first > self.middle

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where its label lies: left, top, right, bottom."""
        head, rest = width_of(self.head, bold=True), [width_of(t) for t in self.lines]
        wide = head + (width_of("  ") + rest[0] if rest else 0) if self.one_line else max([head, *rest])
        count = 1 if self.one_line else 1 + len(self.lines)
        left = self.label_x - wide if self.at_end else self.label_x
        return left, self.first - TEXT + 1, left + wide, self.first + (count - 1) * LINE + 3


@dataclass(frozen=True)
class Band:
    """A tie as a shape between two bars."""

    tie: Tie
    path: str
    x1: float
    y1: float
    x2: float
    y2: float
    thickness: float


@dataclass(frozen=True)
class Flow:
    """Columns of nodes with bands between them."""

    width: float
    height: float
    nodes: tuple[Placed, ...]
    bands: tuple[Band, ...]
    unit: float  # how thick one of what is weighed is


def flow(
    columns: Sequence[Sequence[Node]], ties: Sequence[Tie], *, width: float = 1240, rooms: Sequence[float] = (232, 300, 190), thick: float = 420,
    free: Sequence[bool] = (), bar: float = 10, gap: float = 7, middle: float = 0.42,
) -> Flow:  # fmt: skip
    """Nodes in columns and bands between them, as thick as their weight; no node or label lies over another.

    The first column is labelled at its left, the others at their right; `rooms` is how wide the labels may be. The order in
    a column is that given, but for `free` columns, which are turned until few bands cross. `thick` is the height of the
    heaviest column's bars together; labels and gaps come on top.
    """
    columns = untangled(columns, ties, free or [False] * len(columns))
    heaviest = max((sum(n.size for n in column) for column in columns), default=0)
    unit = thick / heaviest if heaviest else 0.0
    heights = {n.key: max(2.0, n.size * unit) for column in columns for n in column}
    slots = [[max(heights[n.key], LINE * _label_lines(heights[n.key])) + gap for n in column] for column in columns]
    height = max((sum(s) for s in slots), default=0.0)
    centres = _centres(columns, slots, ties, height)
    xs = _across(len(columns), width, rooms, bar, middle)
    nodes = [
        _placed(node, c, xs[c], centres[node.key], bar, heights[node.key], rooms[min(c, len(rooms) - 1)], at_end=c == 0)
        for c, column in enumerate(columns)
        for node in column
    ]
    return Flow(width, round(height + 2, 1), tuple(nodes), _bands(nodes, ties, unit), unit)


def _across(count: int, width: float, rooms: Sequence[float], bar: float, middle: float) -> list[float]:
    """Where each column's bars begin; with three columns the middle one lies a little to the left, as its labels are at its right."""
    first, last = rooms[0] + 8, width - rooms[-1] - 8 - bar
    if count == 3:
        return [first, round(first + (last - first) * middle, 1), last]
    return [round(first + (last - first) * n / max(1, count - 1), 1) for n in range(count)]


def _label_lines(height: float) -> int:
    """How many lines of text a bar of this height has beside it."""
    return 3 if height >= 3.2 * LINE else 2 if height >= 2 * LINE else 1


def _placed(node: Node, column: int, x: float, centre: float, bar: float, height: float, room: float, *, at_end: bool) -> Placed:
    head, most = clipped(node.head, room, bold=True), _label_lines(height)
    if most == 1:
        left = room - width_of(head, bold=True) - width_of("  ")
        rest = clipped(node.text, left) if left > 3 * TEXT else ""
        lines: tuple[str, ...] = (rest,) if rest else ()
        first = centre + 4
    else:
        lines = wrapped(node.text, room, most - 1)
        first = centre + 4 - LINE * len(lines) / 2
    label_x = x - 8 if at_end else x + bar + 8
    return Placed(node, column, x, round(centre - height / 2, 1), bar, round(height, 1), head, lines, label_x, round(first, 1), at_end)


def _bands(nodes: Sequence[Placed], ties: Sequence[Tie], unit: float) -> tuple[Band, ...]:
    """The shapes: at a bar, bands lie in the order of what they run to, so that they don't cross there."""
    placed = {p.node.key: p for p in nodes}
    starts: dict[int, float] = {}
    ends: dict[int, float] = {}
    out, into = {k: p.y for k, p in placed.items()}, {k: p.y for k, p in placed.items()}
    for n, tie in sorted(enumerate(ties), key=lambda t: (placed[t[1].target].middle, t[1].unsure)):
        starts[n] = out[tie.source]
        out[tie.source] += tie.weight * unit
    for n, tie in sorted(enumerate(ties), key=lambda t: (placed[t[1].source].middle, t[1].unsure)):
        ends[n] = into[tie.target]
        into[tie.target] += tie.weight * unit
    bands = []
    for n, tie in enumerate(ties):
        source, target = placed[tie.source], placed[tie.target]
        x1, x2, thickness = source.x + source.width, target.x, max(0.8, tie.weight * unit)
        y1, y2, half = starts[n], ends[n], (x1 + x2) / 2
        path = (
            f"M{x1:.1f} {y1:.1f}C{half:.1f} {y1:.1f} {half:.1f} {y2:.1f} {x2:.1f} {y2:.1f}V{y2 + thickness:.1f}"
            f"C{half:.1f} {y2 + thickness:.1f} {half:.1f} {y1 + thickness:.1f} {x1:.1f} {y1 + thickness:.1f}Z"
        )
        bands.append(Band(tie, path, x1, round(y1, 2), x2, round(y2, 2), round(thickness, 2)))
    return tuple(bands)


def untangled(columns: Sequence[Sequence[Node]], ties: Sequence[Tie], free: Sequence[bool], *, rounds: int = 6) -> list[list[Node]]:
    """The columns, the free ones in the order in which the fewest (thickest) bands cross: by barycentre, there and back again."""
    orders = [sorted(column, key=lambda n: n.last) for column in columns]
    best, fewest = [list(o) for o in orders], crossings(orders, ties)
    for _round in range(rounds):
        for c, other in [*((c, c - 1) for c in range(1, len(orders))), *((c, c + 1) for c in range(len(orders) - 2, -1, -1))]:
            if free[c]:
                orders[c] = _by_barycentre(orders[c], orders[other], ties)
        now = crossings(orders, ties)
        if now < fewest:
            best, fewest = [list(o) for o in orders], now
    return best


def _by_barycentre(column: Sequence[Node], other: Sequence[Node], ties: Sequence[Tie]) -> list[Node]:
    places = {n.key: i for i, n in enumerate(other)}
    mine = {n.key for n in column}
    pull = {k: [0.0, 0.0] for k in mine}
    for t in ties:
        for here, there in ((t.source, t.target), (t.target, t.source)):
            if here in mine and there in places:
                pull[here][0] += t.weight * places[there]
                pull[here][1] += t.weight
    kept = {n.key: i for i, n in enumerate(column)}
    return sorted(column, key=lambda n: (n.last, pull[n.key][0] / pull[n.key][1] if pull[n.key][1] else kept[n.key]))


def crossings(columns: Sequence[Sequence[Node]], ties: Sequence[Tie]) -> float:
    """How much crosses: over each two bands that do, the product of their weights."""
    total = 0.0
    for left, right in pairwise(columns):
        a, b = {n.key: i for i, n in enumerate(left)}, {n.key: i for i, n in enumerate(right)}
        here = sorted((a[t.source], b[t.target], t.weight) for t in ties if t.source in a and t.target in b)
        tree = [0.0] * (len(right) + 1)  # sums of weights by place on the right, in a Fenwick tree
        seen = 0.0
        for _source, target, weight in here:
            below, i = 0.0, target + 1
            while i > 0:
                below += tree[i]
                i -= i & -i
            total += weight * (seen - below)
            seen += weight
            i = target + 1
            while i < len(tree):
                tree[i] += weight
                i += i & -i
    return total


def _centres(columns: Sequence[Sequence[Node]], slots: Sequence[Sequence[float]], ties: Sequence[Tie], height: float) -> dict[str, float]:
    """The middle of each node: the fullest column fills the height, the others lie as near to what they are tied to as their slots allow."""
    fullest = max(range(len(columns)), key=lambda c: sum(slots[c]), default=0)
    centres: dict[str, float] = {}
    for c in sorted(range(len(columns)), key=lambda c: abs(c - fullest)):
        wanted: dict[str, list[float]] = {n.key: [0.0, 0.0] for n in columns[c]}
        for t in ties:
            for here, there in ((t.source, t.target), (t.target, t.source)):
                if here in wanted and there in centres:
                    wanted[here][0] += t.weight * centres[there]
                    wanted[here][1] += t.weight
        usual, so_far = [], 0.0
        for slot in slots[c]:
            usual.append(so_far + slot / 2)
            so_far += slot
        near = [w[0] / w[1] if (w := wanted[n.key])[1] else u for n, u in zip(columns[c], usual, strict=True)]
        weights = [max(n.size, 1e-6) for n in columns[c]]
        centres.update(zip((n.key for n in columns[c]), _apart(near, weights, slots[c], height), strict=True))
    return centres


def _apart(wanted: Sequence[float], weights: Sequence[float], slots: Sequence[float], height: float) -> list[float]:
    """As near as possible to where each wants to be, in this order, none in the slot of another (pool adjacent violators)."""
    offsets, so_far = [], 0.0
    for slot in slots:
        offsets.append(so_far + slot / 2)
        so_far += slot
    room = max(0.0, height - so_far)
    pools: list[list[float]] = []  # mean, weight, count
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        pools.append([want - offset, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, heavy, count = pools.pop()
            before = pools[-1]
            pools[-1] = [(before[0] * before[1] + mean * heavy) / (before[1] + heavy), before[1] + heavy, before[2] + count]
    shifts = [min(max(mean, 0.0), room) for mean, _weight, count in pools for _ in range(int(count))]
    return [offset + shift for offset, shift in zip(offsets, shifts, strict=True)]
