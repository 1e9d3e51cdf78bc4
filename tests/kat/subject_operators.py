"""Known answers of the operators that follow a row's subject: first_name, last_name, full_name, address, date_shift.

Written from the description of "scrub v1" alone, slow and plain; shares no code with the package. Needs the
`cryptography` package. usage: subject_operators.py [FOLDER]   writes FOLDER/OPERATOR.jsonl (default: beside this file)

Each line: op, policy (parameters), domain, equality, type, width, subject (hex message or null), gender, v, out.
Released lines never change; new ones go to the end.
"""

import base64
import datetime
import json
import pathlib
import re
import sys
import unicodedata

from cryptography.hazmat.primitives import cmac, hashes, hmac
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

HERE = pathlib.Path(__file__).resolve().parent
LEXICONS = HERE.parent.parent / "rules" / "lexicons"


def lp(data):
    return len(data).to_bytes(4, "big") + data


def extract(salt, secret):
    mac = hmac.HMAC(salt, hashes.SHA256())
    mac.update(secret)
    return mac.finalize()


PROJECT = extract(b"scrub/v1/acme/dev", bytes(range(32)))


def tag(domain, purpose, spec, message):
    info = b"scrub/v1/dom" + lp(domain.encode()) + lp(purpose.encode()) + lp(spec.encode())
    key = HKDFExpand(algorithm=hashes.SHA256(), length=32, info=info).derive(PROJECT)
    mac = cmac.CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def index(domain, purpose, spec, message, n):
    return (int.from_bytes(tag(domain, purpose, spec, message)[:8], "big") * n) >> 64


def canonical(value, equality):
    value = unicodedata.normalize("NFC", value.strip(" "))
    return value.casefold() if equality == "ci" else value


def subject(domain, *parts):
    return lp(domain.encode()) + b"".join(lp(part.encode()) for part in parts)


def entries(name, gender=None):
    lines = (LEXICONS / f"{name}.txt").read_text(encoding="ascii").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [row[0] for row in rows if gender is None or row[1] == gender]


def lexicon(case, purpose, name, message, gender=None):
    listed = entries(name, gender)
    return listed[index(case["domain"], purpose, f"lex:{name}", message, len(listed))]


def number(case, purpose, last, message):
    return str(1 + index(case["domain"], purpose, f"int:1:{last}", message, last))


WOMEN = {"f", "female", "frau", "mrs.", "2"}
MEN = {"m", "male", "herr", "mr.", "1"}


def gender_of(case):
    word = (case["gender"] or "").strip().lower()
    return "f" if word in WOMEN else "m" if word in MEN else None


def text(case):
    """What the parts of a name or an address are, before case and width."""
    op, policy = case["op"], case["policy"]
    own = canonical(case["v"], case["equality"]).encode()
    unique = policy.get("unique", False)
    message = own if unique or case["subject"] is None else bytes.fromhex(case["subject"])
    first = lambda: lexicon(case, "name.first", "first_name.en-1", message, None if unique else gender_of(case))
    last = lambda: lexicon(case, "name.last", "last_name.en-1", message)
    street = lambda: lexicon(case, "address.street", "street.en-1", message)
    if op == "first_name":
        made = first()
    elif op == "last_name":
        made = last()
    elif op == "full_name":
        made = f"{last()}, {first()}" if policy.get("format") == "last, first" else f"{first()} {last()}"
    else:
        made = {
            "line": lambda: f"{number(case, 'address.number', 9999, message)} {street()}",
            "street": street,
            "number": lambda: number(case, "address.number", 9999, message),
            "unit": lambda: "Apt " + number(case, "address.unit", 99, message),
        }[policy.get("style", "line")]()
    width, suffix = case["width"], ""
    if unique:
        bits = policy.get("bits") or (80 if width is None else min(80, max(40, 5 * (width - 2))))
        spec = f"text:{bits}:base32:{case['equality']}"
        letters = base64.b32encode(tag(case["domain"], "tag", spec, own)).decode().lower()
        suffix = "-" + letters[: bits // 5]
    if width is not None and len(made) > width - len(suffix):
        made = made[: width - len(suffix)].rstrip(" ,")
    made += suffix
    style, letters = policy.get("case", "as_source"), [c for c in case["v"] if c.isupper() or c.islower()]
    if style == "upper" or style == "as_source" and len(letters) > 1 and all(c.isupper() for c in letters):
        return made.upper()
    if style == "lower" or style == "as_source" and letters and all(c.islower() for c in letters):
        return made.lower()
    return made


def date(case):
    """Moves the date by way of a year that Python's calendar has: 400 years are 146,097 days."""
    era, value = (" BC", case["v"][:-3]) if case["v"].endswith(" BC") else ("", case["v"])
    match = re.fullmatch(r"(\d{4,7})-(\d\d)-(\d\d)(.*)", value)
    if not match or value.startswith("0000-00-00"):
        return case["v"]
    year, month, day, rest = int(match[1]), int(match[2]), int(match[3]), match[4]
    year = 1 - year if era else year
    cycles = (year - 2000) // 400
    message = bytes.fromhex(case["subject"]) if case["subject"] else canonical(case["v"], case["equality"]).encode()
    window = case["policy"].get("window", 365)
    delta = -1 - index(case["domain"], "dateshift", f"days:{window}", message, window)
    moved = datetime.date(year - 400 * cycles, month, day) + datetime.timedelta(days=delta)
    year = moved.year + 400 * cycles
    shown, era = (year, "") if year > 0 else (1 - year, " BC")
    return f"{shown:04}-{moved.month:02}-{moved.day:02}{rest}{era}"


def line(op, v, subject=None, gender=None, width=None, type="text", equality="exact", domain=None, **policy):
    domain = domain or ("address" if op == "address" else "person")
    case = dict(op=op, policy=policy, domain=domain, equality=equality, type=type, width=width)
    case.update(subject=subject.hex() if subject else None, gender=gender, v=v)
    return case | {"out": (date if op == "date_shift" else text)(case)}


JANE, JOE, ENROLMENT = subject("customer.id", "42"), subject("customer.id", "43"), subject("enrol", "7", "2024")


def cases():
    for op, v in (("first_name", "Jane"), ("last_name", "Doe"), ("full_name", "Jane Doe")):
        for who in (JANE, JOE, ENROLMENT, None):
            yield line(op, v, who)
        yield line(op, v.upper(), JANE)
        yield line(op, v.lower(), JANE)
        yield line(op, "\u00c9LO\u00cfSE", JANE)
        yield line(op, v.upper(), equality="ci")
        yield line(op, v, equality="ci")
        yield line(op, "  Jose\u0301 ", None)
        yield line(op, v, JANE, width=4)
        yield line(op, v, JANE, case="upper")
        yield line(op, v, JANE, unique=True)
        yield line(op, v.upper(), JOE, width=20, unique=True)
        yield line(op, v, JOE, width=10, unique=True)
        yield line(op, v, JOE, unique=True, bits=60, equality="ci")
        yield line(op, v, JANE, domain="staff")
    for op, v in (("first_name", "Jane"), ("full_name", "Jane Doe")):
        for gender in ("f", "m", "F", "Mr.", "female", "2", "x", ""):
            yield line(op, v, JANE, gender)
        yield line(op, v, None, "f")
        yield line(op, v, JANE, "f", unique=True)
    yield line("full_name", "Doe, Jane", JANE, format="last, first")
    yield line("full_name", "DOE, JANE", JANE, "m", format="last, first", width=9)
    for who in (JANE, JOE, ENROLMENT, None):
        yield line("address", "1 Infinite Loop", who)
        yield line("address", "1 Infinite Loop", who, style="street")
        yield line("address", "1", who, style="number")
        yield line("address", "2nd floor", who, style="unit")
    yield line("address", "1 INFINITE LOOP", JANE)
    yield line("address", "1 Infinite Loop\nCupertino", JANE, width=12)
    yield line("address", "12", JANE, style="line")
    yield line("address", "1 Infinite Loop", JANE, unique=True, width=30)
    for who in (JANE, JOE, ENROLMENT, None):
        yield line("date_shift", "1984-02-29", who, type="date")
    for window in (1, 30, 180, 36500):
        yield line("date_shift", "2024-03-01", JANE, type="date", window=window)
    for v in ("0001-01-01", "0044-03-15 BC", "0001-12-31 BC", "4712-01-01 BC", "12024-01-01", "5874897-12-31", "infinity"):
        yield line("date_shift", v, JANE, type="date")
    yield line("date_shift", "2024-01-01 23:59:59.123456", JANE, type="timestamp")
    yield line("date_shift", "2024-03-31 02:30:00+01", JANE, type="timestamptz")
    yield line("date_shift", "0044-03-15 09:00:00+01 BC", JANE, type="timestamptz")
    yield line("date_shift", "-infinity", JANE, type="timestamptz")
    yield line("date_shift", "1984-02-29", JANE)
    yield line("date_shift", "1984-02-29T10:00:00Z", JANE, width=20)
    yield line("date_shift", "0000-00-00", JANE)


folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
answers = {}
for case in cases():
    answers.setdefault(case["op"], []).append(json.dumps(case, ensure_ascii=True, separators=(",", ":")))
for op, lines in answers.items():
    (folder / f"{op}.jsonl").write_text("".join(f"{line}\n" for line in lines))
