"""Route the public pages of facts to their views."""

from django.urls import path
from django.views.decorators.http import require_safe

from frameworks.pages.conditional import revalidated

from .pages import feeds, views

app_name = "frameworks"

urlpatterns = [
    # /frameworks/…
    path("frameworks/", views.framework_index, name="frameworks"),
    path("frameworks/<slug:slug>/", views.framework, name="framework"),
    path(
        "frameworks/<slug:slug>.atom", require_safe(revalidated(feeds.FrameworkFeed())), name="framework_feed"
    ),
    path("frameworks/<slug:slug>/<slug:criterion>/history/", views.cell_history, name="cell_history"),
    path("frameworks/<slug:slug>/<slug:criterion>/objection/", views.objection, name="objection"),
    path(
        "frameworks/<slug:slug>/<slug:criterion>/objection/sent/", views.objection_sent, name="objection_sent"
    ),
    # What fields for a name suggest. Not under /frameworks/, where it could be the name of one.
    path("names/", views.names, name="names"),
    # /criteria/…
    path("criteria/", views.criterion_index, name="criteria"),
    path("criteria/<slug:slug>/", views.criterion, name="criterion"),
    # /sources/…
    path("sources/", views.source_index, name="sources"),
    path("sources/<slug:key>/", views.source, name="source"),
    # /components/…
    path("components/", views.component_index, name="components"),
    path("components/<slug:slug>/", views.component, name="component"),
    path("disagreements/", views.disagreement_index, name="disagreements"),
    path("benchmarks/", views.benchmark_index, name="benchmarks"),
    path("questions/", views.question_index, name="questions"),
    # /changes/…
    path("changes/", views.changes, name="changes"),
    path("changes/<uuid:changeset>/", views.changeset, name="changeset"),
]
