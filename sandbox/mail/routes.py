"""GET /mail/ lists what was caught, /mail/<number> shows one as its reader sees it, /mail.json is for programs."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template

from sandbox.world import World


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("mail", __name__, template_folder="templates")

    @pages.get("/mail/")
    def page() -> str:
        return render_template("mail/page.html", mails=world.mailbox.mails())

    @pages.get("/mail.json")
    def listed() -> Response:
        return jsonify([mail.as_json() for mail in world.mailbox.mails()])

    @pages.get("/mail/<int:number>")
    def one(number: int) -> Any:
        mail = world.mailbox.find(number)
        if mail is None:
            return "There is no such e-mail.", 404
        # As careful as a mail program: it runs nothing and loads nothing.
        return Response(mail.html, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})

    return pages
