"""The geometry of charts: a scale covers every mark, no label lies over another, and a band is as thick as what it carries."""

import random
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from cxboard import charts
from cxboard.charts import Amount, Node, Part, Reading, Tie
from tests.look.colour import rgb

ROOT = Path(__file__).parents[1]
SEEDS = range(12)


def words(value: float) -> str:
    return f"{value:g}"


def readings(dice: random.Random, count: int) -> list[Reading]:
    return [Reading(f"w{n + 1}", None if dice.random() < 0.2 else dice.uniform(-400, 9000), dice.choice([None, 2, 40])) for n in range(count)]


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 0), (-3, 7), (0.0012, 0.0047), (1, 6144), (99.5, 99.7), (5e6, 9e6)])
def test_round_steps_reach_around_both_ends(low, high):
    steps = charts.round_steps(low, high)

    assert steps[0] <= low <= high <= steps[-1]
    assert 2 <= len(steps) <= 8
    assert len({round(b - a, 9) for a, b in pairwise(steps)}) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_keeps_every_mark_target_and_label_on_the_chart(seed):
    dice = random.Random(seed)
    chart = charts.line(readings(dice, dice.choice([1, 2, 7, 52])), words=words, target=dice.uniform(-2000, 20_000))

    inside = [d.y for d in chart.dots if d.y is not None] + [t.at for t in chart.ticks] + [chart.across[0].at]
    assert all(0 <= y <= chart.foot for y in inside)
    labels = [(d.x - charts.width_of(d.reading.label) / 2, d.x + charts.width_of(d.reading.label) / 2) for d in chart.dots if d.written]
    assert labels
    assert all(0 <= left < right <= chart.width + 0.1 for left, right in labels)
    assert all(a[1] < b[0] for a, b in pairwise(labels))
    assert all(chart.left - 8 >= charts.width_of(t.words) for t in chart.ticks)


def test_a_hole_breaks_the_line_and_few_are_hollow():
    chart = charts.line([Reading("1", 4, 30), Reading("2", 5, 4), Reading("3", None), Reading("4", 6, 5)], words=words)

    assert [d.few for d in chart.dots] == [False, True, False, False]
    assert [p.count(",") for p in chart.pieces] == [2]
    assert chart.last is chart.dots[3]


def test_fixed_marks_are_the_scale_until_a_value_lies_outside():
    assert [t.words for t in charts.line([Reading("1", 4)], words=words, marks=(1, 4, 7, 10)).ticks] == ["1", "4", "7", "10"]
    assert charts.line([Reading("1", 14)], words=words, marks=(1, 4, 7, 10)).dots[0].y >= 0


def test_a_spark_of_nothing_one_and_equal_values_can_be_drawn():
    assert charts.spark([]).pieces == ()
    assert charts.spark([Reading("1", 3)]).dots[0].y is not None
    assert all(0 <= d.y <= 28 for d in charts.spark([Reading("1", 3), Reading("2", 3)]).dots if d.y is not None)


@pytest.mark.parametrize("seed", SEEDS)
def test_standing_bars_fit_and_keep_apart(seed):
    dice = random.Random(seed)
    groups = [(f"Maand {n}", [Amount(v := dice.uniform(0, 500), v * dice.random()), Amount(dice.uniform(0, 500))]) for n in range(dice.choice([1, 5, 26]))]
    chart = charts.columns(groups, words=lambda v: str(round(v)))

    bars = [b for g in chart.groups for b in g.bars]
    assert all(b.y >= charts.LINE - 0.1 and b.y + b.height <= chart.foot + 0.2 and 0 <= b.hatched <= b.height + 0.2 for b in bars)
    assert all(a.x + a.width <= b.x for a, b in pairwise(bars))
    assert bars[0].x >= 0
    assert bars[-1].x + bars[-1].width <= chart.width


def test_lying_bars_are_percent_of_the_longest():
    assert charts.lengths([Amount(200, 50), Amount(100), Amount(0)]) == [charts.Length(75, 25), charts.Length(50, 0), charts.Length(0, 0)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pareto_adds_up_and_its_labels_keep_apart(seed):
    dice = random.Random(seed)
    amounts = sorted((dice.expovariate(1 / 400) for _ in range(dice.choice([1, 4, 13]))), reverse=True)
    parts = [Part(n, "Organisatie en silo's in de hele keten", a, a * dice.random()) for n, a in enumerate(amounts)]
    chart = charts.pareto(parts, sum(amounts) * dice.choice([1, 2]), few=2)

    assert chart.steps[-1].cumulated == pytest.approx(100 * sum(amounts) / chart.total)
    assert all(0 < s.line_y <= s.y <= chart.foot and s.hatched <= s.height + 0.2 for s in chart.steps)
    assert all(a.x + a.width <= b.x for a, b in pairwise(chart.steps))
    slot = chart.right / len(parts)
    assert all(charts.width_of(text) <= slot for s in chart.steps for text in s.lines)
    for step in chart.steps:
        if step.is_written:  # 12 high above the bar, below what is written above the point
            assert step.y - 6 - charts.TEXT > step.line_y


def test_a_pareto_of_nothing_lies_flat():
    assert [s.height for s in charts.pareto([Part(1, "EX-1", 0)], 0).steps] == [0]


def test_a_mood_is_drawn_from_stage_to_stage_and_stays_on_the_chart():
    chart = charts.mood([Reading("a", 0), Reading("b", 1), Reading("c", None), Reading("d", 0.5), Reading("e", 0.2)], width=500)

    assert [d.x for d in chart.dots] == [50, 150, 250, 350, 450]
    assert [d.y for d in chart.dots] == [62, 10, None, 36, 51.6]
    assert len(chart.paths) == 2


def test_ranges_lie_on_one_scale_with_room_for_their_words():
    rows = [("Wat we terugwinnen", (7.5, "80 %"), (16.2, "40 %")), ("Kosten", (9.1, "€ 140.000"), (12.4, "€ 210.000"))]
    chart = charts.spans(rows, 10.3, words=words)

    assert [s.label for s in chart.spans] == ["Wat we terugwinnen", "Kosten"]
    assert all(s.x - 7 - charts.width_of(s.low) >= chart.left - 8 and s.x + s.width + 7 + charts.width_of(s.high) <= chart.width for s in chart.spans)
    assert all(s.x <= chart.middle <= s.x + s.width for s in chart.spans)


# bands


def tangle(dice: random.Random, problems: int = 14, issues: int = 22, stages: int = 9) -> tuple[list[list[Node]], list[Tie]]:
    """Problems that cause issues in stages, sizes all over the place; the first node of each column is flagged to be last."""
    text = "Medewerkers typen één verhuizing over in zes systemen die elkaar niet kennen"
    pains = [dice.choice([0.4, 12, 300, 6000]) * dice.uniform(0.5, 1.5) for _ in range(issues)]
    ties: dict[tuple[str, str], Tie] = {}
    for i, pain in enumerate(pains):
        causes = dice.sample(range(problems), dice.randint(1, 3))
        for p in causes:
            ties[f"p{p}", f"i{i}"] = Tie(f"p{p}", f"i{i}", pain / len(causes), dice.random() < 0.3)
        stage = dice.randrange(stages)
        ties[f"i{i}", f"s{stage}"] = Tie(f"i{i}", f"s{stage}", pain)
    size = {f"p{p}": sum(t.weight for t in ties.values() if t.source == f"p{p}") for p in range(problems)}
    size |= {f"s{s}": sum(t.weight for t in ties.values() if t.target == f"s{s}") for s in range(stages)}
    columns = [
        [Node(f"p{p}", size[f"p{p}"], f"EX-{p} · {size[f'p{p}']:.0f}", text, last=int(p == 0)) for p in range(problems)],
        [Node(f"i{i}", pain, f"CX-{i} · {pain:.0f}", text, last=int(i == 0)) for i, pain in enumerate(pains)],
        [Node(f"s{s}", size[f"s{s}"], "Rekening en betalen", f"{size[f's{s}']:.0f}", last=int(s == 0)) for s in range(stages)],
    ]
    return columns, list(ties.values())


@pytest.mark.parametrize("seed", [*SEEDS, 300])
def test_no_node_or_label_lies_over_another_and_nothing_sticks_out(seed):
    columns, ties = tangle(random.Random(seed), *((60, 300, 12) if seed == 300 else ()))
    chart = charts.flow(columns, ties, free=(True, True, False))

    bars = [(p.x, p.y, p.x + p.width, p.y + p.height) for p in chart.nodes]
    boxes = [p.box for p in chart.nodes]
    assert all(left >= 0 and right <= chart.width and top >= 0 and bottom <= chart.height for left, top, right, bottom in bars)
    assert all(left >= 0 and right <= chart.width for left, _top, right, _bottom in boxes)
    for shapes in (bars, boxes) if seed == 300 else (bars, boxes, bars + boxes):
        for one, other in combinations(sorted(shapes, key=lambda b: b[1]), 2) if seed != 300 else pairwise(sorted(shapes, key=lambda b: (b[0] // 300, b[1]))):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 0.2 or other[3] <= one[1] + 0.2
            assert apart, (one, other)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_band_is_as_thick_as_what_it_carries_and_ends_at_its_bars(seed):
    columns, ties = tangle(random.Random(seed))
    chart = charts.flow(columns, ties, free=(True, True, False))
    placed = {p.node.key: p for p in chart.nodes}

    for band in chart.bands:
        assert band.thickness == pytest.approx(max(0.8, band.tie.weight * chart.unit), abs=0.01)
        for node, y in ((placed[band.tie.source], band.y1), (placed[band.tie.target], band.y2)):
            assert node.y - 0.2 <= y
            assert y + band.tie.weight * chart.unit <= node.y + node.height + 0.3
    for node in chart.nodes:
        into = sum(b.thickness for b in chart.bands if b.tie.target == node.node.key)
        if node.column == 1 and node.height > 40:
            assert into == pytest.approx(node.height, rel=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_turning_the_free_columns_makes_fewer_bands_cross_and_leaves_the_others(seed):
    columns, ties = tangle(random.Random(seed))
    turned = charts.untangled(columns, ties, (True, True, False))

    as_given = charts.untangled(columns, ties, (False, False, False))

    assert charts.crossings(turned, ties) < charts.crossings(as_given, ties) * 0.75
    assert [n.key for n in turned[2]] == [n.key for n in columns[2][1:]] + ["s0"]
    assert [column[-1].last for column in turned] == [1, 1, 1]
    assert [sorted(n.key for n in c) for c in turned] == [sorted(n.key for n in c) for c in columns]


def test_crossings_are_counted_by_weight():
    left, right = [Node("a", 1, ""), Node("b", 1, "")], [Node("c", 1, ""), Node("d", 1, "")]

    assert charts.crossings([left, right], [Tie("a", "d", 3), Tie("b", "c", 5)]) == 15
    assert charts.crossings([left, right], [Tie("a", "c", 3), Tie("b", "d", 5)]) == 0
    assert charts.crossings([left, right], [Tie("a", "c", 3), Tie("a", "d", 2), Tie("b", "c", 5)]) == 10


def test_a_flow_of_nothing_is_empty():
    assert charts.flow([[], [], []], []).nodes == ()


# text


def test_what_is_clipped_fits_and_what_fits_is_not_clipped():
    text = "Verhuizing doorgeven lukt niet in één keer"

    assert charts.clipped(text, 1000) == text
    for room in (20, 60, 130):
        short = charts.clipped(text, room)
        assert short.endswith("…")
        assert charts.width_of(short) <= room
    assert charts.clipped(text, 3) == ""


def test_wrapping_says_it_all_while_there_is_room():
    assert charts.wrapped("Process and bureaucracy", 120, 2) == ("Process and", "bureaucracy")
    assert charts.wrapped("", 120, 2) == ()


def test_the_light_palette_in_the_attributes_is_that_of_the_stylesheet():
    tokens = dict(re.findall(r"--([a-z0-9-]+): light-dark\((oklch\([^)]*\))", (ROOT / "static/css/tokens.css").read_text()))
    paper = re.findall(r"'([a-z0-9-]+)': '(#[0-9a-f]{6})'", (ROOT / "templates/components/charts.html").read_text())

    def written(token: str) -> tuple[float, ...]:
        return tuple(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055) for c in rgb(tokens[token]))

    assert len(paper) > 10
    for token, colour in paper:
        assert written(token) == pytest.approx([int(colour[n : n + 2], 16) for n in (1, 3, 5)], abs=1.5), token
