"""What Shopify accepts as a picture (product media: 20 MB, 25 megapixels, 5000 px a side), and smaller versions of it."""

from io import BytesIO

from PIL import Image, UnidentifiedImageError

from sandbox import vectors

MAX_BYTES = 20 * 1024 * 1024
MAX_SIDE = 5000
MAX_PIXELS = 25_000_000
SVG = "image/svg+xml"
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PSD")


class RefusedPicture(Exception):
    """`code` is a FileErrorCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def measure(content: bytes) -> tuple[str, int, int]:
    """(mime type, width, height) in pixels. Raises RefusedPicture."""
    if len(content) > MAX_BYTES:
        raise RefusedPicture("INVALID_IMAGE_FILE_SIZE", "The image is larger than 20 MB.")
    if vectors.is_svg(content):
        return SVG, *drawing(content)
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            mime, (width, height) = Image.MIME[str(picture.format)], picture.size
    except Image.DecompressionBombError as bomb:
        raise RefusedPicture("INVALID_IMAGE_RESOLUTION", "The image has too many pixels.") from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as wrong:
        raise RefusedPicture("UNSUPPORTED_IMAGE_FILE_TYPE", "The file is not an image of a supported type.") from wrong
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise RefusedPicture("INVALID_IMAGE_RESOLUTION", f"The image has {width} x {height} pixels, which is too many.")
    return mime, width, height


def drawing(content: bytes) -> tuple[int, int]:
    """Raises RefusedPicture. Pixels do not limit what has none."""
    try:
        return vectors.size_of(content)
    except ValueError as wrong:
        raise RefusedPicture("UNSUPPORTED_IMAGE_FILE_TYPE", "The file is not an image of a supported type.") from wrong


def check_whole(content: bytes) -> None:
    """Raises RefusedPicture for a picture whose bytes end too early or are damaged."""
    if vectors.is_svg(content):
        return
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.format == "JPEG":  # decoded at an eighth of its size, which is quick
                picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
                picture.load()
            else:
                picture.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise RefusedPicture("IMAGE_PROCESSING_FAILURE", "The image could not be processed.") from wrong


def fitted(content: bytes, width: int | None, height: int | None) -> bytes:
    """The picture scaled down to fit, in its own format; never scaled up. An SVG has no size that it would need."""
    if vectors.is_svg(content):
        return content
    with Image.open(BytesIO(content)) as picture:
        kind = picture.format
        if (width or picture.width) >= picture.width and (height or picture.height) >= picture.height:
            return content
        picture.thumbnail((width or picture.width, height or picture.height))
        out = BytesIO()
        picture.save(out, kind)
        return out.getvalue()
