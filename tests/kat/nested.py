"""Writes the known answers of the operators of values with parts: tests/kat/<operator>.jsonl, one case a line.

usage: nested.py     (a line that was released never changes)

Values are taken apart and put together by Python's own readers where there are such (json, xml.etree), and by a few
lines written from the formats' definitions where there are not. Pseudonyms of the parts come from operators.py."""
import base64
import datetime
import json
import pathlib
import xml.etree.ElementTree as ElementTree

from construction import canonical, index, invalid, tag, write
from operators import case, email_answer, hash_answer, integer_answer, phone_answer

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


# --- PostgreSQL's own texts

def array_text(value):
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return "{" + ",".join(array_text(element) for element in value) + "}"
    special = value == "" or value.upper() == "NULL" or any(c in '{},"\\' or c.isspace() for c in value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if special else value


def array_lines():
    def each(value, answer):
        if isinstance(value, list):
            return [each(element, answer) for element in value]
        return value if value is None or not value.strip(" ") else answer(value)

    lines = []
    for value in (["jane.doe@example.com", None, ""], [["a@b.test"], ["Jane.Doe@Example.COM"]], []):
        lines.append(case(array_text(value), array_text(each(value, email_answer)), "t.c", policy="{ element = 'email' }"))
    texts = ["plain", "two words", 'quote " and \\', "a,b", "{x}", "null", "NULL ", None, "é"]
    answer = each(texts, lambda text: hash_answer(text, "t.c[*]"))
    lines.append(case(array_text(texts), array_text(answer), "t.c", "text[]", "{ element = 'keyed_hash' }"))
    constant = each(texts, lambda text: 'a "b\\')
    policy = "{ element = { op = 'constant', value = 'a \"b\\' } }"
    lines.append(case(array_text(texts), array_text(constant), "t.c", "text[]", policy))
    numbers = [["1", "42"], ["0", None]]
    answer = each(numbers, lambda number: str(integer_answer("customer.id", int(number))))
    policy = "{ element = { op = 'permute', domain = 'customer.id' } }"
    lines.append(case("[0:1][1:2]=" + array_text(numbers), "[0:1][1:2]=" + array_text(answer), "t.c", "bigint[]", policy))
    lines.append(case("{a", invalid("t.c", "{a"), "t.c", policy="{ element = 'email' }"))
    write(HERE, "array", lines)


def hstore_text(pairs):
    def quoted(text):
        return "NULL" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return ", ".join(f"{quoted(key)}=>{quoted(value)}" for key, value in pairs)


def hstore_lines():
    pairs = [("email", "jane.doe@example.com"), ("plan", "gold"), ("code", 'a "b" \\c'), ("none", None)]
    answer = {"email": email_answer, "plan": lambda value: value, "code": lambda value: hash_answer(value, "t.c->code")}
    masked_pairs = [(key, value if value is None else answer[key](value)) for key, value in pairs]
    policy = "{ values = { email = 'email', plan = 'keep', code = 'keyed_hash' } }"
    lines = [case(hstore_text(pairs), hstore_text(masked_pairs), "t.c", "hstore", policy)]
    wild = [("note", "call her"), ("jane@example.com", "x"), ("4711", None), ("empty", "")]
    answer = [("note", "[redacted]"), ("[redacted]", "[redacted]"), ("[redacted 2]", None), ("empty", "")]
    lines.append(case(hstore_text(wild), hstore_text(answer), "t.c", "hstore", "{ rest = 'redact' }"))
    lines.append(case("no pairs", invalid("t.c", "no pairs"), "t.c", policy="{ rest = 'redact' }"))
    write(HERE, "hstore", lines)


def shifted(text, window=365):
    """A date of a row without subject."""
    days = 1 + index(tag("person", "dateshift", f"days:{window}", canonical(text, "exact").encode()), window)
    return (datetime.date.fromisoformat(text) - datetime.timedelta(days)).isoformat()


def range_lines():
    def ids(low, high, brackets="[)"):
        numbers = [None if end is None else integer_answer("customer.id", end) for end in (low, high)]
        if None not in numbers:
            numbers.sort()
        return brackets[0] + ",".join("" if number is None else str(number) for number in numbers) + brackets[1]

    def written(low, high, brackets="[)"):
        return brackets[0] + ",".join("" if end is None else str(end) for end in (low, high)) + brackets[1]

    policy = "{ element = { op = 'permute', domain = 'customer.id' } }"
    lines = []
    for bounds in ((1, 42), (42, 100, "(]"), (None, 42), (42, None), (None, None), (-5, 7, "[]"), (128, 129)):
        lines.append(case(written(*bounds), ids(*bounds), "t.c", "int4range", policy))
    several = [(1, 42), (127, 128, "()"), (1000, None)]
    lines.append(case("{" + ",".join(written(*one) for one in several) + "}", "{" + ",".join(ids(*one) for one in several) + "}",
                      "t.c", "int8multirange", policy))
    lines.append(case("empty", "empty", "t.c", "int4range", policy))
    for low, high in (("2024-03-01", "2024-04-01"), ("1984-02-29", "1984-02-29"), ("2000-01-01", "2000-01-02")):
        ends = sorted((shifted(low), shifted(high)))
        lines.append(case(f"[{low},{high}]", f"[{ends[0]},{ends[1]}]", "t.c", "daterange", "{ element = 'date_shift' }"))
    lines.append(case("[1", invalid("t.c", "[1"), "t.c", policy="{ bounds = 'integer', element = 'redact' }"))
    write(HERE, "range", lines)


# --- XML, by ElementTree

def xml_lines():
    cell = '<order no="7"><customer type="new"><email>jane.doe@example.com</email><name>J &amp; D</name></customer>' \
           '<log ip="192.0.2.7">seen &lt;twice&gt;</log><log ip="192.0.2.8" /></order>'

    def answer(change):
        root = ElementTree.fromstring(cell)
        for element in root.iter():
            change(element)
        out = ElementTree.tostring(root, encoding="unicode")
        return out

    def by_path(element):
        if element.tag == "email":
            element.text = email_answer(element.text)
        if element.tag == "name":
            element.text = hash_answer(element.text, "t.c/order/customer/name")
        if "ip" in element.attrib:
            element.set("ip", "<'>")

    def redact(element):
        if element.text:
            element.text = "[redacted]"
        for name in element.attrib:
            element.set(name, "[redacted]")

    assert answer(lambda element: None) == cell
    policy = "{ paths = { '/order/@no' = 'keep', '/order/customer/@type' = 'keep', '//email' = 'email', '//log' = 'keep', " \
             "'/order/customer/name' = 'keyed_hash', '//@ip' = { op = 'constant', value = \"<'>\" } } }"
    lines = [case(cell, answer(by_path), "t.c", "xml", policy), case(cell, answer(redact), "t.c", "xml", "{ rest = 'redact' }")]
    lines.append(case("<a>", invalid("t.c", "<a>"), "t.c", policy="{ rest = 'redact' }"))
    write(HERE, "xml", lines)


# --- PHP

def php(value):
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{int(value)};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, float):
        return f"d:{value};"
    if isinstance(value, str):
        return f's:{len(value.encode())}:"{value}";'
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return f"a:{len(value)}:{{" + "".join(php(key) + php(inner) for key, inner in pairs) + "}"


def php_lines():
    user = {"id": 42, "mail": "jane.doe@example.com", "roles": ["admin", "é"], "meta": {"ok": True, "n": 0.5, "x": None}}

    def by_path(path, value):
        if path == ("id",):
            return integer_answer("customer.id", value)
        return email_answer(value) if path == ("mail",) else value

    policy = "{ paths = { '$.id' = { op = 'permute', domain = 'customer.id' }, '$.mail' = 'email', '$.roles' = 'keep', '$.meta.*' = 'keep' } }"
    lines = [case(php(user), php(masked(user, by_path)), "t.c", policy=policy)]
    fixed = masked(user, lambda path, value: 0 if isinstance(value, float) else redacted(value))
    lines.append(case(php(user), php(fixed).replace('s:1:"n";i:0;', 's:1:"n";d:0;'), "t.c", policy="{ rest = 'redact' }"))
    outer = {"inner": php({"mail": "jane.doe@example.com"}), "n": 1}
    answer = {"inner": php({"mail": email_answer("jane.doe@example.com")}), "n": 1}
    lines.append(case(php(outer), php(answer), "t.c", policy="{ paths = { '$.inner.$php.mail' = 'email', '$.n' = 'keep' } }"))
    lines.append(case("a:1:{", invalid("t.c", "a:1:{"), "t.c", policy="{ rest = 'redact' }"))
    write(HERE, "serialized_php", lines)


# --- free text: what is in it is said here, not found

def text_lines():
    jane, call = "jane.doe@example.com", "(212) 555-7890"
    alias = email_answer(jane)
    lines = []

    def line(text, new, policy="{}"):
        lines.append(case(text, new, "t.c", policy=policy))

    for text in ("Wrote to {} twice.", "\u00e9 <{}>,\n\tthen home", '{{"a": [ "cc {} x", 1.50 ]}}', "https://example.test/?to={}"):
        line(text.format(jane), text.format(alias))
    line("Wrote to JANE.DOE@Example.com.", f"Wrote to {email_answer('JANE.DOE@Example.com')}.")
    line("to=jane.doe%40example.com", "to=" + alias.replace("@", "%40"))
    line(f"Phone: {call}, ask for Jane", f"Phone: {phone_answer(call, '1', '2125557890')}, ask for Jane")
    line("card 4111 1111 1111 1111 or cash", "card [redacted] or cash", "{ operators = { CREDIT_CARD = 'redact' } }")
    line(f"{jane} and {call}", f"{alias} and {call}", "{ entities = ['EMAIL'] }")
    hidden = "please write to {} as soon as you can"
    encode = lambda text: base64.b64encode(text.encode()).decode()
    line("x " + encode(hidden.format(jane)), "x " + encode(hidden.format(alias)))
    line("Order 4711 was late on 2024-05-06; 3 of 12 boxes, 19.99 each.", "Order 4711 was late on 2024-05-06; 3 of 12 boxes, 19.99 each.")
    write(HERE, "redact_text", lines)


if __name__ == "__main__":
    text_lines()
    json_lines()
    array_lines()
    hstore_lines()
    range_lines()
    xml_lines()
    php_lines()
