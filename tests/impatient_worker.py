"""`manage.py rqworker default` that looks after its keys and its registration every second instead of every quarter minute, for
tests of what it does then: python -m tests.impatient_worker"""

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    import django

    django.setup()
    from linking.operations import worker

    worker.KEYS_EVERY = 0.5
    worker.Worker.dequeue_timeout = property(lambda self: 1)  # type: ignore[assignment,method-assign]
    worker.Worker.should_run_maintenance_tasks = property(lambda self: True)  # type: ignore[assignment,method-assign]
    execute_from_command_line(["manage.py", "rqworker", "default"])
