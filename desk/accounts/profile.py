"""How an editor is called in public: their own choice, on a page of its own."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from desk.editing.edit import NOTHING_CHANGED
from desk.editing.refusals import PlainErrors
from frameworks.models import Digest, EditorProfile
from frameworks.models.names import tidy_name


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [
        path("profile/", site.admin_view(page), name="profile"),
        path("password_change/", site.admin_view(change_password, cacheable=True), name="password_change"),
    ]


class ProfileForm(PlainErrors, forms.ModelForm):
    class Meta:
        model = EditorProfile
        fields = ("public_name",)

    is_wanted = forms.BooleanField(
        required=False,
        label="Send me a mail about what is waiting",
        help_text="Once a day at most: your proposals when they are decided, problem reports, ratings due for review.",
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.DIGESTS or not user.email:
            del self.fields["is_wanted"]
        else:
            self.fields["is_wanted"].initial = not Digest.objects.filter(user=user, is_wanted=False).exists()

    def clean_public_name(self) -> str:
        return tidy_name(self.cleaned_data["public_name"])


class OwnPasswordForm(PlainErrors, PasswordChangeForm):
    def clean_old_password(self) -> str:
        """Return the old password. What was right until a first click changed it is not called wrong at the second."""
        if self.user.check_password(self.data.get("new_password1", "")):
            return str(self.cleaned_data["old_password"])
        return super().clean_old_password()


def change_password(request: HttpRequest) -> HttpResponse:
    """Show the stock page, with a form that speaks as the others do."""
    view = PasswordChangeView.as_view(
        form_class=OwnPasswordForm,
        success_url=reverse("admin:password_change_done"),
        template_name="registration/password_change_form.html",
        extra_context=admin.site.each_context(request),
    )
    request.current_app = admin.site.name
    return view(request)  # type: ignore[return-value]


def _save(request: HttpRequest, user: Any, changed: dict[str, Any]) -> None:
    # Not the form's own saving: of two first ones at once the second would fail.
    if "public_name" in changed:
        name = {"public_name": changed["public_name"]}
        profile, _ = EditorProfile.objects.update_or_create(user=user, defaults=name)
        messages.success(request, f"Readers now see your changes under this name: {profile}.")
    if "is_wanted" in changed:
        wanted = {"is_wanted": changed["is_wanted"]}
        start = {"told_until": timezone.now()}
        Digest.objects.update_or_create(user=user, defaults=wanted, create_defaults=wanted | start)
        what = (
            "Mails about what is waiting are sent to you."
            if changed["is_wanted"]
            else "You get no more mails."
        )
        messages.success(request, what)


def page(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    profile = EditorProfile.objects.filter(user=user).first() or EditorProfile(user=user)
    form = ProfileForm(user, request.POST if request.method == "POST" else None, instance=profile)
    if form.is_valid() and not form.has_changed():
        messages.info(request, NOTHING_CHANGED)
        return HttpResponseRedirect(reverse("admin:profile"))
    if form.is_valid():
        _save(request, user, {name: form.cleaned_data[name] for name in form.changed_data})
        return HttpResponseRedirect(reverse("admin:profile"))
    context = {**admin.site.each_context(request), "title": "Your public name", "form": form}
    return TemplateResponse(request, "desk/accounts/profile.html", context)
