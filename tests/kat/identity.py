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


if __name__ == "__main__":
    character_map()
    username()
