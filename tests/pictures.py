"""Small pictures of any format that Pillow writes."""

import io

from PIL import Image


def saved(form: str, mode: str = "RGBA", colour="#00000000", **known) -> bytes:
    """Of one colour, transparent unless another is named."""
    kept = io.BytesIO()
    Image.new(mode, (40, 20), colour).save(kept, form, **known)
    return kept.getvalue()


def moving(form: str) -> bytes:
    """Of three frames."""
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "green", "blue")]
    kept = io.BytesIO()
    frames[0].save(kept, form, save_all=True, append_images=frames[1:], duration=50)
    return kept.getvalue()
