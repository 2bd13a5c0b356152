"""A recorded graph as an SVG picture: layers from top to bottom, laid out here, so that no other program is
needed.

Boxes stand in layers, each below all of its inputs. Edges over several layers pass through a place in each,
so that they go around boxes. Orders within layers come from averages of neighbours (Sugiyama's method),
positions from least squares.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Iterable, Mapping, Sequence

_LINE = re.compile(
    r"%(\d+) = (.+?)\(((?:%\d+(?:\.\d+)?(?:, )?)*)\)(?: \{(.*)\})?: (\w+\[.*?)?( pending)?", re.DOTALL
)
_LETTER = 7.3  # the width of a letter of 12 pixels, monospaced
_HEIGHT, _GAP, _LAYER, _MARGIN = 40.0, 18.0, 84.0, 12.0
_SWEEPS = 8
_ARROW = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>'
)


@dataclass
class _Place:
    """A box, or where an edge passes a layer."""

    width: float
    layer: int = 0
    x: float = 0.0  # of its middle
    above: list[_Place] = field(default_factory=list)
    below: list[_Place] = field(default_factory=list)


@dataclass
class _Box(_Place):
    lines: tuple[str, str] = ("", "")
    tip: str = ""
    inputs: list[int] = field(default_factory=list)
    paths: list[list[_Place]] = field(
        default_factory=list
    )  # by input: the places that its edge passes, from above


def draw(description: str, targets: Iterable[int], names: Mapping[int, str]) -> str:
    """The SVG text of a graph in the engine's lines; targets get a thick frame, `names` label boxes by id."""
    boxes = _parse(description, names)
    _layer_boxes(boxes)
    layers = _layers(boxes)
    _order(layers)
    _position(layers)
    return _svg(boxes, layers, set(targets))


def last_id(description: str) -> int:
    """The id of the node that a description of one tensor ends with: the tensor's own."""
    return int(re.findall(r"^%(\d+) = ", description, re.MULTILINE)[-1])


def _parse(description: str, names: Mapping[int, str]) -> dict[int, _Box]:
    boxes: dict[int, _Box] = {}
    for line in re.split(r"\n(?=%\d+ = )", description.rstrip("\n")):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"graph: a line of the engine's that is not understood: {line}")
        number, op, inputs, attributes, spec = int(match[1]), match[2], match[3], match[4], match[5] or ""
        name = names.get(number)
        label = op if name is None else name if not inputs else f"{name} = {op}"
        tip = f"{op}: {spec}" + (f"\n{attributes}" if attributes else "")
        width = max(len(label), len(spec)) * _LETTER + 16
        sources = [int(n) for n in re.findall(r"%(\d+)", inputs)]
        boxes[number] = _Box(width, lines=(label, spec), tip=tip, inputs=sources)
    return boxes


def _layer_boxes(boxes: Mapping[int, _Box]) -> None:
    """Each box one layer below the lowest of its inputs, and boxes without inputs just above the first box that
    needs them.
    """
    users: dict[int, list[_Box]] = {number: [] for number in boxes}
    for box in boxes.values():  # inputs come before their users
        box.layer = max((boxes[i].layer + 1 for i in box.inputs), default=0)
        for i in box.inputs:
            users[i].append(box)
    for number, box in boxes.items():
        if not box.inputs and users[number]:
            box.layer = min(user.layer for user in users[number]) - 1


def _layers(boxes: Mapping[int, _Box]) -> list[list[_Place]]:
    """The places of each layer, those of edges that pass it among them; neighbours are linked."""
    layers: list[list[_Place]] = [[] for _ in range(1 + max(box.layer for box in boxes.values()))]
    for box in boxes.values():
        layers[box.layer].append(box)
        for i in box.inputs:
            path: list[_Place] = [boxes[i]]
            for layer in range(boxes[i].layer + 1, box.layer):
                path.append(_Place(4.0, layer))
                layers[layer].append(path[-1])
            box.paths.append(path)
            for upper, lower in zip(path, [*path[1:], box]):
                upper.below.append(lower)
                lower.above.append(upper)
    return layers


def _order(layers: Sequence[list[_Place]]) -> None:
    """Sorts each layer by the mean place of its neighbours, down and up in turn: fewer edges cross."""
    for sweep in range(_SWEEPS):
        for layer in layers:
            for i, place in enumerate(layer):
                place.x = i / len(layer)
        down = sweep % 2 == 0
        for layer in layers[1:] if down else layers[-2::-1]:
            layer.sort(key=lambda place: _mean(place.above if down else place.below, place.x))
            for i, place in enumerate(layer):
                place.x = i / len(layer)


def _position(layers: Sequence[list[_Place]]) -> None:
    """Moves the places of each layer to the mean of their neighbours, in their order and without overlaps."""
    for layer in layers:
        _spread(layer, [0.0] * len(layer))
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            _spread(layer, [_mean(place.above + place.below, place.x) for place in layer])


def _mean(places: Sequence[_Place], otherwise: float) -> float:
    return sum(place.x for place in places) / len(places) if places else otherwise


def _spread(layer: Sequence[_Place], wanted: Sequence[float]) -> None:
    """The positions nearest to the wanted ones, in the sense of least squares, that keep order and distances.

    Less the distances, positions must not fall from left to right: neighbours that would are pooled at their
    mean.
    """
    offsets, total = [], 0.0
    for i, place in enumerate(layer):
        total += (layer[i - 1].width + place.width) / 2 + _GAP if i else 0.0
        offsets.append(total)
    pools: list[tuple[float, int]] = []  # the sum of the positions in a pool, and their number
    for want, offset in zip(wanted, offsets):
        pools.append((want - offset, 1))
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            (a, n), (b, m) = pools[-2:]
            pools[-2:] = [(a + b, n + m)]
    flat = [sum_ / n for sum_, n in pools for _ in range(n)]
    for place, position, offset in zip(layer, flat, offsets):
        place.x = position + offset


def _svg(boxes: Mapping[int, _Box], layers: Sequence[Sequence[_Place]], targets: set[int]) -> str:
    left = min(place.x - place.width / 2 for layer in layers for place in layer) - _MARGIN
    right = max(place.x + place.width / 2 for layer in layers for place in layer) + _MARGIN
    height = (len(layers) - 1) * _LAYER + _HEIGHT + 2 * _MARGIN
    size = f'width="{right - left:.0f}" height="{height:.0f}"'
    box = f'viewBox="{left:.1f} {-_MARGIN} {right - left:.1f} {height:.1f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>',
        _ARROW,
        f'<rect x="{left:.1f}" y="{-_MARGIN}" width="100%" height="100%" fill="#fff"/>',
        '<g fill="none" stroke="#555" stroke-width="1.2">',
        *(_edge(box, k) for box in boxes.values() for k in range(len(box.inputs))),
        '</g><g font-family="monospace" font-size="12" text-anchor="middle" stroke-width="1">',
        *(_frame(box, number in targets) for number, box in boxes.items()),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


def _edge(box: _Box, k: int) -> str:
    """The edge to input k: it ends at a point of its own on the box's upper side."""
    start, *bends = box.paths[k]
    x, y = start.x, start.layer * _LAYER + _HEIGHT
    curve = f"M{x:.1f} {y:.1f}"
    end = box.x + box.width * ((k + 1) / (len(box.inputs) + 1) - 0.5)
    for to_x, layer, through in [*((b.x, b.layer, True) for b in bends), (end, box.layer, False)]:
        top = layer * _LAYER
        curve += f"C{x:.1f} {(y + top) / 2:.1f} {to_x:.1f} {(y + top) / 2:.1f} {to_x:.1f} {top:.1f}"
        x, y = to_x, top
        if through:
            y += _HEIGHT
            curve += f"V{y:.1f}"
    return f'<path d="{curve}" marker-end="url(#tip)"/>'


def _frame(box: _Box, is_target: bool) -> str:
    x, y = box.x - box.width / 2, box.layer * _LAYER
    frame = ' stroke="#b3261e" stroke-width="2.5"' if is_target else ' stroke="#333"'
    look = (' fill="#fff"' if box.inputs else ' fill="#e8f0fe"') + frame
    return (
        f"<g><title>{html.escape(box.tip)}</title>"
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{box.width:.1f}" height="{_HEIGHT}" rx="5"{look}/>'
        f'<text x="{box.x:.1f}" y="{y + 16:.1f}" font-weight="bold">{html.escape(box.lines[0])}</text>'
        f'<text x="{box.x:.1f}" y="{y + 32:.1f}" fill="#444">{html.escape(box.lines[1])}</text></g>'
    )
