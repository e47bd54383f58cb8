"""What a job is about, for the log: the ids of its run, its store and its environment."""

from linking import queue


def name_of(function: str) -> str:
    """`linking.jobs.sync` -> `sync`."""
    return function.rpartition(".")[2]


def ids_of(job: str, pk: int) -> dict[str, str]:
    """Empty for a job that is not known here, or whose row is gone."""
    kind = queue.KINDS.get(job)
    if kind is None:
        return {}
    found = kind.model._default_manager.filter(pk=pk).values_list(*kind.log_fields.values()).first()
    return {name: str(value) for name, value in zip(kind.log_fields, found or (), strict=False)}
