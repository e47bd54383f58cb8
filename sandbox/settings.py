"""How the pretend world behaves; all of it can be changed while it runs (POST /world/settings)."""

from dataclasses import asdict, dataclass, fields
from typing import Any

DUPLICATE_NAMES = ("at_once", "later")
SPANS = ("media_seconds", "video_seconds", "bulk_seconds")


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
    duplicate_name: str = "at_once"  # when Shopify refuses a taken file name: in the answer, or later as a FAILED file
    hourly_limit: int = 2000  # Cloudinary's Admin API calls per environment
    launch_age: float = 0.0  # how old launch tokens are when they are handed out
    launch_seconds: float = 60.0  # how long launch tokens are good

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
    if name == "duplicate_name":
        if value not in DUPLICATE_NAMES:
            raise MalformedSetting(f"duplicate_name is one of {', '.join(DUPLICATE_NAMES)}")
        return value
    if name == "hourly_limit":
        if type(value) is not int or value < 0:
            raise MalformedSetting("hourly_limit is a whole number from 0 on")
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
