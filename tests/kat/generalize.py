"""Writes the known answers of the operators that hide part of a value, make it coarser, move it or make it up:
tests/kat/<operator>.jsonl, one case a line.

usage: generalize.py     (a line that was released never changes)

Needs the packages cryptography, bcrypt, argon2-cffi, passlib, pillow and pypdf: the last five to verify the constants of
`password` and `bytes`. A line is as in operators.py, with `subject` (hexadecimal message) and `others` (columns of the
row) where there are any. Written from the definitions at the head of each operator's file, not from its code."""
import base64
import datetime
import hashlib
import hmac
import io
import math
import pathlib
import tomllib
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal, getcontext
from fractions import Fraction

from construction import base32, canonical, index, invalid, length_prefixed, tag, write

HERE = pathlib.Path(__file__).parent
RULES = HERE.parent.parent / "rules"
TEXT = "text"
getcontext().prec = 60


def case(cell, out, policy="{}", type=TEXT, domain="t.c", equality="exact", **more):
    parsed = tomllib.loads(f"policy = {policy}")["policy"]
    plain = {name: value.isoformat() if isinstance(value, datetime.date) else value for name, value in parsed.items()}
    return {"type": type, "policy": plain, "domain": domain, "equality": equality, **more, "v": cell, "out": out}


def message_of_subject(domain, *parts):
    return length_prefixed(domain.encode()) + b"".join(length_prefixed(part.encode()) for part in parts)


# --- parts of a text

def mask_chars():
    write(HERE, "mask_chars", [
        case("ABC-4471-0093", "*" * 9 + "0093", "{ keep_end = 4 }"),
        case("zo\u00eb@example.com", "xxx@xxxxxxx.xxx", "{ char = 'x', keep = '@.' }"),
        case("SW1A 2AA", "SW1A ***", "{ count = 3, from = 'end' }"),
        case("SW1A 2AA", "**1A 2AA", "{ count = 2 }"),
        case("\u738b\u5c0f\u660e", "\u2022\u2022\u660e", "{ keep_end = 1, char = '\u2022' }"),
        case("1234", "****", "{ keep_start = 2, keep_end = 2 }"),
        case("12345", "12*45", "{ keep_start = 2, keep_end = 2 }"),
        case("ABC-12  ", "****12", "{ keep_end = 2 }", "char(8)"),
        case("", "", "{}"),
    ])


def partial():
    write(HERE, "partial", [
        case("+1 212 867 5309", "+...09", "{ prefix = 1, pad = '...', suffix = 2 }"),
        case("4111111111111111", "411111******1111", "{ prefix = 6, suffix = 4, pad = '******' }", "varchar(16)"),
        case("abcd", "-", "{ prefix = 2, pad = '-', suffix = 2 }"),
        case("\u017elu\u0165k", "\u017el-\u0165k", "{ prefix = 2, pad = '-', suffix = 2 }"),
        case("4111 1111 1111 1111", "4111 11** **** 1111", "{ style = 'card' }"),
        case("4111 1111 1111 1111", "4111 1111 **** 1111", "{ style = 'card', prefix = 8 }"),
        case("3782-822463-10005", "3782-82****-*0005", "{ style = 'card', prefix = 8 }"),
        case("4111", "*", "{ style = 'card' }"),
        case("jane.doe@larkspur.co.uk", "ja******@la******.uk", "{ style = 'email' }"),
        case("jo@ab.de", "******@******.de", "{ style = 'email' }"),
        case("n/a", "******", "{ style = 'email' }"),
        case("", "", "{ prefix = 1 }"),
    ])


# --- coarser values

def as_decimal(value):
    return Decimal(str(value))


def places(number):
    """Digits after the point, as written."""
    return max(0, -number.as_tuple().exponent)


def digits_of(number, scale):
    return f"{number:.{scale}f}"


def rounded(cell, step, mode="half_even", most=None):
    value, step = Decimal(cell), as_decimal(step)
    quotient = Fraction(value) / Fraction(step)
    low = math.floor(quotient)
    rest = quotient - low
    up = mode != "down" and (rest > Fraction(1, 2) or rest == Fraction(1, 2) and low % 2 == 1)
    result = Decimal(low + up) * step
    if most is not None and result > most:
        result -= step
    scale = places(value)
    while Decimal(digits_of(result, scale)) != result:
        scale += 1
    return digits_of(result, scale)


def round_lines():
    lines = []
    for cell, type, step, most in (("81250", "integer", 1000, None), ("14", "smallint", 10, None), ("15", "smallint", 10, None),
                                   ("25", "smallint", 10, None), ("-15", "smallint", 10, None),
                                   ("32767", "smallint", 10, 32767), ("72.85", "numeric(6)", 0.5, None),
                                   ("1.3", "numeric", 0.25, None), ("149.99", "numeric", 100, None),
                                   ("1234567890123456789012345678901234", "numeric", 10, None),
                                   ("0.30000000000000004", "float", 0.25, None), ("42", TEXT, 5, None)):
        for mode in ("half_even", "down"):
            policy = f"{{ to = {step}, mode = '{mode}' }}"
            lines.append(case(cell, rounded(cell, step, mode, most), policy, type))
    lines += [case("2024-02-20", "2024-03-01", "{ to = 'month' }", "date"),
              case("2024-07-02", "2024-01-01", "{ to = 'year' }", "date"),
              case("2024-05-31", "2024-06-03", "{ to = 'week' }", "date"),
              case("2024-05-30 13:45:10.25+02", "2024-05-30 14:00:00+02", "{ to = 'hour' }", "timestamptz"),
              case("infinity", "infinity", "{ to = 'year' }", "date"), case("NaN", "NaN", "{ to = 5 }", "numeric"),
              case("about 40", "[redacted]", "{ to = 10 }")]
    write(HERE, "round", lines)


def bucket():
    lines = []
    for cell, size, origin, type in (("37", 10, 0, "integer"), ("-1", 10, 0, "integer"), ("17", 12, 6, "integer"),
                                     ("2.74", 0.5, 0, "numeric"), ("99.99", 25, 10, "numeric")):
        value, step, zero = Fraction(cell), Fraction(str(size)), Fraction(origin)
        low = zero + math.floor((value - zero) / step) * step
        out = digits_of(Decimal(low.numerator) / low.denominator, places(Decimal(cell)))
        lines.append(case(cell, out, f"{{ size = {size}, origin = {origin} }}", type))
    edges = [0, 18, 65]
    for cell in ("0", "17", "18", "900"):
        lines.append(case(cell, str(max(edge for edge in edges if edge <= int(cell))), "{ edges = [0, 18, 65] }", "integer"))
    lines += [case("37", "30-39", "{ size = 10 }"), case("39.5", "30-39", "{ size = 10 }"), case("7", "7", "{ size = 1 }"),
              case("-3", "[-10,0)", "{ size = 10 }"), case("0.7", "[0.5,1.0)", "{ size = 0.5 }"),
              case("3", "<18", "{ edges = [18, 65] }"), case("64", "18-64", "{ edges = [18, 65] }"),
              case("65", "65+", "{ edges = [18, 65] }"), case("thirty", "[redacted]", "{ size = 10 }")]
    write(HERE, "bucket", lines)


def top_bottom():
    lines = []
    for cell in ("-5", "0", "57", "100", "101"):
        lines.append(case(cell, str(min(max(int(cell), 0), 100)), "{ min = 0, max = 100 }", "integer"))
    lines += [case("250.00", "99.50", "{ max = 99.5 }", "numeric"), case("97", "90", "{ max = 90 }"),
              case("1921-05-09", "1935-01-01", "{ min = '1935-01-01' }", "date"),
              case("1935-01-02", "1935-01-02", "{ min = '1935-01-01' }", "date"),
              case("2024-05-30 13:45:10.5+02", "2024-01-01 00:00:00+02", "{ max = '2024-01-01' }", "timestamptz"),
              case("2024-01-01 12:30:01", "2024-01-01 12:30:00", "{ max = '2024-01-01 12:30:00' }", "timestamp"),
              case("very old", "[redacted]", "{ max = 90 }")]
    write(HERE, "top_bottom", lines)


def truncated(day, to):
    if to == "week":
        return day - datetime.timedelta(days=day.weekday())
    month = {"year": 1, "quarter": (day.month - 1) // 3 * 3 + 1, "month": day.month}[to]
    return day.replace(month=month, day=1)


def truncate_date():
    lines = []
    for cell in ("1984-02-29", "2024-12-31", "2023-01-01", "0794-06-15"):
        for to in ("year", "quarter", "month", "week"):
            out = truncated(datetime.date.fromisoformat(cell), to).isoformat()
            lines.append(case(cell, out, f"{{ to = '{to}' }}", "date"))
    lines += [case("2024-03-01 12:34:56.789+01", "2024-03-01 12:00:00+01", "{ to = 'hour' }", "timestamptz"),
              case("2024-03-01 12:34:56.789+01", "2024-03-01 00:00:00+01", "{ to = 'day' }", "timestamptz"),
              case("1984-02-29", "1984", "{ to = 'year', format = 'year' }"),
              case("0044-03-15 BC", "0044-01-01 BC", "{ to = 'year' }", "date"),
              case("infinity", "infinity", "{ to = 'year' }", "date"),
              case("29.02.2024", "[redacted]", "{ to = 'year' }")]
    write(HERE, "truncate_date", lines)


def age_group():
    lines = []

    def label(age, size=10, top=90):
        return f"{top}+" if age >= top else f"{age // size * size}-{age // size * size + size - 1}"

    for age in (0, 9, 37, 89, 90, 104):
        lines.append(case(str(age), str(min(age, 90) // 10 * 10), "{}", "smallint"))
        lines.append(case(str(age), label(age, 5, 85), "{ size = 5, top = 85 }"))
    as_of = datetime.date(2025, 6, 15)
    for born in ("1995-06-15", "1995-06-16", "1931-06-15", "2025-06-15", "1984-02-29"):
        day = datetime.date.fromisoformat(born)
        age = as_of.year - day.year - ((as_of.month, as_of.day) < (day.month, day.day))
        lines.append(case(born, label(age), "{ as_of = '2025-06-15' }"))
        lines.append(case(born, f"{2025 - min(age, 90) // 10 * 10}-01-01", "{ as_of = '2025-06-15' }", "date"))
    lines += [case("151", "[redacted]", "{}"), case("2025-06-16", "[redacted]", "{ as_of = '2025-06-15' }")]
    write(HERE, "age_group", lines)


# --- noise

def exponent_form(value):
    """Digits without zeros at either end, e, and the power of ten of the last."""
    if value == 0:
        return "0e0"
    sign, digits, exponent = Decimal(value).normalize().as_tuple()
    return ("-" if sign else "") + "".join(map(str, digits)) + f"e{exponent}"


def mirrored(value, low, high):
    while not low <= value <= high:
        if low == high:
            return low
        value = 2 * low - value if value < low else 2 * high - value
    return value


def moved(value, bound, low, high, spec, domain, subject, canonical_value, normal):
    key = tag(domain, "noise", spec, length_prefixed(subject) + canonical_value.encode())
    count = 2 * bound + 1
    if normal:
        total = sum(int.from_bytes(key[start : start + 4], "big") for start in range(0, 16, 4))
        place = total * count // 2**34
    else:
        place = int.from_bytes(key, "big") * count // 2**128
    return mirrored(value - bound + place, low, high)


def noise_of_number(cell, type, subject=b"", ratio=None, amount=None, least=None, most=None, normal=False):
    value = Decimal(cell)
    scale = places(value)
    if type == "float":
        # Six digits move at least, and five after an amount's last.
        digits = 6 if value == 0 else len(value.as_tuple().digits)
        scale = -value.as_tuple().exponent + max(0, 6 - digits)
        if amount is not None:
            scale = max(scale, -as_decimal(amount).normalize().as_tuple().exponent + 5)
    unit = Decimal(10) ** -scale
    units = int(value / unit)
    if ratio is not None:
        bound = math.ceil(abs(units) * Fraction(str(ratio)))
        name = f"ratio={exponent_form(as_decimal(ratio))}"
    else:
        bound = max(1, math.ceil(Fraction(str(amount)) / Fraction(unit)))
        name = f"amount={exponent_form(as_decimal(amount))}"
    whole = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}.get(type, 10**35)
    low, high = (-whole - 1, whole) if units < 0 else (0, whole)
    if units > 0:
        low = 1
    if units < 0:
        high = -1
    if least is not None:
        low = max(low, math.ceil(Fraction(str(least)) / Fraction(unit)))
    if most is not None:
        high = min(high, math.floor(Fraction(str(most)) / Fraction(unit)))
    ends = ":".join("" if end is None else exponent_form(as_decimal(end)) for end in (least, most))
    spec = f"noise:{name}:{'normal' if normal else 'uniform'}:{ends}"
    out = moved(units, bound, low, high, spec, "t.c", subject, exponent_form(value), normal)
    result = digits_of(out * unit, max(0, scale))
    if type == "float":
        head, _, tail = result.partition(".")
        tail = tail[: places(value)] + tail[places(value) :].rstrip("0")
        result = head + ("." + tail if tail else "")
    policy = ", ".join([f"ratio = {ratio}" if ratio is not None else f"amount = {amount}"]
                       + ([f"min = {least}"] if least is not None else []) + ([f"max = {most}"] if most is not None else [])
                       + (["distribution = 'normal'"] if normal else []))
    return case(cell, result, f"{{ {policy} }}", type, **({"subject": subject.hex()} if subject else {}))


EPOCH = datetime.date(1970, 1, 1)


def noise():
    lines = []
    people = [b"", message_of_subject("customer.id", "42"), message_of_subject("customer.id", "43")]
    for subject in people:
        for cell, type in (("81250.00", "numeric"), ("7", "integer"), ("-40", "smallint"), ("0", "integer"), ("32760", "smallint"),
                           ("9007199254740993", "bigint"), ("12345678901234567890.123", "numeric"), ("42", TEXT)):
            lines.append(noise_of_number(cell, type, subject, ratio=0.1))
        lines.append(noise_of_number("98", "smallint", subject, amount=5, least=0, most=100))
        lines.append(noise_of_number("2.50", "numeric", subject, amount=0.75, least=1.5, most=3, normal=True))
        lines.append(noise_of_number("9007199254740993", "bigint", subject, ratio=0.5, normal=True))
        lines.append(noise_of_number("0.5", "float", subject, ratio=0.2))
        lines.append(noise_of_number("52.520008", "float", subject, amount=0.01))
        lines.append(noise_of_number("0", "float", subject, amount=0.25))
        lines.append(noise_of_number("32767", "smallint", subject, amount=300))
    for subject in people:
        for cell, tail in (("2024-02-29", ""), ("2024-03-01 12:30:00.25+01", " 12:30:00.25+01"), ("0001-01-03", "")):
            day = (datetime.date.fromisoformat(cell[:10]) - EPOCH).days
            era = ((datetime.date(1, 1, 1) - EPOCH).days, (datetime.date(9999, 12, 31) - EPOCH).days)
            out = moved(day, 30, *era, "noise:days=30:uniform::", "t.c", subject, f"{day}d", False)
            type = "timestamptz" if tail else "date"
            line = case(cell, (EPOCH + datetime.timedelta(days=out)).isoformat() + tail, "{ amount = 30 }", type)
            lines.append({**line, **({"subject": subject.hex()} if subject else {})})
        start = datetime.datetime(2024, 12, 31, 23, 59, 30)
        seconds = int((start - datetime.datetime(1970, 1, 1)).total_seconds())
        last = int((datetime.datetime(2024, 12, 31, 23, 59, 59) - datetime.datetime(1970, 1, 1)).total_seconds())
        first = (datetime.date(1, 1, 1) - EPOCH).days * 86400
        spec = f"noise:hours=2:normal::{last}"
        out = moved(seconds, 7200, first, last, spec, "t.c", subject, f"{seconds}s", True)
        text = (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=out)).isoformat(sep=" ")
        policy = "{ amount = 2, unit = 'hours', distribution = 'normal', max = '2024-12-31' }"
        line = case("2024-12-31 23:59:30.125", text + ".125", policy, "timestamp")
        lines.append({**line, **({"subject": subject.hex()} if subject else {})})
    lines += [case("infinity", "infinity", "{ amount = 30 }", "date"), case("NaN", "NaN", "{ ratio = 0.1 }", "numeric"),
              case("n/a", invalid("t.c", "n/a"), "{ ratio = 0.1 }"), case("007", invalid("t.c", "007"), "{ ratio = 0.1 }")]
    write(HERE, "noise", lines)


# --- made up

def chosen(weights, by, message):
    pieces = b"".join(length_prefixed(value.encode()) + length_prefixed(str(weight).encode()) for value, weight in weights)
    spec = f"choice:{hashlib.sha256(pieces).hexdigest()[:16]}:{by}"
    draw = index(tag("t.c", "choice", spec, message), sum(weight for _, weight in weights))
    for value, weight in weights:
        if draw < weight:
            return value
        draw -= weight


def choice():
    lines = []
    colours = [("red", 1), ("green", 1), ("blue", 1)]
    plans = [("free", 90), ("paid", 10)]
    for cell in ("mauve", "Stra\u00dfe", " puce "):
        listed = "values = ['red', 'green', 'blue']"
        lines.append(case(cell, chosen(colours, "value:exact", canonical(cell, "exact").encode()), f"{{ {listed} }}"))
        for part in ("42", "43", "44"):
            subject = message_of_subject("customer.id", part)
            lines.append(case(cell, chosen(colours, "subject", subject), f"{{ {listed} }}", subject=subject.hex()))
        lines.append(case(cell, chosen(plans, "value:ci", canonical(cell, "ci").encode()),
                          "{ values = { free = 90, paid = 10 }, by = 'value' }", equality="ci"))
    for cell, type in (("42", "integer"), ("42.00", "numeric"), ("4200", "bigint")):
        out = chosen([("1", 1), ("2", 1), ("3", 1)], "value:exact", exponent_form(Decimal(cell)).encode())
        lines.append(case(cell, out, "{ values = [1, 2, 3] }", type))
    lines.append(case("", "", "{ values = ['x'] }"))
    write(HERE, "choice", lines)


def template():
    def own(cell, characters, equality="exact"):
        return base32(tag("t.c", "tag", f"text:{5 * characters}:base32:{equality}", canonical(cell, equality).encode()), characters)

    def other(column, value, characters):
        spec = f"text:{5 * characters}:base32:exact:{column}"
        return base32(tag("t.c", "template", spec, canonical(value, "exact").encode()), characters)

    row = {"first_name": "\u017dofie", "id": "42"}
    jane = "jane.doe@larkspur.example"
    write(HERE, "template", [
        case(jane, f"user-{own(jane, 16)}@example.com", "{ template = 'user-{tag:16}@example.com' }"),
        case("ABC-4471", "{" + own("ABC-4471", 8).upper() + "}", "{ template = '{{{tag:8|upper}}}' }"),
        case("ABC", own("ABC", 16, "ci"), "{ template = '{tag:16}' }", equality="ci"),
        case(jane, "\u017eofie.42@x.test", "{ template = '{first_name|lower}.{id}@x.test' }", others=row),
        case(jane, f"\u017d{other('id', '42', 8)}", "{ template = '{first_name|first:1}{id|hash:8}' }", others=row),
        case(jane, "\u017dofie.4@x.test", "{ template = '{first_name}.{id}@x.test' }", "varchar(14)", others=row),
        case(jane, "x-", "{ template = '{first_name|first:1}-{id}' }", others={"first_name": "Z"}),
        case("", "", "{ template = 'x' }"),
    ])


def latin():
    words = [word for word in (RULES / "words" / "latin-1.txt").read_text().splitlines() if not word.startswith("#")]
    return {size: [word for word in words if len(word) == size] for size in range(1, 14)}


def lorem_answer(cell, equality="exact"):
    spec = f"words:latin-1:{equality}"
    first = tag("t.c", "lorem", spec, canonical(cell, equality).encode())

    def stream():
        yield from first
        number = 0
        while True:
            yield from tag("t.c", "stream", spec, first + number.to_bytes(8, "big"))
            number += 1

    draws, words, out, run = stream(), latin(), [], ""

    def flush():
        nonlocal run
        filler, left = "", len(run)
        while left:
            size = min(left, 13)
            filler += words[size][next(draws) * len(words[size]) >> 8]
            left -= size
        if run[:1].isupper():
            filler = filler.upper() if not any(c.islower() for c in run) else filler[0].upper() + filler[1:]
        out.append(filler)
        run = ""

    print_marks = set("\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u20ac\u3002\u3001")
    for character in cell:
        numeric = character.isdigit() or unicodedata.category(character) in ("Nd", "Nl", "No")
        other = character in print_marks or character.isspace() or character.isascii() and not character.isalnum()
        if not numeric and not other:
            run += character
            continue
        flush()
        out.append(str(next(draws) * 10 >> 8) if numeric else character)
    flush()
    return "".join(out)


def lorem():
    lines = []
    for cell in ("Called Jane twice on May 3rd; she WON'T pay.", "Gr\u00f6\u00dfe: 183 cm", "", "a", "X", "\u00c9",
                 "line one\n\nline  two\t(2024-05-30) \u2013 \u201csoon\u201d\u2026", "\u518d\u89c1\u3002 \u0663\u00bd", "Donaudampfschifffahrtsgesellschaft",
                 "https://larkspur.example/a?b=c jane@larkspur.example +1 (212) 555-0100, 1234567890 1234567890"):
        lines.append(case(cell, lorem_answer(cell) if cell else "", "{}"))
    lines.append(case("Mixed CASE", lorem_answer("Mixed CASE", "ci"), "{}", equality="ci"))
    write(HERE, "lorem", lines)


def defuse():
    def own(cell, bits=80, equality="exact"):
        return base32(tag("t.c", "tag", f"defuse:{bits}:{equality}", canonical(cell, equality).encode()), bits // 5)

    lines = []
    for cell, form in (("https://user:pw@hooks.chat.example:8443/T01?token=x#y", "https://example.test/{}"),
                       ("WSS://push.example/x", "wss://example.test/{}"), ("s3://acme-prod-invoices/2024", "s3://defused-{}"),
                       ("slack-hook://x", "defused-{}"), ("alerts@larkspur.example", "{}@example.com"),
                       ("smtp.larkspur.example", "{}.example.test"), ("smtp.larkspur.example:587", "{}.example.test:587"),
                       ("10.0.0.5:25", "defused-{}"), ("sk_live_abc", "defused-{}"), ("eyJhbGciOi.eyJzdWIi.SflKx", "defused-{}"),
                       ("javascript://x/%0aalert(1)", "defused-{}")):
        lines.append(case(cell, form.format(own(cell))))
    lines.append(case("https://a.io/b", "defused-" + own("https://a.io/b", 60), type="varchar(20)"))
    lines.append(case("SK_live", "defused-" + own("SK_live", equality="ci"), equality="ci"))
    lines.append(case("", ""))
    write(HERE, "defuse", lines)


# --- constants

PASSWORD = "scrub-dev-only"


def verify_hashes(hashes):
    """Each with the tool of those who made the scheme, or its own definition."""
    import argon2
    import bcrypt
    from passlib.hash import phpass, scrypt, sha512_crypt

    password = PASSWORD.encode()
    assert bcrypt.checkpw(password, hashes["bcrypt"].encode())
    assert argon2.PasswordHasher().verify(hashes["argon2id"], PASSWORD)
    assert argon2.PasswordHasher().verify(hashes["django_argon2"].removeprefix("argon2"), PASSWORD)
    assert scrypt.verify(PASSWORD, hashes["scrypt"])
    assert sha512_crypt.verify(PASSWORD, hashes["sha512_crypt"])
    assert phpass.verify(PASSWORD, hashes["phpass"])
    _, rounds, salt, digest = hashes["pbkdf2_sha256"].split("$")
    assert base64.b64decode(digest) == hashlib.pbkdf2_hmac("sha256", password, salt.encode(), int(rounds))
    method, salt, digest = hashes["werkzeug_pbkdf2"].split("$")
    assert bytes.fromhex(digest) == hashlib.pbkdf2_hmac("sha256", password, salt.encode(), int(method.split(":")[2]))
    method, salt, digest = hashes["werkzeug_scrypt"].split("$")
    n, r, p = map(int, method.split(":")[1:])
    assert bytes.fromhex(digest) == hashlib.scrypt(password, salt=salt.encode(), n=n, r=r, p=p, maxmem=132 * n * r * p * 2)
    _, parameters, keys = hashes["scram_sha_256"].split("$")
    rounds, salt = parameters.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", password, base64.b64decode(salt), int(rounds))
    stored, server = (base64.b64decode(key) for key in keys.split(":"))
    assert stored == hashlib.sha256(hmac.new(salted, b"Client Key", "sha256").digest()).digest()
    assert server == hmac.new(salted, b"Server Key", "sha256").digest()
    for scheme in ("md5", "sha1", "sha256"):
        assert hashes[scheme] == hashlib.new(scheme, password).hexdigest()
    assert hashes["plain"] == PASSWORD


def password():
    hashes = HASHES
    verify_hashes(hashes)
    lines = [case("hunter2", hashes[scheme], f"{{ scheme = '{scheme}' }}") for scheme in hashes]
    swapped = hashes["bcrypt"].replace("$2b$", "$2y$")
    as_source = [("$2y$12$LQv3c1yqBWVHxkd0LHAkCO", swapped), ("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", hashes["argon2id"]),
                 ("pbkdf2_sha256$260000$abc$def=", hashes["pbkdf2_sha256"]), ("$5$abc$def", hashes["sha512_crypt"]),
                 ("5F4DCC3B5AA765D61D8327DEB882CF99", hashes["md5"].upper()), ("hunter2", hashes["bcrypt"]),
                 ("SCRAM-SHA-256$4096:abc", hashes["scram_sha_256"])]
    lines += [case(cell, out, "{ scheme = 'as_source' }") for cell, out in as_source]
    lines += [case("SCRAM-SHA-256$4096:abc", hashes["bcrypt"], "{ scheme = 'as_source' }", "varchar(60)"), case("", "", "{}")]
    write(HERE, "password", lines)


HASHES = {
    "bcrypt": "$2b$10$u3wuxSsiCg9JVrPAxodqdes4AW2bDCoCdoQ3E2a1.HXSF0KoPYnhu",
    "argon2id": "$argon2id$v=19$m=19456,t=2,p=1$PrVlQX+IsRlaPx8+ZISmfw$kVhJgBI+ibCmk1QsD6dapfqIL7kL3gZBR9W9"
    "yd493OM",
    "scrypt": "$scrypt$ln=14,r=8,p=1$gbD2vlcqRcgZ45zTujdGSA$hNEOwzWPJN3AH6SbrwGgmkO4l6NW8mGDbPC16sU/Q+U",
    "pbkdf2_sha256": "pbkdf2_sha256$600000$scrubdevonlyfaeb5434c3$XJ/htqRwXyiravporXJMDIRCR/911xfnzYgy18hMKDw=",
    "django_argon2": "argon2$argon2id$v=19$m=102400,t=2,p=8$0Ge1vamzUwrqGWT05knx1g$lhqhYLGex08Q/7t1qrbsRVfKGy/l/"
    "WbxrC5R9x0Nbjg",
    "werkzeug_scrypt": "scrypt:32768:8:1$432a4cb9642f7c73$6d90a94ac56fe32e43a6c9a9a377112f05d695f0a53ab089af36db38"
    "827f7815f4001a6ffd76c79129475ef17b292bd4c36b01dd11634f65a963aa830b650d4a",
    "werkzeug_pbkdf2": "pbkdf2:sha256:600000$270f9988b4d15443$edb8cfe3703f22de0fd58905d8f0470309ebe711c77f0930dd21"
    "aa77d5a47d04",
    "sha512_crypt": "$6$RlDXM9SNh88O6OTW$OPu.k4XSugEULQRaJfP.JbQFABtd669KhWGW5OSmZejzSNwfZ/DrMKeAj579.EweV0GWJm"
    "wpkn5j8AZ1fzrtk/",
    "phpass": "$P$BU3lMYEh5tTUJ9hY3ko20T89jcFpds.",
    "scram_sha_256": "SCRAM-SHA-256$4096:pxPaB0PkzQcC4Jv7PsHMYA==$BAy1EaCpxA2gJHhNGxHAdZZESw9yfiu6XlpPN5wMC10=:w"
    "eJl/nxHCTj8IRHR7J9cBE8E3Dyh2Z3BLbSoLQlnmJA=",
    "md5": "16c8af2b56c79a21824f282fb025485a",
    "sha1": "fb26cc1f286b88531a0466e46fc0507595407386",
    "sha256": "7a9aa0744dfb89938710736cbc60dbfafeb77f874c186a0ffabeac29858f3bb3",
    "plain": "scrub-dev-only",
}


def keyed_bytes(value, spec, length):
    first = tag("t.c", "bytes", spec, value)
    out = b""
    for number in range(-(-length // 16)):
        out += tag("t.c", "stream", spec, first + number.to_bytes(8, "big"))
    return out[:length]


def escaped(value):
    return "".join("\\\\" if byte == 92 else chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}" for byte in value)


def bytes_lines():
    import pypdf
    from PIL import Image

    blank = {kind: (RULES / "images" / f"blank.{kind}").read_bytes() for kind in ("png", "jpeg", "gif", "pdf")}
    for kind in ("png", "jpeg", "gif"):
        with Image.open(io.BytesIO(blank[kind])) as image:
            image.load()
            assert image.size == (1, 1) and image.format.lower() == kind
    assert len(pypdf.PdfReader(io.BytesIO(blank["pdf"])).pages) == 1
    lines = [case("\\xDEADbeef", "\\x00000000", "{}", "bytea"), case("ab\\\\c\\001", "\\000" * 5, "{}", "bytea"),
             case("\\x", "\\x", "{}", "bytea"), case("10110", "00000", "{}", "bit"), case("aGVsbG8=", "AAAAAAA="),
             case("data:image/png;base64,aGVsbG8=", "data:image/png;base64,AAAAAAA="), case("deadBEEF", "00000000"),
             case("not binary!", "[redacted]")]
    for value in (b"\xde\xad\xbe\xef\x00", b"ab\\c\x01", bytes(range(40))):
        same, fixed = keyed_bytes(value, "bytes:same", len(value)), keyed_bytes(value, "bytes:8", 8)
        lines += [case("\\x" + value.hex(), "\\x" + same.hex(), "{ mode = 'hash' }", "bytea"),
                  case("\\x" + value.hex(), "\\x" + fixed.hex(), "{ mode = 'hash', length = 8 }", "bytea"),
                  case(escaped(value), escaped(same), "{ mode = 'hash' }", "bytea"),
                  case(base64.b64encode(value).decode(), base64.b64encode(same).decode(), "{ mode = 'hash' }")]
    bits = "1011001110001"
    stream = keyed_bytes(bits.encode(), "bytes:same", 2)
    lines.append(case(bits, "".join(f"{byte:08b}" for byte in stream)[:13], "{ mode = 'hash' }", "bit"))
    lines.append(case("not binary!", invalid("t.c", "not binary!"), "{ mode = 'hash' }"))
    for start, kind in ((b"\xff\xd8\xff\xe0", "jpeg"), (b"GIF89a", "gif"), (b"%PDF-1.7", "pdf"), (b"\x89PNG", "png"), (b"??", "png")):
        lines.append(case("\\x" + start.hex(), "\\x" + blank[kind].hex(), "{ mode = 'image' }", "bytea"))
    write(HERE, "bytes", lines)


if __name__ == "__main__":
    mask_chars()
    partial()
    round_lines()
    bucket()
    top_bottom()
    truncate_date()
    age_group()
    noise()
    choice()
    template()
    lorem()
    defuse()
    password()
    bytes_lines()
