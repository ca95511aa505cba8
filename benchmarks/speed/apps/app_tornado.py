"""Tornado brings its own server and speaks neither WSGI nor ASGI: this file is the server as well."""

import asyncio
import sys

from tornado.web import Application, RequestHandler


class Hello(RequestHandler):
    def get(self) -> None:
        self.write({"message": "Hello, World"})


async def serve(port: int) -> None:
    Application([("/json", Hello)]).listen(port, "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
