"""What a framework has and what it still needs, each line with the forms that add it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import get_text_list

from desk.editing.bulk_actions import ChosenFact
from desk.editing.guarded import desk_url
from frameworks.models import Claim, Criterion, Facet, Framework, Rating, Revision, Source, Trait, Versioned
from frameworks.roles import right_to

#: What readers look for in a framework's entry, though it may be public without.
DESCRIPTION = ("tagline", "summary", "website", "repository")
#: What the history says of a framework that is published from its checklist.
REASON = "The entry is complete enough to be public."
#: With which reason the forms begin that add to one which is not public yet.
NEW = "Part of a new entry."

PUBLIC = "Public."
NOT_PUBLIC = "Not public: readers see neither its page nor its ratings."


class FormLink(NamedTuple):
    words: str
    url: str


@dataclass(frozen=True)
class Step:
    """One line of the checklist. `offers` are links to what is welcome, though not missing."""

    name: str
    state: str
    is_done: bool
    links: Sequence[FormLink] = ()
    offers_label: str = ""
    offers: Sequence[FormLink] = ()


@dataclass(frozen=True)
class Checklist:
    framework: Framework
    steps: Sequence[Step]
    #: What the button posts that publishes the framework; None where there is nothing to publish, or no right to.
    to_publish: ChosenFact | None
    reason: str = REASON

    @property
    def missing(self) -> int:
        """Return how many steps are not done."""
        return sum(not step.is_done for step in self.steps)

    @classmethod
    def of(cls, framework: Framework, user: Any) -> "Checklist":
        """Return what the framework has and needs, with links for this editor. At most eight queries."""
        return _Survey(framework, user).checklist()


def source_last_used(user: Any) -> Source | None:
    """Return the source that this editor last saved, or last saved a claim of. Two queries."""
    saved = Revision.objects.filter(author=user.pk, model__in=("source", "claim"))
    last = saved.exclude(action=Revision.Action.DELETED).order_by("-pk").first()
    if last is None:
        return None
    key = last.key if last.model == "source" else (last.after or {})["source"][0]
    return Source.objects.current().filter(key=key).first()


class _Survey:
    """All that the checklist is made of, each fetched once."""

    def __init__(self, framework: Framework, user: Any) -> None:
        self.framework, self.user = framework, user
        self.criteria = list(Criterion.objects.current().scored().in_order())
        claims = list(
            Claim.objects.about(framework)
            .in_evidence()
            .values_list("source", "criterion", "joint_criterion")
            .order_by()
        )
        self.claim_count = len(claims)
        self.source_count = len({source for source, *_ in claims})
        self.claimed = {criterion for _, *criteria in claims for criterion in criteria}
        self.ratings = {rating.criterion_id: rating for rating in Rating.objects.filter(framework=framework)}
        source = source_last_used(user)
        self.source = {"source": source.pk} if source else {}

    def checklist(self) -> Checklist:
        is_public = self.framework.is_published
        if self.framework.is_retired:
            return Checklist(self.framework, (self._retirement(),), None)
        steps = (
            self._description(),
            self._claims(),
            self._ratings(),
            self._traits(),
            Step("Publication", PUBLIC if is_public else NOT_PUBLIC, is_public),
        )
        may_publish = not is_public and self.user.has_perm(right_to("change", Framework))
        return Checklist(self.framework, steps, ChosenFact.of(self.framework) if may_publish else None)

    # The steps

    def _retirement(self) -> Step:
        page = "Its page stays." if self.framework.is_published else "Its page is not public."
        state = f"{self.framework.takes_nothing_new} {page} What is there can still be corrected."
        back = [FormLink("Take it back: clear both fields", "#id_retired_on")]
        return Step("Retired", state, is_done=True, links=back)

    def _description(self) -> Step:
        empty = [name for name in DESCRIPTION if not getattr(self.framework, name)]
        state = f"Still empty: {get_text_list(empty, 'and')}." if empty else "Complete."
        links = [FormLink(f"Fill in the {empty[0]}", f"#id_{empty[0]}")] if empty else []
        return Step("Description", state, not empty, links)

    def _claims(self) -> Step:
        links = [
            *self._adding("Add a claim", Claim, framework=self.framework.pk, **self.source),
            *self._adding("Add a source", Source),
        ]
        if not self.claim_count:
            return Step("Sources and claims", "No source claimed yet.", is_done=False, links=links)
        state = f"{_counted(self.claim_count, 'claim')} from {_counted(self.source_count, 'source')}."
        return Step("Sources and claims", state, is_done=True, links=links)

    def _ratings(self) -> Step:
        unrated = [one for one in self.criteria if one.pk in self.claimed and one.pk not in self.ratings]
        silent = [one for one in self.criteria if one.pk not in self.claimed and one.pk not in self.ratings]
        drafts = [
            one for one in self.criteria if one.pk in self.ratings and not self.ratings[one.pk].is_published
        ]
        sentences = [
            f"{_counted(len(self.ratings), 'rating')}." if self.ratings else "No rating yet.",
            f"{_counted(len(unrated), 'criterion', 'criteria')} with claims but no rating."
            if unrated
            else "",
            f"{_counted(len(drafts), 'rating')} not published." if drafts else "",
        ]
        links = [
            *(link for one in unrated for link in self._rating(one)),
            *(self._changing(f"Publish the rating of {one}", self.ratings[one.pk]) for one in drafts),
            *self._in_the_grid(),
        ]
        is_done = bool(self.ratings) and not unrated and not drafts
        offers = [link for one in silent for link in self._rating(one)]
        return Step(
            "Ratings",
            " ".join(filter(None, sentences)),
            is_done,
            links,
            f"{_counted(len(silent), 'criterion', 'criteria')} with neither claim nor rating",
            offers,
        )

    def _traits(self) -> Step:
        lacking = Facet.objects.exclude(values__traits__framework=self.framework)
        names = [str(facet) for facet in lacking]
        has_any = Trait.objects.filter(framework=self.framework).exists()
        start = "" if has_any else "No trait yet. "
        state = (
            f"{start}None under {get_text_list(names, 'and')}." if names else "At least one under each facet."
        )
        links = [
            *self._adding("Add a trait", Trait, framework=self.framework.pk),
            FormLink("Add several below", "#traits-group"),
        ]
        return Step("Traits", state, not names, links)

    # The links

    def _adding(self, words: str, model: type[Versioned], **known: Any) -> list[FormLink]:
        """Return the link to the form of a new fact, with all filled in that is known; none without the right."""
        if not self.user.has_perm(right_to("add", model)):
            return []
        reason = {} if self.framework.is_published else {"reason": NEW}
        query = urlencode({**known, **reason, "checklist": self.framework.pk})
        return [FormLink(words, f"{desk_url(model, 'add')}?{query}")]

    def _rating(self, criterion: Criterion) -> list[FormLink]:
        known = {"framework": self.framework.pk, "criterion": criterion.pk, "is_published": "on"}
        source = {} if criterion.pk in self.claimed else self.source
        return self._adding(f"Rate {criterion}", Rating, **known, **source)

    def _changing(self, words: str, rating: Rating) -> FormLink:
        url = desk_url(Rating, "change", rating.pk)
        return FormLink(words, f"{url}?checklist={self.framework.pk}")

    def _in_the_grid(self) -> list[FormLink]:
        if not self.user.has_perm(right_to("add", Rating)):
            return []
        url = reverse("admin:frameworks_rating_matrix")
        return [FormLink("Add claims and ratings in the grid", f"{url}?framework={self.framework.slug}")]


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"
