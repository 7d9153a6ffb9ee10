"""Which addresses given by people may be asked."""

from ipaddress import ip_address

import pytest
from chassis.fetch import AddressPolicy, Fetcher, FetchRefused

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "2001:0:a00:1::",
    "::7f00:1",
    "::ffff:0:a00:1",
    "fec0::1",
    "64:ff9b:1::a00:1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "4000::1",
    "2606:4700::5efe:10.0.0.1",
    "192.88.99.1",
    "198.18.0.1",
    "192.0.0.8",
    "240.0.0.1",
    "fd00:ec2::254",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address):
    assert not AddressPolicy().permits(ip_address(address), 443)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_are_permitted_on_the_two_ports(address):
    assert AddressPolicy().permits(ip_address(address), 443)
    assert AddressPolicy().permits(ip_address(address), 80)
    assert not AddressPolicy().permits(ip_address(address), 22)


def test_tests_may_allow_one_private_address_and_port():
    policy = AddressPolicy(["127.0.0.1:8099", "[::1]:8099", "10.0.0.0/8"])
    assert policy.permits(ip_address("127.0.0.1"), 8099)
    assert policy.permits(ip_address("::1"), 8099)
    assert not policy.permits(ip_address("127.0.0.1"), 8098)
    assert policy.permits(ip_address("10.9.9.9"), 5432)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/x",
        "http://example.org:22/",
        "http://user:pass@example.org/",
        "http:///nohost",
        "gopher://example.org",
        "http://example.org:99999/",
        "rubbish",
    ],
)
async def test_addresses_of_a_wrong_form_are_refused_before_any_connection(url):
    async with Fetcher() as fetcher:
        with pytest.raises(FetchRefused):
            await fetcher.fetch(url)
