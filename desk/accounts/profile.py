"""How an editor is called in public: their own choice, on a page of its own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from desk.editing.edit import NOTHING_CHANGED
from desk.editing.refusals import PlainErrors
from frameworks.models import EditorProfile
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

    def clean_public_name(self) -> str:
        return tidy_name(self.cleaned_data["public_name"])


class OwnPasswordForm(PlainErrors, PasswordChangeForm):
    pass


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


def page(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    profile = EditorProfile.objects.filter(user=user).first() or EditorProfile(user=user)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=profile)
    if form.is_valid() and not form.has_changed():
        messages.info(request, NOTHING_CHANGED)
        return HttpResponseRedirect(reverse("admin:profile"))
    if form.is_valid():
        # Not the form's own saving: of two first ones at once the second would fail.
        profile, _ = EditorProfile.objects.update_or_create(user=user, defaults=form.cleaned_data)
        messages.success(request, f"Readers now see your changes under this name: {profile}.")
        return HttpResponseRedirect(reverse("admin:profile"))
    context = {**admin.site.each_context(request), "title": "Your public name", "form": form}
    return TemplateResponse(request, "desk/accounts/profile.html", context)
