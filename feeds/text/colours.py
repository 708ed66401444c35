"""Colours as `#rrggbb`: their contrast (WCAG 2.2), and the nearest one that can be read. Pure."""

from __future__ import annotations

import colorsys
import re

READABLE = 4.5
"""The contrast that WCAG 2.2 asks of text (1.4.3)."""
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def colour(text: str) -> str:
    """The colour as `#rrggbb`; raises ValueError for what is none."""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"expected a colour such as #0b5d5e, not {text!r}")
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * one for one in digits))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(wanted: str, ground: str, *, least: float = READABLE) -> str:
    """The colour, or the nearest of its hue, lighter or darker, that can be read on that ground."""
    if contrast(wanted, ground) >= least:
        return wanted
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(wanted))
    is_dark_ground = _luminance(ground) < 0.18
    for step in range(1, 256):
        moved = lightness + (step if is_dark_ground else -step) / 255
        found = _written(colorsys.hls_to_rgb(hue, min(max(moved, 0.0), 1.0), saturation))
        if contrast(found, ground) >= least:
            return found
    return "#ffffff" if is_dark_ground else "#000000"


def ink_on(ground: str, *inks: str) -> str:
    """Of these colours, the one that reads best on that ground."""
    return max(inks, key=lambda one: contrast(one, ground))


def mixed(one: str, other: str, share: float) -> str:
    """So much of the first colour in the second."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return _written(tuple(share * a + (1 - share) * b for a, b in pairs))  # type: ignore[arg-type]


def _parts(colour_: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour_[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _written(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(one * 255):02x}" for one in parts)


def _luminance(colour_: str) -> float:
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in _parts(colour_)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
