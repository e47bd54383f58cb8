"""What shoppers see, and what an admin sees of a store's files; and the sandbox's front page."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template

from sandbox.shopify.shop import Shop
from sandbox.storefront import views
from sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """GET /, /store/<domain>/, /store/<domain>/products/<handle>, /store/<domain>/files, /store/<domain>/admin/products/<id>."""
    pages = Blueprint(
        "storefront", __name__, template_folder="templates", static_folder="static", static_url_path="/store-static"
    )

    @pages.get("/")
    def index() -> str:
        environments = [(known, len(known.assets)) for known in world.environments]
        return render_template("storefront/index.html", world=world, environments=environments)

    @pages.get("/store/<domain>/")
    def products(domain: str) -> str:
        shop = of(domain)
        return render_template("storefront/products.html", shop=shop, products=views.products(shop))

    @pages.get("/store/<domain>/products/<handle>")
    def product(domain: str, handle: str) -> str:
        shop = of(domain)
        shown = views.product(shop, handle)
        if shown is None:
            abort(404)
        return render_template("storefront/product.html", shop=shop, product=shown)

    @pages.get("/store/<domain>/files")
    @pages.get("/store/<domain>/admin/content/files")
    def files(domain: str) -> str:
        shop = of(domain)
        return render_template("storefront/files.html", shop=shop, files=views.files(shop))

    @pages.get("/store/<domain>/admin")
    def admin(domain: str) -> Any:
        return redirect(f"/store/{of(domain).domain}/")

    @pages.get("/store/<domain>/admin/products/<number>")
    def admin_product(domain: str, number: str) -> Any:
        """An admin's product page is the shoppers' one here."""
        shop = of(domain)
        known = shop.products.get(f"gid://shopify/Product/{number}")
        if known is None:
            abort(404)
        return redirect(f"/store/{shop.domain}/products/{known.handle}")

    def of(domain: str) -> Shop:
        return world.shops.get(domain) or abort(404)

    return pages
