"""Serves AssetLink on this machine, with a sandbox around it that stands for Shopify, Cloudinary and its Console.

Sets up what is missing (virtual environment, database, its own Redis unless you set REDIS_URL) and ends with
Ctrl+C all that it started. Everything listens on this machine only, and lives in .demo/<port>/ in the clone.
"""

import argparse
import os
import shlex
import sys
import time
from typing import Any, NoReturn

from script import answers, commands, options, redis_server
from script.family import Child, Ended, Failed, Family
from script.home import Home
from script.ports import Ports
from script.ports import trouble as port_trouble
from script.terminal import Follower, say


def main() -> int:
    chosen = options.read(sys.argv[1:], about=__doc__)
    home = Home(commands.ROOT, chosen.port)
    try:
        with home.taken():
            check_ports(Ports(chosen.port), own_redis=not os.environ.get("REDIS_URL"))
            if chosen.fresh:
                home.start_over()
            home.furnish()
            environment = commands.environment(chosen, home, os.environ)
            home.write_settings(environment, os.environ)
            return run(Family(folder=commands.ROOT, logs=home.logs, environment=environment), chosen, home)
    except Failed as failure:  # nothing has been started
        say(str(failure))
    return 1


def check_ports(ports: Ports, *, own_redis: bool) -> None:
    wanted = {"web server": ports.web, "sandbox": ports.sandbox, "mail": ports.mail} | (
        {"Redis": ports.redis} if own_redis else {}
    )
    troubles = [f"{trouble} ({who})" for who, port in wanted.items() if (trouble := port_trouble(port))]
    if troubles:
        elsewhere = f"--port moves all of them, for example --port {(ports.web + 10) % 65532}."
        raise Failed(f"Cannot start: {', '.join(troubles)}. {elsewhere}")


def run(family: Family, chosen: argparse.Namespace, home: Home) -> int:
    """Returns the exit code, after all that was started has ended."""
    family.obey_signals()
    try:
        serve(family, chosen, home)
    except Ended:
        return 0
    except Failed as failure:
        say("", str(failure))
        return 1
    finally:
        say("", "Ending ...")
        family.end()


def serve(family: Family, chosen: argparse.Namespace, home: Home) -> NoReturn:
    """Until the end; raises Ended or Failed."""
    began = time.monotonic()
    ports, redis_url = Ports(chosen.port), family.environment["REDIS_URL"]
    sandbox, web = (f"http://127.0.0.1:{port}" for port in (ports.sandbox, ports.web))
    say(*expectation(chosen, home))
    start_redis(family, ports.redis, home, redis_url)
    family.start("sandbox", commands.sandbox(chosen, home), outlives=True)
    # Beside the sandbox, which is the slower one: nothing here needs it before stores are connected.
    family.run("settle", commands.settle())
    family.start("web", commands.web(ports.web))
    names = [f"worker-{number}" for number in range(1, chosen.workers + 1)]
    workers = [family.start(name, commands.worker(), revived=True) for name in names]
    family.start("sweeper", commands.sweeper(), revived=True)
    await_sandbox(family, f"{sandbox}/healthz")
    family.run("connect_world", commands.manage("connect_world", commands.sandbox_address(chosen)))
    family.wait_for("The web server", lambda: answers.trouble(f"{web}/healthz"), seconds=60)
    family.wait_for("The web server", lambda: answers.trouble(f"{web}/readyz"), seconds=20)  # with database and queue
    family.wait_for("The workers", lambda: workers_trouble(workers, redis_url), seconds=60)
    family.wait_for("The Console", lambda: answers.trouble(f"{sandbox}/console/"), seconds=30)
    say(f"Ready after {time.monotonic() - began:.0f} s.")
    say(*welcome(answers.read_json(f"{sandbox}/world.json"), home, commands.sandbox_address(chosen)))
    family.watch()


def expectation(chosen: argparse.Namespace, home: Home) -> list[str]:
    """How long it takes on two cores."""
    if home.has_world:
        return ["Starting. This takes about 10 s ..."]
    if chosen.products or chosen.assets:
        return ["Starting for the first time. This takes 10 s, and as long as your catalog takes to read ..."]
    return [
        "Starting for the first time. This takes about 30 s, while the sandbox draws its pictures. Later starts take 10 s."
    ]


def start_redis(family: Family, port: int, home: Home, url: str) -> None:
    if os.environ.get("REDIS_URL"):
        family.wait_for("The Redis of REDIS_URL", lambda: redis_server.trouble(url), seconds=5)
        return
    program = redis_server.find_program()
    if program is None:
        raise Failed("There is no redis-server: install Redis 6.2 or newer, or name one in REDIS_URL.")
    redis = family.start("redis", redis_server.command(program, port, home.redis), outlives=True)
    family.wait_for("Redis", lambda: redis_server.trouble(url), seconds=20)
    redis.revived = True  # from now on: queued jobs are in its file, and pages answer meanwhile


def await_sandbox(family: Family, url: str) -> None:
    """Long enough for a catalog of thousands of pictures; meanwhile its progress and its complaints are shown."""
    log = Follower(family.log("sandbox"))

    def trouble() -> str:
        log.show()
        return answers.trouble(url)

    family.wait_for("The sandbox", trouble, seconds=300)


def workers_trouble(workers: list[Child], redis_url: str) -> str:
    return redis_server.workers_trouble(redis_url, {worker.process.pid for worker in workers})


def welcome(world: dict[str, Any], home: Home, sandbox: str) -> list[str]:
    stores = [f"    {store['name']} ({store['plan']}): {store['storefront_url']}" for store in world["stores"]]
    python = shlex.join([sys.executable, str(commands.ROOT / "manage.py")])
    return [
        "",
        "Two ways in:",
        f"  From the Console: {world['console_url']}",
        "    Select assets there, open the ⋮ (3-dots) menu and choose Shopify AssetLink. Role says who you are: admin roles can",
        "    also set up stores, a Media Library user only links.",
        f"  By signing in:    {world['app_url']}/sign-in",
        "    Continue with Fjord & Fern and choose Tove, who is an admin by her group, or Ravi, who may look. Nobody invited",
        f"    the others; admins do on Setup › People. E-mails are caught: {sandbox}/mail/",
        *(second(world["environments"])),
        "The stores, as their visitors see them:",
        *stores,
        f"To connect a store on Setup by hand, find tokens, client ID and secret at {sandbox}/",
        f"To run manage.py here, from another shell: (set -a; . {shlex.quote(str(home.settings))}; {python} environment list)",
        f"Logs: {home.logs}",
        "Ctrl+C ends everything. The next start finds its data again; --fresh starts over.",
    ]


def second(environments: list[dict[str, Any]]) -> list[str]:
    """Worlds of an earlier release, and those of files, have one environment only."""
    names = [str(one["name"]) for one in environments[1:]]
    return [f"    Both are in {names[0]}, too: change to it in the head of the page."] if names else []


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the family obeys signals itself
        sys.exit(130)
