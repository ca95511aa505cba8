from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from frameworks.models import Revision, renamable_models
from frameworks.record import revisions
from frameworks.record.revisions import Author, Conflict, Refused


class Command(BaseCommand):
    help = (
        "Gives a fact another name in addresses, as the desk does; old addresses lead to the new one for ever. "
        "For where the portal's own role may not alter the history: run it as the owner of the tables."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = sorted(renamable_models())
        parser.add_argument("kind", metavar="KIND", choices=kinds, help=", ".join(kinds))
        parser.add_argument("old", metavar="OLD", help="The current name in addresses.")
        parser.add_argument("new", metavar="NEW", help="Lower-case letters, digits and hyphens.")
        parser.add_argument(
            "--reason", required=True, help="The reason for the change in one sentence, shown in the history."
        )
        parser.add_argument("--author", default="Command line", help="The name shown in the history.")

    def handle(self, *args: Any, **options: Any) -> None:
        model = renamable_models()[options["kind"]]
        name = model.key_fields[0]
        try:
            fact = model._default_manager.get(**{name: options["old"]})
            setattr(fact, name, options["new"])
            fact.full_clean()
            by = Author(options["author"], Revision.Origin.ADMIN)
            revisions.save(fact, by=by, reason=options["reason"], seen=fact.version)
        except model.DoesNotExist as error:
            raise CommandError(
                f"There is no {model._meta.verbose_name} called “{options['old']}”."
            ) from error
        except ValidationError as error:
            raise CommandError(f"Nothing was renamed: {' '.join(error.messages)}") from error
        except (Conflict, Refused, DatabaseError) as error:
            raise CommandError(f"Nothing was renamed: {error}") from error
        self.stdout.write(
            f"{fact} is now “{options['new']}” in addresses. Addresses with “{options['old']}” lead there."
        )
