"""Verifies every DKIM signature of messages with dkimpy, and then changes the messages to see that they fail.

Usage: dkim_check.py RECORDS MESSAGE…    RECORDS has a line of JSON for each key, as `fortnight dkim generate --json`
writes them. Prints a line of JSON for each message.
"""
import json
import re
import sys

import dkim

records = {}
with open(sys.argv[1]) as lines:
    for line in lines:
        row = json.loads(line)
        assert "".join(row["strings"]) == row["value"] and all(len(part) <= 255 for part in row["strings"])
        records[row["name"] + "."] = row["value"].encode()


def look_up(name, timeout=5):
    return records.get(name.decode() if isinstance(name, bytes) else name)


def verdicts(message):
    checker = dkim.DKIM(message, minkey=2048)
    count = sum(1 for name, _ in checker.headers if name.lower() == b"dkim-signature")
    found = {}
    for index in range(count):
        checker = dkim.DKIM(message, minkey=2048)
        try:
            good = checker.verify(idx=index, dnsfunc=look_up)
        except dkim.DKIMException:
            good = False
        tags = dkim.util.parse_tag_value([v for n, v in checker.headers if n.lower() == b"dkim-signature"][index])
        found[tags[b"a"].decode()] = good
    return found


def changes(message):
    """Whoever does one of these must be found out."""
    head, body = message.split(b"\r\n\r\n", 1)
    yield "a byte of the body", head + b"\r\n\r\n" + body[:60] + bytes([body[60] ^ 1]) + body[61:]
    yield "a line after the end", message + b"more\r\n"
    for name in (b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Content-Type", b"List-Unsubscribe", b"List-Id"):
        field = re.search(rb"(?m)^" + name + rb":[^\r]*", head)
        if field:
            at = field.end() - 2
            yield "a byte of " + name.decode(), head[:at] + bytes([head[at] ^ 1]) + message[at + 1:]
            yield "another " + name.decode(), name + b": x@example.com\r\n" + message
    yield "a Cc", b"Cc: x@example.com\r\n" + message
    yield "a Sender", b"Sender: x@example.com\r\n" + message
    if b"\r\nList-Unsubscribe-Post:" not in message:
        yield "a button to leave", b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" + message


for path in sys.argv[2:]:
    with open(path, "rb") as file:
        message = file.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    lines = message.split(b"\r\n")
    print(json.dumps({
        "verdicts": verdicts(message),
        "passedThough": [what for what, changed in changes(message) if any(verdicts(changed).values())],
        "subject": re.search(rb"(?ms)^Subject: (.*?)\r\n(?=\S)", message).group(1).decode(),
        "isFolded": any(line.startswith(b"Subject:") and lines[at + 1][:1] in b" \t" for at, line in enumerate(lines)),
        "longestLine": max(map(len, lines)),
    }))
