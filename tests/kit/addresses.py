"""Addresses on either side of every border, and URLs that hide where they lead: what the guards are tried against."""

REFUSED = [
    *("0.0.0.0", "0.1.2.3", "0.255.255.255"),  # this network
    *("10.0.0.0", "10.0.0.1", "10.255.255.255"),
    *("100.64.0.0", "100.100.100.200", "100.127.255.255"),  # carrier-grade NAT, Alibaba's metadata
    *("127.0.0.1", "127.0.0.53", "127.255.255.254"),
    "168.63.129.16",  # Azure's platform
    *("169.254.0.1", "169.254.169.254", "169.254.255.255"),  # link-local, metadata
    *("172.16.0.0", "172.20.1.1", "172.31.255.255"),
    *("192.0.0.1", "192.0.0.192", "192.0.0.255"),  # protocol assignments, Oracle's metadata
    *("192.0.2.1", "198.51.100.7", "203.0.113.255"),  # documentation
    *("192.88.99.1", "192.88.99.255"),  # 6to4 relays
    *("192.168.0.0", "192.168.1.1", "192.168.255.255"),
    *("198.18.0.0", "198.19.255.255"),  # benchmarks
    *("224.0.0.1", "239.255.255.255"),  # multicast
    *("240.0.0.1", "255.255.255.254", "255.255.255.255"),  # reserved, broadcast
    *("::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff"),  # unspecified, loopback, v4-compatible
    *("::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "0:0:0:0:0:ffff:c0a8:101"),  # mapped
    *("64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "64:ff9b:1:ffff::a00:1"),  # NAT64
    *("100::", "100::1", "100:0:0:1::1"),  # discard
    *("2001::1", "2001:0:7f00:1::", "2001::ffff:f5ff:fffe"),  # Teredo
    *("2001:2::1", "2001:10::1", "2001:20::1", "2001:2f:ffff::1", "2001:1ff:ffff::1"),  # benchmarks, ORCHID
    *("2001:db8::1", "2001:db8:ffff:ffff::1"),  # documentation
    *("2002:7f00:1::", "2002:808:808::1"),  # 6to4, public inside too
    *("3fff::1", "3fff:fff:ffff::1"),  # documentation
    *("5f00::1", "5f00:ffff::1"),  # segment routing
    *("fc00::1", "fd00:ec2::254", "fd12:3456::1", "fdff:ffff::1"),  # private, AWS's metadata
    *("fe80::1", "fe80::1%eth0", "fe80::1%1", "febf:ffff::1", "fec0::1", "feff::1"),  # link-local, site-local
    *("ff02::1", "ff0e::1"),  # multicast
    *("4000::1", "1fff::1"),  # never given out
]

ALLOWED = [
    *("1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.216.34"),
    *("100.63.255.254", "100.63.255.255", "100.128.0.0", "100.128.0.1"),
    *("126.255.255.255", "128.0.0.0"),
    *("168.63.129.15", "168.63.129.17"),
    *("169.253.255.255", "169.255.0.0"),
    *("172.15.255.255", "172.32.0.0"),
    *("191.255.255.255", "192.0.1.0", "192.0.1.255", "192.0.3.0", "192.88.98.255", "192.88.100.0"),
    *("192.167.255.255", "192.169.0.0"),
    *("198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0"),
    "223.255.255.255",
    *("::ffff:8.8.8.8", "::ffff:808:808"),
    *("2001:200::1", "2001:4860:4860::8888", "2001:db7:ffff::1", "2001:db9::1", "2003::1"),
    *("2000::1", "2606:4700:4700::1111", "2a00:1450:4009::1", "3ffe:ffff::1", "3fff:1000::1"),
]

NO_ADDRESSES = [
    "",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "8.8.8.8 ",
    "8.8.8.8/8",
    "1.2.3.4.5",
]

BY_ADDRESS = [
    "https://127.0.0.1/",
    "https://127.0.0.1./",
    "https://127.0.0.1:8443/",
    "https://8.8.8.8/",  # public, and still no name that a certificate could bear
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0X7F000001/",
    "https://0x7f.1/",
    "https://0x7f.0.0.0x1/",
    "https://017700000001/",
    "https://0177.0.0x1/",
    "https://127。0。0。1/",  # the ideographic full stop
    "https://127．0．0．1/",  # noqa: RUF001  the full-width one
    "https://127｡0｡0｡1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::1]:8443/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[fe80::1%eth0]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00:ec2::254]/",
]

TRICKS = [
    "https://0177.0.0.1/",  # octal, or decimal to others: never taken, in development neither
    "",
    "crm.example",
    "//crm.example/",
    "https:crm.example",
    "https:/crm.example",
    "https:///",
    "https://",
    "https:///crm.example/",
    "https://?x",
    "https://.",
    "https://:443/",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.0.0.1/",  # noqa: RUF001
    "https://crm.example@127.0.0.1/",
    "https://user:password@crm.example/",
    "https://@crm.example/",
    "https://127.0.0.1:443@crm.example/",
    "https://127.0.0.1\\@crm.example/",
    "https://crm.example\\.127.0.0.1/",
    "https:\\\\127.0.0.1/",
    "https://crm.example/\\127.0.0.1/",
    "https://127.0.0.1#crm.example/",
    "https://crm.example/#fragment",
    "https://crm.example/#",
    "https://crm.example\t/",
    "https://127.0\t.0.1/",
    "https://crm.example/\r\nHost: 127.0.0.1",
    "https://crm.example/a b",
    " https://crm.example/",
    "https://crm.example/\n",
    "https://crm.example\x00.127.0.0.1/",
    "https://crm.example\u00ad/",
    "https://crm\u200b.example/",
    "https://crm.example/\ud800",
    "https://127%2e0%2e0%2e1/",
    "https://%31%32%37.0.0.1/",
    "https://crm%2eexample/",
    "https://crm..example/",
    "https://crm.example../",
    "https://" + "a" * 64 + ".example/",
    "https://" + "a." * 127 + "example/",
    "https://crm.example:/",
    "https://crm.example:+443/",
    "https://crm.example:４４３/",  # noqa: RUF001
    "https://crm.example:0/",
    "https://crm.example:65536/",
    "https://crm.example:443:443/",
    "https://[::1/",
    "https://::1/",
    "https://[::1]crm.example/",
    "https://[crm.example]/",
    "https://crm.example;127.0.0.1/",
    "https://crm.example,127.0.0.1/",
    "ftp://crm.example/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "ws://crm.example/",
    "javascript:alert(1)",
]

FOR_DEVELOPMENT = [
    "http://crm.example/",
    "http://localhost:8000/",
    "https://crm.example:22/",
    "https://crm.example:80/",
    "https://crm.example:9443/",
]

FINE = [
    "https://crm.example",
    "https://crm.example/",
    "https://crm.example./",
    "HTTPS://CRM.Example/",
    "https://crm.example:443/",
    "https://crm.example:8443/",
    "https://crm.example?since=1",
    "https://crm.example/a/../b?at=user@example.org&x=[1]",
    "https://crm.example//double/%2F%20",
    "https://crm.example/größe?ü=ß",
    "https://bücher.example/",
    "https://xn--bcher-kva.example/",
    "https://例え.テスト/",
    "https://my_agency.crm-host.example/",
    "https://1.2.3.4.example/",
    "https://0xcafe.example/",
    "https://localhost/",  # a name: where it leads is seen when it is dialled
]
