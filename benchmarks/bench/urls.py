from django.urls import include, path

from . import calling

urlpatterns = [path("bare/", calling.bare), path("", include("config.urls"))]
