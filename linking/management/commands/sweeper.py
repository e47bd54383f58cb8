import signal
import threading

from django.core.management.base import BaseCommand

from linking.operations import sweeper


class Command(BaseCommand):
    help = (
        "Enqueues again what lost its entry in the queue, or its worker. Let one run beside the workers, and restart it when it "
        "ends."
    )

    def handle(self, *args: object, **options: object) -> None:
        over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        sweeper.run(over)
