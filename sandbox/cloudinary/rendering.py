"""Pictures transformed as their URLs say, https://cloudinary.com/documentation/resizing_and_cropping."""

from io import BytesIO
from itertools import islice

from PIL import Image, ImageOps, ImageSequence

from sandbox.cloudinary.cropping import background_of, resized, wished
from sandbox.cloudinary.effects import has_alpha, solid, with_effect
from sandbox.cloudinary.transformation import Step, Transformation

SAVED_AS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "avif": "AVIF"}
AUTO_QUALITY = {"auto": 80, "auto:best": 90, "auto:good": 80, "auto:eco": 70, "auto:low": 60}
DEFAULT_QUALITY = 90
MOVING = ("GIF", "WEBP", "PNG", "AVIF")  # the pages of a TIFF are no frames
KEEPING = {"webp": {"awebp", "animated"}, "png": {"apng", "animated"}, "avif": {"animated"}}
MOST_FRAMES = 100
SCREEN = ("srgb", "tinysrgb", "no_cmyk")


def rendered(content: bytes, transformation: Transformation, form: str) -> bytes:
    """The picture in `form` (jpg, png, webp, gif, avif); one that moves keeps its frames only in a form that can, and where the
    transformation asks for them: https://cloudinary.com/documentation/animated_images."""
    with Image.open(BytesIO(content)) as opened:
        if opened.format in MOVING and getattr(opened, "n_frames", 1) > 1 and keeps_frames(form, transformation):
            return moving(opened, transformation, form)
        read_small(opened, transformation)
        picture = drawn(opened, transformation, form)
    return encoded(picture, form, quality(transformation.last("q")))


def keeps_frames(form: str, transformation: Transformation) -> bool:
    flags = {flag for step in transformation.steps for flag in (step.get("fl") or "").split(".")}
    return form == "gif" or bool(flags & KEEPING.get(form, set()))


def moving(opened: Image.Image, transformation: Transformation, form: str) -> bytes:
    """All frames, at most as many as Cloudinary makes on the fly."""
    frames, pauses = [], []
    for frame in islice(ImageSequence.Iterator(opened), MOST_FRAMES):
        frames.append(drawn(frame.copy(), transformation, form).convert("RGBA"))
        pauses.append(int(frame.info.get("duration") or 100))
    out = BytesIO()
    more = (
        {"disposal": 2} if form == "gif" else {"quality": quality(transformation.last("q"))} if form == "webp" else {}
    )
    frames[0].save(out, SAVED_AS[form], save_all=True, append_images=frames[1:], duration=pauses, loop=0, **more)
    return out.getvalue()


def drawn(opened: Image.Image, transformation: Transformation, form: str) -> Image.Image:
    """Upright, and in the colours that are asked for: a JPEG of a picture for print is one for print, unless `cs_` says
    otherwise; no other form knows CMYK."""
    picture = ImageOps.exif_transpose(opened)
    if picture.mode == "CMYK" and (form != "jpg" or transformation.last("cs") in SCREEN):
        picture = picture.convert("RGB")
    for step in transformation.steps:
        picture = transformed(picture, step)
    return picture


def read_small(opened: Image.Image, transformation: Transformation) -> None:
    """JPEGs that are going to be much smaller are decoded at a fraction of their size, which saves most of the time."""
    first = transformation.steps[0].values if transformation.steps else {}
    sides = [first.get("w", ""), first.get("h", "")]
    plain = first.get("c") in ("fit", "fill", "limit", "thumb", "pad") and not {"a", "e", "dpr"} & set(first)
    if plain and all(side.isdigit() for side in sides):
        opened.draft("RGB", (int(sides[0]) * 2, int(sides[1]) * 2))


def transformed(picture: Image.Image, step: Step) -> Image.Image:
    picture = with_effect(resized(turned(picture, step), step), step.get("e"))
    background = step.get("b")
    if background and has_alpha(picture) and background != "transparent":
        below = Image.new("RGBA", picture.size, background_of(background, picture))
        picture = Image.alpha_composite(below, picture.convert("RGBA")).convert("RGB")
    return picture


def turned(picture: Image.Image, step: Step) -> Image.Image:
    angle = step.get("a") or ""
    if angle == "hflip":
        return ImageOps.mirror(picture)
    if angle == "vflip":
        return ImageOps.flip(picture)
    if angle in ("auto_right", "auto_left"):
        return toward(picture, wished(picture, step), angle)
    if angle.lstrip("-").isdigit():
        return picture.rotate(-int(angle), expand=True)
    return picture


def toward(picture: Image.Image, box: tuple[int | None, int | None], angle: str) -> Image.Image:
    """A quarter turn, if the box lies and the picture stands, or the other way round."""
    width, height = box
    if not width or not height or (width - height) * (picture.width - picture.height) >= 0:
        return picture
    return picture.transpose(Image.Transpose.ROTATE_270 if angle == "auto_right" else Image.Transpose.ROTATE_90)


def quality(value: str | None) -> int:
    if value is None:
        return DEFAULT_QUALITY
    if value in AUTO_QUALITY:
        return AUTO_QUALITY[value]
    number = value.partition(":")[0]
    return int(number) if number.isdigit() else DEFAULT_QUALITY


def encoded(picture: Image.Image, form: str, quality: int) -> bytes:
    out = BytesIO()
    if form == "jpg":
        flat(picture).save(out, "JPEG", quality=min(quality, 95))
    elif form == "png":
        solid(picture).save(out, "PNG", compress_level=3)
    elif form == "gif":
        picture.convert("P", palette=Image.Palette.ADAPTIVE).save(out, "GIF")
    else:
        solid(picture).save(out, SAVED_AS[form], quality=quality)
    return out.getvalue()


def flat(picture: Image.Image) -> Image.Image:
    """On white, as JPEGs know no transparency."""
    if picture.mode == "CMYK":
        return picture
    if not has_alpha(picture):
        return picture.convert("RGB")
    below = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(below, picture.convert("RGBA")).convert("RGB")
