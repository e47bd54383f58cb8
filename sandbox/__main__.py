"""`python -m sandbox`: finds the world or builds one, listens, and keeps it."""

import argparse
import shlex
import shutil
import sys
from pathlib import Path

try:
    from sandbox import arguments, snapshot
    from sandbox.app import create
    from sandbox.building import build
    from sandbox.catalog.loading import CannotLoad, chosen
    from sandbox.mail.catcher import Catcher
    from sandbox.server import listening, serve
    from sandbox.settings import MalformedSetting
    from sandbox.world import World
except ModuleNotFoundError as missing:  # its packages are others than AssetLink's
    sys.exit(
        f"sandbox: the package {missing.name} is missing for {sys.executable}. "
        "Install what the sandbox runs on: pip install --require-hashes -r requirements-sandbox.txt"
    )


def main() -> None:
    options = arguments.parsed()
    if options.print_env:
        # In quotes where a shell, systemd or compose would read it otherwise.
        print(
            *(f"{name}={shlex.quote(value)}" for name, value in arguments.settings_of_the_app(options).items()),
            sep="\n",
        )
        return
    try:
        world = found(options) or built(options)
        world.settings.change(wanted_settings(options))
    except (CannotLoad, snapshot.BrokenSnapshot, MalformedSetting) as wrong:
        print(f"sandbox: {wrong}", file=sys.stderr, flush=True)
        sys.exit(2)
    server = listening(create(world), options.host, options.port)
    if not options.public_url:
        world.base_url = f"http://localhost:{server.server_port}"
    keeper = snapshot.Keeper(world)
    keeper.keep()
    keeper.start()
    for shop in world.shops.values():
        shop.resume()
    catcher = Catcher(world.mailbox, options.mail_port) if options.mail_port else None
    if catcher:
        catcher.start()
    print(f"The sandbox listens at {world.base_url}", flush=True)
    serve(server)
    keeper.end()
    if catcher:
        catcher.stop()


def found(options: argparse.Namespace) -> World | None:
    """The world that is kept in --data. Raises CannotLoad if another one is asked for."""
    if options.fresh:
        return None
    data = snapshot.read(options.data)
    if data is None:
        return None
    for name, wish in arguments.origin(options).items():
        kept = data["origin"].get(name)
        if wish is not None and wish != kept:
            built_with = "none" if kept is None else kept
            raise CannotLoad(
                f"the world in {options.data} was built with --{name} {built_with}, not {wish}. "
                "Add --fresh to build it again (what was linked in it is then forgotten), or use another --data."
            )
    world = World.load(data, folder=options.data, base_url=arguments.public_url(options), app_url=options.app_url)
    if arguments.has_changed(data["origin"]):
        say(f"{data['origin']['products']} has changed since the world was built of it; --fresh builds it again.")
    say(f"Found the world in {options.data}: {summary(world)}")
    return world


def built(options: argparse.Namespace) -> World:
    forget(options.data)
    catalog = chosen(options.products, options.assets, say)
    stores = options.stores or 2
    world = build(
        catalog,
        folder=options.data,
        base_url=arguments.public_url(options),
        app_url=options.app_url,
        stores=stores,
        plan=options.plan,
        library=options.library or 0,
        outlet=options.outlet,
        progress=say,
    )
    world.origin = {
        **arguments.origin(options),
        "library": options.library or 0,
        "stores": stores,
        "as_of": arguments.written(options.products),
    }
    return world


def forget(folder: Path) -> None:
    """Only what a world keeps: --data may name a folder that holds other things."""
    for name in ("blobs", "renditions"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / snapshot.NAME).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def wanted_settings(options: argparse.Namespace) -> dict[str, object]:
    given = {name: getattr(options, name) for name in ("index_lag", "media_seconds", "captions")}
    return {name: value for name, value in given.items() if value is not None}


def summary(world: World) -> str:
    assets = sum(len(environment.assets) for environment in world.environments)
    return f"{assets} assets, {', '.join(f'{shop.domain} ({shop.plan})' for shop in world.shops.values())}"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
