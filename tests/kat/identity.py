"""Writes the known answers of codes, handles, addresses of machines, companies and national ids.

usage: identity.py     (a line that was released never changes; run operators.py first: card, iban and national_id are
appended to)

Lines as in operators.py. Written from the definitions at the head of each operator's file, not from its code."""
import collections
import datetime
import ipaddress
import json
import math
import pathlib
import re
import tomllib

from construction import base32, canonical, index, invalid, permute, tag, write
from operators import TEXT, card_answer, case, iban_check, replace_digits

HERE = pathlib.Path(__file__).parent
RULES = HERE / "../../rules"


# --- character_map

DIGITS, UPPER, LOWER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = {"9": DIGITS, "A": UPPER, "a": LOWER, "N": DIGITS + UPPER, "n": DIGITS + LOWER, "*": DIGITS + UPPER + LOWER,
             "X": DIGITS + "ABCDEF", "x": DIGITS + "abcdef"}


def code_answer(cell, positions, spec, domain="t.c"):
    """`positions`: for each character its alphabet, or the literal."""
    rank, count = 0, 1
    for character, alphabet in zip(cell, positions, strict=True):
        if len(alphabet) > 1:
            rank = rank * len(alphabet) + alphabet.index(character)
            count *= len(alphabet)
    rank = permute(domain, spec, rank, count)
    out = []
    for alphabet in reversed(positions):
        if len(alphabet) > 1:
            rank, place = divmod(rank, len(alphabet))
            out.append(alphabet[place])
        else:
            out.append(alphabet)
    return "".join(reversed(out))


def character_map():
    plain = lambda template: [ALPHABETS.get(c, c) for c in template]
    lines = []
    for template, cells in (("AA-9999", ("KX-4711", "AA-0000", "ZZ-9999")), ("*********-x", ("aB3dE6gH9-f",)),
                            ("XXXX:aaa/nnn", ("0AF9:abc/z9q",)), ("NNNNNNNNNNNNNNNNNNNN", ("A1B2C3D4E5F6G7H8I9J0",))):
        for cell in cells:
            answer = code_answer(cell, plain(template), "chars:" + template)
            lines.append(case(cell, answer, "t.c", policy=f"{{ template = '{template}' }}"))
    literal = list("INV-") + [DIGITS] * 6
    answer = code_answer("INV-004711", literal, r"chars:I\NV-999999")
    for policy in ("""{ template = "'INV-'999999" }""", r"""{ template = 'I\NV-999999' }""",
                   """{ templates = ["'INV-'999999", "99999999"] }"""):
        lines.append(case("INV-004711", answer, "t.c", "varchar(12)", policy))
    two = """{ templates = ["'INV-'999999", "99999999"] }"""
    lines.append(case("12345678", code_answer("12345678", [DIGITS] * 8, "chars:99999999"), "t.c", "varchar(12)", two))
    answer = code_answer("KX-4711", plain("AA-9999"), "chars:AA-9999")
    lines.append(case("kx-4711", answer.lower(), "t.c", policy="{ template = 'aa-9999', case = 'any' }"))
    answer = code_answer("Q7-KX", plain("NN-AA"), "chars:NN-AA")
    lines.append(case("Q7-KX", answer, "t.c", policy="{ template = 'n*-aA' }", equality="ci"))
    lines.append(case("q7-kx", answer.lower(), "t.c", policy="{ template = 'n*-aA' }", equality="ci"))
    lines.append(case("kx-4711", invalid("t.c", "kx-4711"), "t.c", policy="{ template = 'AA-9999' }"))
    write(HERE, "character_map", lines)


# --- username

HANDLES = tomllib.loads((RULES / "words/handles-1.toml").read_text())


def username_answer(cell, bits=80, equality="exact", separator="-", space=99):
    at, cell = ("@", cell[1:]) if cell.startswith("@") else ("", cell)
    made = tag("username", "tag", f"username:{bits}:{equality}:handles-1", canonical(cell, equality).encode())
    first, second = divmod(index(made[8:], len(HANDLES["first"]) * len(HANDLES["second"])), len(HANDLES["second"]))
    words = HANDLES["first"][first] + HANDLES["second"][second]
    return at + words[:space] + separator + base32(made, bits // 5)


def username():
    lines = []
    for cell in ("jane_doe84", "@jane_doe84", "Jane_Doe84", "jos\u00e9", "42"):
        for equality in ("exact", "ci"):
            lines.append(case(cell, username_answer(cell, equality=equality), "username", equality=equality))
    for separator in ("_", ".", ""):
        lines.append(case("jane", username_answer("jane", separator=separator), "username", policy=f"{{ separator = '{separator}' }}"))
    lines.append(case("jane", username_answer("jane", 60), "username", policy="{ bits = 60 }"))
    lines.append(case("jane", username_answer("jane", space=4), "username", "varchar(22)"))
    lines.append(case("@jane", username_answer("@jane", bits=45, space=1), "username", "varchar(12)"))
    lines.append(case("", "", "username"))
    write(HERE, "username", lines)


# --- ip

SPECIAL = {4: "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
              "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4",
           6: "::/128 ::1/128 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 "
              "3fff::/20 fc00::/7 fe80::/10 ff00::/8"}


def ip_blocks(version):
    """Name of each block and the networks it is made of, in order."""
    special = [ipaddress.ip_network(name) for name in SPECIAL[version].split()]
    blocks = [(str(network), [network]) for network in special]
    rest = [ipaddress.ip_network("0.0.0.0/0" if version == 4 else "::/0")]
    whole = ipaddress.ip_network("2000::/3")
    for network in special + ([whole] if version == 6 else []):
        rest = [part for old in rest for part in (old.address_exclude(network) if network.subnet_of(old) else [] if old.subnet_of(network) else [old])]
    if version == 4:
        return [*blocks, ("public", sorted(rest))]
    public = [whole]
    for network in special:
        public = [part for old in public for part in (old.address_exclude(network) if network.subnet_of(old) else [old])]
    return [*blocks, ("public", sorted(public)), ("other", sorted(rest))]


def ip_answer(cell, range="reserved"):
    text, slash, length = cell.partition("/")
    address = ipaddress.ip_address(text)
    mapped = address.version == 6 and address.ipv4_mapped
    prefix = int(length) if slash else address.max_prefixlen
    if mapped:
        address, prefix = mapped, prefix - 96
    bits = address.max_prefixlen
    value, host = int(address), (1 << (bits - prefix)) - 1
    network = prefix < bits and value & host == 0
    if range == "reserved":
        spec, block = ("ip4:198.18.0.0/15", "198.18.0.0/15") if bits == 32 else ("ip6:2001:db8::/32", "2001:db8::/32")
        made = tag("ip", "ip", spec, address.packed + (bytes([prefix]) if network else b""))
        block, kept = ipaddress.ip_network(block), prefix if network else bits
        free = kept - block.prefixlen
        if free <= 0:
            out = int(block.network_address) >> (bits - kept) << (bits - kept)
        else:
            choice = index(made, 1 << free) if bits == 32 else int.from_bytes(made, "big") >> (128 - free)
            out = int(block.network_address) | choice << (bits - kept)
    else:
        name, parts = next((name, parts) for name, parts in ip_blocks(address.version) if any(address in part for part in parts))
        fixed = bits - prefix if network else 0
        spec = f"ip{address.version}:{name}" + (f":{prefix}" if network else "")
        # Runs of neighbouring parts, in steps of the networks' size.
        runs = []
        for part in parts:
            first, last = int(part.network_address), int(part.broadcast_address)
            if runs and runs[-1][1] + 1 == first:
                runs[-1][1] = last
            else:
                runs.append([first, last])
        steps = [(-(-first // (1 << fixed)), last >> fixed) for first, last in runs]
        steps = [(first, last) for first, last in steps if first <= last]
        rank = 0
        for first, last in steps:
            if first <= value >> fixed <= last:
                rank += (value >> fixed) - first
                break
            rank += last - first + 1
        while True:
            rank = permute("ip", spec, rank, sum(last - first + 1 for first, last in steps))
            left = rank
            for first, last in steps:
                if left <= last - first:
                    break
                left -= last - first + 1
            out = (first + left) << fixed
            if network or prefix == bits or out & host:
                break
    if bits == 32:
        return ("::ffff:" if mapped else "") + str(ipaddress.IPv4Address(out)) + slash + length
    return str(ipaddress.IPv6Address(out)) + slash + length


def ip():
    lines = []
    for cell in ("203.0.113.195", "8.8.4.4", "10.20.30.40", "192.168.1.1/24", "10.20.30.0/24", "172.20.0.0/16", "127.0.0.1",
                 "255.255.255.255", "10.0.0.0/8", "2a00:1450:4001:82b::200e", "fe80::1", "fd12:3456:789a:1::/64", "2001:db8:85a3::/48",
                 "fc00::/7", "::1", "::ffff:8.8.4.4", "0.0.0.0/0", "203.0.113.77/30"):
        for range in ("reserved", "full"):
            lines.append(case(cell, ip_answer(cell, range), "ip", "inet", f"{{ range = '{range}' }}"))
    lines.append(case("2A00:1450::ABC", ip_answer("2a00:1450::abc").upper(), "ip"))
    full = ipaddress.ip_address(ip_answer("2a00:1450::abc", "full")).exploded
    lines.append(case("2a00:1450:0000:0000:0000:0000:0000:0abc", full, "ip", policy="{ range = 'full' }"))
    lines.append(case("10.20.30.0/24", ip_answer("10.20.30.0/24"), "ip", "cidr"))
    lines.append(case("198.51.100.77", "198.51.100.0", "ip", policy="{ mode = 'truncate' }"))
    lines.append(case("2001:db8:85a3::8a2e:370:7334/64", "2001:db8:85a3::/64", "ip", "inet", "{ mode = 'truncate' }"))
    lines.append(case("192.0.2.1:8080", invalid("ip", "192.0.2.1:8080"), "ip"))
    write(HERE, "ip", lines)


# --- mac

def mac_answer(cell, range="local", oui="mask"):
    digits = re.sub("[^0-9a-fA-F]", "", cell)
    spread = len(digits) == 16 and digits[6:10].lower() == "fffe"
    value = int(digits[:6] + digits[10:], 16) if spread else int(digits, 16)
    bits = 48 if spread else 4 * len(digits)
    if oui == "keep":
        free = bits - 24
        value = value >> free << free | permute("mac", f"mac{bits}:{free}", value & ((1 << free) - 1), 1 << free)
    else:
        text = f"{value:0{bits}b}"
        rank = int(text[:6] + text[8:], 2)
        while True:
            rank = permute("mac", f"mac{bits}:{bits - 2}", rank, 1 << (bits - 2))
            out = f"{rank:0{bits - 2}b}"
            value = int(out[:6] + ("1" if range == "local" else text[6]) + text[7] + out[6:], 2)
            if bits == 48 or value >> 24 & 0xFFFF != 0xFFFE:
                break
    out = f"{value:0{bits // 4}x}"
    if spread:
        out = out[:6] + "fffe" + out[6:]
    if re.search("[A-F]", digits):
        out = out.upper()
    rest = iter(out)
    return "".join(next(rest) if c in "0123456789abcdefABCDEF" else c for c in cell)


def mac():
    lines = []
    for cell in ("08:00:2b:01:02:03", "02-42-AC-11-00-02", "0800.2b01.0203", "01005e0000fb", "ff:ff:ff:ff:ff:ff",
                 "08:00:2b:ff:fe:01:02:03", "08:00:2b:01:02:03:04:05"):
        type = "macaddr" if cell == cell.lower() and ":" in cell else TEXT
        lines.append(case(cell, mac_answer(cell), "mac", type))
        lines.append(case(cell, mac_answer(cell, "full"), "mac", type, "{ range = 'full' }"))
        lines.append(case(cell, mac_answer(cell, oui="keep"), "mac", type, "{ oui = 'keep' }"))
    lines.append(case("08:00:2b:01:02", invalid("mac", "08:00:2b:01:02"), "mac"))
    write(HERE, "mac", lines)


# --- national ids: for each kind, what a number's characters are as class, rank and count, and back

def span(first, last):
    return datetime.date(first, 1, 1), (datetime.date(last + 1, 1, 1) - datetime.date(first, 1, 1)).days


def weighted(digits, weights):
    return sum(int(d) * w for d, w in zip(digits, weights))


def luhn(body):
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return str(-total % 10)


def mod_11_10(body):
    rest = 10
    for digit in body:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - rest) % 10)


class Mixed:
    """A mixed radix: sizes of the parts, the first the highest."""

    def __init__(self, *sizes):
        self.sizes, self.count = sizes, math.prod(sizes)

    def rank(self, *parts):
        rank = 0
        for size, part in zip(self.sizes, parts, strict=True):
            assert 0 <= part < size
            rank = rank * size + part
        return rank

    def parts(self, rank):
        out = []
        for size in reversed(self.sizes):
            rank, part = divmod(rank, size)
            out.append(part)
        return out[::-1]


def plain(digits, check, first=0, count=None, suffix=""):
    """The first digits are the rank, then what `check` gives (None: not issued)."""
    def answer(text):
        def back(rank):
            body = f"{rank + first:0{digits}d}"
            end = check(body)
            return None if end is None else body + end
        return suffix, int(text[:digits]) - first, count or 10**digits, back
    return answer


def eleven(body, weights, at_10=None, at_11="0"):
    value = 11 - weighted(body, weights) % 11
    return {10: at_10, 11: at_11}.get(value, str(value))


def ar_cuit(text):
    def back(rank):
        end = eleven(f"{text[:2]}{rank:08d}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))
        return end and f"{text[:2]}{rank:08d}{end}"
    return ":" + text[:2], int(text[2:10]), 10**8, back


def au_tfn(body):
    return next((d for d in DIGITS if weighted(body + d, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0), None)


def be_rrn(text):
    front, check = int(text[:9]), int(text[9:])
    century = 1900 if 97 - front % 97 == check else 2000
    start, days = span(century, 1999 if century == 1900 else 2029)
    form = Mixed(days, 997)
    born = datetime.date(century + int(text[:2]), int(text[2:4]), int(text[4:6]))
    def back(rank):
        day, serial = form.parts(rank)
        front = f"{start + datetime.timedelta(day):%y%m%d}{serial + 1:03d}"
        return front + f"{97 - int(('2' if century == 2000 else '') + front) % 97:02d}"
    return f":{century}", form.rank((born - start).days, int(text[6:9]) - 1), form.count, back


def cnpj_checks(front):
    for _ in range(2):
        weights = [2 + place % 8 for place in range(len(front))][::-1]
        rest = sum((ord(c) - 48) * w for c, w in zip(front, weights)) % 11
        front += str(0 if rest < 2 else 11 - rest)
    return front


def br_cnpj(text):
    company = text[:8]
    if company.isdigit():
        return "", int(company), 10**8, lambda rank: cnpj_checks(f"{rank:08d}" + text[8:12])
    def back(rank):
        out = ""
        for _ in range(8):
            rank, place = divmod(rank, 36)
            out = ALPHABETS["N"][place] + out
        return None if out.isdigit() else cnpj_checks(out + text[8:12])
    return ":alnum", int(company, 36), 36**8, back


def cpf_checks(body):
    if len(set(body)) == 1:
        return None
    out = ""
    for start in (10, 11):
        rest = weighted(body + out, range(start, 1, -1)) % 11
        out += str(0 if rest < 2 else 11 - rest)
    return out


def ca_sin(text):
    return plain(8, luhn, 9 * 10**7, 10**7, ":temporary")(text) if text[0] == "9" else plain(8, luhn, 10**7, 7 * 10**7)(text)


def cl_rut(text):
    number = int(text[:-1])
    suffix, first, last = next(c for c in ((":7", 10**6, 10**7 - 1), (":8", 10**7, 5 * 10**7 - 1), (":company", 5 * 10**7, 10**8 - 1)) if c[1] <= number <= c[2])
    def back(rank):
        body = str(rank + first)
        return body + eleven(body[::-1], (2, 3, 4, 5, 6, 7, 2, 3), "K")
    return suffix, number - first, last - first + 1, back


PROVINCES = [11, 12, 13, 14, 15, 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82]


def cn_ric(text):
    century = int(text[6:8]) * 100
    start, days = span(century, 1999 if century == 1900 else 2029)
    form = Mixed(34, 90, 99, days, 1000)
    born = datetime.datetime.strptime(text[6:14], "%Y%m%d").date()
    rank = form.rank(PROVINCES.index(int(text[:2])), int(text[2:4]) - 1, int(text[4:6]) - 1, (born - start).days, int(text[14:17]))
    def back(rank):
        province, prefecture, county, day, serial = form.parts(rank)
        front = f"{PROVINCES[province]}{prefecture + 1:02d}{county + 1:02d}{start + datetime.timedelta(day):%Y%m%d}{serial:03d}"
        return front + next(c for v, c in enumerate("0123456789X") if (sum(int(d) * 2 ** (17 - i) for i, d in enumerate(front)) + v) % 11 == 1)
    return f":{century}", rank, form.count, back


def steuer_ways(prefix):
    """How many bodies of ten digits begin with the prefix."""
    counts = collections.Counter(prefix)
    most = max(counts.values(), default=0)
    if most > 3 or sum(v > 1 for v in counts.values()) > 1 or any(d * 3 in prefix for d in DIGITS):
        return 0
    if len(prefix) == 10:
        return int(most > 1)
    state = (len(prefix), len(counts), most, prefix[-2:] == prefix[-1:] * 2 and len(prefix) > 1, counts[prefix[-1]] if prefix else 0)
    if state not in STEUER:
        STEUER[state] = sum(steuer_ways(prefix + d) for d in DIGITS)
    return STEUER[state]


STEUER = {}


def steuer_body(rank):
    body = ""
    while len(body) < 10:
        for digit in DIGITS:
            ways = steuer_ways(body + digit)
            if rank < ways:
                body += digit
                break
            rank -= ways
    return body


def de_steuer_id(text):
    tests = steuer_ways("0")
    rank = sum(steuer_ways(text[:place] + digit) for place in range(10) for digit in DIGITS if digit < text[place])
    def back(rank):
        body = steuer_body(rank + tests)
        return body + mod_11_10(body)
    return "", rank - tests, steuer_ways("") - tests, back


def cohorts(text, groups, born, serial, write):
    """`groups`: suffix, and cohorts of first year, last year, first and last serial number."""
    for suffix, century, parts in groups:
        before = 0
        rank = None
        sizes = [span(a, b)[1] * (d - c + 1) for a, b, c, d in parts]
        for (a, b, c, d), size in zip(parts, sizes):
            year = century + int(born[:2])
            if rank is None and a <= year <= b and c <= serial <= d:
                rank = before + (datetime.date(year, int(born[2:4]), int(born[4:])) - span(a, b)[0]).days * (d - c + 1) + serial - c
            before += size
        if rank is None:
            continue
        def back(rank):
            for (a, b, c, d), size in zip(parts, sizes):
                if rank < size:
                    day, number = divmod(rank, d - c + 1)
                    return write(span(a, b)[0] + datetime.timedelta(day), number + c)
                rank -= size
        return suffix, rank, before, back


def dk_cpr(text):
    groups = [(":1900", 1900, [(1900, 1999, 0, 3999), (1937, 1999, 4000, 4999), (1937, 1999, 9000, 9999)]),
              (":2000", 2000, [(2000, 2029, 4000, 4999), (2000, 2029, 5000, 8999), (2000, 2029, 9000, 9999)]),
              (":1858", 1800, [(1858, 1899, 5000, 8999)])]
    born = text[4:6] + text[2:4] + text[:2]
    return cohorts(text, groups, born, int(text[6:]), lambda day, serial: f"{day:%d%m%y}{serial:04d}")


DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def es_dni_nie(text):
    if text[0] in "XYZ":
        number = int(str("XYZ".index(text[0])) + text[1:8])
        return ":nie", number, 3 * 10**7, lambda rank: "XYZ"[rank // 10**7] + f"{rank % 10**7:07d}" + DNI[rank % 23]
    return ":dni", int(text[:8]), 10**8, lambda rank: f"{rank:08d}" + DNI[rank % 23]


def fi_century(text):
    return next(c for c in ((1900, 1999, "-UVWXY"), (2000, 2029, "ABCDEF"), (1800, 1899, "+")) if text[6] in c[2])


def fi_hetu(text):
    first, last, _ = fi_century(text)
    serial = int(text[7:10])
    low, serials, mark = (900, 100, ":temporary") if serial >= 900 else (2, 898, "")
    start, days = span(first, last)
    form = Mixed(days, serials)
    born = datetime.date(first + int(text[4:6]), int(text[2:4]), int(text[:2]))
    return f":{first}{mark}", form.rank((born - start).days, serial - low), form.count, lambda rank: fi_back(text, start, form, low, rank)


def fi_back(text, start, form, low, rank):
    day, serial = form.parts(rank)
    date, serial = f"{start + datetime.timedelta(day):%d%m%y}", f"{serial + low:03d}"
    return date + text[6] + serial + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(date + serial) % 31]


DEPARTMENTS = [f"{d:02d}" for d in range(1, 96)] + ["2A", "2B", "97", "98", "99"]


def fr_nir(text):
    form = Mixed(2, 100, 12, 100, 990, 999)
    rank = form.rank(int(text[0]) - 1, int(text[1:3]), int(text[3:5]) - 1, DEPARTMENTS.index(text[5:7]), int(text[7:10]) - 1, int(text[10:13]) - 1)
    def back(rank):
        sex, year, month, department, commune, serial = form.parts(rank)
        front = f"{sex + 1}{year:02d}{month + 1:02d}{DEPARTMENTS[department]}{commune + 1:03d}{serial + 1:03d}"
        return front + (f"{97 - int(front.replace('2A', '19').replace('2B', '18')) % 97:02d}" if len(text) == 15 else "")
    return "", rank, form.count, back


NHS = lambda body: eleven(body, range(10, 1, -1))
NINO = [a + b for a in UPPER if a not in "DFIQUV" for b in UPPER if b not in "DFIOQUV"
        if a + b not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")]


def gb_nino(text):
    form = Mixed(len(NINO), 10**6, 4)
    whole = len(text) == 9
    rank = form.rank(NINO.index(text[:2]), int(text[2:8]), "ABCD".index(text[8]) if whole else 0)
    def back(rank):
        pair, number, letter = form.parts(rank if whole else rank * 4)
        return f"{NINO[pair]}{number:06d}" + ("ABCD"[letter] if whole else "")
    return ("", rank, form.count, back) if whole else (":8", rank // 4, form.count // 4, back)


def lengths(text, check):
    """Numbers that may lack zeros in front."""
    number = int(text[:-1])
    size = len(str(number))
    def back(rank):
        body = f"{rank + 10 ** (size - 1):0{len(text) - 1}d}"
        end = check(body)
        return None if end is None else body + end
    return f":{size + 1}", number - 10 ** (size - 1), 9 * 10 ** (size - 1), back


def bsn_check(body):
    return next((d for d in DIGITS if (weighted(body.zfill(8), range(9, 1, -1)) - int(d)) % 11 == 0), None)


VERHOEFF = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def verhoeff_product(a, b):
    """Symmetries of a pentagon as permutations of its corners: r^a, or r^a s."""
    corners = lambda x: [(x + c) % 5 if x < 5 else (x - 5 - c) % 5 for c in range(5)]
    left, right = corners(a), corners(b)
    both = [left[right[c]] for c in range(5)]
    return next(x for x in range(10) if corners(x) == both)


def aadhaar_check(body):
    total = 0
    for place, digit in enumerate(reversed(body), 1):
        value = int(digit)
        for _ in range(place % 8):
            value = VERHOEFF[value]
        total = verhoeff_product(total, value)
    end = next(d for d in DIGITS if verhoeff_product(total, int(d)) == 0)
    return None if body + end == (body + end)[::-1] else end


def in_pan(text):
    form = Mixed(26, 26, 26, 26, 9999, 26)
    letters = [UPPER.index(text[place]) for place in (0, 1, 2, 4)]
    def back(rank):
        *letters, number, last = form.parts(rank)
        a, b, c, d = (UPPER[place] for place in letters)
        return f"{a}{b}{c}{text[3]}{d}{number + 1:04d}{UPPER[last]}"
    return "", form.rank(*letters, int(text[5:9]) - 1, UPPER.index(text[9])), form.count, back


TRIPLES = [a + b + c for a in UPPER for b in UPPER for c in UPPER if re.fullmatch("[^AEIOU]*[AEIOU]*X*", a + b + c)]
CF_EVEN = {c: v for digits in (DIGITS, UPPER) for v, c in enumerate(digits)}
CF_ODD = dict(zip(UPPER, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)))
CF_ODD |= {str(d): CF_ODD[UPPER[d]] for d in range(10)}


def it_codice_fiscale(text):
    places = (6, 7, 9, 10, 12, 13, 14)
    original, text = text, "".join(str("LMNPQRSTUV".index(c)) if p in places and c.isalpha() else c for p, c in enumerate(text))
    start, days = span(2000, 2099)
    form = Mixed(len(TRIPLES), len(TRIPLES), days, 2, 14, 999)
    day = int(text[9:11])
    born = datetime.date(2000 + int(text[6:8]), "ABCDEHLMPRST".index(text[8]) + 1, day - 40 if day > 40 else day)
    rank = form.rank(TRIPLES.index(text[:3]), TRIPLES.index(text[3:6]), (born - start).days, int(day > 40), "ABCDEFGHIJKLMZ".index(text[11]), int(text[12:15]) - 1)
    def back(rank):
        surname, name, day, sex, place, number = form.parts(rank)
        day = start + datetime.timedelta(day)
        out = f"{TRIPLES[surname]}{TRIPLES[name]}{day:%y}{'ABCDEHLMPRST'[day.month - 1]}{day.day + 40 * sex:02d}{'ABCDEFGHIJKLMZ'[place]}{number + 1:03d}"
        out = "".join("LMNPQRSTUV"[int(c)] if p in places and original[p].isalpha() else c for p, c in enumerate(out))
        return out + UPPER[sum((CF_ODD if p % 2 == 0 else CF_EVEN)[c] for p, c in enumerate(out)) % 26]
    return "", rank, form.count, back


def kr_rrn(text):
    digits, first, last = next(c for c in (("12", 1900, 1999), ("34", 2000, 2029), ("56", 1900, 1999), ("78", 2000, 2029), ("90", 1800, 1899)) if text[6] in c[0])
    start, days = span(first, last)
    form = Mixed(days, 2, 96000)
    born = datetime.date(first + int(text[:2]), int(text[2:4]), int(text[4:6]))
    def back(rank):
        day, sex, serial = form.parts(rank)
        front = f"{start + datetime.timedelta(day):%y%m%d}{digits[sex]}{serial:05d}"
        return front + str((11 - weighted(front, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10)
    return ":" + digits, form.rank((born - start).days, digits.index(text[6]), int(text[7:12])), form.count, back


def no_write(text, day_mark, month_mark):
    def write(day, serial):
        front = f"{day.day + day_mark:02d}{day.month + month_mark:02d}{day:%y}{serial:03d}"
        first = eleven(front, (3, 7, 6, 1, 8, 9, 4, 5, 2))
        second = first and eleven(front + first, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))
        return second and front + first + second
    return write


def no_fodselsnummer(text, month_mark=None):
    day_mark, own = 40 * (int(text[:2]) > 40), next(m for m in (80, 40, 0) if int(text[2:4]) > m)
    groups = [(":1900", 1900, [(1900, 1999, 0, 499), (1940, 1999, 900, 999)]), (":2000", 2000, [(2000, 2029, 500, 999)]),
              (":1854", 1800, [(1854, 1899, 500, 749)])]
    born = f"{text[4:6]}{int(text[2:4]) - own:02d}{int(text[:2]) - day_mark:02d}"
    return cohorts(text, groups, born, int(text[6:9]), no_write(text, day_mark, own if month_mark is None else month_mark))


def pl_pesel(text):
    century, mark = (2000, 20) if int(text[2:4]) > 20 else (1900, 0)
    start, days = span(century, 2029 if mark else 1999)
    form = Mixed(days, 10000)
    born = datetime.date(century + int(text[:2]), int(text[2:4]) - mark, int(text[4:6]))
    def back(rank):
        day, serial = form.parts(rank)
        day = start + datetime.timedelta(day)
        front = f"{day:%y}{day.month + mark:02d}{day:%d}{serial:04d}"
        return front + str(-weighted(front, (1, 3, 7, 9) * 3) % 10)
    return f":{century}", form.rank((born - start).days, int(text[6:10])), form.count, back


def above_9(body, weights):
    return eleven(body, weights, "0", "0")


def se_personnummer(text):
    first, last, suffix = {"": (2000, 2099, ""), "19": (1900, 1999, ":1900"), "20": (2000, 2029, ":2000")}[text[:-10]]
    start, days = span(first, last)
    form = Mixed(days, 1000)
    mark = 60 if int(text[-6:-4]) > 60 else 0
    born = datetime.date(first + int(text[-10:-8]), int(text[-8:-6]), int(text[-6:-4]) - mark)
    def back(rank):
        day, serial = form.parts(rank)
        day = start + datetime.timedelta(day)
        front = f"{day:%y%m}{day.day + mark:02d}{serial:03d}"
        return text[:-10] + front + luhn(front)
    return suffix, form.rank((born - start).days, int(text[-4:-1])), form.count, back


def tckn_checks(body):
    odd, even = sum(map(int, body[::2])), sum(map(int, body[1::2]))
    first = (7 * odd - even) % 10
    return f"{first}{(odd + even + first) % 10}"


def za_id(text):
    start, days = span(2000, 2099)
    refugee = text[10] == "2"
    form = Mixed(days, 10000, 1 if refugee else 2)
    born = datetime.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    def back(rank):
        day, serial, citizenship = form.parts(rank)
        front = f"{start + datetime.timedelta(day):%y%m%d}{serial:04d}{2 if refugee else citizenship}{text[11]}"
        return front + luhn(front)
    return ":refugee" if refugee else "", form.rank((born - start).days, int(text[6:10]), 0 if refugee else int(text[10])), form.count, back


#: Kind, how it is read, numbers.
FULL = {
    "ar_cuit": (ar_cuit, ("20-26756539-3", "30615459190", "27 26756539 8")),
    "au_tfn": (plain(8, au_tfn), ("123 456 782", "123456782", "865 414 088")),
    "be_rrn": (be_rrn, ("85.07.30-033 28", "17.07.30-033 84", "85073003328")),
    "br_cnpj": (br_cnpj, ("16.727.230/0001-97", "12.ABC.345/01DE-35", "16727230000197")),
    "br_cpf": (plain(9, cpf_checks), ("390.533.447-05", "39053344705", "529.982.247-25")),
    "ca_sin": (ca_sin, ("130-692-544", "130692544", "900 000 001")),
    "ch_ahv": (lambda text: plain_ahv(text), ("756.9217.0769.85", "7569217076985", "756.1234.5678.97")),
    "cl_rut": (cl_rut, ("12.531.909-2", "76086428-5", "9.068.826-K", "9068826k")),
    "cn_ric": (cn_ric, ("360426199101010071", "11010519491231002X", "11010519491231002x")),
    "de_steuer_id": (de_steuer_id, ("36 574 261 809", "86095742719", "65 929 970 489")),
    "dk_cpr": (dk_cpr, ("211062-5629", "2110620629", "010105-5678", "2110629629")),
    "es_dni_nie": (es_dni_nie, ("54362315-K", "54362315K", "X-2482300W", "x2482300w")),
    "fi_hetu": (fi_hetu, ("131052-308T", "131052-308t", "010203A1230")),
    "fr_nir": (fr_nir, ("2 95 10 99 126 111 93", "253072A07300443", "253072a07300443", "2530773004004")),
    "gb_nhs": (plain(9, NHS, 0, 999 * 10**6), ("943-476-5870", "9434765870", "943 476 5919")),
    "gb_nino": (gb_nino, ("AB 12 34 56 C", "ab123456c", "AB123456")),
    "hr_oib": (plain(10, mod_11_10), ("33392005961", "94577403194", "00000000001")),
    "il_id": (lambda text: lengths(text, luhn), ("3933742-3", "039337423", "123456782")),
    "in_aadhaar": (plain(11, aadhaar_check, 2 * 10**10, 8 * 10**10), ("2341 2341 2346", "234123412346", "9999-4105-7058")),
    "in_pan": (in_pan, ("ACUPA7085R", "acupa7085r", "AAPPV8261K")),
    "it_codice_fiscale": (it_codice_fiscale, ("RCCMNL83S18D969H", "rccmnl83s18d969h", "RCCMNL83S18D9S9T")),
    "jp_my_number": (plain(11, lambda body: above_9(body, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2))), ("6214 9832 0257", "621498320257", "123456789018")),
    "kr_rrn": (kr_rrn, ("971013-9019902", "9710139019902", "050101-3000004")),
    "nl_bsn": (lambda text: lengths(text, bsn_check), ("111222333", "1112.22.333", "12345672", "012345672", "001241643")),
    "no_fodselsnummer": (no_fodselsnummer, ("151086 95088", "15108695088", "01010750160", "55108695071")),
    "pl_pesel": (pl_pesel, ("44051401359", "02070803628", "02270803624")),
    "pt_nif": (lambda text: plain(8, lambda body: above_9(body, range(9, 1, -1)), int(text[0]) * 10**7, 10**7, ":" + text[0])(text), ("501 964 843", "501964843", "123456789")),
    "se_personnummer": (se_personnummer, ("880320-0016", "8803200016", "19880320-0016", "880320+0016", "8803800013")),
    "tr_tckn": (plain(9, tckn_checks, 10**8, 9 * 10**8), ("17291716060", "10000000146", "172 917 160 60")),
    "za_id": (za_id, ("7503305044089", "750330 5044 089", "8001015009087")),
}


def plain_ahv(text):
    suffix, rank, count, back = plain(9, lambda body: str(-weighted("756" + body, (1, 3) * 6) % 10))(text[3:12])
    return suffix, rank, count, lambda rank: "756" + back(rank)


def never_ca(text):
    return 10**7, lambda rank: f"{rank:08d}" + luhn(f"{rank:08d}")


def never_de(text):
    return steuer_ways("0"), lambda rank: steuer_body(rank) + mod_11_10(steuer_body(rank))


def never_fi(text):
    first, last, _ = fi_century(text)
    start, days = span(first, last)
    return days * 100, lambda rank: fi_back(text, start, Mixed(days, 100), 900, rank)


def never_nhs(text):
    return 10**6, lambda rank: NHS(f"999{rank:06d}") and f"999{rank:06d}" + NHS(f"999{rank:06d}")


def never_nino(text):
    if len(text) == 8:
        return 10**6, lambda rank: f"QQ{rank:06d}"
    return 4 * 10**6, lambda rank: f"QQ{rank // 4:06d}{'ABCD'[rank % 4]}"


def never_no(text):
    _, _, count, back = no_fodselsnummer(text, 80)
    return count, back


NEVER = {"ca_sin": never_ca, "de_steuer_id": never_de, "fi_hetu": never_fi, "gb_nhs": never_nhs, "gb_nino": never_nino,
         "no_fodselsnummer": never_no}


def id_answer(kind, cell, range="full"):
    keep = re.compile("[0-9A-Za-z+-]" if kind == "fi_hetu" else "[0-9A-Za-z]")
    text = "".join(keep.findall(cell)).upper()
    suffix, rank, count, back = FULL[kind][0](text)
    assert back(rank) == text, (kind, cell, back(rank))
    if range == "full":
        while True:
            rank = permute("national_id", f"id:{kind}{suffix}", rank, count)
            out = back(rank)
            if out:
                break
    else:
        count, back = NEVER[kind](text)
        rank = index(tag("national_id", "id", f"id:{kind}:never_issued", text.encode()), count)
        while not (out := back(rank)):
            rank = (rank + 1) % count
    if re.search("[a-z]", cell):
        out = out.lower()
    rest = iter(out)
    return "".join(next(rest) if keep.match(c) else c for c in cell)


def released(operator, own):
    """The lines of the other script's policies, as they are."""
    lines = [json.loads(line) for line in (HERE / f"{operator}.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "op"} for line in lines if own(line["policy"])]


def national_id():
    lines = released("national_id", lambda policy: policy["kind"] == "us_ssn")
    for kind, (_, cells) in FULL.items():
        for cell in cells:
            lines.append(case(cell, id_answer(kind, cell), "national_id", policy=f"{{ kind = '{kind}', range = 'full' }}"))
            if kind in NEVER:
                answer = id_answer(kind, cell, "never_issued")
                lines.append(case(cell, answer, "national_id", policy=f"{{ kind = '{kind}' }}"))
        wrong = cells[0][:-1] + ("1" if cells[0][-1] != "1" else "2")
        if kind not in ("dk_cpr", "in_pan"):
            lines.append(case(wrong, invalid("national_id", wrong), "national_id", policy=f"{{ kind = '{kind}' }}"))
    write(HERE, "national_id", lines)


# --- url

def email_tag(address, bits=80, equality="exact"):
    return base32(tag("email", "tag", f"email:{bits}:{equality}", address.encode()), bits // 5)


def url_answer(shape, host, rest, bits=60, equality="exact", base="example.test", subdomain=True):
    """`shape`: the output with {host}, {0}, {1}, .. for the tags of pieces and {whole} for that of the whole."""
    n = bits // 5
    front = base32(tag("url", "tag", f"url:host:{bits}", host.encode()), n) + "." if subdomain else ""
    whole = base32(tag("url", "tag", f"url:{bits}:{equality}", (host + canonical(rest, equality)).encode()), n)
    short = lambda piece: base32(tag("url", "tag", "url:piece:30", piece.encode()), 6)
    return re.sub(r"<(.*?)>", lambda m: short(m[1]), shape.replace("{host}", front + base).replace("{whole}", whole))


def url():
    lines = []
    rest = "/users/jane/photo.jpg?size=2#top"
    for cell in ("https://jane:secret@blog.acme.com:8443" + rest, "https://BLOG.acme.com.:8443" + rest):
        lines.append(case(cell, url_answer("https://{host}:8443/<users>/<jane>/<photo>.jpg?<size>=<2>#{whole}", "blog.acme.com", rest), "url"))
    for cell, shape, host, rest in (
            ("http://acme.com", "http://{host}", "acme.com", ""), ("http://acme.com/", "http://{host}/", "acme.com", "/"),
            ("HTTPS://Acme.com/a//b/", "HTTPS://{host}/<a>//{whole}/", "acme.com", "/a//b/"),
            ("http://acme.com/report.pdf", "http://{host}/{whole}.pdf", "acme.com", "/report.pdf"),
            ("http://acme.com?a=1&b&=2", "http://{host}?<a>=<1>&<b>&={whole}", "acme.com", "?a=1&b&=2"),
            ("http://B\u00dccher.example/x", "http://{host}/{whole}", "b\u00fccher.example", "/x"),
            ("http://[2001:DB8::1]:80/x", "http://{host}:80/{whole}", "[2001:db8::1]", "/x"),
            ("file:///home/jane.txt", "file://{host}/<home>/{whole}.txt", "", "/home/jane.txt")):
        lines.append(case(cell, url_answer(shape, host, rest), "url"))
    fixed = dict(subdomain=False, base="shop.test")
    lines.append(case("http://acme.com/a/b?c", url_answer("http://{host}/", "acme.com", "/a/b?c", **fixed), "url", policy="{ path = 'drop', subdomain = 'none', host = 'shop.test' }"))
    lines.append(case("http://acme.com/a/b?c", url_answer("http://{host}/a/b?{whole}", "acme.com", "/a/b?c", bits=40, **fixed), "url", policy="{ path = 'keep', reason = 'routes', bits = 40, subdomain = 'none', host = 'shop.test' }"))
    long = "/aaa/bbb/ccc/ddd/eee"
    lines.append(case("http://acme.com" + long, url_answer("http://{host}/{whole}", "acme.com", long), "url", "varchar(60)"))
    lines.append(case("mailto:jane.doe@Example.com?subject=Hi", "mailto:" + email_tag("jane.doe@example.com") + "@example.com", "url"))
    data = "data:text/plain;base64,SmFuZQ=="
    lines.append(case(data, "data:," + base32(tag("url", "tag", "url:60:exact", data.encode()), 12), "url"))
    for cell in ("/users/jane", "www.acme.com"):
        lines.append(case(cell, invalid("url", cell), "url"))
    write(HERE, "url", lines)


# --- user_agent

AGENTS = tomllib.loads((RULES / "user_agents/agents-1.toml").read_text())["agents"]


def agent_answer(cell, family, equality="exact"):
    return AGENTS[family][index(tag("user_agent", "agent", f"agent:agents-1:{equality}", canonical(cell, equality).encode()), len(AGENTS[family]))]


def user_agent():
    lines = []
    for cell, family in (
            ("Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:52.9) Gecko/20180624 Firefox/52.9 PaleMoon/28.1", "firefox-windows"),
            ("Mozilla/5.0 (Linux; Android 9; SM-G960F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.96 Mobile Safari/537.36", "chrome-phone"),
            ("Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1", "safari-ipad"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13) AppleWebKit/537.36 Chrome/90 Safari/537.36 Edg/90.0", "edge-mac"),
            ("Opera/9.80 (X11; Linux i686) Presto/2.12 Version/12.14", "opera-linux"),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"), ("curl/7.1", "tool"),
            ("Mozilla/5.0 (iPad; U) Trident", "other-ipad"), ("Mozilla/5.0", "other"),
            ("AcmeShop/4.12 (build 8812; jane's phone)", "app")):
        lines.append(case(cell, agent_answer(cell, family), "user_agent"))
        lines.append(case(cell, agent_answer(cell, family, "ci"), "user_agent", equality="ci"))
    lines.append(case("curl/7.1", agent_answer("curl/7.1", "tool")[:6], "user_agent", "varchar(6)"))
    write(HERE, "user_agent", lines)


# --- company

def words(kind):
    text = (RULES / f"lexicons/{kind}.en-1.txt").read_text()
    return [line for line in text.splitlines() if not line.startswith("#")]


def company_answer(message, form="", bits=None, value=None, case=str):
    picked = []
    for kind in ("word", "trade"):
        list = words(f"company_{kind}")
        picked.append(list[index(tag("company", f"company.{kind}", f"lex:company_{kind}.en-1", message), len(list))])
    name = " ".join(picked)
    if bits:
        name += "-" + base32(tag("company", "tag", f"text:{bits}:base32:exact", message), bits // 5)
    return case(name) + form


def company():
    lines = []
    for cell, form in (("M\u00fcller & S\u00f6hne GmbH", " GmbH"), ("Acme, Inc.", ", Inc."), ("Acme", ""), ("Foo S.A.R.L.", " S.A.R.L."),
                       ("Foo GmbH & Co. KG", " GmbH & Co. KG")):
        message = canonical(cell, "exact").encode()
        lines.append(case(cell, company_answer(message, form), "company"))
        lines.append(case(cell, company_answer(message, form, 80), "company", policy="{ unique = true }"))
    lines.append(case("ACME LTD", company_answer(b"ACME LTD", " LTD", case=str.upper), "company"))
    lines.append(case("Acme", company_answer(b"Acme", " Inc."), "company", policy="{ form = 'locale' }"))
    lines.append(case("Acme Ltd", company_answer(b"Acme Ltd"), "company", policy="{ form = 'none' }"))
    subject = bytes.fromhex("0000000b637573746f6d65722e69640000000131")
    lines.append(case("Acme Ltd", company_answer(subject, " Ltd"), "company", subject=subject.hex()))
    lines.append(case("Acme Ltd", company_answer(b"Acme Ltd", " Ltd"), "company", policy="{ by = 'value' }", subject=subject.hex()))
    lines.append(case("", "", "company"))
    write(HERE, "company", lines)


# --- cards of test issuers, IBANs of the registry

BRANDS = tomllib.loads((RULES / "cards/brands-1.toml").read_text())["brand"]


def test_card_answer(cell, brand, check="valid"):
    """`brand`: its name; finding it is not what this checks."""
    digits = "".join(c for c in cell if c.isdigit())
    tests = next(own["tests"] for own in BRANDS if own["name"] == brand)
    size = len(digits) - 7
    first, middle = divmod(index(tag("card", "card", "card:brands-1:test", digits.encode()), len(tests) * 10**size), 10**size)
    body = f"{tests[first]}{middle:0{size}d}"
    return replace_digits(cell, body + str((int(luhn(body)) + (5 if check == "broken" else 0)) % 10))


def card():
    lines = released("card", lambda policy: "iin" not in policy and "brand" not in policy)
    for cell, brand in (("4111 1111 1111 1111", "visa"), ("4929123456789012", "visa"), ("3782-822463-10005", "amex"), ("2223000048410010", "mastercard"),
                        ("6304000000000000", "maestro"), ("30569309025904", "diners"), ("501800000009", "maestro"), ("6011111111111117", "discover")):
        digits = "".join(c for c in cell if c.isdigit())
        cell = replace_digits(cell, digits[:-1] + luhn(digits[:-1]))
        lines.append(case(cell, test_card_answer(cell, brand), "card", policy="{ iin = 'test' }"))
        lines.append(case(cell, test_card_answer(cell, brand, "broken"), "card", policy="{ iin = 'test', luhn = 'broken' }"))
        lines.append(case(cell, card_answer(cell), "card", policy="{ brand = 'known' }"))
    for policy in ("{ iin = 'test' }", "{ brand = 'known' }"):
        lines.append(case("7000000000000005", invalid("card", "7000000000000005"), "card", policy=policy))
    write(HERE, "card", lines)


STRUCTURES = tomllib.loads((RULES / "ibans/registry-1.toml").read_text())["structures"]


def mod_97_10(front):
    return front + f"{98 - int(front) * 100 % 97:02d}"


def es_digit(digits, weights):
    return {10: "1", 11: "0"}.get(value := 11 - weighted(digits, weights) % 11, str(value))


def rib(front):
    plain = re.sub("[A-Z]", lambda m: "12345678912345678923456789"[UPPER.index(m[0])], front)
    return front + f"{97 - (89 * int(plain[:5]) + 15 * int(plain[5:10]) + 3 * int(plain[10:])) % 97:02d}"


#: By country: positions of check digits, and the account part with them made from one with zeros there.
NATIONAL = {
    "BE": ({10, 11}, lambda a: a[:10] + f"{int(a[:10]) % 97 or 97:02d}"),
    "ES": ({8, 9}, lambda a: a[:8] + es_digit(a[:8], (4, 8, 5, 10, 9, 7, 3, 6)) + es_digit(a[10:], (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)) + a[10:]),
    "FI": ({13}, lambda a: a[:13] + luhn(a[:13])),
    "FR": ({21, 22}, lambda a: rib(a[:21])),
    "HR": ({6, 16}, lambda a: a[:6] + mod_11_10(a[:6]) + a[7:16] + mod_11_10(a[7:16])),
    "IT": ({0}, lambda a: UPPER[sum((CF_ODD if p % 2 == 0 else CF_EVEN)[c] for p, c in enumerate(a[1:])) % 26] + a[1:]),
    "NL": ({13}, lambda a: next((a[:13] + d for d in DIGITS if weighted(a[4:13] + d, range(10, 0, -1)) % 11 == 0), None)),
    "NO": ({10}, lambda a: (end := eleven(a[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))) and a[:10] + end),
    "PL": ({7}, lambda a: a[:7] + str(-weighted(a[:7], (3, 9, 7, 1, 3, 9, 7)) % 10) + a[8:]),
    "PT": ({19, 20}, lambda a: mod_97_10(a[:19])),
    "SI": ({13, 14}, lambda a: mod_97_10(a[:13])),
}


def registry_answer(cell, national=False, check="valid"):
    compact = cell.replace(" ", "").upper()
    country, account = compact[:2], compact[4:]
    assert iban_check(country, account) == int(compact[2:4]), (cell, iban_check(country, account))
    places, finish = NATIONAL.get(country, (set(), None)) if national else (set(), None)
    assert not finish or finish(account) == account, (cell, finish(account))
    kinds = "".join(kind * int(count) for kind, count in re.findall(r"([nac])(\d+)", STRUCTURES[country]))
    alphabets = {"n": DIGITS, "a": UPPER, "c": DIGITS + UPPER}
    free, count = [], 1
    for place in reversed(range(len(account))):
        if place in places:
            continue
        if count * len(alphabets[kinds[place]]) >= 1 << 128:
            break
        count *= len(alphabets[kinds[place]])
        free.insert(0, place)
    rank = 0
    for place in free:
        rank = rank * len(alphabets[kinds[place]]) + alphabets[kinds[place]].index(account[place])
    while True:
        rank = permute("iban", f"iban:{country}:registry-1" + (":national" if national else ""), rank, count)
        left, out = rank, list(account)
        for place in reversed(free):
            left, digit = divmod(left, len(alphabets[kinds[place]]))
            out[place] = alphabets[kinds[place]][digit]
        out = "".join(out)
        if finish:
            out = finish(out)
        if out:
            break
    value = iban_check(country, out)
    if check == "broken":
        value = (value - 2 + 48) % 97 + 2
    rest = iter(f"{country}{value:02d}{out}")
    return "".join(c if c == " " else next(rest) for c in cell)


def iban():
    lines = released("iban", lambda policy: "structure" not in policy and "national_check" not in policy)
    for cell in ("DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "MT84MALT011000012345MTLCAST001S", "LC55HEMM000100010012001200023015",
                 "FR1420041010050500013M02606", "AD1200012030200359100100"):
        lines.append(case(cell, registry_answer(cell), "iban", policy="{ structure = 'registry' }"))
    for cell in ("BE68 5390 0754 7034", "ES9121000418450200051332", "FI2112345600000785", "FR14 2004 1010 0505 0001 3M02 606", "HR1210010051863000160",
                 "IT60X0542811101000000123456", "NL91ABNA0417164300", "NO9386011117947", "PL61109010140000071219812874", "PT50000201231234567890154",
                 "SI56263300012039086", "DE89370400440532013000"):
        lines.append(case(cell, registry_answer(cell, True), "iban", policy="{ national_check = 'valid' }"))
    lines.append(case("nl91abna0417164300", registry_answer("NL91ABNA0417164300", True), "iban", policy="{ national_check = 'valid' }", equality="ci"))
    lines.append(case("NL91ABNA0417164300", registry_answer("NL91ABNA0417164300", check="broken"), "iban", policy="{ structure = 'registry', check = 'broken' }"))
    long = f"DE{iban_check('DE', '3' * 19):02d}" + "3" * 19
    lines.append(case(long, invalid("iban", long), "iban", policy="{ structure = 'registry' }"))
    write(HERE, "iban", lines)


if __name__ == "__main__":
    character_map()
    username()
    ip()
    mac()
    national_id()
    url()
    user_agent()
    company()
    card()
    iban()
