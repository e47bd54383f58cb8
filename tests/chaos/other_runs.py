"""What may happen to uploads and to unlinkings: the same as to runs that link, with other things to lose."""

from django.db import connection

from linking.models import Sync
from tests import pressing
from tests.chaos.scenarios import aborted, at_once, boundary, killed, killed_at, more, pressed, quick
from tests.chaos.stage import Stage
from tests.scenes import picture

LOSSES = ("lost_answer", "internal_error_after", "error_after")


def replaced(stage: Stage) -> Sync:
    """An upload that finds new versions of some of its files and replaces their contents."""
    assets = stage.place.world.environments[0]
    for at, known in enumerate(stage.draw.sample(list(assets.assets.values()), 8)):
        assets.overwrite(known, picture(100 + at))
    return stage.upload(new_versions="replace", alt_policy="overwrite")


def slowly_linked(stage: Stage) -> None:
    """Something to unlink, with so slow a store that it can be disturbed: unlinking takes a few calls only."""
    stage.linked()
    stage.fault("slow", seconds=0.4, times=None)


def uploaded(stage: Stage) -> None:
    """A run that nobody disturbs."""
    stage.upload()
    stage.finish()


# Uploads


@more
def upload_kill_horse(stage: Stage) -> None:
    killed(stage, "horse", Stage.upload)


@more
def upload_kill_parent(stage: Stage) -> None:
    killed(stage, "parent", Stage.upload)


@more
def upload_kill_everything(stage: Stage) -> None:
    killed(stage, "all", Stage.upload)


@more
def upload_kill_at_a_boundary(stage: Stage) -> None:
    """24 seeds in a row are every one of the first six calls."""
    killed_at(stage, boundary(stage.seed, calls=6), Stage.upload)


@more
def replacing_kill_at_a_boundary(stage: Stage) -> None:
    """Planning reads before; so does every slice: the nth call of a process is anything."""
    uploaded(stage)
    killed_at(stage, boundary(stage.seed, calls=8), replaced)


@more
def replacing_kill_at_the_write(stage: Stage) -> None:
    """Before or after contents are asked to be replaced, or alt texts to be written."""
    uploaded(stage)
    when, whom = stage.draw.choice(("before", "after")), stage.draw.choice(("kill", "kill-both"))
    killed_at(stage, f"{when}:FilesUpdate:1:{whom}", replaced)


@quick
def upload_whose_answers_are_lost(stage: Stage) -> None:
    """The files are there, and nobody said so."""
    stage.fault(stage.draw.choice(LOSSES), operation="fileCreate", times=stage.draw.randint(1, 2))
    stage.upload()
    stage.finish()


@more
def replacing_whose_answers_are_lost(stage: Stage) -> None:
    uploaded(stage)
    stage.fault(stage.draw.choice(LOSSES), operation="fileUpdate", times=stage.draw.randint(1, 2))
    replaced(stage)
    stage.finish()


@more
def upload_abort(stage: Stage) -> None:
    """At a random moment; afterwards once more, and then everything is there, once."""
    aborted(stage, stage.upload(), within=2.0)
    uploaded(stage)


@more
def upload_twenty_presses(stage: Stage) -> None:
    chosen = stage.select()
    pressed(stage, lambda: pressing.upload(chosen, "one-button", dry_run=False))
    stage.finish()


@more
def two_uploads_and_a_run(stage: Stage) -> None:
    """The same assets to Files twice and into galleries, pressed nearly together: each is one file."""
    stage.upload()
    stage.start(link_mode="append")
    stage.upload()
    stage.workers.wait_for_horse()
    stage.rest(1.5)
    stage.workers.kill("horse")
    stage.finish()


# Unlinking


@more
def unlink_kill_horse(stage: Stage) -> None:
    slowly_linked(stage)
    killed(stage, "horse", Stage.unlink, within=1.5)


@more
def unlink_kill_parent(stage: Stage) -> None:
    slowly_linked(stage)
    killed(stage, "parent", Stage.unlink, within=1.5)


@more
def unlink_kill_everything(stage: Stage) -> None:
    slowly_linked(stage)
    killed(stage, "all", Stage.unlink, within=1.5)


@quick
def unlink_kill_at_a_boundary(stage: Stage) -> None:
    """16 seeds in a row are every one of the first four calls, while it is planned or while it is done."""
    stage.linked()
    killed_at(stage, boundary(stage.seed, calls=4), Stage.unlink)


@more
def unlink_kill_at_the_write(stage: Stage) -> None:
    stage.linked()
    when, whom = stage.draw.choice(("before", "after")), stage.draw.choice(("kill", "kill-both"))
    killed_at(stage, f"{when}:FilesUpdate:1:{whom}", Stage.unlink)


@more
def unlink_whose_answers_are_lost(stage: Stage) -> None:
    stage.linked()
    stage.fault(stage.draw.choice(LOSSES), operation="fileUpdate", times=stage.draw.randint(1, 2))
    stage.unlink()
    stage.finish()


@more
def unlink_abort(stage: Stage) -> None:
    slowly_linked(stage)
    aborted(stage, stage.unlink(), within=1.5)


@more
def unlink_twenty_presses(stage: Stage) -> None:
    """Of the button that shows it, and of the one that does it."""
    stage.linked()
    links = stage.some_links()
    pressed(stage, lambda: pressing.unlink(stage.place.member, links, "one-button"))
    stage.finish()
    shown = Sync.objects.get(pk=stage.syncs[-1].pk)  # as all of them saw it

    def apply() -> None:
        try:
            pressing.apply(shown)
        except pressing.CannotStart as refusal:
            stage.found.append(f"one of twenty presses was answered: {refusal}")
        finally:
            connection.close()

    at_once(apply)
    stage.finish()


@more
def unlink_and_its_undo(stage: Stage) -> None:
    """Killed while it is undone: galleries and variants are as they were."""
    stage.linked()
    before = stage.shown()
    done = stage.unlink()
    stage.finish()
    stage.fault("slow", seconds=0.4, times=None)
    killed(stage, stage.draw.choice(("horse", "both")), lambda stage: stage.undo(done), within=1.5)
    if (after := stage.shown()) != before:
        stage.found.append(f"undo brought back {after}, and it was {before}")
