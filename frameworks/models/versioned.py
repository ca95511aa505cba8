"""Define the base of every fact that editors maintain: it knows its version and its natural key, and of some kinds
whether it is retired."""

import re
from collections.abc import Collection, Container
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format

from . import names
from .constraints import RETIREMENT_SENTENCE

Fact = TypeVar("Fact", bound="Versioned")


class FoldedName(NamedTuple):
    """What no two facts of a kind share: the fact that the name belongs under, if any, and the name folded."""

    within: Any
    name: str


def called(model: type[models.Model], count: int) -> str:
    """Return what so many rows of a model are called: `claim` or `claims`."""
    names = model._meta.verbose_name, getattr(model, "many", "") or model._meta.verbose_name_plural
    return str(names[count != 1])


class Versioned(models.Model):
    """A fact whose every change is a revision.

    `version` counts the changes. Only `frameworks.record.revisions` writes versioned facts: it raises the version in
    the same statement that checks it, so that an editor who saw an older version can overwrite nothing.
    """

    #: The fields of the natural key: set once, then for ever, unless the fact is renamable. A relation contributes the
    #: natural key of the related fact.
    key_fields: tuple[str, ...]

    #: Whether the name may change all the same. Old addresses then redirect to the fact's new one.
    is_renamable = False

    #: The field by which readers know the fact. No two facts of a kind have names that differ only in case or in the
    #: form of their characters; where names are given within another fact, no two facts within it.
    name_field = ""
    named_within = ""

    #: What several of them are called beside their number, if their list has a name of its own.
    many = ""

    #: The fields in which the fact has to agree with other facts. What is wrong is said beside the last.
    agreed: tuple[str, ...] = ()

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        """Return the parts that name this fact in fixtures and revisions, stable across databases."""
        values = [getattr(self, name) for name in self.key_fields]
        return tuple(
            part
            for value in values
            for part in (value.natural_key() if isinstance(value, Versioned) else [value])
        )

    def tidy(self) -> None:
        """Trim all text and put it in composed form; names get single spaces. Called before the fact is written."""
        for name, is_name in _texts(type(self)):
            if isinstance(value := getattr(self, name), str):
                setattr(self, name, names.tidy_name(value) if is_name else names.tidy(value))

    def contradiction(self) -> str:
        """Say why the fact does not agree with the facts around it in the fields `agreed`; empty where it does."""
        return ""

    def clean(self) -> None:
        super().clean()
        if sentence := self.contradiction():
            raise ValidationError({self.agreed[-1]: sentence})

    def settle(self) -> None:
        """Set what follows from other facts. Called before the fact is written."""

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.tidy()
        super().clean_fields(exclude)

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """Say of a name that is taken who has it, instead of Django's sentence."""
        excluded = {*(exclude or ())}
        errors: dict[str, Any] = {}
        if self.name_field and self.name_field not in excluded:
            excluded.add(self.name_field)
            if sentence := self.name_is_taken():
                errors = {self.name_field: [sentence]}
        try:
            super().validate_unique(excluded)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def unique_error_message(
        self, model_class: type[models.Model], unique_check: Collection[str]
    ) -> ValidationError:
        [name, *others] = unique_check
        if others:
            return super().unique_error_message(model_class, unique_check)  # type: ignore[arg-type]
        kind, label = self._meta.verbose_name, getattr(self._meta.get_field(name), "verbose_name", name)
        sentence = (
            f"There is already {names.with_article(str(kind))} with the {label} “{getattr(self, name)}”."
        )
        return ValidationError(sentence, code="unique")

    @property
    def folded_name(self) -> FoldedName:
        """Return the name as it is compared with those of other facts."""
        within = getattr(self, f"{self.named_within}_id") if self.named_within else None
        return FoldedName(within, names.folded(getattr(self, self.name_field)))

    def name_is_taken(self, given_up: Container[Any] = ()) -> str:
        """Say which other fact has the name, besides those that give theirs up; empty where it is free or has not
        changed. One query."""
        mine = self.folded_name
        if not mine[-1]:
            return "A name needs a character that can be seen."
        others = {fact.pk: fact for fact in type(self)._default_manager.names() if fact.folded_name == mine}  # type: ignore[attr-defined]
        name, own = getattr(self, self.name_field), others.pop(self.pk, None)
        if own is not None and getattr(own, self.name_field) == name:
            return ""
        return next((self.name_taken_by(other) for pk, other in others.items() if pk not in given_up), "")

    def name_taken_by(self, other: "Versioned") -> str:
        """Say in a sentence or two that the other fact has this one's name."""
        name, taken = getattr(self, self.name_field), getattr(other, self.name_field)
        return names.taken(name, str(self._meta.verbose_name), taken)

    @property
    def key_text(self) -> str:
        """Return the natural key as one line: `django/learning-curve`."""
        return "/".join(str(part) for part in self.natural_key())


#: Words that sentences begin with and that are no names.
BEGINNINGS = re.compile(
    r"\A(?:An?|The|It|Its|He|She|They|Their|We|Our|You|Your|This|That|These|Those|There|Here|One|Some|Someone|Somebody|Any"
    r"|Nobody|No|None|Nothing|Not|Neither|Never|All|Each|Every|Everyone|Everybody|Everything|Both|Many|Most|Few|Too|Only"
    r"|As|At|By|For|From|In|Of|On|Since|Until|After|Before|With|Without|When|While|If|Development|Maintenance|Support)(?![-\w])"
)


def grounds(reason: str) -> str:
    """Return a reason as it follows “because”: editors write whole sentences, too. Empty where it has no words."""
    text = re.sub(r"^because\b\s*", "", reason, flags=re.IGNORECASE).rstrip(" .!…")
    return BEGINNINGS.sub(lambda word: word[0].lower(), text)


class Retirable(Versioned):
    """A fact that can be retired: no longer compared, counted or offered, but still at its address and in the history.

    Each model has the two fields, after its own, and the constraint that there are both or neither.
    """

    retired_on: Any
    retired_because: Any

    class Meta:
        abstract = True

    @property
    def is_retired(self) -> bool:
        return self.retired_on is not None

    @property
    def retirement(self) -> str:
        """Return `retired on 3 May 2026, because nobody maintains it.`; empty unless the fact is retired."""
        if self.retired_on is None:
            return ""
        return f"retired on {date_format(self.retired_on, 'j F Y')}, because {self._grounds}."

    @property
    def _grounds(self) -> str:
        return grounds(self.retired_because)

    @property
    def retirement_note(self) -> str:
        """Return a sentence that begins with the fact's name: `Bottle was retired on …`; empty unless it is retired."""
        return f"{self} was {self.retirement}" if self.is_retired else ""

    @property
    def takes_nothing_new(self) -> str:
        """Return why nothing new is put on the fact, in two sentences; empty unless it is retired."""
        note = self.retirement_note
        return note and f"{note} Nothing new is added to it unless it is taken back from retirement."

    def clean(self) -> None:
        super().clean()
        if self.retired_on is None and self.retired_because:
            raise ValidationError({"retired_on": RETIREMENT_SENTENCE})
        if self.retired_on is not None and not self._grounds:
            raise ValidationError({"retired_because": RETIREMENT_SENTENCE})


@cache
def _texts(model: type[Versioned]) -> list[tuple[str, bool]]:
    """Return the fields for free text, and whether each is a name."""
    return [
        (field.attname, field.attname in {model.name_field, "name", "short_name", "title"})
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.SlugField)
        and not field.choices
    ]


def renamable_models() -> dict[str, type[Versioned]]:
    """Return the kinds of facts that can be renamed, by name."""
    return {kind: model for kind, model in versioned_models().items() if model.is_renamable}


def versioned_models() -> dict[str, type[Versioned]]:
    """Return every kind of fact of any app, by the name that revisions use for it."""
    return {str(model._meta.model_name): model for model in apps.get_models() if issubclass(model, Versioned)}
