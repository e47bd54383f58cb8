"""Single pictures out of videos."""

from io import BytesIO

import av


def poster(video: bytes, at: float | None = None) -> bytes:
    """The frame at that second, or in the middle, as a PNG."""
    with av.open(BytesIO(video), "r") as opened:
        stream = opened.streams.video[0]
        seconds = float(opened.duration or 0) / av.time_base
        wanted = min(at if at is not None else seconds / 2, max(0.0, seconds - 0.05))
        frame = None
        for frame in opened.decode(stream):
            if frame.time is not None and frame.time >= wanted:
                break
        if frame is None:
            raise ValueError("a video without frames")
        out = BytesIO()
        frame.to_image().save(out, "PNG", compress_level=1)
        return out.getvalue()
