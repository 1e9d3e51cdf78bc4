"""The "scrub v1" construction, slow and plain, for making known answers. Needs the `cryptography` package.

Independent of the Rust code on purpose: exact integers, one value at a time, primitives from OpenSSL."""
import json
import unicodedata

from cryptography.hazmat.primitives import cmac, hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand


def length_prefixed(data):
    return len(data).to_bytes(4, "big") + data


class Project:
    def __init__(self, root, name):
        extract = hmac.HMAC(b"scrub/v1/" + name.encode(), hashes.SHA256())
        extract.update(root)
        self.secret = extract.finalize()

    def key(self, domain, purpose, spec):
        info = b"scrub/v1/dom" + b"".join(length_prefixed(part.encode()) for part in (domain, purpose, spec))
        return HKDFExpand(algorithm=hashes.SHA256(), length=32, info=info).derive(self.secret)


#: The project of all known answers: key bytes 0 to 31.
PROJECT = Project(bytes(range(32)), "acme/dev")


def tag(domain, purpose, spec, message):
    mac = cmac.CMAC(algorithms.AES(PROJECT.key(domain, purpose, spec)))
    mac.update(message)
    return mac.finalize()


def index(tag, count):
    return (int.from_bytes(tag[:8], "big") * count) >> 64


def base32(tag, characters):
    bits = int.from_bytes(tag, "big")
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[bits >> (123 - 5 * place) & 31] for place in range(characters))


def shuffled(key, count):
    """Fisher-Yates from the top, draws of 32 bits from AES-256-CTR, Lemire's rejection."""
    stream = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    table = list(range(count))
    for last in range(count - 1, 0, -1):
        bound = last + 1
        while True:
            product = int.from_bytes(stream.update(bytes(4)), "big") * bound
            if product & 0xFFFFFFFF >= (1 << 32) % bound:
                break
        other = product >> 32
        table[last], table[other] = table[other], table[last]
    return table


def ff1_bits(key, value, bits):
    """FF1 (SP 800-38G) in radix 2 with an empty tweak."""
    encrypt = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update
    left_bits = bits // 2
    right_bits = bits - left_bits
    b = (right_bits + 7) // 8
    d = 4 * ((b + 3) // 4) + 4
    head = bytes([1, 2, 1, 0, 0, 2, 10, left_bits % 256]) + bits.to_bytes(4, "big") + bytes(4)
    left, right = value >> right_bits, value & ((1 << right_bits) - 1)
    for turn in range(10):
        modulus = 1 << (left_bits if turn % 2 == 0 else right_bits)
        message = head + bytes((-b - 1) % 16) + bytes([turn]) + right.to_bytes(b, "big")
        block = bytes(16)
        for start in range(0, len(message), 16):
            block = encrypt(bytes(x ^ y for x, y in zip(block, message[start : start + 16])))
        stream, counter = block, 1
        while len(stream) < d:
            stream += encrypt((int.from_bytes(block, "big") ^ counter).to_bytes(16, "big"))
            counter += 1
        left, right = right, (left + int.from_bytes(stream[:d], "big")) % modulus
    return left << right_bits | right


TABLES = {}


def permute(domain, spec, value, count, purpose="perm"):
    """The image of `value` under the permutation of 0 to count - 1."""
    assert 0 <= value < count
    key = PROJECT.key(domain, purpose, spec)
    if count == 1:
        return value
    if count < 1_000_000:
        if key not in TABLES:
            TABLES[key] = shuffled(key, count)
        return TABLES[key][value]
    while True:
        value = ff1_bits(key, value, (count - 1).bit_length())
        if value < count:
            return value


def canonical(text, equality):
    text = unicodedata.normalize("NFC", text.strip(" "))
    if equality == "exact":
        return text
    text = text.casefold()
    if equality == "ci":
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if unicodedata.combining(c) in (0, 9)))


def invalid(domain, text, equality="exact", width=None):
    """The tag of a cell that is outside of its operator's domain."""
    bits = min(80, 5 * (width - 1)) if width else 80
    message = canonical(text, equality).encode()
    return "x" + base32(tag(domain, "invalid", f"text:{bits}:base32:{equality}", message), bits // 5)


def write(folder, operator, lines):
    with open(folder / f"{operator}.jsonl", "w", newline="\n") as out:
        for line in lines:
            out.write(json.dumps({"op": operator, **line}, separators=(",", ":")) + "\n")
