"""Other content for an asset that someone overwrites: recognisably the same picture, visibly another."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from sandbox.cloudinary.contents import FORMATS, UnreadableContent


def redrawn(content: bytes, version: int) -> bytes:
    """Mirrored, in a frame, with the version on it; in its own format. Raises UnreadableContent for videos."""
    try:
        with Image.open(BytesIO(content), formats=list(FORMATS)) as opened:
            form, picture = opened.format, ImageOps.mirror(opened.convert("RGB"))
    except OSError as wrong:
        raise UnreadableContent("only pictures can be redrawn") from wrong
    width, height = picture.size
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, width - 1, height - 1), outline="#c2452d", width=max(2, width // 40))
    pen.text((width / 20, height / 20), f"v{version}", fill="#c2452d", font_size=max(8, width // 14))
    out = BytesIO()
    picture.save(out, form)
    return out.getvalue()
