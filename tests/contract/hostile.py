"""Hostile input: JSON texts by the kind of field, bodies, files and headers."""

# ruff: noqa: RUF001  characters that look like others are what these texts are about

from collections.abc import Iterator, Mapping
from typing import Any

NOT_JSON = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e999": "1e999",
    "-1e999": "-1e999",
    "a number of 5,000 digits": "9" * 5000,
    "100,000 nested arrays": "[" * 100_000 + "]" * 100_000,
    "100,000 nested objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a name twice": '{"a": 1, "a": 2}',
    "half an escape": '"\\u12"',
    "a raw control character": '"a\x01b"',
    "a raw NUL": '"a\x00b"',
    "a raw lone surrogate": '"\ud800"',
    "hexadecimal": "0x10",
    "a leading zero": "01",
    "undefined": "undefined",
}
"""Values that make the whole body no JSON."""

BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "blanks": b"  \n ",
    "null": b"null",
    "a list": b"[]",
    "a list of bodies": b"[{}]",
    "text": b'"text"',
    "a number": b"7",
    "true": b"true",
    "an open brace": b"{",
    "a body and more": b"{} {}",
    "single quotes": b"{'a': 1}",
    "a comment": b"{} // yes",
    "a trailing comma": b'{"a": 1,}',
    "bad UTF-8": b'{"a": "\xff\xfe"}',
    "an overlong NUL": b'{"a": "\xc0\x80"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "an unknown field": b'{"__proto__": {"admin": true}}',
    "an unknown field of control characters": b'{"\\u0000\\u001f": 1}',
    "an unknown field of a lone surrogate": b'{"\\ud800": 1}',
    "an unknown field without end": b'{"' + b"a" * 500_000 + b'": 1}',
    "a thousand unknown fields": b"{" + b",".join(b'"f%d": 1' % n for n in range(1000)) + b"}",
    "nearly a megabyte of brackets": b"[" * 1_000_000,
    "more than a megabyte": b" " * 1_048_577,
}
"""Whole bodies that no operation takes."""

FILES: Mapping[str, bytes] = {
    "nothing": b"",
    "NUL": b"id,name\nc1,K\0im\n",
    "bad UTF-8": b"id,name\nc1,\xff\xfe\n",
    "UTF-16 that is cut short": "id,name\nc1,Kim\n".encode("utf-16")[:-1],
    "a lone surrogate": b"id,name\nc1,\xed\xa0\x80\n",
    "an open quotation mark": b'id,name\nc1,"Kim\n',
    "a workbook": b"PK\x03\x04\x14\x00\x06\x00",
    "JSON": b'{"id": "c1", "name": "Kim"}',
    "a page": b"<!doctype html><html></html>",
    "a delimiter that is none": b"sep=a\nidaname\n",
}
"""Whole files that no table takes."""

LARGE_FILES: Mapping[str, bytes] = {
    "only quotation marks": b'"' * 1_000_001,
    "a large cell": b"id,name\nc1," + b"K" * 140_000,
    "a million columns": b"," * 1_000_000 + b"x",
    "a million ids": b"id," * 1_000_000 + b"name\n",
}
"""Files that no table takes and that cost a second each, before the table matters."""

_NO_TEXT = {
    "NUL": '"a\\u0000b"',
    "bell": '"a\\u0007b"',
    "escape": '"\\u001b[31mred"',
    "delete": '"a\\u007fb"',
    "a control character of the second kind": '"a\\u0085b"',
    "a lone high surrogate": '"\\ud800"',
    "a lone low surrogate": '"a\\udfffb"',
    "surrogates the wrong way round": '"\\udc00\\ud800"',
}
_WRONG_KINDS = {
    "a number": "7",
    "-1": "-1",
    "2^31": str(2**31),
    "2^63": str(2**63),
    "a fraction": "0.5",
    "true": "true",
    "a list": '["a"]',
    "an object": '{"a": "b"}',
}
_NO_TEXT_OF_THIS_KIND = {
    "format": {
        "date": ["", "soon", "2026-02-30", "2026-13-01", "0000-00-00", "1969-12-31", "2200-01-01", "10000-01-01",
                 "2026-06-02T00:00:00Z", "20260602", "2026-6-2", "٢٠٢٦-٠٦-٠٢", "-2026-06-02", " 2026-06-02"],
        "date-time": ["", "now", "2026-05-02", "2026-05-02T00:00:00", "2026-05-02T00:00:00+99:99", "1767225600",
                      "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z",
                      "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z", "2026-05-02T25:00:00Z",
                      "2026-05-02T23:59:60Z", "2026-05-02T00:00:00Z[UTC]", "٢٠٢٦-٠٥-٠٢T00:00:00Z", "20260502T000000Z"],
        "uuid": ["", "7", "nil", "../../etc/passwd", "g" * 36, "0197d1a0-0000-7000-8000-00000000000",
                 "0197d1a0-0000-7000-8000-0000000000001", "' OR 1=1 --", "０197d1a0-0000-7000-8000-000000000001"],
    },
    "name": {
        "time_zone": ["", "Mars/Base", "../../etc/passwd", "/etc/localtime", "Australia/../Europe/Paris", "posixrules",
                      "Australia", "Australia/Sydney/", "australia/sydney", " Australia/Sydney", "EST5EDT,M3.2.0"],
        "holiday_region": ["", "A", "XX", "AU-", "AU-XXX", "AU-NSW-1", "au-nsw", "../../etc/passwd", "AU/NSW", "-NSW"],
        "email": ["", "@", "kim", "kim@", "@example.com", "kim example.com", "kim@exa mple.com", "a@b@c"],
        "url": ["", "https://", "https:///a", "//example.com/a", "example.com/a", "http://example.com/a", "ftp://example.com",
                "file:///etc/passwd", "javascript:alert(1)", "https://127.0.0.1/a", "https://10.0.0.1/", "https://[::1]/",
                "https://169.254.169.254/latest", "https://2130706433/", "https://0x7f.1/", "https://example.com:22/",
                "https://kim:pw@example.com/", "https://example.com/#a", "https://exa mple.com/", "https://a..com/",
                "https://example.com\\\\@b.com/", "https://example.com:443:443/", "https://example.com/\\u202ea"],
        "system": ["", "CRM", "a b", "../a", "-crm", "a" * 41, "crm\\n", "é"],
    },
}  # fmt: skip
_OTHERS = {
    "boolean": ["0", "1", '"yes"', '"true"', '""', "[]", "{}", "0.5"],
    "integer": ["-1", str(-(2**63)), str(2**31), str(2**63), "0.5", "1.0", "1e2", '"1"', '""', "true", "[]", "{}"],
    "array": ['"a"', "{}", "7", "true", "[null]", '[{"a": 1}]', "[[]]", '["\\u0000"]'],
    "object": ['"a"', "[]", "7", "true", '{"__proto__": 1}', '{"\\u0000": 1}', '[{"a": 1}]'],
}


def refused_by(schema: Mapping[str, Any], name: str, *, nullable: bool) -> Iterator[str]:
    """JSON texts that a field of this schema and name must refuse."""
    if not nullable:
        yield "null"
    kind = schema.get("type")
    if kind != "string":
        yield from _OTHERS[str(kind)]
        if "minItems" in schema:
            yield "[]"
        if "maxItems" in schema:
            yield f"[{', '.join(['null'] * (schema['maxItems'] + 1))}]"
        return
    yield from _NO_TEXT.values()
    yield from _WRONG_KINDS.values()
    if "maxLength" in schema:
        yield f'"{"a" * (schema["maxLength"] + 1)}"'
        yield f'"{"𝄞" * (schema["maxLength"] + 1)}"'
    if schema.get("minLength") and "pattern" not in schema:
        yield from ('""', '"  "', '"\\u00a0\\u2003"', '"\\u200b\\u2060"', '"\\n"')
    if "enum" in schema:
        yield from ('""', '"other things"', f'"{schema["enum"][0].upper()}"', f'" {schema["enum"][0]}"')
    texts = _NO_TEXT_OF_THIS_KIND["format"].get(schema.get("format", ""), [])
    for text in [*texts, *_NO_TEXT_OF_THIS_KIND["name"].get(name, [])]:
        yield f'"{text}"'


ODD_TEXTS = {
    "right to left": "קים לוי",
    "a right-to-left override": "Kim\u202eyeoJ\u202c",
    "isolates": "\u2066Kim\u2069",
    "a zero-width joiner": "کیم\u200cها 👩\u200d👩\u200d👧",
    "many accents": "K" + "\u0301" * 50 + "im",
    "beyond the basic plane": "𝄞 𠮷",
    "a noncharacter": "Kim\uffff",
    "SQL": "Robert'); DROP TABLE candidate;--",
    "a template": "{{7*7}} ${7*7} %s {0}",
    "markup": "<script>alert(1)</script> &amp;",
    "a path": "../../etc/passwd",
    "backslashes": "\\u0000 \\x00 \\",
    "a word of the language": "null",
}
"""Unusual and valid text: it is stored unchanged. Direction marks and joiners are part of Hebrew, Arabic and
Persian names and of emoji; programs that show a name isolate it."""

HEADERS: Mapping[str, list[bytes]] = {
    "Authorization": [b"", b"Bearer", b"Bearer ", b"Basic a2ltOmtpbQ==", b"Bearer \x00", b"Bearer " + b"a" * 100_000,
                      b"Bearer kw_", b"Bearer kw__", b"Bearer " + "kw_é".encode(), b"Bearer \xff\xfe",
                      b"bearer kw_" + b"0" * 43 + b"_" + b"0" * 38, b"Bearer a b c", b"Bearer ' OR 1=1 --"],
    "Idempotency-Key": [b"", b"a" * 256, b"a\x00b", b"a\x7fb", b"\xff", "é".encode(), b"a\tb", b"\x1b[31m"],
    "If-Match": [b"", b'""', b"abc", b'"', b'W/""', b"\x00", b"\xff", b'"' + b"a" * 100_000 + b'"', b",,,,", b'"*"'],
}  # fmt: skip
"""Header values that are refused wherever the header is read: with 401, 400 and 412."""
