"""How an editor is called in public: their own choice, on a page of its own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from desk.editing.edit import NOTHING_CHANGED
from frameworks.models import EditorProfile
from frameworks.models.names import tidy_name


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [path("profile/", site.admin_view(page), name="profile")]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = EditorProfile
        fields = ("public_name",)

    def clean_public_name(self) -> str:
        return tidy_name(self.cleaned_data["public_name"])


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
