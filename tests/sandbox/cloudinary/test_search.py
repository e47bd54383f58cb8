from datetime import UTC, datetime

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary import Search
from cloudinary.exceptions import BadRequest, RateLimited

from sandbox.catalog.library import stock
from sandbox.cloudinary.sorting import Order
from tests.sandbox.world import factories
from tests.sandbox.world.factories import asset, film, picture


def public_ids(world, keys, expression):
    answer = Search().expression(expression).max_results(500).execute(**keys(world))
    return {item["public_id"] for item in answer["resources"]}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Four assets with values of each kind, and a server in front of them. No test changes them."""
    made = factories.world(
        tmp_path_factory.mktemp("library"),
        assets=(
            asset(
                "red",
                tags=["hero", "x"],
                metadata={
                    "sku": "A-1",
                    "color": "red_1",
                    "sequence": 2,
                    "launched": "2026-03-01",
                    "channels": ["web", "print"],
                },
                created_at=DAY,
            ),
            asset(
                "blue", metadata={"color": "blue_1", "sequence": 10, "launched": "2026-04-15"}, created_at=DAY + 86_400
            ),
            asset(
                "shop/bag-1",
                asset_folder="shop/bags & more",
                metadata={"sku": 'say "hi" (2)'},
                context={"alt": "Wears long pants, today"},
                created_at=DAY + 2 * 86_400,
            ),
            asset("film", content=film(), metadata={"sku": "A-1", "channels": ["web"]}, created_at=DAY + 3 * 86_400),
        ),
    )
    with factories.serving(made):
        yield made


DAY = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
ALL = {"red", "blue", "shop/bag-1", "film"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("resource_type:image", {"red", "blue", "shop/bag-1"}),
        ("resource_type:(image OR video)", ALL),
        ("resource_type:image AND tags=hero", {"red"}),
        ("resource_type:image && tags=hero || resource_type:video", {"red", "film"}),
        ("tags=hero AND resource_type:video OR tags=x", {"red"}),
        ("tags=hero AND (resource_type:video OR tags=x)", {"red"}),
        ("!tags=hero AND resource_type:image", {"blue", "shop/bag-1"}),
        ("-tags=hero AND resource_type:image", {"blue", "shop/bag-1"}),
        ("format=jpg", {"red", "blue", "shop/bag-1"}),
        ("width>50 AND bytes<1000000 AND resource_type:image", {"red", "blue", "shop/bag-1"}),
        ("bytes<1mb", ALL),
        ("bytes>1mb", set()),
        ("duration>1", {"film"}),
        # texts
        ('metadata.sku="A-1"', {"red", "film"}),
        ('metadata.sku="A-1" AND NOT resource_type:video', {"red"}),
        ('metadata.sku="a-1"', {"red", "film"}),
        ('metadata.sku=("A-1" OR "B-1")', {"red", "film"}),
        ('metadata.sku="say \\"hi\\" (2)"', {"shop/bag-1"}),
        ('metadata.sku=say\\ \\"hi\\"\\ \\(2\\)', {"shop/bag-1"}),
        ('metadata.sku="A-*"', {"red", "film"}),
        ('metadata.sku="A-\\*"', set()),
        ('metadata.sku=""', {"blue"}),
        ("NOT metadata=sku", {"blue"}),
        ('context.alt:"long pants"', {"shop/bag-1"}),
        ('context.alt:"pants long"', set()),
        ('context.alt="long pants"', set()),
        ("context=alt", {"shop/bag-1"}),
        # lists, sets, numbers, days
        ("metadata.color=red_1 OR metadata.color=blue_1", {"red", "blue"}),
        ("metadata.channels=web", {"red", "film"}),
        ("metadata.channels=web AND metadata.channels=print", {"red"}),
        ("metadata.sequence=2", {"red"}),
        ("metadata.sequence>2", {"blue"}),
        ("metadata.sequence>=2 AND metadata.sequence<10", {"red"}),
        ("metadata.sequence:[2 TO 10]", {"red", "blue"}),
        ("metadata.sequence:{2 TO 10]", {"blue"}),
        ("metadata.sequence:[2 TO 10}", {"red"}),
        ("metadata.sequence:[* TO 9]", {"red"}),
        ("metadata.sequence>-1", {"red", "blue"}),
        ("metadata.launched=2026-03-01", {"red"}),
        ("metadata.launched>2026-03-01", {"blue"}),
        ("metadata.launched>=2026-03-01", {"red", "blue"}),
        ('metadata.launched:["2026-04-01" TO "2026-04-30"]', {"blue"}),
        ("metadata.sku>5", set()),
        # moments
        ("created_at>2026-03-02", {"shop/bag-1", "film"}),
        ("created_at>=2026-03-02", {"blue", "shop/bag-1", "film"}),
        ("created_at=2026-03-02", {"blue"}),
        ('uploaded_at<="2026-03-02T12:00:00Z"', {"red", "blue"}),
        ('uploaded_at:["2026-03-02" TO "2026-03-03"]', {"blue", "shop/bag-1"}),
        # folders, names
        ('asset_folder="shop/bags & more"', {"shop/bag-1"}),
        ('asset_folder="shop"', set()),
        ('asset_folder:"shop/*"', {"shop/bag-1"}),
        ('asset_folder=""', {"red", "blue", "film"}),
        ("public_id:shop/*", {"shop/bag-1"}),
        ("filename=bag-1", {"shop/bag-1"}),
        ("hero", {"red"}),
        ("bag", {"shop/bag-1"}),
        # what there is not is no error
        ("colour:red", set()),
        ("NOT colour:red", ALL),
        ("metadata.nothing=1", set()),
        ("metadata.nothing>1", set()),
        ('folder="shop/bags & more"', set()),
        ("", ALL),
    ],
)
def test_expressions_find_what_they_say(library, keys, expression, expected):
    assert public_ids(library, keys, expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "resource_type:image AND",
        "AND tags=a",
        "(tags=a",
        "tags=a)",
        "metadata.sku=*1",
        "tags:*",
        "metadata.sku=a(b",
        'tags="open',
        "tags=a:b",
        "16:9",
        "width>wide",
        "created_at>soon",
        "metadata.sequence:[2 TO",
        "metadata.sequence>=[2 TO 3]",
        "tags=a tags=b",
    ],
)
def test_what_cannot_be_read_is_refused_with_its_position(library, keys, expression):
    with pytest.raises(BadRequest, match=r"Query Error \(at position \d+\)"):
        public_ids(library, keys, expression)


def test_fixed_folders_are_searched_by_another_name(served, keys):
    world = served(asset("shop/bag-1"), asset("red"))
    world.settings.change({"folders": "fixed"})
    found = [public_ids(world, keys, f'{field}="shop"') for field in ("folder", "asset_folder")]
    assert found == [{"shop/bag-1"}, set()]


def test_a_span_of_time_ends_now(served, keys):
    world = served(asset("a"))
    assert public_ids(world, keys, "uploaded_at>1d") == {"a"}
    world.forward += 2 * 86_400
    assert public_ids(world, keys, "uploaded_at>1d") == set()
    assert public_ids(world, keys, "uploaded_at:[3d TO 1d]") == {"a"}


def test_search_sees_a_change_only_after_a_while(served, keys):
    world = served(asset("a"))
    world.settings.change({"index_lag": 5})
    cloudinary.uploader.add_tag("new", ["a"], **keys(world))
    assert public_ids(world, keys, "tags=new") == set()
    world.forward += 6
    assert public_ids(world, keys, "tags=new") == {"a"}


def test_search_sees_an_upload_only_after_a_while_and_a_deletion_too(served, keys):
    world = served(asset("a"))
    world.settings.change({"index_lag": 5})
    cloudinary.uploader.upload(picture(), public_id="b", **keys(world))
    cloudinary.uploader.destroy("a", **keys(world))
    assert public_ids(world, keys, "") == {"a"}
    world.forward += 6
    assert public_ids(world, keys, "") == {"b"}


def test_a_page_has_50_by_default_and_goes_on_by_cursor(served, keys):
    world = served(*(asset(f"a{n}") for n in range(60)))
    search = Search().expression("resource_type:image")
    first = search.execute(**keys(world))
    rest = search.next_cursor(first["next_cursor"]).execute(**keys(world))
    assert (len(first["resources"]), len(rest["resources"]), "next_cursor" in rest) == (50, 10, False)
    assert first["total_count"] == 60


ORDERS = [("created_at", "desc"), ("public_id", "asc"), ("public_id", "desc"), ("width", "desc"), ("duration", "asc")]


@pytest.mark.parametrize("order", ORDERS)
def test_no_page_shifts_while_assets_arrive_go_and_change(served, keys, order):
    world = served(*(asset(f"a{n:02}", created_at=DAY + n) for n in range(30)))
    environment = world.environments[0]
    search = Search().expression("resource_type:image").sort_by(*order).max_results(7)
    seen, cursor = [], None
    for page in range(9):
        answer = (search.next_cursor(cursor) if cursor else search).execute(**keys(world))
        seen += [item["public_id"] for item in answer["resources"]]
        cursor = answer.get("next_cursor")
        if cursor is None:
            break
        environment.add_asset(content=picture(), public_id=f"new-{page}", created_at=DAY + 100 + page)
        environment.remove(environment.at("image", "upload", seen[0] if page == 0 else seen[page]))
        world.forward += 60
    assert len(seen) == len(set(seen))
    assert {f"a{n:02}" for n in range(30)} <= set(seen)


@pytest.mark.parametrize("cursor", ["nonsense", "W10=", "WzEsMl0=", "bnVsbA=="])
def test_a_cursor_cannot_be_made_up(library, keys, cursor):
    with pytest.raises(BadRequest, match="next_cursor"):
        Search().next_cursor(cursor).execute(**keys(library))


def test_a_cursor_belongs_to_its_search(library, keys):
    cursor = Search().max_results(1).execute(**keys(library))["next_cursor"]
    with pytest.raises(BadRequest, match="next_cursor"):
        Search().expression("tags=hero").next_cursor(cursor).execute(**keys(library))


def test_the_hundredth_page_looks_at_no_more_assets_than_the_first(served, keys, monkeypatch):
    """That it takes no longer than 1.2 times as long is the bench's to say: script/bench search."""
    world = served(asset("a", metadata={"sku": "1"}))
    stock(world.environments[0], 1200)
    looks = []
    monkeypatch.setattr(Order, "row", counted(Order.row, looks))
    search = Search().expression("tags:hero OR metadata=sku").max_results(10)
    cursors = [search.execute(**keys(world))["next_cursor"]]
    first = len(looks)
    for _ in range(99):
        cursors.append(search.next_cursor(cursors[-1]).execute(**keys(world))["next_cursor"])
    assert (first > 1000, len(looks) - first, len(set(cursors))) == (True, 0, 100)


def counted(function, calls):
    def call(*given):
        calls.append(given)
        return function(*given)

    return call


def test_a_search_of_its_own_limit_is_refused_when_it_is_spent(served, keys):
    world = served(asset("a"))
    world.settings.change({"search_limit": 2})
    answers = [Search().execute(**keys(world)) for _ in range(2)]
    assert [(one.rate_limit_allowed, one.rate_limit_remaining) for one in answers] == [(2, 1), (2, 0)]
    with pytest.raises(RateLimited, match="Limit of 2 api operations"):
        Search().execute(**keys(world))
    assert cloudinary.api.ping(**keys(world)).rate_limit_allowed == 2000


@pytest.mark.parametrize("kind", ["http_420", "http_429"])
def test_a_scripted_limit_strikes_a_search(served, keys, kind):
    world = served(asset("a"))
    world.faults.add(service="cloudinary", kind=kind, operation="search")
    with pytest.raises(RateLimited):
        Search().execute(**keys(world))
    assert Search().execute(**keys(world))["total_count"] == 1


def test_more_than_500_a_page_are_refused(served, keys):
    with pytest.raises(BadRequest, match="max_results"):
        Search().max_results(501).execute(**keys(served()))


def test_with_field_brings_metadata_and_a_flat_context(served, keys):
    world = served(asset("a", context={"alt": "A"}, metadata={"sku": "1"}, tags=["x"]))
    search = Search().with_field("context").with_field("metadata").with_field("tags")
    item = search.execute(**keys(world))["resources"][0]
    assert (item["context"], item["metadata"], item["tags"]) == ({"alt": "A"}, {"sku": "1"}, ["x"])


def test_results_are_sorted_as_asked(served, keys):
    world = served(asset("b"), asset("c"), asset("a"))
    answer = Search().sort_by("public_id", "asc").execute(**keys(world))
    assert [item["public_id"] for item in answer["resources"]] == ["a", "b", "c"]


@pytest.mark.parametrize("wrong", [{"public_id": "down"}, {"colour": "asc"}, "public_id"])
def test_an_order_that_there_is_not_is_refused(library, keys, wrong):
    search = Search()
    search.query["sort_by"] = [wrong]
    with pytest.raises(BadRequest, match="sort_by"):
        search.execute(**keys(library))
