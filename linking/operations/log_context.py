"""What a job is about, for the log: the ids of its run, its store and its environment."""

from django.db import models

from linking.models import AssetJob, LinkCheck, Report, Selection, StoreMatch, StoreSync

# Job -> the row that it is called with, and what the log calls the row's relatives.
ROWS: dict[str, tuple[type[models.Model], dict[str, str]]] = {
    "fetch": (Selection, {"environment": "environment__cloud_name", "selection": "key"}),
    "match": (
        StoreMatch,
        {"environment": "selection__environment__cloud_name", "selection": "selection__key", "store": "store__domain"},
    ),
    "assets": (AssetJob, {"environment": "selection__environment__cloud_name", "selection": "selection__key"}),
    "links": (LinkCheck, {"environment": "store__environment__cloud_name", "store": "store__domain"}),
    "report": (Report, {"environment": "sync__environment__cloud_name", "sync": "sync__key"}),
    "sync": (
        StoreSync,
        {
            "environment": "sync__environment__cloud_name",
            "sync": "sync__key",
            "store_sync": "pk",
            "store": "store__domain",
        },
    ),
}


def name_of(function: str) -> str:
    """`linking.jobs.sync` -> `sync`."""
    return function.rpartition(".")[2]


def ids_of(job: str, pk: int) -> dict[str, str]:
    """Empty for a job that is not known here, or whose row is gone."""
    if job not in ROWS:
        return {}
    model, paths = ROWS[job]
    found = model._default_manager.filter(pk=pk).values_list(*paths.values()).first()
    return {name: str(value) for name, value in zip(paths, found or (), strict=False)}
