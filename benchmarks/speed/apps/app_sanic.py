from sanic import Request, Sanic
from sanic.response import JSONResponse, json

app = Sanic("hello")


@app.get("/json")
async def hello(request: Request) -> JSONResponse:
    return json({"message": "Hello, World"})
