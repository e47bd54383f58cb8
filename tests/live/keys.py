"""The keys of a development store and a product environment, from environment variables, or from files that they name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetlink_site.env import Variable
from assetlink_site.forms import Wrong, text

NEEDED = ("LIVE_SHOP", "LIVE_CLOUD", "LIVE_CLOUD_API_KEY", "LIVE_CLOUD_API_SECRET", "LIVE_CLOUD_I_MAY_WRITE_TO")
TOKEN = "LIVE_SHOP_TOKEN"
CREDENTIALS = ("LIVE_SHOP_CLIENT_ID", "LIVE_SHOP_CLIENT_SECRET")

ADDRESSES = ("LIVE_SHOPIFY_BASE_URL", "LIVE_UPLOAD_PREFIX", "LIVE_DELIVERY_BASE")


@dataclass(frozen=True)
class Keys:
    """Either a token or an app's client ID and secret. The base addresses are empty but for a sandbox."""

    shop: str
    cloud: str
    api_key: str
    api_secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    shopify_base: str = ""
    upload_prefix: str = "https://api.cloudinary.com"
    delivery_base: str = ""

    def secrets(self) -> dict[str, str]:
        """What may not be in a recording -> what stands there instead."""
        found = {
            self.shop: "SHOP",
            self.shop.removesuffix(".myshopify.com"): "SHOP",
            self.cloud: "CLOUD",
            self.api_key: "API_KEY",
            self.api_secret: "API_SECRET",
            self.token: "TOKEN",
            self.client_id: "CLIENT_ID",
            self.client_secret: "CLIENT_SECRET",
        }
        return {secret: name for secret, name in found.items() if secret}


def value(environ: Mapping[str, str], name: str) -> str:
    """Of NAME, or the content of the file that NAME_FILE names, as the app reads its secrets. Raises Wrong."""
    secret = Variable(name, text(), "", meaning="", group="", secret=True, example="", default_words="", needed="")
    return str(secret.read(environ))


def faults(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each name that is set and cannot be read."""
    names = {name.removesuffix("_FILE") for name in environ if name.startswith("LIVE_")}
    found = []
    for name in sorted(names & {*NEEDED, TOKEN, *CREDENTIALS, *ADDRESSES}):
        try:
            value(environ, name)
        except Wrong as error:
            found.append(str(error))
    return found


def trouble(environ: Mapping[str, str]) -> str:
    """Why the suite cannot run with this environment; empty if it can be tried. Raises Wrong."""
    missing = [name for name in NEEDED if not value(environ, name)]
    if not value(environ, TOKEN) and not all(value(environ, name) for name in CREDENTIALS):
        missing.append(f"{TOKEN}, or {' and '.join(CREDENTIALS)}")
    if missing:
        return f"the live suite needs {', '.join(missing)} (docs/testing.md)"
    if value(environ, "LIVE_CLOUD_I_MAY_WRITE_TO") != value(environ, "LIVE_CLOUD"):
        return "LIVE_CLOUD_I_MAY_WRITE_TO does not name the cloud of LIVE_CLOUD: nothing is written to it"
    return ""


def read(environ: Mapping[str, str]) -> Keys:
    """Raises ValueError with the trouble."""
    if wrong := trouble(environ):
        raise ValueError(wrong)
    return Keys(
        shop=value(environ, "LIVE_SHOP").lower(),
        cloud=value(environ, "LIVE_CLOUD"),
        api_key=value(environ, "LIVE_CLOUD_API_KEY"),
        api_secret=value(environ, "LIVE_CLOUD_API_SECRET"),
        token=value(environ, TOKEN),
        client_id=value(environ, CREDENTIALS[0]),
        client_secret=value(environ, CREDENTIALS[1]),
        shopify_base=value(environ, "LIVE_SHOPIFY_BASE_URL").rstrip("/"),
        upload_prefix=value(environ, "LIVE_UPLOAD_PREFIX") or "https://api.cloudinary.com",
        delivery_base=value(environ, "LIVE_DELIVERY_BASE"),
    )
