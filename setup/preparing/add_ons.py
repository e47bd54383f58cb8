"""Add-ons of an account that presets can ask for: whether they are there, as far as Cloudinary tells for free.

https://cloudinary.com/documentation/cloudinary_add_ons: a person registers for them in the Console.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import cloudinary.api

from setup.captions import asking
from setup.captions.offer import State as CaptionState
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.models import Environment
from setup.shapes import mapping, whole


class AddOn(StrEnum):
    THERE = "there"
    ABSENT = "absent"  # Cloudinary has said so
    UNLISTED = "unlisted"  # its report does not name it, which proves nothing
    UNKNOWN = "unknown"  # the report could not be read


# Under which names the report of the usage may list them. None of them is documented.
LISTED_AS = {
    "google_tagging": ("google_tagging",),
    "aws_rek_tagging": ("aws_rek_tagging", "rekognition_tagging"),
    "captions": asking.LISTED_AS,
    "transcribe": ("transcription", "auto_transcription", "google_speech"),
}


def look(environment: Environment) -> dict[str, AddOn]:
    """Of each whether it is there, as far as Cloudinary tells for free. Raises CloudinaryError where it does not answer."""
    try:
        report = CloudinaryClient(environment).read(cloudinary.api.usage)
    except CloudinaryError as error:
        if error.trouble != Trouble.REFUSED:
            raise
        report = None  # to read it, a key needs a permission of its own
    found = {name: listed_state(report, keys) for name, keys in LISTED_AS.items()}
    asked = asking.known(environment).state
    if asked == CaptionState.ABSENT:
        found["captions"] = AddOn.ABSENT
    elif asked in (CaptionState.ANSWERS, CaptionState.USED_UP):
        found["captions"] = AddOn.THERE
    return found


def listed_state(report: Mapping[str, Any] | None, keys: tuple[str, ...]) -> AddOn:
    if report is None:
        return AddOn.UNKNOWN
    return AddOn.THERE if any(whole(mapping(report.get(key)).get("limit")) for key in keys) else AddOn.UNLISTED
