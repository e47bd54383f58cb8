"""Which addresses of the internet protocol lead to the public internet, and not to this machine, its neighbours or a cloud's own
services: https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
NOT_PUBLIC = [
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by a provider's customers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local: there clouds answer with the keys of a machine
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # protocols' own, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4, which has an address of version 4 within
        "3fff::/20",
    )
]
# Everything else of version 6 is loopback, local, multicast, reserved, or stands for an address of version 4 (mapped, NAT64).
UNICAST = ip_network("2000::/3")


def is_public(address: str) -> bool:
    """False also for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if found.version == 6 and found not in UNICAST:
        return False
    return not any(found in network for network in NOT_PUBLIC if network.version == found.version)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether it is of one of these networks. Raises ValueError for a network that is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    known = [ip_network(text) for text in networks]
    return any(found in network for network in known if network.version == found.version)
