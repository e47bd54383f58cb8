from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.world.factories import film, picture

FORMS = {".png": "PNG", ".webp": "WEBP", ".avif": "AVIF", ".gif": "GIF"}


@pytest.fixture
def said() -> list[str]:
    """What a loader said to the person."""
    return []


@pytest.fixture
def folder(tmp_path) -> Callable[..., Path]:
    """folder("a.jpg", "v.mp4", **{"x.csv": text}): the folder with these files."""

    def made(*pictures: str, **texts: str | bytes) -> Path:
        for at, name in enumerate(pictures):
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            form = FORMS.get(target.suffix.lower(), "JPEG")
            target.write_bytes(film() if name.endswith(".mp4") else picture(color=f"#{at + 1:02}4060", form=form))
        for name, text in texts.items():
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return made
