//! The edge cases of the binary: the text of each file in `rules/edges`.

/// Embeds a file by its name.
macro_rules! edges {
    ($($name:literal),* $(,)?) => { &[$(($name, include_str!(concat!("../../../rules/edges/", $name, ".toml")))),*] };
}

/// All files, by name.
pub const EDGE_CLASSES: &[(&str, &str)] = edges![
    "account",
    "address",
    "array",
    "boolean",
    "bytes",
    "card_number",
    "code",
    "date",
    "email",
    "filename",
    "float",
    "iban",
    "integer",
    "interval",
    "json",
    "money",
    "network",
    "numeric",
    "person_name",
    "phone",
    "point",
    "range",
    "text",
    "time",
    "timestamp",
    "url",
    "us_ssn",
    "uuid",
    "varchar",
    "xml",
];
