"""All the pretend services in one Flask application."""

from flask import Flask
from werkzeug.routing import Map, RuleFactory

from sandbox import control, faults, journal, merchants
from sandbox.cloudinary import delivery
from sandbox.cloudinary import routes as cloudinary
from sandbox.console import routes as console
from sandbox.identity import routes as identity
from sandbox.mail import routes as mail
from sandbox.receiver import routes as receiver
from sandbox.shopify import oauth
from sandbox.shopify import routes as shopify
from sandbox.storefront import routes as storefront
from sandbox.world import World


class Addresses(Map):
    """Those of every app of this process: they are the same, and to compile them is nearly all it takes to make an app."""

    def __init__(self) -> None:
        self._known: set[tuple[str, object, frozenset[str]]] = set()
        super().__init__(merge_slashes=False)  # a public ID may not be read as another one

    def add(self, rulefactory: RuleFactory) -> None:
        for rule in rulefactory.get_rules(self):
            key = (rule.rule, rule.endpoint, frozenset(rule.methods or ()))
            if key not in self._known:
                super().add(rule)
                self._known.add(key)


ADDRESSES = Addresses()


def create(world: World) -> Flask:
    app = Flask("sandbox", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map = ADDRESSES
    rooms = (
        control,
        merchants,
        faults,
        journal,
        shopify,
        oauth,
        cloudinary,
        delivery,
        console,
        storefront,
        identity,
        mail,
        receiver,
    )
    for room in rooms:
        app.register_blueprint(room.blueprint(world))
    return app
