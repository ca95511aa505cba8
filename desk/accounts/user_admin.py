"""Accounts, groups and refused sign-ins: the stock pages, for superusers, with the guard that our lists have."""

from collections.abc import Iterable
from datetime import timedelta
from http import HTTPStatus
from typing import Any, cast

from axes.admin import AccessAttemptAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth import admin as stock
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import DataError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.text import get_text_list
from django_otp.plugins.otp_static import admin as _static  # noqa: F401 - registers what goes below
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp import admin as _totp  # noqa: F401 - likewise
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.editing.edit import NOTHING_CHANGED, SAVED_BEFORE
from desk.editing.guarded import GuardedAdmin
from desk.editing.refusals import PlainErrors
from frameworks.models.versioned import called
from frameworks.roles import ROLES

from . import two_factor

# Two logs that are not kept, and pages that would show everybody's second factor to whoever may open them.
admin.site.unregister([AccessLog, AccessFailureLog, StaticDevice, TOTPDevice, AccessAttempt, Group, User])


#: How far apart the two clicks of a double click are answered at most.
CLICKS_APART = timedelta(minutes=1)


class GuardedAccountAdmin(GuardedAdmin):
    """Guard forms too: the stock choice of several looks up whatever number it is sent."""

    #: The field that is the name of what is added.
    named_by = "name"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                response = super().changeform_view(request, object_id, form_url, extra_context)
        except (ValueError, OverflowError, DataError):
            return self.not_understood(request)
        is_refused = request.method == "POST" and response.status_code != HTTPStatus.FOUND
        if is_refused and object_id is None and (before := self._added_just_now(request)):
            messages.info(request, SAVED_BEFORE)
            return HttpResponseRedirect(self.url_of("change", before.object_id))
        return response

    def _added_just_now(self, request: HttpRequest) -> LogEntry | None:
        """Return what the first of two clicks has added: to the second, its name is taken."""
        name = request.POST.get(self.named_by, "")
        if "\0" in name:  # in no name, and PostgreSQL refuses to look for it
            return None
        return LogEntry.objects.filter(
            user=request.user.pk,
            content_type=ContentType.objects.get_for_model(self.model),
            action_flag=ADDITION,
            object_repr=name,
            action_time__gte=timezone.now() - CLICKS_APART,
        ).first()

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        said = super().construct_change_message(request, form, formsets, add)
        cast(Any, request).is_idle = not said
        return said

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kwargs: Any
    ) -> None:
        if level == messages.SUCCESS and getattr(request, "is_idle", False):
            message, level = NOTHING_CHANGED, messages.INFO
        super().message_user(request, message, level, *args, **kwargs)


@admin.register(AccessAttempt)
class AttemptAdmin(GuardedAccountAdmin, AccessAttemptAdmin):  # type: ignore[misc]
    """Deleting an attempt opens the door again."""


class GroupForm(PlainErrors, forms.ModelForm):
    pass


@admin.register(Group)
class GroupAdmin(GuardedAccountAdmin, stock.GroupAdmin):
    form = GroupForm


class NewUserForm(PlainErrors, AdminUserCreationForm):
    pass


class UserForm(PlainErrors, UserChangeForm):
    pass


class SetPasswordForm(PlainErrors, AdminPasswordChangeForm):
    pass


@admin.register(User)
class UserAdmin(GuardedAccountAdmin, stock.UserAdmin):
    add_form, form, change_password_form = NewUserForm, UserForm, SetPasswordForm
    named_by = "username"
    list_display = ("username", "email", "first_name", "last_name", "is_staff", "is_active", "two_factor")
    actions = ("turn_two_factor_off",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        phones = TOTPDevice.objects.filter(user=models.OuterRef("pk"), confirmed=True)
        users: models.QuerySet[User] = super().get_queryset(request)
        return users.annotate(two_factor=models.Exists(phones))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give members of a role what signing in needs, and say so; say what else is missing."""
        super().save_related(request, form, formsets, change)
        user: User = form.instance
        if not user.is_staff and user.groups.filter(name__in=ROLES).exists():
            user.is_staff = True
            user.save(update_fields=["is_staff"])
            messages.info(request, f"{user} may now sign in at the desk: members of this group need to.")
        if missing := _missing(User.objects.get(pk=user.pk)):
            messages.warning(request, f"{user} cannot work at the desk yet. {missing}")

    @admin.display(description="two-factor", boolean=True, ordering="two_factor")
    def two_factor(self, user: User) -> bool:
        return bool(user.two_factor)  # type: ignore[attr-defined]

    @admin.action(description="Turn off two-factor sign-in", permissions=["change"])
    def turn_two_factor_off(self, request: HttpRequest, users: Iterable[User]) -> None:
        """Turn it off for those who have lost phone and recovery codes."""
        names = []
        for user in users:
            two_factor.turn_off(user)
            self.log_change(request, user, "Turned off two-factor sign-in.")
            names.append(user.get_username())
        messages.success(request, f"Two-factor sign-in is off for {get_text_list(names, 'and')}.")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say in words what keeps an account: who has written is in the history, which never changes."""
        written = [f"{user}: {kept}" for user in objs if (kept := _kept_by(user))]
        if written:
            return [], {}, set(), written
        return super().get_deleted_objects(objs, request)


def _missing(user: User) -> str:
    """Say what an account that is meant for the desk lacks to be used there; empty where nothing is missing."""
    # An account that is not active has no permissions: asked for as if it were.
    is_active, user.is_active = user.is_active, True
    is_meant = bool(user.is_superuser or user.get_all_permissions())
    roles = get_text_list([*ROLES], "or")
    needs = {
        "Tick “Active”.": is_active,
        "Tick “Staff status”, which signing in needs.": user.is_staff,
        "Set a password.": user.has_usable_password(),
        f"Add it to one of the groups {roles}: without a role the desk shows it nothing.": is_meant,
    }
    return " ".join(need for need, is_met in needs.items() if not is_met) if is_meant or user.is_staff else ""


def _kept_by(user: User) -> str:
    """Return what names this account and is kept for good, as `12 revisions and 1 proposal`."""
    counts: dict[type[models.Model], int] = {}
    for relation in user._meta.related_objects:
        if getattr(relation, "on_delete", None) is models.PROTECT:
            model = relation.related_model
            found = model._default_manager.filter(**{relation.field.name: user}).count()
            counts[model] = counts.get(model, 0) + found
    hanging = [f"{count} {called(model, count)}" for model, count in counts.items() if count]
    return get_text_list(hanging, "and")
