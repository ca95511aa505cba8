"""The editors' desk, put together: every module registers its models here, and gives the site its pages."""

from typing import cast

from django.conf import settings
from django.contrib import admin

from desk import interrupted
from desk.accounts import profile, two_factor, user_admin  # noqa: F401 - some register only
from desk.admin_site import DeskSite
from desk.grid import views as grid
from desk.kinds import catalogue, claims, judgement, neighbours, ratings, wordings  # noqa: F401 - they register
from desk.queues import front, link_check_admin, objection_admin, status  # noqa: F401 - some register only
from desk.review import proposal_admin  # noqa: F401 - it registers
from desk.versions import revision_admin  # noqa: F401 - it registers
from frameworks.serving import outages

site = cast(DeskSite, admin.site)
site.site_header = settings.SITE_NAME
site.site_title = settings.SITE_NAME
site.index_title = "The editors’ desk"
site.enable_nav_sidebar = False  # the page's head has the same links, and the lists have the width
site.add_pages(two_factor.urls, profile.urls, front.urls, grid.urls, status.urls)
site.open_on(front.context)
outages.register("/admin/", interrupted.answer)
