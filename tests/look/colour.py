"""Colours as a person sees them: contrast by WCAG, distance in OKLab, and sight that lacks one kind of cone."""

import math
import re

Rgb = tuple[float, float, float]  # linear light, 0 to 1

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# IEEE TVCG 15(6), 2009: full severity, on linear RGB.
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
# Björn Ottosson, "A perceptual color space for image processing", 2020.
OKLAB_TO_CONES = ((1, 0.3963377774, 0.2158037573), (1, -0.1055613458, -0.0638541728), (1, -0.0894841775, -1.2914855480))
CONES_TO_RGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
RGB_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
CONES_TO_OKLAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def rgb(css: str) -> Rgb:
    """A colour as the stylesheet writes it: `oklch(L C H)` or `#fff`."""
    if css == "#fff":
        return 1.0, 1.0, 1.0
    written = re.fullmatch(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", css)
    if not written:
        raise ValueError(f"not a colour this test can read: {css}")
    lightness, chroma, hue = (float(part) for part in written.groups())
    angle = math.radians(hue)
    cones = _times(OKLAB_TO_CONES, (lightness, chroma * math.cos(angle), chroma * math.sin(angle)))
    return _shown(_times(CONES_TO_RGB, tuple(cone**3 for cone in cones)))


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    dark, light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (one, other))
    return (light + 0.05) / (dark + 0.05)


def apart(one: Rgb, other: Rgb, sight: str = "normal") -> float:
    """The distance in OKLab as somebody with this sight sees it; 0.02 is just noticeable."""
    return math.dist(_oklab(one, sight), _oklab(other, sight))


def _oklab(colour: Rgb, sight: str) -> tuple[float, ...]:
    cones = _times(RGB_TO_CONES, _shown(_times(SIGHTS[sight], colour)))
    return _times(CONES_TO_OKLAB, tuple(max(0.0, cone) ** (1 / 3) for cone in cones))


def _times(matrix: tuple[tuple[float, ...], ...], vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def _shown(values: tuple[float, ...]) -> Rgb:
    """What a screen can show of it."""
    red, green, blue = (min(1.0, max(0.0, value)) for value in values)
    return red, green, blue
