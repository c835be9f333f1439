from flask import Flask, request

app = Flask(__name__)


@app.route("/", methods=["GET", "POST"])
def hello():
    """Answers GET /function/{{name}}?name=Ada, and POST with {"name": "Ada"}."""
    body = request.get_json(silent=True) or {}
    name = request.args.get("name") or body.get("name") or "world"
    print(f"Greeting {name}")
    return {"message": f"Hello, {name}!"}
