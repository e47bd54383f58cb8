"""manage.py link, upload and unlink: runs without a page, for operators and cron."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from linking.management.starting import Starting
from linking.models import Selection, StoreFile, Sync
from linking.reporting.writing import write_report
from linking.selection.fetching import fetch_selection
from sandbox.building import add_asset
from setup.models import AuditEntry
from tests.scenes import asset, product


@pytest.fixture
def place(scene, monkeypatch):
    """A command that waits finds that a worker has done it meanwhile."""
    found = scene([product("a", pictures=1)], [asset("fa", "a")])

    def worked_off(command: Starting) -> None:
        for sync in Sync.objects.filter(parts__state__in=["planning", "applying"]).distinct():
            if sync.to_arrange and sync.selection is not None:
                for selection in list(sync.selection.whole()):
                    fetch_selection(selection.pk)
            found.finish(sync)
        for sync in Sync.objects.all():
            for report in sync.reports.all():
                write_report(report.pk)

    monkeypatch.setattr(Starting, "pause", worked_off)
    return found


def run(place, name: str, *more: str) -> str:
    out = io.StringIO()
    here = ["--environment", place.environment.cloud_name, "--store", place.stores[0].domain]
    call_command(name, *here, *more, stdout=out, stderr=io.StringIO())
    return out.getvalue()


ID = "0" * 32
LINK = ("--search", "public_id:shop/*", "--cloudinary-field", "metadata:sku", "--shopify-field", "sku")


def test_without_apply_only_the_plan_is_made(place):
    said = run(place, "link", *LINK, "--wait")
    assert (Sync.objects.get().dry_run, place.assets_in("product-a")) == (True, ["product-a-0"])
    assert said.startswith(f"Run {Sync.objects.get().pk}: ")


def test_it_links_waits_and_keeps_the_report(place, tmp_path):
    known = json.loads(run(place, "link", *LINK, "--apply", "--json", "--report", str(tmp_path / "out.csv")))
    assert (known["by"], known["outcomes"]) == ("Command line", {"done": 1})
    assert place.assets_in("product-a") == ["product-a-0", "fa"]
    assert "fa" in (tmp_path / "out.csv").read_text()
    assert AuditEntry.objects.filter(action="sync.start").get().person == ""


def test_more_than_a_page_takes_are_linked_by_one_run(place, settings, tmp_path):
    settings.SELECTION_MAX_ASSETS = 2
    for at in range(4):
        add_asset(place.world.environments[0], asset(f"f{at}", f"more {at}"))
    said = run(place, "link", *LINK, "--apply", "--wait", "--report", str(tmp_path / "out.csv"))
    assert (Selection.objects.count(), Sync.objects.count()) == (3, 1)
    assert said.startswith(f"Run {Sync.objects.get().pk}: ")
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert [sum(f",{name}," in line for line in lines) for name in ("fa", "f0", "f1", "f2", "f3")] == [1] * 5
    assert place.assets_in("product-a") == ["product-a-0", "fa"]


def test_what_takes_pictures_away_wants_their_number(place):
    for more in ((), ("--wait",), ("--removals", "2")):
        with pytest.raises(CommandError, match="Nothing was written: 1 picture would leave its gallery") as refused:
            run(place, "link", *LINK, "--mode", "reset", "--apply", *more)
        assert refused.value.returncode == 3
        assert "--removals 1" in str(refused.value)
        assert place.assets_in("product-a") == ["product-a-0"]
    run(place, "link", *LINK, "--mode", "reset", "--apply", "--removals", "1")
    assert place.assets_in("product-a") == ["fa"]


@pytest.mark.parametrize("mode", ["reset", "mirror"])
def test_a_mode_that_takes_pictures_away_is_applied_where_none_leaves(place, mode):
    place.shop.product_with("product-a").media.clear()
    run(place, "link", *LINK, "--mode", mode, "--apply")
    assert (Sync.objects.get().dry_run, place.assets_in("product-a")) == (False, ["fa"])


def test_assets_come_from_a_file_and_leave_again(place, tmp_path):
    (tmp_path / "ids").write_text("\n".join(place.world.environments[0].assets))
    run(place, "upload", "--assets", str(tmp_path / "ids"), "--apply", "--wait")
    assert Sync.objects.get().kind == "upload"
    run(place, "link", *LINK, "--apply", "--wait")
    with pytest.raises(CommandError, match=r"1 picture would leave its gallery\. Send --removals 1") as refused:
        run(place, "unlink", "--product", "product-a", "--apply")
    assert (refused.value.returncode, place.assets_in("product-a")) == (3, ["product-a-0", "fa"])
    run(place, "unlink", "--product", "product-a", "--apply", "--removals", "1")
    assert place.assets_in("product-a") == ["product-a-0"]


def test_what_is_excluded_stays_out(place, tmp_path):
    add_asset(place.world.environments[0], asset("fb", "a"))
    ids = {one.display_name: one.asset_id for one in place.world.environments[0].assets.values()}
    (tmp_path / "out").write_text(f"{ids['fb']}\n")
    run(place, "link", *LINK, "--exclude", str(tmp_path / "out"), "--apply", "--wait")
    assert place.assets_in("product-a") == ["product-a-0", "fa"]


def test_a_plan_with_nothing_to_do_says_why(place):
    add_asset(place.world.environments[0], asset("other", "nowhere", public_id="other/one"))
    said = run(place, "link", "--search", "public_id:other/*", *LINK[2:], "--wait")
    assert "Nothing to do: all 1 skipped." in said
    assert "product" in said.partition("skipped.")[2]


def test_what_is_named_and_is_not_there_has_its_exit_code(place, tmp_path):
    (tmp_path / "ids").write_text("oak-1\n")
    (tmp_path / "empty").write_text("\n")
    here = ["--environment", place.environment.cloud_name, "--store", place.stores[0].domain]
    for name, more, said in (
        ("link", ["--environment", "nowhere", "--store", "x.myshopify.com", *LINK], "no environment nowhere"),
        ("link", [*here, "--store", "other.myshopify.com", *LINK], "no store other"),
        ("upload", [*here, "--assets", "/no/such/file"], "cannot be read"),
        ("upload", [*here, "--assets", str(tmp_path / "ids")], "Line 1 of .*“oak-1” is no asset ID"),
        ("unlink", [*here, "--assets", str(tmp_path / "empty")], "names no asset"),
        ("link", [*here, *LINK, "--report", "/no/such/folder/out.csv"], "there is no such folder"),
        ("link", [*here, *LINK, "--report", str(tmp_path / "out.pdf")], "has to end with"),
    ):
        with pytest.raises(CommandError, match=said) as refused:
            call_command(name, *more, stdout=io.StringIO(), stderr=io.StringIO())
        assert (refused.value.returncode, Sync.objects.count()) == (5, 0), more


def test_what_a_command_line_lacks_is_called_as_there(place):
    with pytest.raises(CommandError, match=r"^Name --assets, or --product\.$") as refused:
        run(place, "unlink")
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="--removals") as refused:
        run(place, "link", *LINK, "--removals=-1")
    assert refused.value.returncode == 2


def test_a_run_of_which_something_failed_or_stopped_is_no_success(place):
    place.stores[0].access_token = "revoked"
    place.stores[0].save()
    with pytest.raises(CommandError, match="failed") as refused:
        run(place, "link", *LINK, "--wait")
    assert refused.value.returncode == 4


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((*LINK[2:], "--search", "public_id:none/*"), "The search finds no asset."),
        (
            (*LINK[:2], "--cloudinary-field", "color", "--shopify-field", "sku"),
            "^--cloudinary-field: .*Did you mean metadata:color",
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_begins(place, more, said):
    with pytest.raises(CommandError, match=said) as refused:
        run(place, "link", *more)
    assert (refused.value.returncode, Sync.objects.count()) == (5, 0)


CSV = "product,asset,alt\nsku:a,{fa},In front\nhandle:nothing,{fa},\nsku:a,{fb},\n"
LINES = '{{"product": "sku:a", "asset": "{fa}", "alt": "In front"}}\n\n{{"product": "sku:a", "public_id": "shop/fb"}}\n'


@pytest.mark.parametrize("text", [CSV, LINES], ids=["csv", "json lines"])
def test_products_come_from_a_file(place, tmp_path, text):
    add_asset(place.world.environments[0], asset("fb"))
    ids = {one.display_name: one.asset_id for one in place.world.environments[0].assets.values()}
    (tmp_path / "products").write_text(text.format(**ids))
    run(place, "link", "--products", str(tmp_path / "products"), "--apply", "--wait")
    assert place.assets_in("product-a") == ["product-a-0", "fa", "fb"]
    assert StoreFile.objects.get(asset_id=ids["fa"]).alt == "In front"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"product,asset\ntitle:a,{ID}\n", "Line 2: Name a product as"),
        (f"product,asset,colour\nsku:a,{ID},red\n", "Line 2: colour\\?"),
        (f"product,asset\nsku:a,{ID},more\n", "Line 2: more than the header names"),
        (f"asset\n{ID}\n", "product is missing"),
        (f"product,asset,position\nsku:a,{ID},first\n", "Line 2: a position"),
        (f"product,asset,role\nsku:a,{ID},hero\n", "Line 2: a role is one of gallery, swatch"),
        ("product,asset\n", "names no product"),
        (f'{{"product": "sku:a", "asset": "{ID}"}}\n{{"product"\n', "Line 2 is no JSON"),
        (f'{{"product": "sku:a", "asset": "{ID}"}}\n[]\n', "Line 2 is no JSON object"),
        (f"product,asset,position\nsku:a,{ID},\nsku:b,{ID},2\n", "^Line 3: "),
        ("product,asset,public_id\nsku:a,,\n", "Line 2: name the asset in the column asset, or in public_id"),
        ("product,asset\nsku:a,oak-1\n", "Line 2: “oak-1” is no asset ID"),
        ("product,public_id\nsku:a,shop/fa\nsku:a,none\n", "^Line 3: Cloudinary has no image “none”"),
        (f"product,asset,alt\nsku:a,{ID},{'y' * 513}\n", "Line 2: an alt text has at most 512"),
        (f"product,asset,alt\nsku:a,{ID},a\0b\n", "Line 2: a text has a character"),
        (f'{{"product": "sku:a", "asset": "{ID}", "alt": "\\ud800"}}\n', "Line 1: a text has a character"),
        ('{"product": ' + "[" * 100_000 + "\n", "Line 1 is no JSON"),
    ],
)
def test_what_is_wrong_in_a_file_of_products_is_named(place, tmp_path, text, said):
    (tmp_path / "products").write_text(text)
    with pytest.raises(CommandError, match=said) as refused:
        run(place, "link", "--products", str(tmp_path / "products"))
    assert (refused.value.returncode, Sync.objects.count()) == (5, 0)


def test_a_field_that_the_reader_of_csv_refuses_is_named_by_its_line(place, tmp_path):
    (tmp_path / "products").write_text(f"product,asset,alt\nsku:a,{ID},{'y' * 200_000}\n")
    most = csv.field_size_limit(131_072)  # what a process begins with
    try:
        with pytest.raises(CommandError, match="Line 2 is no CSV") as refused:
            run(place, "link", "--products", str(tmp_path / "products"))
    finally:
        csv.field_size_limit(most)
    assert refused.value.returncode == 5


def test_a_file_may_begin_with_a_mark_and_have_others_within_its_texts(place, tmp_path, monkeypatch):
    """As Windows writes and pipes it; JSON leaves the line separator of Unicode as it is."""
    [id] = place.world.environments[0].assets
    ids, lines = f"\ufeff{id}\r\n\r\n", f'\ufeff{{"product": "sku:a", "asset": "{id}", "alt": "One\u2028two\x85"}}\r\n'
    for text, more in ((ids, ["--assets", "-", *LINK[2:]]), (lines, ["--products", "-"])):
        (tmp_path / "given").write_bytes(text.encode())
        with (tmp_path / "given").open(encoding="utf-8") as given:
            monkeypatch.setattr("sys.stdin", given)
            run(place, "link", *more, "--apply", "--wait")
    assert Sync.objects.count() == 2
    assert Sync.objects.latest("pk").arrangement["alts"] == {id: "One\u2028two"}


def test_a_report_that_has_no_place_is_known_before_anything_begins(place, tmp_path):
    with pytest.raises(CommandError, match="no such folder") as refused:
        run(place, "link", *LINK, "--apply", "--report", str(tmp_path / "none" / "out.csv"))
    assert (refused.value.returncode, Sync.objects.count()) == (5, 0)
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(CommandError, match="cannot be written") as refused:
        run(place, "link", *LINK, "--apply", "--report", str(tmp_path / "out.csv"))
    assert (refused.value.returncode, Sync.objects.count()) == (5, 0)


def test_a_report_that_finds_no_room_says_that_the_run_has_ended(place, tmp_path, monkeypatch):
    def full(*given: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(CommandError, match=r"cannot be written.*syncs show") as refused:
        run(place, "link", *LINK, "--apply", "--report", str(tmp_path / "out.csv"))
    assert (refused.value.returncode, Sync.objects.get().dry_run) == (1, False)


def test_who_is_interrupted_while_waiting_hears_which_run_goes_on(place, monkeypatch):
    def interrupted(command: Starting) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Starting, "pause", interrupted)
    with pytest.raises(CommandError, match="goes on") as refused:
        run(place, "link", *LINK, "--apply", "--wait")
    assert refused.value.returncode == 130
    assert str(Sync.objects.get().pk) in str(refused.value)


def test_nothing_that_is_asked_for_is_left_out_in_silence(place):
    with pytest.raises(CommandError, match="two") as refused:
        run(place, "link", *LINK, *(f"--order-by={field}" for field in ("tags", "folder", "public_id")))
    assert (refused.value.returncode, Sync.objects.count()) == (2, 0)


def test_products_or_fields_are_named(place, tmp_path):
    with pytest.raises(CommandError, match="or --products") as refused:
        run(place, "link", "--search", "public_id:shop/*")
    assert refused.value.returncode == 2
