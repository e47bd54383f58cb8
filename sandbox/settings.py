"""How the pretend world behaves; all of it can be changed while it runs (POST /world/settings)."""

from dataclasses import asdict, dataclass, fields
from typing import Any

CHOICES = {
    "duplicate_name": ("at_once", "whole_call", "later"),
    "refused_rows": ("alone", "with_all"),
    "captions": ("subscribed", "unlisted", "absent", "pending"),
    "folders": ("dynamic", "fixed"),
    "metadata_rules": ("there", "absent"),
    "event_key": ("webhook", "api"),
    "event_signature": ("sha1", "sha256"),
    "embedded_in_search": ("there", "absent", "refused"),
}
# Besides captions, which have a switch of their own.
ADD_ONS = ("google_tagging", "aws_rek_tagging", "transcription")
COUNTS = ("hourly_limit", "search_limit", "caption_quota", "add_on_quota", "ids_per_call", "launch_assets")
# What may become of an event on its way.
EVENT_FAULTS = ("doubled", "late", "shuffled", "lost")
SPANS = ("media_seconds", "video_seconds", "bulk_seconds", "caption_seconds")


class MalformedSetting(ValueError):
    """Says which setting cannot have which value."""


@dataclass
class Settings:
    """Times are seconds."""

    index_lag: float = 5.0  # until searches (Shopify's and Cloudinary's) see a change
    media_seconds: tuple[float, float] = (0.3, 2.0)  # how long Shopify takes for a medium: between these two
    video_seconds: tuple[float, float] = (1.0, 3.0)  # the same for a video
    bulk_seconds: tuple[float, float] = (0.3, 1.5)  # and for a bulk operation, from its start to its end
    reorder_seconds: float = 0.2
    # What nobody has recorded yet. A taken file name is refused in the answer, with its row ("at_once") or without a word of
    # which ("whole_call"), or "later" as a FAILED file; and a refused row of fileCreate is left out "alone", or "with_all".
    duplicate_name: str = "at_once"
    refused_rows: str = "alone"
    hourly_limit: int = 2000  # Cloudinary's Admin API calls per environment
    search_limit: int = 0  # searches among them, if they have a limit of their own
    ids_per_call: int = 100  # that Cloudinary takes when it is asked for assets by their ids; 10 in older descriptions
    folders: str = "dynamic"  # of its environments; "fixed" ones, from before June 2024, know no display names
    # To the add-on that describes pictures; "unlisted" in the report of the usage, though it is there; "absent"; or it answers
    # "pending".
    captions: str = "subscribed"
    add_ons: tuple[str, ...] = ("google_tagging",)  # that the account has registered for, of ADD_ONS
    add_on_seconds: float = 3.0  # until what an upload asked of an add-on is there
    add_on_quota: int = 50  # calls a month per environment, of each of them
    # What files carry of themselves: whether searches that ask for it have it, lack it, or are refused.
    embedded_in_search: str = "there"
    metadata_rules: str = "there"  # conditional rules: whether the account has them
    caption_quota: int = 500  # captions a month per environment
    caption_seconds: tuple[float, float] = (0.2, 0.6)  # how long one takes
    launch_assets: int = 1000  # that the Console hands over at most
    launch_age: float = 0.0  # how old launch tokens are when they are handed out
    token_seconds: float = 3600.0  # how long a store's expiring tokens are good
    refresh_seconds: float = 90 * 86_400.0  # and their refresh tokens
    credentials_seconds: float = 86_399.0  # and tokens by client credentials
    code_seconds: float = 60.0  # and the code that the install page hands out
    notice_pause: float = (
        1.0  # until a notice that failed is sent again; each further pause is twice as long, eight in all
    )
    launch_seconds: float = 60.0  # how long launch tokens are good
    event_key: str = "webhook"  # that signs events: a key for webhooks, which no call knows; or the one that calls use
    event_signature: str = "sha1"  # and how
    event_faults: tuple[str, ...] = ()  # what becomes of events, of EVENT_FAULTS
    event_share: float = 1.0  # of which share of them
    event_late: float = 2.0  # seconds

    def change(self, given: dict[str, Any]) -> None:
        """All or nothing. Raises MalformedSetting."""
        known = {field.name for field in fields(self)}
        if unknown := set(given) - known:
            raise MalformedSetting(f"unknown: {', '.join(sorted(unknown))}; settings are {', '.join(sorted(known))}")
        checked = {name: check(name, value) for name, value in given.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def check(name: str, value: Any) -> Any:
    """The value as it is kept. Raises MalformedSetting."""
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise MalformedSetting(f"{name} is one of {', '.join(CHOICES[name])}")
        return value
    if name == "add_ons":
        if not isinstance(value, list | tuple) or not set(value) <= set(ADD_ONS):
            raise MalformedSetting(f"add_ons is a list of {', '.join(ADD_ONS)}")
        return tuple(value)
    if name == "event_faults":
        if not isinstance(value, list | tuple) or not set(value) <= set(EVENT_FAULTS):
            raise MalformedSetting(f"event_faults is a list of {', '.join(EVENT_FAULTS)}")
        return tuple(value)
    if name in COUNTS:
        if type(value) is not int or value < 0:
            raise MalformedSetting(f"{name} is a whole number from 0 on")
        return value
    if name in SPANS:
        if (
            not isinstance(value, list | tuple)
            or len(value) != 2
            or not all(map(is_time, value))
            or value[0] > value[1]
        ):
            raise MalformedSetting(f"{name} is two numbers from 0 on: the least and the most")
        return float(value[0]), float(value[1])
    if not is_time(value) and not (name == "launch_age" and type(value) in (int, float)):
        raise MalformedSetting(f"{name} is a number of seconds from 0 on")
    return float(value)


def is_time(value: Any) -> bool:
    return type(value) in (int, float) and value >= 0
