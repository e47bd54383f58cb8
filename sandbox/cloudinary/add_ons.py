"""Add-ons that a parameter of an upload or a preset needs, there or absent by a switch.

https://cloudinary.com/documentation/cloudinary_add_ons: a person registers for them in the Console. What a call without a
subscription is answered names the add-on.
"""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.cloudinary.captioning import ADD_ON
from sandbox.cloudinary.errors import Refused
from sandbox.world import World

NAMES = {
    "google_tagging": "Google Auto Tagging",
    "aws_rek_tagging": "Amazon Rekognition Auto Tagging",
    "transcription": "Cloudinary Video Transcription",
    "captioning": ADD_ON,
}
TAGGING = ("google_tagging", "aws_rek_tagging")
PARAMETERS = ("categorization", "auto_tagging", "detection", "auto_transcription")


def check(world: World, given: Mapping[str, Any]) -> list[str]:
    """Those that are asked for, once their parameters fit. Raises Refused."""
    wished = [*tagging(given), *captioning(given), *transcription(given)]
    has = {*world.settings.add_ons, *(["captioning"] if world.settings.captions != "absent" else [])}
    for name in wished:
        if name not in has:
            raise Refused(420, f"You don't have an active subscription for {NAMES[name]}")
    return wished


def tagging(given: Mapping[str, Any]) -> list[str]:
    """Raises Refused."""
    wished = [one for one in str(given.get("categorization") or "").split(",") if one]
    if unknown := [one for one in wished if one not in TAGGING]:
        raise Refused(400, f"Categorization item {unknown[0]} is invalid")
    if given.get("auto_tagging") not in (None, ""):
        try:
            fits = 0 <= float(given["auto_tagging"]) <= 1
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise Refused(400, "Auto tagging must be a number between 0 and 1")
        if not wished:
            raise Refused(400, "auto_tagging needs categorization")
    return wished


def captioning(given: Mapping[str, Any]) -> list[str]:
    """Raises Refused."""
    wished = given.get("detection")
    if wished and wished != "captioning":
        raise Refused(400, f"Detection {wished} is not supported")
    return ["captioning"] if wished else []


def transcription(given: Mapping[str, Any]) -> list[str]:
    """Raises Refused."""
    wished = given.get("auto_transcription")
    if not wished or wished in ("false", "0", False):
        return []
    if wished in (True, "true", "1"):
        return ["transcription"]
    try:
        asked = json.loads(wished) if isinstance(wished, str) else wished
    except ValueError:
        asked = None
    match asked:
        case {"translate": [_, *_] as languages} if all(isinstance(one, str) and one for one in languages):
            return ["transcription"]
    raise Refused(400, "Invalid auto_transcription")
