"""Ends what moves or fades on a page, so that what is looked at next stands still."""

from playwright.sync_api import Page


def settle(page: Page) -> None:
    """Not waited for but ended: an animation that is replaced or never painted would keep a test waiting for ever.

    In rounds, because what inherits a colour fades after what it inherits from.
    """
    page.evaluate(
        """() => {
            const moving = () => document.getAnimations().filter(one =>
                one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity);
            for (let round = 0; round < 50 && moving().length; round += 1) moving().forEach(one => one.finish());
        }"""
    )
