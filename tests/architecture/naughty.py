"""What people, scripts and broken machines send. After the Big List of Naughty Strings, kept to what differs in kind."""

TEXTS: tuple[str | bytes, ...] = (
    "", " ", "\n", "\r\n\t", "\x00", "a\x00b", "\x07\x08\x1b\x7f", "\u0085\u00a0", "\u200b", "\ufeff", "\ufffe\uffff", "\u202eabc", "\u2066x\u2069",
    "\U0001f469\u200d\U0001f4bb", "\U0010ffff", "e\u0301Z\u0351\u036b\u0343", "ﷺ", "ẞİﬃ", b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\xaf", "１", "٣", "½", "NaN",
    "Infinity", "-Infinity", "1e309", "1e-400", "0x1A", "1_000", "1,5", "-1", "0", "00", "2147483648", "9223372036854775808", "18446744073709551616", "9" * 400,
    "1.0", "None", "null", "true", "[]", "{}", "0000-00-00", "2026-02-30", "9999-12-31", "10000-01-01", "24:60", "' OR 1=1 --", "%", "\\", "{{7*7}}", "%(who)s%s%n",
    '"><img src=x onerror=alert(1)>', "../../../etc/passwd", "//evil.example", "=1+1", "@mo", "CX-99999999999", "x" * 161, "x" * 100_000, "[" * 5_000,
)  # fmt: skip

# One of each kind that has broken programs like this one; sent in each field alone, beside good values.
HARD: tuple[str | bytes, ...] = ("", "\x00", b"\xed\xa0\x80", "-1", "１", "1e309", "9" * 30, "x" * 20_000)

# What SQLite keeps and PostgreSQL refuses.
REFUSED: tuple[str | bytes, ...] = ("\x00", b"\xed\xa0\x80", "9" * 30, "1e309")

# What stands in an address where a number or a name belongs.
IDS = ("0", "-1", "2147483647", "2147483648", "9223372036854775808", "18446744073709551616", "9" * 300, "1e309", "%EF%BC%91", "%00", "NaN", "1.0", "+1", "%20", "..%2f..",
       "%ED%A0%80", "%FF", "a" * 3_000, "'", "%3Cscript%3E", "null")  # fmt: skip

# What a page may be asked for behind its question mark, beside the filters that stand on it.
ASKED = ("q", "page", "pages", "status", "department", "owner", "stage", "tag", "text", "whose", "late", "by", "stream", "lane", "lanes", "to", "from", "step", "item",
         "sort", "version", "category", "next", "week", "kind", "who", "since", "until", "before", "after", "year")  # fmt: skip
