"""Two seconds of a thing that turns round, as an MP4 (H.264, 480 lines)."""

import math
from io import BytesIO

import av
from PIL import Image

from sandbox.catalog.drawing.studio import backdrop, put, sprite

SIZE = (384, 480)
RATE, FRAMES = 24, 48


def clip(shape: str, color: str, style: int) -> bytes:
    ground = backdrop(color).resize(SIZE)
    thing = sprite(shape, color, style).resize((300, 300), Image.Resampling.BOX)
    out = BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "24", "preset": "veryfast"}
        for number in range(FRAMES):
            picture = av.VideoFrame.from_image(frame(ground, thing, number / FRAMES))
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return out.getvalue()


def frame(ground: Image.Image, thing: Image.Image, share: float) -> Image.Image:
    """`share` of a whole turn."""
    turn = math.cos(2 * math.pi * share)
    facing = thing if turn >= 0 else thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    width = max(24, round(300 * abs(turn)))
    picture = ground.copy()
    put(picture, facing.resize((width, 300)), width, (SIZE[0] // 2, 236), flat=False)
    return picture
