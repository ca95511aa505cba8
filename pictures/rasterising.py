"""SVG of our own making as PNG: drawn by resvg, in the typefaces of `fonts/` and in no others.

resvg keeps the interpreter to itself while it draws, so that a process draws one picture at a time.
"""

from resvg_py import svg_to_bytes

from .text_metrics import FONTS

_TYPEFACES = [str(file) for file in sorted(FONTS.glob("*.ttf"))]


def png_of(svg: str) -> bytes:
    """In the size that the SVG has. The same bytes for the same SVG."""
    return svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=_TYPEFACES)
