"""A file that is not shown any more after its content was replaced: nobody knows, and the next run looks."""

from linking.domain.reasons import NOT_SHOWN
from linking.models import ChangeRow
from tests.awkward.shop import meanwhile, upload
from tests.scenes import asset, picture


def test_a_content_that_was_replaced_and_never_shows_may_have_been_replaced(scene):
    place = scene([], [asset("f", shade=1)])
    upload(place, place.select())
    (file,) = place.shop.files.values()
    environment = place.world.environments[0]
    environment.overwrite(next(iter(environment.assets.values())), picture(90))
    before = file.content.blob

    def hide() -> None:
        place.world.faults.add(service="shopify", kind="ids_missing", match=file.id, code="null", times=None)

    selection = place.select()
    with meanwhile(place, "fileUpdate", hide) as done:
        sync = upload(place, selection, new_versions="replace")
    assert done
    assert file.content.blob != before
    line = ChangeRow.objects.get(part__sync=sync)
    assert (line.outcome, line.reason) == ("unknown", NOT_SHOWN)
    place.world.faults.clear()
    again = upload(place, selection, new_versions="replace")
    assert [line.outcome for line in ChangeRow.objects.filter(part__sync=again)] in (["done"], ["unchanged"])
    assert len(place.shop.files) == 1
