"""What a PDF shows as a picture: its first page, as far as a sandbox needs one."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (612, 792)  # points of a letter page, one pixel each


@cache
def first_page() -> bytes:
    """A PNG of a page with grey lines, whatever the PDF says."""
    page = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(page)
    for line in range(18):
        pen.rectangle((72, 96 + line * 34, 540 if line % 5 else 360, 106 + line * 34), fill="#c9ced8")
    kept = BytesIO()
    page.save(kept, "PNG")
    return kept.getvalue()
