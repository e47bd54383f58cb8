"""Why an asset cannot go to a channel. A part of the table of linking.domain.reasons."""

from collections.abc import Mapping

from setup.reasons import Template

OF_CHANNELS: Mapping[str, Template] = {
    "channel.too_small": "It has {width} × {height} pixels: too small for this channel, which takes {least} × {tall} at least.",
    "channel.no_picture": "It is no picture.",
}
