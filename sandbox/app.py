"""All the pretend services in one Flask application."""

from flask import Flask

from sandbox import control, faults, journal, merchants
from sandbox.cloudinary import delivery
from sandbox.cloudinary import routes as cloudinary
from sandbox.console import routes as console
from sandbox.shopify import oauth
from sandbox.shopify import routes as shopify
from sandbox.storefront import routes as storefront
from sandbox.world import World


def create(world: World) -> Flask:
    app = Flask("sandbox", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False  # a public ID may not be read as another one
    rooms = (control, merchants, faults, journal, shopify, oauth, cloudinary, delivery, console, storefront)
    for room in rooms:
        app.register_blueprint(room.blueprint(world))
    return app
