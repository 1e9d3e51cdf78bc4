"""Known answers of the operators that follow a row's subject: names, titles, genders, addresses and their parts, dates.

Written from the description of "scrub v1" alone, slow and plain; shares no code with the package. Needs the
`cryptography` package. usage: subject_operators.py [FOLDER]   writes FOLDER/OPERATOR.jsonl (default: beside this file)

Each line: op, policy (parameters), domain, equality, type, width, subject (hex message or null), gender, v, out; for parts
of addresses perhaps others, with the value of the row's country column.
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


def rows_of(name):
    """The lines of a list, split into their fields."""
    lines = (LEXICONS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def forms(name, gender=None):
    """Entries as (own script, Latin, women's form, women's form in Latin, gender)."""
    found = []
    for row in rows_of(name):
        own, kind = row[0], row.pop(1) if name.startswith("first_name") else None
        latin = row[1] if len(row) > 1 else own
        woman = row[2] if len(row) > 2 else own
        woman_latin = row[3] if len(row) > 3 else latin if woman == own else woman
        if gender is None or kind == gender:
            found.append((own, latin, woman, woman_latin, kind))
    return found


def pick(case, purpose, name, message, gender=None):
    listed = forms(name, gender)
    return listed[index(case["domain"], purpose, f"lex:{name}", message, len(listed))]


def is_other_script(text):
    return any(c >= "\u0370" and c.isalpha() and not "\u1e00" <= c <= "\u1eff" for c in text)


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
    version = policy.get("lexicon", "en-1")
    language = version.split("-")[0]
    stated = None if unique else gender_of(case)
    given = pick(case, "name.first", f"first_name.{version}", message, stated)
    woman = (stated or given[4]) == "f"
    other = any(is_other_script(entry[0]) for entry in forms(f"last_name.{version}"))
    script = policy.get("script", "as_source")
    native = script == "native" or script == "as_source" and (not other or is_other_script(case["v"]))
    first = lambda: given[0 if native else 1]
    last = lambda: pick(case, "name.last", f"last_name.{version}", message)[(0 if native else 1) + (2 if woman else 0)]
    street = lambda: pick(case, "address.street", f"street.{version}", message)[0 if native else 1]
    house = lambda: number(case, "address.number", 9999, message)
    joined = native and language in ("ja", "zh")
    if op == "first_name":
        made = first()
    elif op == "last_name":
        made = last()
    elif op == "full_name":
        order = policy.get("format", "lastfirst" if joined else "first last")
        made = order.replace("first", "\0").replace("last", last()).replace("\0", first())
    else:
        unit = {"de": "Wohnung ", "es": "Piso ", "fr": "Appt ", "it": "Int ", "nl": "App ", "pl": "m ", "pt": "Apto "}
        unit["tr"] = "Daire "
        if language in ("en", "fr", "hi") or language == "zh" and not native:
            line = lambda: f"{house()} {street()}"
        elif joined:
            line = lambda: street() + house() + ("\u53f7" if language == "zh" else "")
        else:
            line = lambda: f"{street()} {house()}"
        made = {
            "line": line,
            "street": street,
            "number": house,
            "unit": lambda: unit.get(language, "Apt ") + number(case, "address.unit", 99, message),
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


PAIRS = [("f", "m"), ("w", "m"), ("female", "male"), ("2", "1"), ("frau", "herr"), ("\u0436", "\u043c")]


def gender(case):
    """The gender of the given name, in the words of the cell."""
    policy, word = case["policy"], case["v"].strip()
    version = policy.get("lexicon", "en-1")
    message = bytes.fromhex(case["subject"]) if case["subject"] else canonical(case["v"], case["equality"]).encode()
    kind = gender_of_name(case, version, message)
    if "female" in policy:
        return policy["female" if kind == "f" else "male"]
    letter = {"de": "w", "nl": "v", "pl": "k"}.get(version.split("-")[0], "f")
    pairs = [pair for pair in PAIRS if word.lower() in pair]
    pair = (letter, "m") if word.lower() == "m" else pairs[0]
    chosen = pair[0 if kind == "f" else 1]
    return chosen.upper() if word.isupper() else chosen.capitalize() if word[0].isupper() else chosen


def gender_of_name(case, version, message):
    spec = f"lex:first_name.{version}"
    kind = pick(case, "name.first", f"first_name.{version}", message, gender_of(case) if case["op"] == "title" else None)[4]
    if kind == "n":
        kind = "f" if tag(case["domain"], "name.first", spec, message)[15] % 2 == 0 else "m"
    return kind


TITLES = {
    "en": ("Ms", "Mr"), "de": ("Frau", "Herr"), "fr": ("Mme", "M"),
    "ru": ("\u0433\u043e\u0441\u043f\u043e\u0436\u0430", "\u0433\u043e\u0441\u043f\u043e\u0434\u0438\u043d"),
}


def title(case):
    version = case["policy"].get("lexicon", "en-1")
    message = bytes.fromhex(case["subject"]) if case["subject"] else canonical(case["v"], case["equality"]).encode()
    language = version.split("-")[0]
    made = TITLES[language][0 if gender_of_name(case, version, message) == "f" else 1]
    return made + ("." if case["v"].endswith(".") and language in ("en", "fr") else "")


def place(case):
    """A part of an address: the town of the subject in a country, or what stands in for one."""
    op, policy, v = case["op"], case["policy"], case["v"]
    names = {"us": "us", "usa": "us", "germany": "de", "deutschland": "de", "uk": "gb", "fr": "fr"}
    country = policy.get("country", "US").lower()
    if "others" in case:
        country = names.get(case["others"]["country"].lower())
    message = bytes.fromhex(case["subject"]) if case["subject"] else canonical(v, case["equality"]).encode()
    if country is None:
        key = tag(case["domain"], "address.place", "lex:place.us-1", message)
        if op == "postcode":
            state, made = int.from_bytes(key[:8], "big"), ""
            for c in v:
                state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
                choice = state >> 33
                made += chr(48 + choice % 10) if c.isdigit() else chr(65 + choice % 26) if c.isalpha() else "-" if c == "-" else " "
            return made
        listed = forms("last_name.en-1")
        return listed[int.from_bytes(key[:8], "big") * len(listed) >> 64][1] + ("ville" if op == "city" else "shire")
    name = f"place.{country}-1"
    towns = rows_of(name)
    key = tag(case["domain"], "address.place", f"lex:{name}", message)
    city, _, code, region, _, codes = towns[int.from_bytes(key[:8], "big") * len(towns) >> 64]
    if op == "city":
        return city
    if op == "region":
        return code if len(v) <= 3 and v.isupper() else region
    codes = codes.split(" ")
    code = codes[int.from_bytes(key[8:12], "big") * len(codes) >> 32]
    further = lambda n: int.from_bytes(key[12:16], "big") * n >> 32
    if country == "gb":
        letters, choice = "ABDEFGHJLNPQRSTUWXYZ", further(4000)
        return f"{code} {choice % 10}{letters[choice // 10 % 20]}{letters[choice // 200]}"
    return code + (f"-{further(10000):04}" if country == "us" and len(v) == 10 else "")


def country(case):
    code, long, name = {"US": ("US", "USA", "United States"), "DE": ("DE", "DEU", "Germany")}[case["policy"].get("country", "US")]
    return code if len(case["v"]) <= 2 else long if len(case["v"]) == 3 and case["v"].isupper() else name


ANSWERS = {"date_shift": date, "gender": gender, "title": title, "country": country}
ANSWERS |= dict.fromkeys(("city", "region", "postcode"), place)
ADDRESSES = ("address", "city", "region", "postcode", "country")


def line(op, v, subject=None, gender=None, width=None, type="text", equality="exact", domain=None, country_of_row=None, **policy):
    domain = domain or ("address" if op in ADDRESSES else "person")
    case = dict(op=op, policy=policy, domain=domain, equality=equality, type=type, width=width)
    case.update(subject=subject.hex() if subject else None, gender=gender, v=v)
    if country_of_row:
        case["others"] = {"country": country_of_row}
    return case | {"out": ANSWERS.get(op, text)(case)}


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
    for op, v in (("first_name", "Jane"), ("last_name", "Doe"), ("full_name", "Jane Doe"), ("address", "1 Infinite Loop")):
        for language in ("ar", "de", "es", "fr", "hi", "it", "ja", "nl", "pl", "pt", "ru", "tr", "zh"):
            for who in (JANE, JOE):
                yield line(op, v, who, lexicon=f"{language}-1")
            yield line(op, v, ENROLMENT, lexicon=f"{language}-1", script="native")
            yield line(op, "\u738b\u4f1f", JOE, lexicon=f"{language}-1")
            yield line(op, v, ENROLMENT, lexicon=f"{language}-1", script="latin")
    for language in ("pl", "ru"):
        for stated in ("f", "m", "x"):
            yield line("last_name", "\u0418\u0432\u0430\u043d\u043e\u0432", JANE, stated, lexicon=f"{language}-1")
    for language in ("de", "es", "fr", "it", "nl", "pl", "pt", "tr", "ru"):
        yield line("address", "2", JANE, style="unit", lexicon=f"{language}-1")
    for who in (JANE, JOE, ENROLMENT, None):
        for v in ("f", "M", "Female", "MALE", "1", "Frau"):
            yield line("gender", v, who)
        yield line("gender", "m", who, lexicon="de-1")
        yield line("gender", "diverse", who, female="K", male="M")
        for v in ("Mr.", "Dr", "Prof. Dr."):
            for stated in (None, "f", "m"):
                yield line("title", v, who, stated)
                yield line("title", v, who, stated, lexicon="de-1")
        yield line("title", "\u0433\u043e\u0441\u043f\u043e\u0434\u0438\u043d", who, lexicon="ru-1")
        for country in ("US", "GB", "DE", "FR"):
            yield line("city", "Springfield", who, country=country)
            yield line("region", "Illinois", who, country=country)
            yield line("region", "IL", who, country=country)
            yield line("postcode", "SW1A 1AA" if country == "GB" else "62701", who, country=country)
        yield line("postcode", "62701-1234", who)
        for row in ("USA", "Deutschland", "uk", "fr", "Italy"):
            yield line("city", "Springfield", who, country_of_row=row)
            yield line("region", "Illinois", who, country_of_row=row)
            yield line("postcode", "I-00 184", who, country_of_row=row)
        for v in ("CA", "CAN", "Canada"):
            yield line("country", v, who)
            yield line("country", v, who, country="DE")


folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
answers = {}
for case in cases():
    answers.setdefault(case["op"], []).append(json.dumps(case, ensure_ascii=True, separators=(",", ":")))
for op, lines in answers.items():
    (folder / f"{op}.jsonl").write_text("".join(f"{line}\n" for line in lines))
