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


if __name__ == "__main__":
    character_map()
    username()
    ip()
    mac()
