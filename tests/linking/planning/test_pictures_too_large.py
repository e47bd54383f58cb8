"""Pictures beyond what Shopify takes: reported in the dry run, with what would fit."""

import io

from PIL import Image

from linking.domain.limits import MB
from linking.models import ChangeRow
from tests.films import cinema
from tests.scenes import asset, picture, product


def planned(place) -> tuple[str, str]:
    """Outcome and reason of the only asset in a dry run."""
    line = ChangeRow.objects.get(part__sync=place.run(place.select(), dry_run=True))
    return line.outcome, str(line.reason)


def test_too_many_pixels_are_reported_with_the_transformation_that_fits(scene):
    place = scene([product("a")], [asset("front", "a", content=picture(1, (5200, 20)))])
    place.environment.image_transformation = "q_auto"
    place.environment.save()
    outcome, reason = planned(place)
    assert outcome == "skipped"
    assert "5200 x 20" in reason
    assert "c_limit" in reason


def test_a_heavy_picture_is_weighed_as_it_is_delivered(scene):
    noise = Image.effect_noise((2300, 3100), 90)
    heavy = io.BytesIO()
    Image.merge("RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise)).save(heavy, "BMP")
    assert len(heavy.getvalue()) > 20 * MB
    place = scene([product("a")], [asset("front", "a", content=heavy.getvalue())])
    assert planned(place) == ("pending", "")  # as a JPEG it fits
    with cinema(30 * MB) as house:
        place.environment.delivery_base = house.url
        place.environment.save()
        outcome, reason = planned(place)
        assert house.asked == 0
    assert outcome == "skipped"
    assert "30 MB" in reason
