"""What a rationale counts is held against the claims of its cell."""

import pytest

from frameworks.text.counting import Said, miscounts

SOURCES = ["Almanac", "Herald", "Gazette", "Post"]


def said(*claims: tuple[str, int | None], median: str = "4") -> Said:
    return Said(claims, SOURCES, median)


THREE = said(("Almanac", 4), ("Almanac", 5), ("Almanac", None), ("Herald", 4), ("Gazette", 4))
ONE = said(("Almanac", 4), ("Almanac", 4))
ALL = said(*((name, 4) for name in SOURCES))


@pytest.mark.parametrize(
    "cell, text, sentences",
    [
        (ALL, "All four sources say so. Each source says it once. The median is 4.", []),
        (THREE, "The three sources agree. The other source is silent. Two sources say “fast”.", []),
        (THREE, "Almanac says so twice, and Herald once.", []),
        (THREE, "Almanac says so in its two readings.", []),
        (ONE, "Only Almanac speaks. Almanac, the only source, says so. The other three sources say nothing.", []),
        (said(("Almanac", 4)), "The score follows this one reading.", []),
        (said(("Almanac", 4), ("Post", 4)), "Both sources read as 4.", []),
        (THREE, "All four sources say so.", ["It says “four sources”, and 3 have a reading."]),
        (THREE, "Both sources say so.", ["It says “two sources”, and 3 have a reading."]),
        (THREE, "Five sources say so.", ["It says “five sources”, and 3 have a reading."]),
        (THREE, "The other two sources are silent.", ["It says “the other two sources”, and 1 have no reading."]),
        (THREE, "Each source says so.", ["It speaks of every source, and 1 have no reading."]),
        (THREE, "Only Herald speaks.", ["It says that only Herald speaks, and Almanac has a reading, too."]),
        (THREE, "One source says so.", ["It speaks of one source, and 3 have a reading."]),
        (ONE, "The score follows the one reading.", ["It speaks of one reading, and there are 2."]),
        (THREE, "Almanac is praised in its five readings.",
         ["It says “its five readings”, and no source that it names has so many."]),
        (THREE, "Herald says so twice.",
         ["It says that something is said 2 times, and no source that it names has so many claims."]),
        (THREE, "It is said nine times.",
         ["It says that something is said 9 times, and no source that it names has so many claims."]),
        (THREE, "The median is 4.5.", ["It says that the median is 4.5, which is 4."]),
        (said(median=""), "The median is 3.", ["It says that the median is 3, which is nothing."]),
    ],
)  # fmt: skip
def test_miscounts_names_each_count_that_the_claims_do_not_bear_out(
    cell: Said, text: str, sentences: list[str]
) -> None:
    assert list(miscounts(text, cell)) == sentences
