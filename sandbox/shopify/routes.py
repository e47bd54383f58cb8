"""The stores' HTTP surface: the Admin GraphQL API and the CDN."""

import re
from typing import Any

from flask import Blueprint, Response, request

from sandbox.shopify import cdn, endpoint


def blueprint(world: Any) -> Blueprint:
    """POST /admin/api/<version>/graphql.json, the store by the Host header; GET /cdn/<domain>/files/<name>."""
    pages = Blueprint("shopify", __name__)

    @pages.post("/admin/api/<version>/graphql.json")
    def graphql(version: str) -> Response:
        domain = re.sub(r":\d+$", "", request.host).lower()
        return endpoint.answer(world, domain, version, request)

    @pages.get("/cdn/<domain>/files/<name>")
    def picture(domain: str, name: str) -> Response:
        return cdn.answer(world, domain, name, request.args)

    return pages
