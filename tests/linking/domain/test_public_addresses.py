"""What is no public address is never sent to, in whatever clothes it comes. The other opinion: the standard library."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.public_addresses import NOT_PUBLIC, is_public, is_within

v4 = st.ip_addresses(v=4)
v6 = st.ip_addresses(v=6)
private = st.sampled_from([network for network in NOT_PUBLIC if network.version == 4]).flatmap(
    lambda network: st.ip_addresses(network=network)
)


OURS = """127.0.0.1 0.0.0.0 10.1.2.3 100.64.0.1 169.254.169.254 172.31.255.255 192.168.1.1 224.0.0.1 255.255.255.255
:: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 fec0::1 2001:db8::1
::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::a00:1 2002:7f00:1:: 2001:0:4136:e378:8000:63bf:3fff:fdd2
localhost 127.1 0x7f000001 1"""


@pytest.mark.parametrize("address", ["", *OURS.split()])
def test_it_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_it_is_public(address):
    assert is_public(address)


@given(v4)
def test_what_the_standard_library_calls_private_is_not_public(address):
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast)


@given(v6)
def test_of_version_6_likewise(address):
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast)


@given(private)
def test_an_address_within_another_is_as_private_as_outside(address):
    assert not is_public(str(address))
    number = int(IPv4Address(str(address)))
    mapped, compatible = IPv6Address((0xFFFF << 32) | number), IPv6Address(number)
    nat64 = IPv6Address((0x64FF9B << 96) | number)
    six_to_four = IPv6Address((0x2002 << 112) | (number << 80))
    assert not any(is_public(str(one)) for one in (mapped, compatible, nat64, six_to_four))


@given(st.text(max_size=40))
def test_whatever_is_no_address_is_not_public(text):
    assert is_public(text) in (True, False)
    assert is_within(text, ["127.0.0.0/8", "::1/128"]) in (True, False)


def test_networks_let_in_what_they_have():
    assert is_within("127.0.0.9", ["127.0.0.0/8"])
    assert not is_within("128.0.0.1", ["127.0.0.0/8"])
    assert not is_within("127.0.0.1", [])
    assert not is_within("::ffff:127.0.0.1", ["127.0.0.0/8"])
    assert all(ip_network(str(network)) for network in NOT_PUBLIC)
