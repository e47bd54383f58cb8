"""`explicit`: what an upload may ask for, of an asset that is there, https://cloudinary.com/documentation/image_upload_api_reference#explicit.

A caption comes with the answer; what other add-ons do comes later.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import add_ons, answers, captioning, working
from sandbox.cloudinary.encoding import decoded_pairs
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.fields import checked_values
from sandbox.cloudinary.ruling import ruled
from sandbox.cloudinary.stored import existing, needed, signed
from sandbox.world import World

VIDEOS_ONLY = "transcription"


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.post("/v1_1/<cloud>/<rt>/explicit")
    def explicit(cloud: str, rt: str) -> Response:
        environment = signed(world, cloud, rt)
        asset = existing(environment, rt, needed("public_id"))
        found: dict[str, Any] = {}
        if wish := request.form.get("detection"):
            if wish != "captioning" or rt != "image":
                raise Refused(400, f"Detection {wish} is not supported for {rt}")
            found = {"detection": {"captioning": captioning.detected(world, environment, asset)}}
        given = {name: value for name, value in request.form.items() if name != "detection"}
        asked = add_ons.check(world, given)
        if VIDEOS_ONLY in asked and rt != "video":
            raise Refused(400, f"auto_transcription is not supported for {rt}")
        with environment.lock:
            if text := request.form.get("metadata"):
                asset.metadata = ruled(
                    environment, asset.metadata, checked_values(environment.fields, decoded_pairs(text))
                )
                environment.touch(asset)
            working.begin(environment, asset, asked, given)
        shown = answers.of_list(environment, asset, answers.EXTRAS) | working.shown(asset)
        return jsonify(shown | {"info": {**shown.get("info", {}), **found}} if found else shown)
