from django.urls import path
from django.views.decorators.http import require_safe

from frameworks.pages import pictured
from frameworks.pages.conditional import revalidated

from . import feeds, machines, sitemaps
from .api import page
from .search import views

app_name = "portal"

urlpatterns = [
    path("search/", views.search, name="search"),
    path("changes.atom", require_safe(revalidated(feeds.ChangesFeed())), name="changes_feed"),
    # For machines
    path("api/", page.index, name="api"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", sitemaps.part, name="sitemap_part"),
    path("robots.txt", machines.robots, name="robots"),
    path("accent.css", machines.accent, name="accent"),
    path("llms.txt", machines.llms, name="llms"),
    path("favicon.svg", machines.icon, name="icon"),
    path("favicon.ico", machines.favicon, name="favicon"),
    # Phones ask for a size too, with or without a word that older ones need.
    *(
        path(f"apple-touch-icon{kind}.png", machines.touch_icon, name="touch_icon")
        for kind in ("", "-precomposed", "-120x120", "-120x120-precomposed")
    ),
    # The picture and the chart of any page
    path("<path:page>.png", pictured.png, name="picture"),
    path("<path:page>.svg", pictured.svg, name="chart"),
]
