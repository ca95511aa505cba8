import pytest
from django.core.management import call_command

from frameworks.models import Claim, Rating
from tests.factories import make_rating


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_flush_deletes_published_ratings_with_their_claims(attempt: int) -> None:
    make_rating(is_published=True)
    call_command("flush", interactive=False, verbosity=0)
    assert (Rating.objects.count(), Claim.objects.count()) == (0, 0)
