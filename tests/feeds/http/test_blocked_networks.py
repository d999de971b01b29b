from ipaddress import ip_address, ip_network

import pytest

from feeds.http.blocked_networks import refusal


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "an unspecified"),
        ("10.1.2.3", "a private"),
        ("100.64.0.1", "a carrier-grade NAT"),
        ("100.127.255.255", "a carrier-grade NAT"),
        ("127.0.0.1", "a loopback"),
        ("127.255.255.254", "a loopback"),
        ("168.63.129.16", "a private"),  # Azure; the other clouds' are in networks of the table
        ("169.254.169.254", "a link-local"),
        ("100.100.100.200", "a carrier-grade NAT"),
        ("192.0.0.192", "a reserved"),
        ("fd00:ec2::254", "a private"),
        ("fd20:ce::254", "a private"),
        ("64:ff9b::168.63.129.16", "a private"),
        ("172.16.0.1", "a private"),
        ("172.31.255.255", "a private"),
        ("192.0.0.8", "a reserved"),
        ("192.0.2.1", "a documentation"),
        ("192.88.99.1", "a reserved"),
        ("192.168.1.1", "a private"),
        ("198.18.0.1", "a benchmarking"),
        ("198.51.100.7", "a documentation"),
        ("203.0.113.9", "a documentation"),
        ("224.0.0.251", "a multicast"),
        ("240.0.0.1", "a reserved"),
        ("255.255.255.255", "a reserved"),
        ("::", "an unspecified"),
        ("::1", "a loopback"),
        ("::127.0.0.1", "a reserved"),  # IPv4-compatible, long deprecated
        ("::ffff:127.0.0.1", "a loopback"),
        ("::ffff:10.0.0.1", "a private"),
        ("64:ff9b::7f00:1", "a loopback"),
        ("64:ff9b::192.168.0.1", "a private"),
        ("64:ff9b:1::8.8.8.8", "a local NAT64"),
        ("100::1", "a reserved"),  # discarded
        ("2001::1", "a Teredo"),
        ("2001:0:7f00:1::", "a Teredo"),
        ("2001:10::1", "a reserved"),
        ("2001:db8::1", "a documentation"),
        ("2002:7f00:1::", "a loopback"),
        ("2002:c0a8:101::1", "a private"),
        ("3fff::1", "a documentation"),
        ("5f00::1", "a reserved"),
        ("fc00::1", "a private"),
        ("fd12:3456:789a::1", "a private"),
        ("fe80::1", "a link-local"),
        ("fe80::1%eth0", "a link-local"),
        ("fec0::1", "a private"),
        ("ff02::1", "a multicast"),
        # The last ones of their networks.
        ("0.255.255.255", "an unspecified"),
        ("10.255.255.255", "a private"),
        ("127.255.255.255", "a loopback"),
        ("169.254.255.255", "a link-local"),
        ("192.168.255.255", "a private"),
        ("198.19.255.255", "a benchmarking"),
        ("239.255.255.255", "a multicast"),
        ("64:ff9b::ac1f:ffff", "a private"),
        ("febf::1", "a link-local"),
        ("feff::1", "a private"),
        ("2001:1ff::1", "a reserved"),
    ],
)
def test_a_special_address_is_refused_by_its_kind(address: str, kind: str):
    assert refusal(ip_address(address), ()) == kind


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2002:101:101::1",
    ],
)
def test_a_public_address_is_spoken_to(address: str):
    assert refusal(ip_address(address), ()) == ""


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3"])
def test_an_allowed_network_is_spoken_to_in_every_notation(address: str):
    assert refusal(ip_address(address), (ip_network("fd00::/8"), ip_network("10.1.0.0/16"))) == ""


def test_an_allowed_network_may_be_one_of_addresses_that_carry_others():
    assert refusal(ip_address("64:ff9b::10.1.2.3"), (ip_network("64:ff9b::/96"),)) == ""


def test_an_allowed_network_allows_no_other():
    assert refusal(ip_address("10.2.0.1"), (ip_network("10.1.0.0/16"),)) == "a private"
