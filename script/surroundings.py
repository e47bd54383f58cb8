"""What the processes of script/demo and script/test take over from the shell that they are started from."""

from collections.abc import Mapping

# They would lead us to real services, another database or other settings than the ones that are tested.
APP = {"ADMIN_ROLES", "ALLOWED_HOSTS", "APP_URL", "DATABASE_URL", "DEBUG", "ENCRYPTION_KEYS", "FRAME_ANCESTORS"}
APP |= {"IMAGE_SOURCES", "LAUNCH_AUDIENCE", "REDIS_URL", "SECRET_KEY", "SHOPIFY_BASE_URL", "STATIC_ROOT"}
APP |= {"LAUNCH_ORIGINS", "SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET"}
# They would change how patient the workers are, or kill them.
APP |= {"LEASE_SECONDS", "SWEEP_SECONDS", "ABORT_SECONDS", "PATIENCE", "FAILPOINT"}
# They would keep reports elsewhere, or remove what is looked at.
APP |= {"REPORT_FOLDER", "REPORT_STORAGE", "REPORT_STORAGE_OPTIONS"}
APP |= {"REPORT_DAYS", "SELECTION_DAYS", "PLAN_DAYS", "UNDO_DAYS"}
# They would end sessions early, refuse what is done quickly, or set an environment up.
APP |= {"LAUNCHES_PER_MINUTE", "DRY_RUNS_PER_HOUR", "SYNCS_PER_HOUR", "LOOKS_PER_MINUTE", "REQUESTS_PER_MINUTE"}
APP |= {"SESSION_HOURS", "SESSION_IDLE_MINUTES", "TRUSTED_PROXIES"}
APP |= {"CLOUD_NAME", "CLOUD_API_KEY", "CLOUD_API_SECRET", "CLOUD_UPLOAD_PREFIX", "LAUNCH_ISSUER", "LAUNCH_SECRET"}
# It would open a page to anybody who knows it.
APP |= {"METRICS_TOKEN"}
LIBRARIES = {"CLOUDINARY_URL", "GUNICORN_CMD_ARGS", "WEB_CONCURRENCY", "DJANGO_SETTINGS_MODULE"}


def cleaned(outside: Mapping[str, str], *, hosts: str = "localhost,127.0.0.1") -> dict[str, str]:
    """Without the names above; `hosts` are reached directly, whatever proxy there is for the world outside."""
    kept = {name: value for name, value in outside.items() if name not in APP | LIBRARIES}
    return kept | {"NO_PROXY": hosts, "no_proxy": hosts, "PYTHONUNBUFFERED": "1"}
