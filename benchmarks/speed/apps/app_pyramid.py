from pyramid.config import Configurator
from pyramid.request import Request


def hello(request: Request) -> dict[str, str]:
    return {"message": "Hello, World"}


with Configurator() as config:
    config.add_route("hello", "/json")
    config.add_view(hello, route_name="hello", renderer="json")
    app = config.make_wsgi_app()
