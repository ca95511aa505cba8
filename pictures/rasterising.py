"""SVG of our own making as PNG: drawn by librsvg within libvips, in the typefaces of `fonts/` and in no others.

The library is loaded with the first picture, in the process that draws it: it has threads, which no fork takes along,
and most commands draw nothing.
"""

import os
from functools import cache
from threading import Lock
from typing import Any, get_args

from .text_metrics import FONTS, Family

#: One picture at a time in a process: the threads of a worker that draw together would hold twice the memory.
_TURN = Lock()


def png_of(svg: str) -> bytes:
    """In the size that the SVG has; without transparency. The same bytes for the same SVG."""
    with _TURN:
        drawn = _library().Image.svgload_buffer(svg.encode())
        png: bytes = drawn.flatten().pngsave_buffer()
    return png


@cache
def _library() -> Any:
    """With our typefaces. It asks the environment once which others there are; programs we start are not to know."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    try:
        import pyvips

        pyvips.cache_set_max(0)  # finished pictures are kept in the portal's own cache
        for family in get_args(Family):
            pyvips.Image.text("a", fontfile=str(FONTS / f"{family}.ttf"))
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before
    return pyvips
