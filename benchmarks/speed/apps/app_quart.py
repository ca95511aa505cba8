from quart import Quart, Response, jsonify

app = Quart(__name__)


@app.get("/json")
async def hello() -> Response:
    return jsonify(message="Hello, World")
