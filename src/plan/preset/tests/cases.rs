//! Sample schemas, for each preset a policy that it is content with, and for every rule what has to change in that policy
//! to break the rule.

pub(super) const CLINIC: &str = "CREATE TABLE public.patient (id integer PRIMARY KEY, name text, email text, zip varchar(10), \
    born date, age integer, note text, profile jsonb, sex varchar(10));
    CREATE TABLE public.visit (id integer PRIMARY KEY, patient_id integer REFERENCES public.patient, admitted timestamp, \
    ward varchar(40));
    CREATE TABLE public.ward (code varchar(40) PRIMARY KEY, opened date)";

pub(super) const HIPAA: &str = r#"
preset = "hipaa_safe_harbor"
ephemeral = true
[tables."public.patient"]
subject = "id"
keep = { columns = ["sex"], reason = "two values" }
columns.id = "permute"
columns.name = "full_name"
columns.email = "email"
columns.zip = "null"
columns.born = "null"
columns.age = "null"
columns.note = "redact"
columns.profile = "redact"
[tables."public.visit"]
subject = "patient_id"
keep = { columns = ["ward"], reason = "names no town" }
columns.id = "permute"
columns.admitted = "redact"
[tables."public.ward"]
keep = { columns = ["code"], reason = "names no town" }
columns.opened = "redact"
"#;

pub(super) const GDPR: &str = r#"
preset = "gdpr_pseudonymize"
[tables."public.patient"]
subject = "id"
keep = { columns = ["sex", "age"], reason = "statistics" }
columns.id = "permute"
columns.name = "full_name"
columns.email = "email"
columns.zip = "redact"
columns.born = "date_shift"
columns.note = "redact"
columns.profile = "redact"
[tables."public.visit"]
subject = "patient_id"
keep = { columns = ["ward"], reason = "load of wards" }
columns.id = "permute"
columns.admitted = "date_shift"
[tables."public.ward"]
keep = { columns = ["code", "opened"], reason = "not about people" }
"#;

pub(super) const DEV: &str = r#"
preset = "dev_minimal"
[tables."public.patient"]
keep = { columns = ["sex", "age"], reason = "statistics" }
columns.id = "permute"
columns.email = "email"
[tables."public.visit"]
keep = { columns = ["id"] }
[tables."public.ward"]
keep = { columns = ["code"], reason = "names no town" }
"#;

pub(super) const SHOP: &str =
    "CREATE TABLE public.payment (id integer PRIMARY KEY, pan varchar(19), shown varchar(19), \
    cvc varchar(4), note text);
    CREATE TABLE public.refund (id integer PRIMARY KEY, pan varchar(19))";

pub(super) const PCI: &str = r#"
preset = "pci_dss"
[tables."public.payment"]
keep = { columns = ["id"], reason = "a counter" }
columns.pan = "card"
columns.shown = "redact"
columns.cvc = "null"
columns.note = "redact"
[tables."public.refund"]
keep = { columns = ["id"], reason = "a counter" }
columns.pan = "card"
"#;

/// A preset's rule, what has to be changed in the policy that passes, and what the finding is about.
pub(super) struct Case {
    pub(super) rule: &'static str,
    pub(super) changes: &'static [(&'static str, &'static str)],
    pub(super) about: &'static str,
}

const fn case(
    rule: &'static str,
    changes: &'static [(&'static str, &'static str)],
    about: &'static str,
) -> Case {
    Case { rule, changes, about }
}

pub(super) const KEEP_ROWS: (&str, &str) = (
    "[tables.\"public.patient\"]",
    "[tables.\"public.patient\"]\nkeep_rows = { when = \"email LIKE '%@qa.example.com'\", reason = \"tests\" }",
);
const UNCLASSIFIED: (&str, &str) = ("preset =", "unclassified = \"keep\"\npreset =");
const LIVE: (&str, &str) = (
    "columns.email = \"email\"",
    "columns.email = { op = \"email\", host = \"mail.acme.test\", live = true, reason = \"mail tests\" }",
);
const REGEX: (&str, &str) =
    ("columns.note = \"redact\"", "columns.note = { op = \"redact_regex\", pattern = '[0-9]+' }");
const REST: (&str, &str) = (
    "columns.profile = \"redact\"",
    "columns.profile = { op = \"json\", rest = \"keep\", reason = \"settings\" }",
);
/// The least that the guidance lets stay of a postcode.
pub(super) const ZIP: &str = "columns.zip = { op = \"partial\", prefix = 3, pad = \"\", when = \"zip NOT LIKE '036%' AND zip NOT LIKE '059%' AND zip \
    NOT LIKE '063%' AND zip NOT LIKE '102%' AND zip NOT LIKE '203%' AND zip NOT LIKE '556%' AND zip NOT LIKE '692%' AND zip NOT \
    LIKE '790%' AND zip NOT LIKE '821%' AND zip NOT LIKE '823%' AND zip NOT LIKE '83%' AND zip NOT LIKE '878%' AND zip NOT LIKE \
    '879%' AND zip NOT LIKE '884%' AND zip NOT LIKE '89%'\", else = { op = \"constant\", value = \"000\" } }";

const HIPAA_CASES: &[Case] = &[
    case(
        "derived-code",
        &[
            ("ephemeral = true", ""),
            ("[tables.\"public.patient\"]", "[tables.\"public.patient\"]\nrows = \"drop\""),
            ("[tables.\"public.visit\"]", "[tables.\"public.visit\"]\nrows = \"drop\""),
            ("keep = { columns = [\"code\"], reason = \"names no town\" }", "columns.code = \"keyed_hash\""),
        ],
        "public.ward.code",
    ),
    case(
        "shifted-date",
        &[("columns.born = \"null\"", "columns.born = \"date_shift\"")],
        "public.patient.born",
    ),
    case(
        "date-precision",
        &[("columns.born = \"null\"", "columns.born = { op = \"truncate_date\", to = \"month\" }")],
        "public.patient.born",
    ),
    case(
        "kept-date-of-person",
        &[("columns.admitted = \"redact\"", "columns.admitted = { op = \"keep\", reason = \"needed\" }")],
        "public.visit.admitted",
    ),
    case(
        "kept-date",
        &[("columns.opened = \"redact\"", "columns.opened = { op = \"keep\", reason = \"a building's\" }")],
        "public.ward.opened",
    ),
    case(
        "age-over-89",
        &[("columns.age = \"null\"", "columns.age = { op = \"age_group\", top = 100 }")],
        "public.patient.age",
    ),
    case(
        "top-over-90",
        &[("columns.age = \"null\"", "columns.age = { op = \"top_bottom\", max = 99 }")],
        "public.patient.age",
    ),
    case("postcode", &[("columns.zip = \"null\"", ZIP), ("prefix = 3", "prefix = 4")], "public.patient.zip"),
    case(
        "sparse-postcode",
        &[("columns.zip = \"null\"", ZIP), ("zip NOT LIKE '821%' AND", "")],
        "public.patient.zip",
    ),
    case(
        "part-of-identifier",
        &[("columns.zip = \"null\"", ZIP), ("prefix = 3", "prefix = 3, suffix = 2")],
        "public.patient.zip",
    ),
    case(
        "kept-key",
        &[(
            "columns.id = \"permute\"\ncolumns.admitted",
            "columns.id = { op = \"keep\", reason = \"x\" }\ncolumns.admitted",
        )],
        "public.visit.id",
    ),
    case("keep-reason", &[(", reason = \"two values\"", "")], "public.patient.sex"),
    case("free-text", &[REGEX], "public.patient.note"),
    case("kept-rest", &[REST], "public.patient.profile"),
    case("live", &[LIVE], "public.patient.email"),
    case(
        "frequency-leak",
        &[(
            "columns.email = \"email\"",
            "columns.email = { op = \"email\", accept_frequency_leak = \"so what\" }",
        )],
        "public.patient.email",
    ),
    case("keep-rows", &[KEEP_ROWS], "public.patient"),
    case("settings", &[UNCLASSIFIED], ""),
];

const GDPR_CASES: &[Case] = &[
    case(
        "key",
        &[
            ("columns.id = \"permute\"", "columns.id = { op = \"keep\", reason = \"a counter\" }"),
            ("columns.name = \"full_name\"", "columns.name = \"redact\""),
            ("columns.email = \"email\"", "columns.email = \"redact\""),
            ("\"date_shift\"", "\"redact\""),
        ],
        "",
    ),
    case("keep-reason", &[(", reason = \"load of wards\"", ", reason = \" \"")], "public.visit.ward"),
    case(
        "frequency-reason",
        &[("columns.email = \"email\"", "columns.email = { op = \"email\", accept_frequency_leak = \"\" }")],
        "public.patient.email",
    ),
    case("free-text", &[REGEX], "public.patient.note"),
    case(
        "kept-text",
        &[("columns.note = \"redact\"", "columns.note = { op = \"keep\", reason = \"codes\" }")],
        "public.patient.note",
    ),
    case("kept-rest", &[REST], "public.patient.profile"),
    case("live", &[LIVE], "public.patient.email"),
    case("keep-rows", &[KEEP_ROWS], "public.patient"),
    case("settings", &[("preset =", "large_objects = \"keep\"\npreset =")], ""),
];

const DEV_CASES: &[Case] = &[
    case(
        "kept-text",
        &[("keep = { columns = [\"id\"] }", "keep = { columns = [\"id\", \"ward\"] }")],
        "public.visit.ward",
    ),
    case("live", &[LIVE], "public.patient.email"),
    case("keep-rows", &[KEEP_ROWS], "public.patient"),
    case("settings", &[("preset =", "large_objects = \"keep\"\npreset =")], ""),
];

const PCI_CASES: &[Case] = &[
    case(
        "truncated-and-replaced",
        &[
            ("columns.pan = \"card\"\ncolumns.shown", "columns.pan = \"redact\"\ncolumns.shown"),
            (
                "columns.shown = \"redact\"",
                "columns.shown = { op = \"partial\", prefix = 6, suffix = 4, domain = \"card\" }",
            ),
        ],
        "public.payment.shown",
    ),
    case(
        "truncated-beside-replaced",
        &[("columns.shown = \"redact\"", "columns.shown = { op = \"partial\", prefix = 6, suffix = 4 }")],
        "public.payment.shown",
    ),
    case(
        "truncation",
        &[
            ("columns.pan = \"card\"\ncolumns.shown", "columns.pan = \"redact\"\ncolumns.shown"),
            ("columns.shown = \"redact\"", "columns.shown = { op = \"partial\", prefix = 6, suffix = 5 }"),
        ],
        "public.payment.shown",
    ),
    case(
        "eight-digits",
        &[
            ("columns.pan = \"card\"\ncolumns.shown", "columns.pan = \"redact\"\ncolumns.shown"),
            ("columns.shown = \"redact\"", "columns.shown = { op = \"partial\", prefix = 8, suffix = 4 }"),
        ],
        "public.payment.shown",
    ),
    case(
        "truncated-by-count",
        &[
            ("columns.pan = \"card\"\ncolumns.shown", "columns.pan = \"redact\"\ncolumns.shown"),
            ("columns.shown = \"redact\"", "columns.shown = { op = \"mask_chars\", count = 3 }"),
        ],
        "public.payment.shown",
    ),
    case(
        "card-in-some-rows",
        &[(
            "columns.pan = \"card\"\ncolumns.shown",
            "columns.pan = { op = \"card\", when = \"id > 9\", reason = \"test cards\" }\ncolumns.shown",
        )],
        "public.payment.pan",
    ),
    case("keep-reason", &[("columns.cvc = \"null\"", "columns.cvc = \"keep\"")], "public.payment.cvc"),
    case("free-text", &[REGEX], "public.payment.note"),
    case(
        "live",
        &[(
            "columns.note = \"redact\"",
            "columns.note = { op = \"email\", live = true, reason = \"r\", host = \"a.test\" }",
        )],
        "public.payment.note",
    ),
    case(
        "frequency-leak",
        &[(
            "columns.note = \"redact\"",
            "columns.note = { op = \"keyed_hash\", accept_frequency_leak = \"why\" }",
        )],
        "public.payment.note",
    ),
    case(
        "keep-rows",
        &[(
            "[tables.\"public.refund\"]",
            "[tables.\"public.refund\"]\nkeep_rows = { when = \"id < 5\", reason = \"ours\" }",
        )],
        "public.refund",
    ),
    case("settings", &[UNCLASSIFIED], ""),
];

/// Name, schema, the policy that passes, and those that do not.
pub(super) const ALL: &[(&str, &str, &str, &[Case])] = &[
    ("dev_minimal", CLINIC, DEV, DEV_CASES),
    ("gdpr_pseudonymize", CLINIC, GDPR, GDPR_CASES),
    ("hipaa_safe_harbor", CLINIC, HIPAA, HIPAA_CASES),
    ("pci_dss", SHOP, PCI, PCI_CASES),
];
