"""What may happen to a run. Each scenario starts one, disturbs it, and waits for its end; the oracle judges."""

import signal
import threading
import time
from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from linking.models import Sync
from tests import pressing
from tests.chaos.stage import PATIENCE, Stage
from tests.chaos.workers import send

Scenario = Callable[[Stage], None]
# In the suite and in script/chaos; in script/chaos; only if asked for.
QUICK: dict[str, Scenario] = {}
MORE: dict[str, Scenario] = {}
LONG: dict[str, Scenario] = {}
MUTATIONS = ("fileCreate", "fileUpdate", "productReorderMedia")


def quick(scenario: Scenario) -> Scenario:
    QUICK[scenario.__name__] = scenario
    return scenario


def more(scenario: Scenario) -> Scenario:
    MORE[scenario.__name__] = scenario
    return scenario


def only_long(scenario: Scenario) -> Scenario:
    LONG[scenario.__name__] = scenario
    return scenario


def killed(
    stage: Stage,
    whom: str,
    begin: Callable[[Stage], object] = Stage.start,
    *,
    within: float = 2.5,
    ends: float = PATIENCE,
) -> None:
    begin(stage)
    stage.workers.wait_for_horse()
    for _ in range(stage.draw.randint(1, 2)):
        stage.rest(within)
        fences = stage.fences()
        if stage.busy() and (hits := stage.workers.kill(whom)):
            stage.measured["hits"] = stage.measured.get("hits", 0) + hits
            stage.measure_resume(fences)
    stage.finish(ends)


@quick
def kill_horse(stage: Stage) -> None:
    killed(stage, "horse")


@quick
def kill_parent(stage: Stage) -> None:
    """Its child lives on, and nobody else may write meanwhile."""
    stage.start()
    stage.workers.wait_for_horse()
    stage.rest(2.0)
    stage.measured["hits"] = stage.workers.kill("parent")
    stage.finish()


@quick
def kill_both(stage: Stage) -> None:
    killed(stage, "both")


@quick
def kill_everything(stage: Stage) -> None:
    """A machine that loses its power: workers, their jobs and the sweeper."""
    killed(stage, "all")


@quick
def kill_at_a_boundary(stage: Stage) -> None:
    """Right before or right after the nth call of a job: 48 seeds in a row are every one of the first twelve."""
    killed_at(stage, boundary(stage.seed, calls=12))


def boundary(seed: int, *, calls: int) -> str:
    """A failpoint: so many times four seeds in a row are every one of the first `calls`."""
    when, whom = ("before", "after")[seed % 2], ("kill", "kill-both")[seed // 2 % 2]
    return f"{when}:*:{seed // 4 % calls + 1}:{whom}"


def killed_at(stage: Stage, failpoint: str, begin: Callable[[Stage], object] = Stage.start) -> None:
    stage.workers.strike(failpoint)
    begin(stage)
    stage.until(lambda: stage.workers.struck() or not stage.busy(), 60)
    if stage.workers.struck():
        stage.measured["hits"] = 1
        stage.measure_resume()
    stage.finish()


@quick
def kill_at_a_write(stage: Stage) -> None:
    when, whom = stage.draw.choice(("before", "after")), stage.draw.choice(("kill", "kill-both"))
    document = stage.draw.choice(("FilesCreate", "FilesUpdate", "GalleryReorder"))
    failpoint = f"{when}:{document}:{stage.draw.randint(1, 2)}:{whom}"
    killed_at(stage, failpoint, lambda stage: stage.start(link_mode="prepend"))


@quick
def sleeper(stage: Stage) -> None:
    """SIGSTOP past the lease; another finishes the run; SIGCONT: not one write more."""
    stage.start()
    horse = stage.workers.wait_for_horse()
    stage.rest(2.0)
    if horse is not None and stage.workers.freeze(horse):
        outslept(stage, horse)
    stage.finish()


@quick
def sleeper_about_to_write(stage: Stage) -> None:
    """The same, having read what it wants to change: it wakes with a write in mind that it must not send."""
    stage.workers.strike(f"after:{stage.draw.choice(('Galleries', 'FilesByName'))}:{stage.draw.randint(1, 3)}:stop")
    stage.start(link_mode="prepend")
    stage.until(lambda: bool(stage.workers.asleep()) or not stage.busy())
    if asleep := stage.workers.asleep():
        outslept(stage, asleep[0])
    stage.finish()


def outslept(stage: Stage, horse: int) -> None:
    stage.measured["hits"] = 1
    try:
        stage.finish()
        done = stage.mutations()
    finally:
        send(horse, signal.SIGCONT)
    stage.until(lambda: horse not in stage.workers.horses())
    if (more := stage.mutations() - done) > 0:
        stage.found.append(f"a worker that had lost its lease wrote {more} times")


@quick
def sleeper_that_wakes_too_early(stage: Stage) -> None:
    """Stopped right before a write, the fence checked already, or right after a read, while another works on: the one
    write that can slip through does no harm, and nothing that it knew is reported as news."""
    writes = [f"before:{name}" for name in ("FilesCreate", "FilesUpdate", "GalleryReorder")]
    reads = [f"after:{name}" for name in ("FilesCreate", "FilesStatus", "Galleries")]
    stage.workers.strike(f"{stage.draw.choice(writes + reads)}:{stage.draw.randint(1, 2)}:stop")
    stage.start(link_mode="prepend")
    stage.until(lambda: bool(stage.workers.asleep()) or not stage.busy())
    stopped = stage.workers.asleep()
    stage.measured["hits"] = len(stopped)
    before = stage.fences()
    stage.until(lambda: stage.fences() > before or not stage.busy())
    stage.rest(1.5)
    for pid in stopped:
        send(pid, signal.SIGCONT)
    stage.finish()
    stage.until(lambda: not stage.workers.horses())


@quick
def lost_answers(stage: Stage) -> None:
    """The work is done, the answer never comes: for each kind of write, at positions that the seed says."""
    for operation in MUTATIONS:
        kind = stage.draw.choice(("lost_answer", "internal_error_after", "error_after"))
        stage.fault(kind, operation=operation, after=stage.draw.randint(0, 2), times=stage.draw.randint(1, 2))
    stage.start(link_mode=stage.draw.choice(("prepend", "in_place", "position")))
    stage.finish()


@quick
def throttled(stage: Stage) -> None:
    for _ in range(6):
        kind = stage.draw.choice(("throttled", "http_429"))
        stage.fault(kind, after=stage.draw.randint(0, 25), times=stage.draw.randint(1, 2))
    stage.start()
    stage.finish()


@quick
def redis_emptied(stage: Stage) -> None:
    stage.start()
    stage.rest(2.5)
    stage.redis.empty()
    stage.finish()


def redis_away(stage: Stage, seconds: float) -> None:
    stage.start()
    stage.rest(2.0)
    stage.redis.stop()
    time.sleep(seconds)
    stage.redis.start()
    back = time.monotonic()
    if stage.busy():
        stage.measure_resume()
        stage.measured["after_redis"] = time.monotonic() - back
    stage.finish()


@quick
def redis_away_for_5_s(stage: Stage) -> None:
    redis_away(stage, 5)


@only_long
def redis_away_for_30_s(stage: Stage) -> None:
    redis_away(stage, 30)


@only_long
def redis_away_for_300_s(stage: Stage) -> None:
    redis_away(stage, 300)


@quick
def begun_without_redis(stage: Stage) -> None:
    stage.redis.stop()
    try:
        stage.start(link_mode="prepend")  # what asks would have to be planned first
        time.sleep(1)
    finally:
        stage.redis.start()
    stage.measure_resume()
    stage.finish()


@quick
def abort(stage: Stage) -> None:
    """At a random moment, also while the store asks us to wait."""
    stage.fault("throttled", after=stage.draw.randint(3, 30), times=stage.draw.randint(1, 3))
    aborted(stage, stage.start(), within=3.0)


@quick
def abort_of_a_hanging_run(stage: Stage) -> None:
    """A worker that hears nothing, because a call does not return, is ended; the next one tells what was done."""
    stage.fault("hang", seconds=25, operation=stage.draw.choice(MUTATIONS[:2]))
    sync = stage.start()
    stage.until(lambda: all(fault["kind"] != "hang" for fault in stage.place.world.faults.as_json()))
    asked = press_abort(sync)
    began = time.monotonic()
    stage.finish()
    stage.measured["abort_settled"] = time.monotonic() - began
    stage.fine |= {"aborted", "partial"}
    measure_abort(stage, asked)


def aborted(stage: Stage, sync: Sync, within: float) -> None:
    """At a random moment, as soon as somebody works on it."""
    stage.workers.wait_for_horse()
    stage.rest(within)
    asked = press_abort(sync)
    stage.finish()
    stage.fine |= {"aborted", "partial"}
    measure_abort(stage, asked)


def press_abort(sync: Sync) -> float:
    now = timezone.now()
    Sync.objects.filter(pk=sync.pk).update(abort_requested=now)
    pressing.enqueue_all(sync)
    return now.timestamp()


def measure_abort(stage: Stage, asked: float) -> None:
    late = max([entry["at"] - asked for entry in stage.place.mutations()], default=0.0)
    stage.measured["abort_to_last_write"] = max(0.0, late)
    if late > 5:
        stage.found.append(f"a write came {late:.1f} s after the abort")


@quick
def terminated(stage: Stage) -> None:
    """Deploys: every worker is asked to end, again and again."""
    before = stage.redis.failed_jobs()
    stage.start()
    for _ in range(3):
        stage.workers.wait_for_horse(3)
        stage.rest(1.5)
        stage.workers.ask_to_end(everybody=stage.draw.random() < 0.5)
    stage.finish()
    failed = stage.redis.failed_jobs()
    stage.found += [f"job {id} was lost instead of ended: {failed[id]}" for id in failed.keys() - before.keys()]


@quick
def twenty_presses(stage: Stage) -> None:
    """Of one button, at once."""
    chosen = stage.select(link_mode=stage.draw.choice(("append", "prepend", "position")))
    pressed(stage, lambda: pressing.link(chosen, "one-button", dry_run=False))
    stage.finish()


def pressed(stage: Stage, press: Callable[[], Sync]) -> None:
    """Twenty times at once: one run comes of it."""
    made: list[int] = []
    before = {sync.pk for sync in stage.syncs}

    def thread() -> None:
        try:
            made.append(press().pk)
        finally:
            connection.close()

    at_once(thread)
    new = [sync for sync in Sync.objects.filter(environment=stage.place.environment) if sync.pk not in before]
    stage.syncs += new
    if len(made) != 20 or len(new) != 1:
        stage.found.append(f"20 presses answered {len(made)} times and made {len(new)} runs")


def at_once(press: Callable[[], None]) -> None:
    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


@quick
def two_runs_on_the_same_products(stage: Stage) -> None:
    """Pressed nearly together: one follows the other, also when a worker dies in between."""
    stage.start(link_mode="prepend")
    stage.start(link_mode="append")
    stage.workers.wait_for_horse()
    if stage.draw.random() < 0.5:
        stage.rest(2.0)
        stage.workers.kill("both")
    stage.finish()
