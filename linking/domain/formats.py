"""What a picture becomes on its way to a shop, by the format that it is stored in.

Lists of the Admin API tell neither transparency nor colour space nor the number of frames, and asking for each picture would
cost a call of an hourly limit. So the format decides: what can be transparent becomes a format that can, too. Photographs do not
grow by that: they become WebP, whose quality `q_auto` sets, with or without transparency, and a PNG of twenty megapixels would be
refused for its weight. Drawings, flat and with sharp edges, are small as PNG and lose nothing.

https://cloudinary.com/documentation/image_transformations#supported_image_formats
"""

from dataclasses import dataclass

# Shopify shows these as they are.
KEPT = {"jpg": "jpg", "jpeg": "jpg", "jpe": "jpg", "png": "png", "webp": "webp", "gif": "gif"}
DRAWN = {"svg", "ai", "eps", "eps3", "ept", "ico"}
LAYERED = {"psd", "tif", "tiff", "avif", "heic", "heif", "jp2", "jxl", "jxr", "wdp", "hdp", "tga", "flif"}
# What keeps all frames of a picture that moves; of one that does not, these change nothing. A GIF keeps them by itself; pages of
# a TIFF and layers of a PSD are no frames.
FRAMES = {"webp": "fl_awebp", "avif": "fl_awebp", "jxl": "fl_awebp", "png": "fl_apng"}
# So many frames Cloudinary makes on the fly: https://cloudinary.com/documentation/animated_images#length_limitations
MOST_FRAMES = 100
# More of them weigh more than this.
MAYBE_MANY_FRAMES = 100_000
# From these a picture in CMYK can come, whose colours browsers show wrong or not at all.
PRINTED = {"jpg", "jpeg", "jpe", "tif", "tiff", "psd", "ai", "eps", "eps3", "ept", "pdf", "jp2"}


@dataclass(frozen=True, slots=True)
class Form:
    """`extension`: of the address and the file. `besides`: what the address asks for so that nothing is lost. It is no part of
    the transformation that marks are made of: for nearly all assets it changes nothing, so what stores have stays what it is."""

    extension: str
    besides: tuple[str, ...] = ()

    def asked(self, transformation: str) -> str:
        """As the address has it. A colour space of an admin's own stays."""
        known = transformation.replace("/", ",").split(",")
        own_space = any(parameter.startswith("cs_") for parameter in known)
        return "/".join((transformation, *(one for one in self.besides if not (own_space and one.startswith("cs_")))))


def form_of(format: str) -> Form:
    """Anything that is not known becomes a JPEG."""
    extension = KEPT.get(format) or ("png" if format in DRAWN else "webp" if format in LAYERED else "jpg")
    space = "cs_srgb" if format in PRINTED else ""
    return Form(extension, tuple(filter(None, (FRAMES.get(format, ""), space))))
