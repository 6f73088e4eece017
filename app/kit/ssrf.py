"""SSRF guard: the addresses and spellings that are refused in URLs of other people."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

_REFUSED_V4 = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT, Alibaba's metadata service (100.100.100.200) among it
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's platform: routed like any public address, answered by the host below
        "169.254.0.0/16",  # link-local, where most clouds keep their metadata service (169.254.169.254)
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments, Oracle's metadata service (192.0.0.192) among them
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast among it
    )
]

# The only global unicast there is. Outside lie :: and ::1, the v4-compatible ::/96, and NAT64 (64:ff9b::/96 and
# 64:ff9b:1::/48). Discard (100::/64), segment routing (5f00::/16) and private addresses (fc00::/7) lie outside, too.
# So do AWS's metadata service (fd00:ec2::254), link-local (fe80::/10), site-local (fec0::/10), multicast (ff00::/8).
_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = [
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks (2001:2::/48), ORCHID, ORCHIDv2 (2001:20::/28)
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which would carry on to the IPv4 address inside
        "3fff::/20",  # documentation
    )
]

_AUTHORITY = re.compile(r"(?:\[[^\[\]]*\]|[^\[\]:]*)(?::[0-9]{1,5})?")
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # as a host's last label it makes an address: 127.1, 0x7f.1, 2130706433


def is_public(address: str) -> bool:
    """Return whether an address belongs to the public internet. Malformed addresses do not."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _REFUSED_V4)
    return found in _GLOBAL_V6 and not any(found in network for network in _REFUSED_V6)


def check_url(url: str, *, private_targets: bool) -> None:
    """Raise ValueError, with a sentence for the user, unless the URL clearly names a public HTTPS service.

    `private_targets` allows http, IP addresses and every port. Names are not resolved here: DNS may change later, so
    the HTTP client checks each address before it connects.
    """
    if not url.isprintable() or " " in url or "\\" in url:
        raise ValueError("The URL holds a space, a backslash or a character that cannot be seen.")
    if "#" in url:
        raise ValueError("The URL must not hold a fragment.")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise ValueError("This is not a URL.") from None
    if parsed.scheme not in ({"https", "http"} if private_targets else {"https"}):
        raise ValueError("The URL has to begin with https://.")
    authority = re.split("[/?]", url.partition("//")[2], maxsplit=1)[0]
    if "@" in authority:
        raise ValueError("The URL must not hold a user name or password.")
    host = ascii_host(parsed)
    if not host or not _AUTHORITY.fullmatch(authority):
        raise ValueError("The URL has to name a host, and after it at most a port.")
    if not private_targets and (":" in host or _NUMBER.fullmatch(host.rpartition(".")[2])):
        raise ValueError("The URL has to name its host, not give its address.")
    if ":" not in host and not _NAME.fullmatch(host):
        raise ValueError("The URL's host is not a host name.")
    if parsed.port is not None and parsed.port not in (range(1, 65536) if private_targets else (443, 8443)):
        raise ValueError("The URL's port is not allowed: 443 and 8443 are.")


def ascii_host(url: httpx.URL) -> str:
    """Return the host in lower case, as IDNA, without the root's dot: for look-up, certificate and request."""
    return url.raw_host.decode("ascii").removesuffix(".")
