"""Render our own SVG as PNG, by resvg and with the typefaces of `fonts/` alone.

resvg holds the interpreter lock while it renders, so that a process renders one picture at a time.
"""

from resvg_py import svg_to_bytes

from .text_metrics import FONTS

_TYPEFACES = [str(file) for file in sorted(FONTS.glob("*.ttf"))]


def png_of(svg: str) -> bytes:
    """Return PNG in the size that the SVG has, always the same bytes for the same SVG."""
    return svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=_TYPEFACES)
