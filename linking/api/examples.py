"""Examples of requests and answers, for the document. Each fits its schema (tests/linking/api/test_document.py)."""

from typing import Any

RUN = "5d2f0c1e-8a47-4c1b-9f0e-2b7a6f9d3c10"
BASE = "https://assetlink.example.com"
HERE = f"{BASE}/api/v1/runs/{RUN}"
STORE = "north.myshopify.com"
ASSET = "b8d1f5c2a09e4d7b8c3e6f1a2b4c5d6e"
COUNTS = {
    "pending": 0,
    "done": 2,
    "unchanged": 0,
    "skipped": 0,
    "failed": 0,
    "refused": 0,
    "aborted": 0,
    "unknown": 0,
}

OF_SCHEMAS: dict[str, list[Any]] = {
    "RunIn": [
        {
            "assets": [{"public_id": "shop/oak-chair-1"}],
            "match": {"cloudinary_field": "metadata:sku", "shopify_field": "sku"},
            "stores": [STORE],
        },
        {
            "products": [
                {"product": {"sku": "OAK-1"}, "assets": [{"public_id": "pim/oak-front", "alt": "Oak chair"}]},
                {"product": {"handle": "pine-stool"}, "assets": [{"public_id": "pim/pine"}]},
            ],
            "stores": [STORE],
            "dry_run": False,
        },
        {
            "kind": "upload",
            "search": "asset_folder=campaigns",
            "exclude": [{"public_id": "campaigns/draft"}],
            "stores": [STORE],
            "dry_run": False,
        },
    ],
    "ApplyIn": [{"removals": 12}],
    "SelectionIn": [{"assets": [{"asset_id": ASSET}], "note": "Approved today"}],
    "UnlinkIn": [{"links": [4711, 4712]}],
    "WhoOut": [
        {
            "environment": "demo",
            "key": "nightly job",
            "scopes": ["links:write", "runs:read"],
            "expires": None,
            "stores": [{"domain": STORE, "name": "North", "status": "connected", "writable": True, "problem": ""}],
            "limits": {"requests_per_minute": 600, "runs_per_hour": 60, "dry_runs_per_hour": 120},
        }
    ],
    "RunOut": [
        {
            "id": RUN,
            "kind": "link",
            "state": "done",
            "busy": False,
            "dry_run": False,
            "percent": 100,
            "mode": "append",
            "names_products": False,
            "created": "2026-11-30T08:00:00Z",
            "created_by": "nightly job",
            "removals": 0,
            "replaced": 0,
            "not_applied": "",
            "counts": COUNTS,
            "stores": [
                {
                    "store": STORE,
                    "state": "done",
                    "result": "Done",
                    "doing": "",
                    "problem": "",
                    "problem_code": "",
                    "counts": COUNTS,
                    "galleries": {"done": 1},
                    "requests": 9,
                    "points": 140,
                }
            ],
            "links": {
                "self": HERE,
                "changes": f"{HERE}/changes",
                "report": f"{HERE}/report.csv",
                "page": f"{BASE}/syncs/{RUN}/",
            },
        }
    ],
    "SelectionOut": [
        {
            "address": "https://assetlink.example.com/open/…",
            "expires": "2026-12-01T08:00:00Z",
            "assets": 1,
        }
    ],
    "LinkOut": [
        {
            "id": 4711,
            "store": STORE,
            "asset_id": ASSET,
            "public_id": "pim/oak-front",
            "product_id": "gid://shopify/Product/1",
            "product": "Oak chair",
            "handle": "oak-chair",
            "media_id": "gid://shopify/MediaImage/7",
            "position": 1,
            "url": "https://res.cloudinary.com/demo/image/upload/f_jpg/v1732953600/pim/oak-front.jpg",
            "skus": ["OAK-1"],
            "gone": "",
            "linked": "2026-11-30T08:00:07Z",
            "last_run": RUN,
        }
    ],
    "KeyOut": [
        {
            "key": "OAK-1",
            "verdict": "matched",
            "reason": "",
            "reason_code": "",
            "count": 1,
            "products": [
                {
                    "id": "gid://shopify/Product/1",
                    "title": "Oak chair",
                    "handle": "oak-chair",
                    "status": "ACTIVE",
                    "skus": ["OAK-1"],
                }
            ],
        }
    ],
    "Problem": [
        {
            "type": "https://assetlink.example.com/api/problems/invalid-request",
            "title": "The request is not valid",
            "status": 422,
            "detail": "Each entry of errors points to a place in the request and says what is wrong there.",
            "instance": "/api/v1/runs",
            "request_id": "1a2b3c4d5e6f",
            "errors": [{"pointer": "/dryrun", "detail": "There is no such field."}],
        }
    ],
    "RunFinished": [
        {
            "type": "run.finished",
            "timestamp": "2026-11-30T08:00:09+00:00",
            "data": {
                "environment": "demo",
                "run": RUN,
                "kind": "link",
                "state": "done",
                "dry_run": False,
                "counts": {"done": 2},
                "stores": [{"store": STORE, "state": "done", "problem_code": ""}],
                "links": {
                    "self": HERE,
                    "page": f"{BASE}/syncs/{RUN}/",
                },
                "more_stores": 0,
            },
        }
    ],
}
OF_SCHEMAS["FileOut"] = [
    {
        "store": STORE,
        "asset_id": ASSET,
        "version": 1732953600,
        "kind": "image",
        "name": "oak-front-al1.jpg",
        "state": "ready",
        "file_id": "gid://shopify/MediaImage/7",
        "source_url": "https://res.cloudinary.com/demo/image/upload/v1732953600/pim/oak-front.jpg",
        "alt": "Oak chair",
        "problem": "",
        "problem_code": "",
    }
]
OF_SCHEMAS["ChangeOut"] = [
    {
        "store": STORE,
        "row": 0,
        "key": "OAK-1",
        "asset": "oak-front",
        "asset_id": ASSET,
        "product": "Oak chair",
        "product_id": "gid://shopify/Product/1",
        "handle": "oak-chair",
        "planned": "add",
        "outcome": "done",
        "reason": "",
        "reason_code": "",
        "position_before": None,
        "position_after": 1,
        "alt_before": "",
        "alt_after": "Oak chair",
        "file_id": "gid://shopify/MediaImage/7",
        "file_name": "oak-front-al1.jpg",
    }
]
RULE = "0c9a5be1-3d7e-4f0a-9b52-7c1d8e6f4a20"
OF_SCHEMAS["FiringOut"] = [
    {
        "id": 4711,
        "cause": "schedule",
        "due": "2026-11-30T05:00:00Z",
        "state": "ran",
        "merged": 0,
        "missed": 0,
        "problem": "",
        "problem_code": "",
        "runs": [RUN],
    }
]
OF_SCHEMAS["RuleOut"] = [
    {
        "id": RULE,
        "name": "Nightly",
        "on": True,
        "trigger": "schedule",
        "schedule": "0 6 * * *",
        "time_zone": "Europe/Berlin",
        "next_firing": "2026-12-01T05:00:00Z",
        "search": 'tags="shop"',
        "stores": [STORE],
        "mode": "append",
        "policy": "bounded",
        "max_removals": 10,
        "max_percent": None,
        "firings": OF_SCHEMAS["FiringOut"],
        "links": {"self": f"{BASE}/api/v1/rules/{RULE}", "page": f"{BASE}/rules/{RULE}/"},
    }
]
OF_SCHEMAS["CheckOut"] = [
    {
        "store": STORE,
        "state": "done",
        "looked": 1200,
        "begun": "2026-11-30T08:00:00Z",
        "finished": "2026-11-30T08:02:10Z",
        "problem": "",
        "problem_code": "",
    }
]
OF_SCHEMAS["ChecksOut"] = [{"items": OF_SCHEMAS["CheckOut"]}]
OF_SCHEMAS["FindingOut"] = [
    {
        "id": 7,
        "store": STORE,
        "kind": "alt",
        "pictures": 1,
        "product_id": "gid://shopify/Product/1",
        "product": "Oak chair",
        "handle": "oak-chair",
        "key": "OAK-1",
        "asset_id": "8f0c1d2e3a4b5c6d7e8f9a0b1c2d3e4f",
        "media_id": "gid://shopify/MediaImage/1",
        "was": "Oak chair, front",
        "now": "Chair",
        "seen": "2026-11-30T08:01:00Z",
    }
]
OF_SCHEMAS["SwitchIn"] = [{"on": True}]
for page, item in (
    ("RulesOut", "RuleOut"),
    ("RunsOut", "RunOut"),
    ("ChangesOut", "ChangeOut"),
    ("LinksOut", "LinkOut"),
    ("FilesOut", "FileOut"),
    ("FindingsOut", "FindingOut"),
):
    OF_SCHEMAS[page] = [{"items": OF_SCHEMAS[item], "next_cursor": None}]
OF_SCHEMAS["MatchesOut"] = [{"items": OF_SCHEMAS["KeyOut"]}]
EVENT = OF_SCHEMAS["RunFinished"][0]
for name, type, more in (
    ("RunPlanned", "run.planned", {"state": "planned", "dry_run": True, "counts": {"pending": 2}}),
    ("RunFailed", "run.failed", {"state": "failed", "counts": {"failed": 2}}),
    ("RunAborted", "run.aborted", {"state": "aborted", "counts": {"aborted": 2}}),
):
    stores = [{"store": STORE, "state": more["state"], "problem_code": ""}]
    OF_SCHEMAS[name] = [{**EVENT, "type": type, "data": {**EVENT["data"], **more, "stores": stores}}]
OF_SCHEMAS["StoreBroken"] = [
    {
        "type": "store.broken",
        "timestamp": "2026-11-30T08:00:09+00:00",
        "data": {
            "environment": "demo",
            "store": STORE,
            "name": "North",
            "problem_code": "shopify.http_402",
            "links": {"page": "https://assetlink.example.com/setup/stores/1/"},
        },
    }
]
OF_SCHEMAS["WebhookTest"] = [
    {"type": "webhook.test", "timestamp": "2026-11-30T08:00:09+00:00", "data": {"environment": "demo"}}
]
PRODUCT = {"store": STORE, "product_id": "gid://shopify/Product/1", "handle": "oak-chair"}
ITS_LINKS = f"{BASE}/api/v1/links?store={STORE}&product=gid%3A%2F%2Fshopify%2FProduct%2F1"
OF_SCHEMAS["ChangedProductsOut"] = [
    {
        "items": [
            {**PRODUCT, "product": "Oak chair", "changed": "2026-11-30T08:00:07Z", "links": {"self": ITS_LINKS}},
        ],
        "next_cursor": None,
        "cursor": "djE6MTI",
        "complete": True,
    }
]
OF_SCHEMAS["MediaChanged"] = [
    {
        "type": "media.changed",
        "timestamp": "2026-11-30T08:00:22+00:00",
        "data": {
            "environment": "demo",
            **PRODUCT,
            "product": "Oak chair",
            "skus": ["OAK-1"],
            "cursor": "djE6MTI",
            "links": {"self": ITS_LINKS},
            "more_skus": 0,
        },
    }
]
OF_SCHEMAS["MediaSummary"] = [
    {
        "type": "media.summary",
        "timestamp": "2026-12-01T05:00:00+00:00",
        "data": {
            "environment": "demo",
            "products": [PRODUCT],
            "cursor": "djE6MTI",
            "complete": True,
            "links": {"self": f"{BASE}/api/v1/changed-products?cursor=djE6MA"},
            "more_products": 0,
        },
    }
]
