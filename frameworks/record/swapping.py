"""Let facts take each other's place in one transaction, although the database looks at each change by itself."""

from collections.abc import Sequence
from uuid import uuid4

from frameworks.backing import takes_away
from frameworks.models import Claim, Rating, Versioned
from frameworks.models.evidence.ratings import RatingQuerySet
from frameworks.models.schema import State

from .following import cells_in_database
from .pending import PendingWrite


def takes_place(model: type[Versioned], before: State | None, after: State | None) -> bool:
    """Return whether such a change may give a fact the place of another: a name, or that of a published rating's claim.

    Those of a kind have to be written together.
    """
    if before is None or after is None:
        return False
    has_name = bool(model.name_field) and before.get(model.name_field) != after.get(model.name_field)
    return has_name or (model is Claim and takes_away(before, after))


def free_names(changes: Sequence[PendingWrite]) -> None:
    """Give those facts a name of their own for a moment that another of them takes the name of."""
    name = changes[0].fact.name_field if changes else ""
    renamed = [change for change in changes if name in change.changed]
    wanted = {change.after[name] for change in renamed}
    for change in renamed:
        if change.before and change.seen is not None and change.before[name] in wanted:
            facts = type(change.fact)._default_manager.filter(pk=change.fact.pk, version=change.seen)
            facts.update(**{name: str(uuid4())})


def release_ratings(changes: Sequence[PendingWrite]) -> list[Rating]:
    """Unpublish for a moment, and return, the ratings in the cells that several of these claims leave.

    `publish_again` has to follow. Nobody else sees them unpublished, and no revision says so.
    """
    leaving = [change.fact.pk for change in changes if change.takes_away]
    if len(leaving) < 2:  # one alone takes nobody's place
        return []
    cells = cells_in_database(leaving)
    ratings = Rating.objects.filter(
        is_published=True,
        framework__in={framework for framework, _ in cells},
        criterion__in={criterion for _, criterion in cells},
    )
    locked = ratings.select_related("framework", "criterion").select_for_update(of=("self",)).order_by("pk")
    released = [rating for rating in locked if (rating.framework_id, rating.criterion_id) in cells]
    _among(released).update(is_published=False)
    return released


def bare(released: Sequence[Rating]) -> Rating | None:
    """Return one of the ratings that nothing backs any more, if there is one."""
    backed = {*_among(released).backed().values_list("pk", flat=True)}
    return next((rating for rating in released if rating.pk not in backed), None)


def publish_again(released: Sequence[Rating]) -> None:
    """Publish what was released. The database refuses it where nothing backs one of them."""
    _among(released).update(is_published=True)


def _among(ratings: Sequence[Rating]) -> RatingQuerySet:
    return Rating.objects.filter(pk__in=[rating.pk for rating in ratings])
