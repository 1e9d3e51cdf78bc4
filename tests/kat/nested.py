"""Writes the known answers of the operators of values with parts: tests/kat/<operator>.jsonl, one case a line.

usage: nested.py     (a line that was released never changes)

Values are taken apart and put together by Python's own readers where there are such (json, xml.etree), and by a few
lines written from the formats' definitions where there are not. Pseudonyms of the parts come from operators.py."""
import json
import pathlib

from construction import invalid, write
from operators import case, email_answer, hash_answer, integer_answer

HERE = pathlib.Path(__file__).parent


# --- documents: `mask(path, value)` gives the new value of a leaf, `rename(path, key)` that of a key

def masked(value, mask, rename=lambda path, key: key, path=()):
    if isinstance(value, dict):
        return {rename(path, key): masked(inner, mask, rename, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, mask, rename, (*path, number)) for number, inner in enumerate(value)]
    return mask(path, value)


def redacted(value):
    fixed = {str: "[redacted]", bool: False, int: 0, float: 0}
    return value if value in (None, "") else fixed[type(value)]


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def same_domain(value, answer):
    """A number keeps its type, a string is one before and after."""
    if value is None or value == "":
        return value
    return answer(int(value)) if isinstance(value, (int, float)) else str(answer(int(value)))


def json_lines():
    lines = []
    person = {"id": 42, "ids": ["42", 7, None, ""], "contact": {"email": "jane.doe@example.com", "vip": True}}

    def by_path(path, value):
        if path == ("id",) or path[:1] == ("ids",):
            return same_domain(value, lambda number: integer_answer("customer.id", number))
        if path == ("contact", "email"):
            return email_answer(value)
        return value

    permute = "{ op = 'permute', domain = 'customer.id' }"
    policy = f"{{ paths = {{ '$.id' = {permute}, '$.ids[*]' = {permute}, '$.contact.email' = 'email', '$.contact.vip' = 'keep' }} }}"
    lines.append(case(compact(person), compact(masked(person, by_path)), "t.c", "json", policy))
    spaced = json.dumps(person, indent=2)
    lines.append(case(spaced, json.dumps(masked(person, by_path), indent=2), "t.c", "json", policy))

    # Everything below has no path; keys that may be data are numbered in their object.
    def numbered(keys):
        seen = {}

        def rename(path, key):
            if key.isascii() and key.isidentifier():
                return key
            count = seen[path] = seen.get(path, 0) + 1
            return "[redacted]" if count == 1 else f"[redacted {count}]"
        return rename

    wild = {"note": "call her", "n": 1.5, "jane@example.com": {"Jane Doe": [1, "x", False, None]}, "4711": "", "é": {}}
    answer = masked(wild, lambda path, value: redacted(value), numbered(wild))
    lines.append(case(compact(wild), compact(answer), "t.c", "json", "{ rest = 'redact' }"))

    # A domain of its own for a path, a hash in place of a number, and JSON within a string.
    inner = {"to": "ABC-4471", "n": 12}
    outer = {"payload": compact(inner), "kept": "x"}

    def hashed(path, value):
        return hash_answer(str(value), "t.c$.payload$." + path[0])
    answer = {"payload": compact(masked(inner, hashed)), "kept": "x"}
    policy = "{ rest = 'keep', reason = 'a test', paths = { '$.payload.$json.to' = 'keyed_hash', '$.payload.$json.n' = 'keyed_hash' } }"
    lines.append(case(compact(outer), compact(answer), "t.c", "json", policy))

    keyed = {"by": {"jane.doe@example.com": 1, "Jane.Doe@Example.COM": 2}}
    answer = masked(keyed, lambda path, value: value, lambda path, key: email_answer(key) if path == ("by",) else key)
    lines.append(case(compact(keyed), compact(answer), "t.c", "json", "{ paths = { '$.by.~' = 'email', '$.by.*' = 'keep' } }"))

    lines.append(case("{not json", invalid("t.c", "{not json"), "t.c", policy="{ rest = 'redact' }"))
    lines.append(case('["n/a"]', compact([invalid("email", "n/a")]), "t.c", policy="{ paths = { '$[0]' = 'email' } }"))
    write(HERE, "json", lines)


if __name__ == "__main__":
    json_lines()
