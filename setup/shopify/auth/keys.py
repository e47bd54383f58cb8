"""Client ids and secrets: which app opens which store."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings

from setup.models import Environment, ShopifyApp, Store


@dataclass(frozen=True)
class Keys:
    """`app` is None for the app that the server's settings name."""

    client_id: str
    client_secret: str = field(repr=False)
    app: ShopifyApp | None = field(default=None, repr=False)

    @property
    def secrets(self) -> list[str]:
        """Those that a signature of now may be made with."""
        return self.app.secrets if self.app else [self.client_secret]


def of_app(app: ShopifyApp) -> Keys:
    return Keys(app.client_id, app.client_secret, app)


def of_server() -> Keys | None:
    if not (settings.SHOPIFY_CLIENT_ID and settings.SHOPIFY_CLIENT_SECRET):
        return None
    return Keys(settings.SHOPIFY_CLIENT_ID, settings.SHOPIFY_CLIENT_SECRET)


def of_store(store: Store) -> Keys | None:
    """None for a store with a pasted token, and when the app was taken away."""
    if store.app:
        return of_app(store.app)
    return of_server() if store.way == Store.Way.INSTALL else None


def for_installing(environment: Environment) -> Keys | None:
    """The environment's own app, otherwise the server's; None if there is neither."""
    own = environment.shopify_apps.filter(installs=True).first()
    return of_app(own) if own else of_server()


def own_id(environment: Environment) -> str:
    """The client id of the environment's own app for installing; empty if it has none."""
    return environment.shopify_apps.filter(installs=True).values_list("client_id", flat=True).first() or ""


def remember(environment: Environment, client_id: str, secret: str, *, installs: bool | None = None) -> ShopifyApp:
    """The environment's app with this client id, and its present secret. `installs`: the one for the install page."""
    if installs:
        environment.shopify_apps.filter(installs=True).exclude(client_id=client_id).update(installs=False)
    app = environment.shopify_apps.filter(client_id=client_id).first()
    app = app or ShopifyApp(environment=environment, client_id=client_id)
    app.learn(secret)
    app.installs = app.installs if installs is None else installs
    app.save()
    return app


def drop_unused(environment: Environment) -> None:
    """Secrets that no store and no install page needs are not kept."""
    environment.shopify_apps.filter(installs=False, stores=None).delete()


def signers(stores: Iterable[Store], body: bytes, signature: bytes) -> list[Store]:
    """Those of the stores whose app made this signature (raw HMAC-SHA256 of the raw body)."""
    return [store for store in stores if (keys := of_store(store)) and signed_by(keys, body, signature)]


def signed_by(keys: Keys, body: bytes, signature: bytes) -> bool:
    made = [hmac.digest(secret.encode(), body, "sha256") for secret in keys.secrets]
    return sum(hmac.compare_digest(one, signature) for one in made) > 0  # all are compared, whichever fits
