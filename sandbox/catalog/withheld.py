"""Assets of the drawn shop that may not be shown as they are, one of each kind: in reality every library has some."""

from dataclasses import replace
from typing import Any

from sandbox.catalog.records import Asset

FOLDER = "Not to be shown"
KINDS: dict[str, dict[str, Any]] = {
    "private": {"type": "private"},
    "authenticated": {"type": "authenticated"},
    "access-mode": {"access_mode": "authenticated"},
    "embargo": {
        "access_control": [{"access_type": "token"}, {"access_type": "anonymous", "start": "2099-01-01T00:00Z"}]
    },
    "expired": {"access_control": [{"access_type": "anonymous", "end": "2026-01-31T00:00:00Z"}]},
    "pending": {"moderation": [{"kind": "manual", "status": "pending"}]},
    "queued": {"moderation": [{"kind": "aws_rek", "status": "pending"}, {"kind": "manual", "status": "queued"}]},
    "rejected": {"moderation": [{"kind": "aws_rek", "status": "rejected"}, {"kind": "manual", "status": "aborted"}]},
    "placeholder": {"placeholder": True},
}


def withheld(like: Asset) -> list[Asset]:
    """Of the product of that asset."""
    return [
        replace(
            like,
            public_id=f"{like.public_id}-{kind}",
            display_name=f"{like.display_name}-{kind}",
            asset_folder=FOLDER,
            tags=[tag for tag in like.tags if tag != "hero"],
            **known,
        )
        for kind, known in KINDS.items()
    ]
