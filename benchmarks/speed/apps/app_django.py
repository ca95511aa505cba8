from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[])


def hello(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"message": "Hello, World"})


urlpatterns = [path("json", hello)]
app = get_wsgi_application()
