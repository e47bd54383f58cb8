"""Caddy with the Caddyfile of an installation, and beside it the Console's name: both with TLS by Caddy's own authority."""

from pathlib import Path

GLOBAL = """{{
	admin off
	auto_https disable_redirects
	https_port {port}
	skip_install_trust
	default_bind 127.0.0.1
	storage file_system {folder}
}}
import {source}/deploy/Caddyfile
# AssetLink reaches pretend stores at the Console's address, and names them in Host.
{console}, *.myshopify.com:{port} {{
	tls internal
	reverse_proxy {sandbox}
}}
"""


def configuration(folder: Path, source: Path, *, port: int, console: str, sandbox: str) -> Path:
    path = folder / "Caddyfile"
    path.write_text(GLOBAL.format(folder=folder, source=source, port=port, console=console, sandbox=sandbox))
    return path


def command(configured: Path) -> list[str]:
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(configured)]


def authority(folder: Path) -> Path:
    """The certificate that browsers of real people would have to trust."""
    return folder / "pki/authorities/local/root.crt"
