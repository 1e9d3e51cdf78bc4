"""Writes the known answers of the value-keyed operators: tests/kat/<operator>.jsonl, one case a line.

usage: operators.py     (a line that was released never changes)

A line: op, type (the column's), policy (parameters), domain, equality, width (of the domain, if limited), v, out. Written from the definitions at the head of each operator's file, not from its code."""
import pathlib
import tomllib
import uuid

from construction import base32, canonical, index, invalid, permute, tag, write

HERE = pathlib.Path(__file__).parent
TEXT = "text"


def case(cell, out, domain, type=TEXT, policy="{}", equality="exact", **more):
    policy = tomllib.loads(f"policy = {policy}")["policy"]
    return {"type": type, "policy": policy, "domain": domain, "equality": equality, **more, "v": cell, "out": out}


def replace_digits(cell, digits):
    """The last digits of the cell become `digits`, from the end."""
    rest, out = list(digits), []
    for character in reversed(cell):
        out.append(rest.pop() if rest and character.isdigit() else character)
    return "".join(reversed(out))


# --- operators without a key

def keyless():
    write(HERE, "keep", [case(c, c, "t.c") for c in ("shipped", "", "caf\u00e9 \u2603")])
    write(HERE, "null", [case(c, None, "t.c") for c in ("shipped", "", "0")])
    write(HERE, "constant", [
        case("a", "x", "t.c", policy="{ value = 'x' }"),
        case("", "", "t.c", policy="{ value = 'x' }"),
        case("", "x", "t.c", policy="{ value = 'x', nulls = 'replace' }"),
        case("81250", "30000", "t.c", "integer", "{ value = 30000 }"),
    ])
    fixed = [(TEXT, "secret", "[redacted]"), ("varchar(4)", "secret", "[red"), ("integer", "7", "0"),
             ("boolean", "t", "false"), ("date", "1980-02-03", "1970-01-01"),
             ("uuid", "c00d544c-2b15-41eb-adc1-0242ac120002", str(uuid.UUID(int=0))), ("json", "[1]", "{}")]
    write(HERE, "redact", [case(cell, out, "t.c", type) for type, cell, out in fixed] + [case("", "", "t.c")])
    ssn = r"{ pattern = '\b\d{3}-\d{2}-\d{4}\b' }"
    write(HERE, "redact_regex", [
        case("her number is 078-05-1120, she says", "her number is [redacted], she says", "t.c", policy=ssn),
        case("078-05-11200", "078-05-11200", "t.c", policy=ssn),
        case("a1b22c", "a#b#c", "t.c", policy=r"{ pattern = '\d+', replacement = '#' }"),
        case("a1b2c", "axyzbx", "t.c", "varchar(6)", r"{ pattern = '\d', replacement = 'xyz' }"),
    ])


# --- tags

def hash_answer(cell, domain, bits=120, equality="exact"):
    return base32(tag(domain, "tag", f"text:{bits}:base32:{equality}", canonical(cell, equality).encode()), bits // 5)


def keyed_hash():
    lines = []
    for cell in ("abc", "ABC", "Stra\u00dfe", "Jose\u0301", " abc ", "\u0391\u03a3"):
        for equality in ("exact", "ci", "ci_ai"):
            lines.append(case(cell, hash_answer(cell, "note", equality=equality), "note", equality=equality))
    for bits in (20, 60, 125):
        lines.append(case("ABC-4471", hash_answer("ABC-4471", "t.c", bits), "t.c", policy=f"{{ bits = {bits} }}"))
    lines += [case("", "", "t.c"), case("ABC-4471", hash_answer("ABC-4471", "t.c"), "t.c")]
    write(HERE, "keyed_hash", lines)


def canonical_email(cell, equality):
    local, host = canonical(cell, "exact").rsplit("@", 1)
    return canonical(local, equality) + "@" + host.lower().rstrip(".")


def email_answer(cell, equality="exact", bits=80, host="example.com", domain="email"):
    message = canonical_email(cell, equality).encode()
    return base32(tag(domain, "tag", f"email:{bits}:{equality}", message), bits // 5) + "@" + host


def email():
    lines = []
    for cell in ("Jane.Doe@Example.COM", "jane.doe@example.com", "jose\u0301@example.com", "jos\u00e9@example.com",
                 " o'brien+tag@mail.Example.org. ", "user@b\u00fccher.example"):
        for equality in ("exact", "ci"):
            lines.append(case(cell, email_answer(cell, equality), "email", equality=equality))
    jane = "jane.doe@example.com"
    lines.append(case(jane, email_answer(jane, bits=60, host="mail.test"), "email", policy="{ bits = 60, host = 'mail.test' }"))
    lines.append(case(jane, email_answer(jane, bits=40), "email", "varchar(20)", "{ bits = 40 }"))
    for cell in ("n/a", "jane@", "N/A "):
        lines.append(case(cell, invalid("email", cell), "email"))
    lines.append(case("N/A", invalid("email", "N/A", "ci"), "email", equality="ci"))
    narrow = invalid("email", "n/a", width=8)
    lines += [case("n/a", narrow, "email", policy="{ bits = 20, host = 'a.b' , live = true }", width=8), case("", "", "email")]
    write(HERE, "email", lines)


# --- permutations

BANDS = [(1, 127), (128, 2**15 - 1), (2**15, 2**23 - 1), (2**23, 2**30 - 1), (2**30, 2**31 - 1), (2**31, 2**53 - 1),
         (2**53, 2**63 - 1)]


def integer_answer(domain, value, range=None):
    if range is None:
        if value in (0, -(2**63)):
            return value
        low, high = next(band for band in BANDS if band[0] <= abs(value) <= band[1])
        range = (low, high) if value > 0 else (-high, -low)
    low, high = range
    return low + permute(domain, f"int:{low}:{high}", value - low, high - low + 1)


def permute_lines():
    lines = []
    for value in (0, 1, 42, 127, 128, 32767, 32768, 8388607, 8388608, 1073741823, 1073741824, 2147483647, 2147483648,
                  2**53 - 1, 2**53, 2**63 - 1, -1, -128, -2147483648, -(2**63)):
        lines.append(case(str(value), str(integer_answer("customer.id", value)), "customer.id", "bigint"))
    for value, low, high in ((1, 1, 2147483647), (42, 1, 2147483647), (-5, -100, 100), (0, -(2**63), 2**63 - 1), (7, 0, 9)):
        policy = f"{{ range = [{low}, {high}] }}"
        lines.append(case(str(value), str(integer_answer("customer.id", value, (low, high))), "customer.id", "bigint", policy))
    answer = integer_answer("t.c", 42)
    lines += [case("42", str(answer), "t.c", "integer"), case("42.00", f"{answer}.00", "t.c", "numeric"),
              case("42", str(answer), "t.c"), case("0042", invalid("t.c", "0042"), "t.c"),
              case("4711", str(integer_answer("t.c", 4711, (1000, 9999))), "t.c", "varchar(4)", "{ range = [1000, 9999] }"),
              case("470", invalid("t.c", "470", width=4), "t.c", "varchar(4)", "{ range = [1000, 9999] }")]
    write(HERE, "permute", lines)


def uuid_answer(domain, text):
    number = uuid.UUID(text).int
    bits = [(127, 80), (75, 64), (61, 0)]  # everything but version and variant
    rank = 0
    for high, low in bits:
        rank = rank << (high - low + 1) | number >> low & ((1 << (high - low + 1)) - 1)
    rank = permute(domain, f"uuid122:v{number >> 76 & 15}", rank, 1 << 122)
    out = number & (15 << 76 | 3 << 62)
    for high, low in reversed(bits):
        width = high - low + 1
        out |= (rank & ((1 << width) - 1)) << low
        rank >>= width
    return str(uuid.UUID(int=out))


def uuid_lines():
    cells = ["c00d544c-2b15-41eb-adc1-0242ac120002", "018f3b2e-7c00-7abc-8def-0123456789ab",
             "00000000-0000-4000-8000-000000000000", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"]
    lines = [case(cell, uuid_answer("obj", cell), "obj", "uuid") for cell in cells]
    answer = uuid_answer("t.c", cells[1])
    lines += [case(cells[0], uuid_answer("t.c", cells[0]), "t.c", "uuid"),
              case("{" + cells[1].upper() + "}", "{" + answer.upper() + "}", "t.c"),
              case(cells[1].replace("-", ""), answer.replace("-", ""), "t.c"),
              case(str(uuid.UUID(int=0)), invalid("t.c", str(uuid.UUID(int=0))), "t.c")]
    write(HERE, "uuid", lines)


# --- numbers with check digits and formats

def luhn_digit(body):
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return -total % 10


def card_answer(cell, luhn="broken", domain="card"):
    digits = "".join(c for c in cell if c.isdigit())
    assert luhn_digit(digits[:-1]) == int(digits[-1])
    size = len(digits) - 7
    middle = permute(domain, f"card:iin6:{len(digits)}:luhn-{luhn}", int(digits[6:-1]), 10**size)
    body = digits[:6] + f"{middle:0{size}d}"
    return replace_digits(cell, body + str((luhn_digit(body) + (5 if luhn == "broken" else 0)) % 10))


def card():
    lines = []
    for cell in ("4111 1111 1111 1111", "3782-822463-10005", "5555555555554444", "6304000000000000", "501800000009",
                 "6304000000000000000"):
        for luhn in ("broken", "valid"):
            policy = "{}" if luhn == "broken" else "{ luhn = 'valid', live = true }"
            lines.append(case(cell, card_answer(cell, luhn), "card", policy=policy))
    lines.append(case("4111111111111111", card_answer("4111111111111111", "valid"), "card", policy="{ luhn = 'valid', live = true }"))
    lines.append(case("4111111111111112", invalid("card", "4111111111111112"), "card"))
    lines.append(case("4111111111111112", invalid("card", "4111111111111112", width=16), "card", "varchar(16)"))
    write(HERE, "card", lines)


def iban_check(country, account):
    return 98 - int("".join(str(int(c, 36)) for c in account + country + "00")) % 97


def iban_answer(cell, check="valid", domain="iban"):
    compact = cell.replace(" ", "").upper()
    country, account = compact[:2], compact[4:]
    assert iban_check(country, account) == int(compact[2:4])
    runs = ""
    for character in account:
        kind = "n" if character.isdigit() else "a"
        if runs and runs[-1][0] == kind:
            runs[-1][1] += 1
        else:
            runs = [*runs, [kind, 1]]
    spec = f"iban:{country}:" + "".join(f"{kind}{count}" for kind, count in runs)
    radices = [10 if c.isdigit() else 26 for c in account]
    count, start = 1, len(account)
    while start and count * radices[start - 1] < 1 << 128:
        start -= 1
        count *= radices[start]
    rank = 0
    for character, radix in zip(account[start:], radices[start:]):
        rank = rank * radix + (int(character) if radix == 10 else ord(character) - ord("A"))
    rank = permute(domain, spec, rank, count)
    out = []
    for radix in reversed(radices[start:]):
        rank, digit = divmod(rank, radix)
        out.append(str(digit) if radix == 10 else chr(ord("A") + digit))
    account = account[:start] + "".join(reversed(out))
    digits = iban_check(country, account)
    if check == "broken":
        digits = (digits - 2 + 48) % 97 + 2
    rest = iter(f"{country}{digits:02d}{account}")
    return "".join(c if c == " " else next(rest) for c in cell)


def iban():
    cells = ["DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "GB82WEST12345698765432",
             "FR1420041010050500013M02606", "NO9386011117947", "MT84MALT011000012345MTLCAST001S",
             "LC55HEMM000100010012001200023015"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCD"
    cells.append(f"QZ{iban_check('QZ', letters):02d}{letters}")
    lines = [case(cell, iban_answer(cell), "iban") for cell in cells]
    lines += [case(cell, iban_answer(cell, "broken"), "iban", policy="{ check = 'broken' }") for cell in cells[:4]]
    lines.append(case("de89370400440532013000", iban_answer("DE89370400440532013000"), "iban", equality="ci"))
    lines.append(case("DE89370400440532013001", invalid("iban", "DE89370400440532013001"), "iban"))
    write(HERE, "iban", lines)


SSN_AREAS = [area for area in range(1, 900) if area != 666]


def ssn_answer(cell, range="never_issued", domain="national_id"):
    digits = "".join(c for c in cell if c.isdigit())
    area, group, serial = int(digits[:3]), int(digits[3:5]), int(digits[5:])
    if range == "full":
        rank = (SSN_AREAS.index(area) * 99 + group - 1) * 9999 + serial - 1
        rank = permute(domain, "id:us_ssn", rank, len(SSN_AREAS) * 99 * 9999)
        rank, serial = divmod(rank, 9999)
        area, group = divmod(rank, 99)
        area = SSN_AREAS[area]
    else:
        rank = index(tag(domain, "id", "id:us_ssn:never_issued", digits.encode()), 100 * 49 * 9999)
        rank, serial = divmod(rank, 9999)
        area, group = divmod(rank, 49)
        area += 900
    return replace_digits(cell, f"{area:03d}{group + 1:02d}{serial + 1:04d}")


def national_id():
    lines = []
    for cell in ("078-05-1120", "078051120", "001 01 0001", "899-99-9999", "665-99-9999", "667-01-0001"):
        for range in ("never_issued", "full"):
            policy = f"{{ kind = 'us_ssn', range = '{range}' }}"
            lines.append(case(cell, ssn_answer(cell, range), "national_id", policy=policy))
    lines.append(case("666-12-3456", invalid("national_id", "666-12-3456"), "national_id", policy="{ kind = 'us_ssn' }"))
    lines.append(case("666-12-3456", invalid("national_id", "666-12-3456", width=11), "national_id", "varchar(11)", "{ kind = 'us_ssn' }"))
    write(HERE, "national_id", lines)


PLANS = tomllib.loads((HERE / "../../rules/phones/plan-1.toml").read_text())["plan"]


#: Areas of the North American plan whose numbers 555-0100 to 555-0199 are fictional.
AREAS = [area for area in range(200, 1000) if area % 100 < 90 and area % 100 != 11]


def phone_answer(cell, code, national, range="fictional", domain="phone"):
    """`national` is the national number's digits: reading them out of the cell is not what this checks."""
    plan = next(plan for plan in PLANS if plan["code"] == code)
    size = len(national)
    spec = f"phone:{code}:{size}" + (":0" if national[0] == "0" else "")
    patterns = [pattern for pattern in plan.get("fictional", []) if len(pattern) == size]
    if code == "1":
        areas = [str(area) for area in AREAS]
        patterns = [area + "55501XX" for area in areas]
    if range == "fictional" and patterns and national[0] != "0":
        sizes = [10 ** pattern.count("X") for pattern in patterns]
        rank = index(tag(domain, "phone", spec, (code + national).encode()), sum(sizes))
        for pattern, count in zip(patterns, sizes):
            if rank < count:
                break
            rank -= count
        fill = list(f"{rank:0{pattern.count('X')}d}")
        out = "".join(fill.pop(0) if c == "X" else c for c in pattern)
    elif code == "1":
        rank = (int(national[:3]) - 200) * 800 * 10**4 + (int(national[3:6]) - 200) * 10**4 + int(national[6:])
        rank = permute(domain, spec, rank, 800 * 800 * 10**4)
        rank, line = divmod(rank, 10**4)
        area, exchange = divmod(rank, 800)
        out = f"{area + 200}{exchange + 200}{line:04d}"
    else:
        free = size - (national[0] == "0")
        rank = permute(domain, spec, int(national) - 10 ** (free - 1), 9 * 10 ** (free - 1))
        out = f"{rank + 10 ** (free - 1):0{size}d}"
    return replace_digits(cell, out)


def phone():
    lines = []
    cells = [("(212) 555-7890", "1", "2125557890", "US"), ("+1 212 555 7890", "1", "2125557890", "US"),
             ("1-415-867-5309", "1", "4158675309", "US"), ("011 44 20 7946 0958", "44", "2079460958", "US"),
             ("+44 (0)20 7946 0958", "44", "2079460958", "US"), ("020 7946 0958", "44", "2079460958", "GB"),
             ("0049 30 901820", "49", "30901820", "US"), ("030/901820", "49", "30901820", "DE"),
             ("0171 1234567", "49", "1711234567", "DE"), ("01 42 68 53 00", "33", "142685300", "FR"),
             ("+39 06 6982 1234", "39", "0669821234", "US"), ("+34 612 345 678", "34", "612345678", "US"),
             ("08-123 456 78", "46", "812345678", "SE"), ("(02) 9374 4000", "61", "293744000", "AU")]
    for cell, code, national, region in cells:
        for range in ("fictional", "full"):
            policy = f"{{ range = '{range}', region = '{region}' }}"
            lines.append(case(cell, phone_answer(cell, code, national, range), "phone", policy=policy))
    lines.append(case("555-1234", invalid("phone", "555-1234"), "phone"))
    lines.append(case("212-555-0100 x12", invalid("phone", "212-555-0100 x12"), "phone"))
    write(HERE, "phone", lines)


if __name__ == "__main__":
    keyless()
    keyed_hash()
    email()
    permute_lines()
    uuid_lines()
    card()
    iban()
    national_id()
    phone()
