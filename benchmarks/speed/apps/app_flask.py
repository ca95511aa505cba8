from flask import Flask, Response, jsonify

app = Flask(__name__)


@app.get("/json")
def hello() -> Response:
    return jsonify(message="Hello, World")
