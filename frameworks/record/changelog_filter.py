"""Filter the history by kind of fact and framework."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst

from frameworks.catalogue import LISTED
from frameworks.models import Framework
from frameworks.models.history import RevisionQuerySet
from frameworks.text.folding import folded

from .changelog import KINDS

LABELS = {"framework": capfirst(settings.TOPIC.items), "criterion": "Criteria"}
OTHER = "other"
NO_FRAMEWORK = f"There is no such {settings.TOPIC.item}, so all {settings.TOPIC.items} are shown."


class ChangelogFilter(forms.Form):
    """Filter the history by kind of fact and framework. An unknown value is reported in a notice and ignored."""

    kind = forms.ChoiceField(
        label="Kind of fact",
        required=False,
        choices=[
            ("", "All"),
            *((kind, LABELS.get(kind, f"{kind.capitalize()}s")) for kind in KINDS),
            (OTHER, "Other"),
        ],
        error_messages={"invalid_choice": "There is no such kind of fact, so all kinds are shown."},
    )
    framework = forms.ChoiceField(
        label=capfirst(settings.TOPIC.item), required=False, error_messages={"invalid_choice": NO_FRAMEWORK}
    )

    def __init__(self, data: Any, frameworks: Iterable[Framework]) -> None:
        super().__init__(data)
        self.frameworks = [(framework.slug, framework.name) for framework in frameworks]
        if self.has_options:
            self.fields["framework"].choices = [("", "All"), *self.frameworks]  # type: ignore[attr-defined]
        else:
            self.fields["framework"] = forms.CharField(label=capfirst(settings.TOPIC.item), required=False)
        self.full_clean()

    @property
    def has_options(self) -> bool:
        """Return whether the frameworks are few enough to be listed. Of more, one is typed by name or slug."""
        return len(self.frameworks) <= LISTED

    def clean_framework(self) -> str:
        """Return the slug of the framework that is chosen or typed, in either case; empty for all."""
        text: str = self.cleaned_data["framework"]
        typed = folded(text)
        if self.has_options or not text:
            return text
        for slug, name in self.frameworks:
            if typed in {slug, folded(name)}:
                return slug
        raise forms.ValidationError(NO_FRAMEWORK)

    @property
    def notices(self) -> list[str]:
        return [str(message) for messages in self.errors.values() for message in messages]

    @property
    def applied(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrow(self, steps: RevisionQuerySet) -> RevisionQuerySet:
        kind, framework = self.applied.get("kind"), self.applied.get("framework")
        if framework:
            steps = steps.about(framework)
        if kind == OTHER:
            return steps.exclude(model__in=KINDS)
        return steps.filter(model=kind) if kind else steps
