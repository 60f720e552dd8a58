"""What must not be in a log: secrets, and who paid with what."""

import re

SECRET = {
    "key, signature, hash or address": re.compile(r"[0-9a-fA-F]{40,}"),
    "code": re.compile(r"KP\d:"),
    "letter": re.compile(r"\b(?:[0-9A-Z]{4}-?){8,}[0-9A-Z]{4}\b|KL\d"),
    "account": re.compile(r"\b[A-Z]{2}\d{2}\s?(?:[A-Z0-9]{4}\s?){2,7}[A-Z0-9]{0,4}\b"),
    "query or body": re.compile(r"[?&]\w+=|\\\""),
    "network": re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|testclient"),
}


def found_in(log: str) -> list[tuple[str, str]]:
    """What should not be in a log, and the line that has it."""
    return [
        (kind, line)
        for line in log.splitlines()
        for kind, pattern in SECRET.items()
        if pattern.search(line)
    ]
