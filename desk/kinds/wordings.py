"""The admin of the table of readings: what words read as, and which scores would move if they read otherwise."""

from collections import Counter
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from desk.editing.edit import edit_of
from desk.editing.forms import FactForm
from frameworks.models import Revision, Versioned, Wording
from frameworks.record.following import outlook

from .claim_rules import say_unpublished
from .fact_admin import FactAdmin
from .rubrics import rubric_of


@admin.register(Wording)
class WordingAdmin(FactAdmin):
    list_display = ("words", "criterion", "reading", "claims", "explanation")
    list_filter = ("criterion", "reading")
    list_select_related = ("criterion",)
    annotations = {"claim_count": models.Count("claims")}
    search_fields = ("words", "criterion__name", "slug", "explanation")
    autocomplete_fields = ("criterion",)
    set_once = ("slug", "criterion")
    named_with = ("criterion",)
    readonly_fields = ("rubric", "scores")
    fieldsets = (
        (None, {"fields": ("criterion", "slug", "words", "rubric", "reading", "explanation")}),
        (
            "Effect",
            {
                "description": "The cells with claims that use this row, and the score that each reading would lead to."
                " When you save, the claims and every score that followed from the median change with the row, in"
                " one changeset. A published rating that is left without a reading is unpublished, unless it states a"
                " departure.",
                "fields": ("scores",),
            },
        ),
    )

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Give what is read as a whole room for a whole sentence."""
        if db_field.name in ("words", "explanation"):
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 2})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Versioned, form: FactForm, change: bool) -> None:
        """Save it, and say what has changed with it."""
        super().save_model(request, obj, form, change)
        written = Revision.objects.filter(changeset=edit_of(request).changeset).exclude(model="wording")
        counts = Counter(step.model for step in written if not step.unpublishes)
        if counts:
            claims, scores = counts["claim"], counts["rating"]
            plural = ("" if claims == 1 else "s", "" if scores == 1 else "s")
            self.message_user(
                request, f"{claims} claim{plural[0]} and {scores} score{plural[1]} have changed with the row."
            )
            say_unpublished(request)

    @admin.display(ordering="claim_count")
    def claims(self, row: Any) -> int:
        return int(row.claim_count)

    @admin.display(description="rubric")
    def rubric(self, row: Wording) -> SafeString | str:
        return rubric_of(row.criterion if row.criterion_id else None)

    @admin.display(description="scores")
    def scores(self, row: Wording) -> SafeString | str:
        """Return the score of each cell that is read by the row, for each reading that the row may have."""
        if row._state.adding:
            return "Shown once claims use this row."
        return render_to_string("desk/kinds/wording_scores.html", {"row": row, "outlook": outlook(row)})

    def summary(self, fact: Versioned) -> str:
        row = cast(Wording, fact)
        return f"read as {row.reading}" if row.reading else "not read as a figure"
