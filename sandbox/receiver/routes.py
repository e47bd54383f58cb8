"""POST /hooks/ takes an event with 204, /hooks/<status> answers that; GET /hooks/ lists them, /hooks.json is for programs."""

from flask import Blueprint, Response, jsonify, render_template, request

from sandbox.world import World

LARGEST = 100_000


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("receiver", __name__, template_folder="templates")

    @pages.get("/hooks/")
    def page() -> str:
        return render_template("receiver/page.html", events=world.inbox.events(), here=f"{world.base_url}/hooks/")

    @pages.get("/hooks.json")
    def listed() -> Response:
        return jsonify([event.as_json() for event in world.inbox.events()])

    @pages.post("/hooks/")
    def take() -> Response:
        return answer(204)

    @pages.post("/hooks/<int:status>")
    def take_and_answer(status: int) -> Response:
        return answer(status if 200 <= status <= 599 else 400)

    def answer(status: int) -> Response:
        body = request.stream.read(LARGEST).decode("utf-8", "replace")
        headers = {name.lower(): value for name, value in request.headers.items()}
        world.inbox.put(headers, body, answered=status)
        return Response(status=status)

    return pages
