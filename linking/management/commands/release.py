from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Says which release of AssetLink this is. (`manage.py version` says Django's.)"
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"AssetLink {settings.RELEASE}")
