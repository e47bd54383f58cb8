"""The stores' HTTP surface: the Admin GraphQL API and the CDN."""

import re
from typing import Any

from flask import Blueprint, Response, request

from sandbox.shopify import bulk_fields, cdn, endpoint, staged_uploads


def blueprint(world: Any) -> Blueprint:
    """POST /admin/api/<version>/graphql.json, the store by the Host header; GET /cdn/<domain>/files/<name>.

    And Google's storage, where Shopify keeps them: POST and PUT /staged/<bucket>, GET /bulk/<token>.jsonl.
    """
    pages = Blueprint("shopify", __name__)

    @pages.post("/admin/api/<version>/graphql.json")
    def graphql(version: str) -> Response:
        domain = re.sub(r":\d+$", "", request.host).lower()
        return endpoint.answer(world, domain, version, request)

    @pages.get("/cdn/<domain>/files/<name>")
    def picture(domain: str, name: str) -> Response:
        return cdn.answer(world, domain, name, request.args)

    @pages.get("/cdn/<domain>/files/preview_images/<name>")
    def poster(domain: str, name: str) -> Response:
        return cdn.poster(world, domain, name, request.args)

    @pages.get("/bulk/<token>.jsonl")
    def bulk_result(token: str) -> Response:
        return bulk_fields.download(world, token)

    @pages.post("/staged/<bucket>")
    @pages.post("/staged/<bucket>/")
    def upload(bucket: str) -> Response:
        return staged_uploads.post(world, bucket, request)

    @pages.put("/staged/<bucket>/<path:key>")
    def upload_bytes(bucket: str, key: str) -> Response:
        return staged_uploads.put(world, bucket, key, request)

    @pages.get("/staged/<bucket>")
    @pages.get("/staged/<bucket>/")
    @pages.get("/staged/<bucket>/<path:key>")
    def staged_object(bucket: str, key: str = "") -> Response:
        """Nobody may read what was uploaded."""
        return staged_uploads.refusal(staged_uploads.Refused(403, "AccessDenied", "Access denied."))

    return pages
