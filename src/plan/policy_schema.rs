//! The JSON Schema of the policy file, for editors: every key, and for each operator its own parameters.
//!
//! Made from the registry of operators, so it cannot fall behind it.

use serde_json::{Map, Value, json};

use super::policy_parse::{EQUALITY, LARGE_OBJECTS, ON_INVALID, ROWS, UNCLASSIFIED};
use super::preset::POLICIES;
use super::rules::{Operators, REVIEW};
use crate::mask::{self, OperatorInfo, Parameter, ParameterKind};

/// The JSON Schema (draft 2020-12) of `scrub.toml`, as text.
///
/// ```
/// let schema = scrub::plan::policy_json_schema();
/// assert!(schema.contains("\"unclassified\""));
/// ```
pub fn policy_json_schema() -> String {
    format!("{:#}\n", schema(mask::OPERATORS))
}

fn schema(operators: &Operators) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scrub policy",
        "description": "Which operator masks which column.",
        "type": "object",
        "required": ["version", "construction", "project"],
        "additionalProperties": false,
        "properties": {
            "version": { "const": 1, "description": "Version of the file format." },
            "construction": { "const": "v1", "description": "Construction of pseudonyms." },
            "project": text("Separates keys: the data of two projects cannot be linked."),
            "preset": {
                "description": "Presets that the plan is checked against: one, or a list.",
                "anyOf": [{ "enum": presets() }, { "type": "array", "items": { "enum": presets() }, "minItems": 1 }]
            },
            "ephemeral": flag("The key is made for one run and forgotten; mask then needs --ephemeral-key. Default: false."),
            "unclassified": choice(&names(UNCLASSIFIED), "What happens to columns that nobody named. Default: deny."),
            "locale": text("Language and country of made-up values. Default: en_US."),
            "large_objects": choice(&names(LARGE_OBJECTS), "What happens to large objects. Default: deny."),
            "max_invalid": share("Share of cells outside an operator's domain that a run bears. Default: 0.05."),
            "source": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "files": {
                        "type": "object",
                        "description": "Which input file holds the rows of which table.",
                        "additionalProperties": { "type": "string" }
                    },
                    "csv": csv()
                }
            },
            "domains": {
                "type": "object",
                "description": "Parameters of key domains: columns of one domain share their pseudonyms.",
                "additionalProperties": domain(operators)
            },
            "tables": {
                "type": "object",
                "description": "Tables by \"schema.table\", perhaps with \"database/\" before it or with * in it.",
                "additionalProperties": { "$ref": "#/$defs/table" }
            },
            "relation": {
                "type": "array",
                "description": "Foreign keys that the schema does not declare.",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["from", "to"],
                    "properties": {
                        "from": text("schema.table.column that references."),
                        "to": text("schema.table.column that is referenced."),
                        "on_dropped": choice(&["null"], "What becomes of a reference to dropped rows.")
                    }
                }
            },
            "acknowledge": {
                "type": "array",
                "description": "Reviews and warnings that somebody has looked at.",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["id", "reason"],
                    "properties": { "id": text("The id that `scrub check` prints."), "reason": text("Why it is fine.") }
                }
            }
        },
        "$defs": { "table": table(), "column": column(operators), "part": part(operators) }
    })
}

fn table() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "subject": one_or_more("The column, or columns, of whom a row is about."),
            "gender": text("The column that holds the subject's gender."),
            "country": text("The column that holds the country of the row's address."),
            "rows": choice(&names(ROWS), "Whether the table's rows are kept or left out."),
            "keep": {
                "type": "object",
                "description": "Columns that pass as they are.",
                "additionalProperties": false,
                "required": ["columns"],
                "properties": { "columns": texts("Their names."), "reason": text("Why.") }
            },
            "keep_rows": {
                "type": "object",
                "description": "Rows that pass in clear, such as test accounts; columns that join tables are masked all the same.",
                "additionalProperties": false,
                "required": ["when", "reason"],
                "properties": {
                    "when": text("A condition on the original row: email LIKE '%@qa.example.com'."),
                    "reason": text("Why.")
                }
            },
            "columns": {
                "type": "object",
                "description": "Operators by column.",
                "additionalProperties": { "$ref": "#/$defs/column" }
            }
        }
    })
}

fn column(operators: &Operators) -> Value {
    let mut names: Vec<&str> = operators.iter().map(|info| info.name).collect();
    names.push(REVIEW);
    let mut forms = vec![json!({ "type": "string", "enum": names })];
    forms.extend(operators.iter().map(|info| entry(info.name, info.summary, info.parameters)));
    forms.push(entry(REVIEW, "Redact until somebody has decided; `scrub check` fails.", &[]));
    json!({ "oneOf": forms })
}

/// The operator of a part of a value: as that of a column, without what only a whole column can have.
fn part(operators: &Operators) -> Value {
    let names: Vec<&str> = operators.iter().map(|info| info.name).collect();
    let mut forms = vec![json!({ "type": "string", "enum": names })];
    for info in operators {
        let mut form = entry(info.name, info.summary, info.parameters);
        if let Some(properties) = form["properties"].as_object_mut() {
            properties.retain(|name, _| !OF_COLUMNS.contains(&name.as_str()));
        }
        forms.push(form);
    }
    json!({ "oneOf": forms })
}

const OF_COLUMNS: &[&str] = &["max_invalid", "row_key", "accept_frequency_leak"];

fn entry(name: &str, summary: &str, parameters: &[Parameter]) -> Value {
    let mut properties = Map::new();
    let mut add = |name: &str, value: Value| properties.insert(name.to_owned(), value);
    add("op", json!({ "const": name, "description": summary }));
    add("domain", text("Key domain: columns of one domain share their pseudonyms."));
    add("equality", choice(&names(EQUALITY), "When two values of the domain are one."));
    add("on_invalid", choice(&names(ON_INVALID), "What happens to a cell outside the operator's domain."));
    add("max_invalid", share("Share of such cells that a run bears."));
    add("unique", flag("Values must stay different; names get a tag."));
    add("row_key", one_or_more("Columns whose values the output follows, in place of the subject."));
    add("sentinels", texts("Values that pass as they are."));
    add(
        "accept_frequency_leak",
        text("Why it does not matter that a histogram shows how often each value occurs."),
    );
    add("live", flag("Output may reach real people or systems; needs a reason."));
    add("review", flag("Masked so until a person decides; check fails as long as it is there."));
    add("reason", text("Why."));
    add("when", text("A condition on the original row; rows for which it is false follow else."));
    add(
        "else",
        json!({ "$ref": "#/$defs/column", "description": "What other rows get. Default: they keep their value." }),
    );
    add(
        "domain_by",
        json!({
            "type": "object",
            "description": "The key domain by the value of another column, for a reference to one of several tables.",
            "additionalProperties": false,
            "required": ["column", "map"],
            "properties": {
                "column": text("The column that says which table."),
                "map": { "type": "object", "additionalProperties": { "type": "string" } },
                "else": choice(&["error", "null", "redact"], "What rows with another value get. Default: error.")
            }
        }),
    );
    for parameter in parameters {
        add(parameter.name, value(parameter));
    }
    let required: Vec<&str> = std::iter::once("op")
        .chain(parameters.iter().filter(|own| own.required && !own.of_domain).map(|own| own.name))
        .collect();
    json!({
        "type": "object",
        "description": summary,
        "additionalProperties": false,
        "required": required,
        "properties": properties
    })
}

/// How CSV files are written.
fn csv() -> Value {
    json!({
        "type": "object",
        "description": "How CSV files are written. Default: as their first rows look.",
        "additionalProperties": false,
        "properties": {
            "delimiter": text("The character between cells."),
            "quote": text("The character around quoted cells; empty where there is none. Default: a double quote."),
            "header": flag("Whether the first row names the columns. Default: it does, and must not look like data."),
            "columns": texts("The columns of files without a header. Default: those of the table in the lock."),
            "encoding": text("Encoding of text, of one byte for each character. Default: UTF-8."),
            "null": text("What an unquoted cell holds that is NULL. Default: nothing.")
        }
    })
}

/// A domain: what any operator says of its own.
fn domain(operators: &Operators) -> Value {
    let mut properties = Map::new();
    let all = |info: &&'static OperatorInfo| info.parameters.iter();
    for parameter in operators.iter().flat_map(all).filter(|parameter| parameter.of_domain) {
        let own = value(parameter);
        match properties.get_mut(parameter.name) {
            None => {
                properties.insert(parameter.name.to_owned(), json!({ "anyOf": [own] }));
            }
            Some(Value::Object(known)) => {
                if let Some(Value::Array(forms)) = known.get_mut("anyOf") {
                    forms.push(own);
                }
            }
            Some(_) => {}
        }
    }
    properties.insert("kind".to_owned(), text("The operator of the domain, or the operator's own kind."));
    properties
        .insert("equality".to_owned(), choice(&names(EQUALITY), "When two values of the domain are one."));
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn value(parameter: &Parameter) -> Value {
    let about = parameter.summary;
    match parameter.kind {
        ParameterKind::Text => text(about),
        ParameterKind::Choice(choices) => choice(choices, about),
        ParameterKind::Integer => json!({ "type": "integer", "description": about }),
        ParameterKind::Range => json!({
            "type": "array", "description": about, "items": { "type": "integer" }, "minItems": 2, "maxItems": 2
        }),
        ParameterKind::Flag => flag(about),
        ParameterKind::Scalar => json!({ "type": ["string", "number", "boolean"], "description": about }),
        ParameterKind::List => texts(about),
        ParameterKind::Number => json!({ "type": "number", "description": about }),
        ParameterKind::Scalars => json!({
            "type": "array", "items": { "type": ["string", "number", "boolean"] }, "description": about,
        }),
        ParameterKind::Entry => json!({ "$ref": "#/$defs/part", "description": about }),
        ParameterKind::Entries => json!({
            "type": "object", "additionalProperties": { "$ref": "#/$defs/part" }, "description": about,
        }),
        ParameterKind::Table => json!({
            "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] },
            "description": about,
        }),
        ParameterKind::Weights => json!({
            "type": ["array", "object"], "items": { "type": ["string", "number", "boolean"] },
            "additionalProperties": { "type": "integer" }, "description": about,
        }),
    }
}

fn presets() -> Vec<&'static str> {
    POLICIES.iter().map(|(name, _)| *name).collect()
}

fn names<T>(choices: &[(&'static str, T)]) -> Vec<&'static str> {
    choices.iter().map(|(name, _)| *name).collect()
}

fn text(about: &str) -> Value {
    json!({ "type": "string", "description": about })
}

fn flag(about: &str) -> Value {
    json!({ "type": "boolean", "description": about })
}

fn share(about: &str) -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": 1, "description": about })
}

fn choice(choices: &[&str], about: &str) -> Value {
    json!({ "enum": choices, "description": about })
}

fn texts(about: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": about })
}

fn one_or_more(about: &str) -> Value {
    json!({ "type": ["string", "array"], "items": { "type": "string" }, "description": about })
}

#[cfg(test)]
mod tests {
    use super::super::inputs::{CSV, SOURCE};
    use super::super::policy_parse::{COLUMN, TABLE, TOP};
    use super::*;

    fn keys(value: &Value) -> Vec<&str> {
        let mut keys: Vec<&str> =
            value["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    fn sorted(list: &[&'static str]) -> Vec<&'static str> {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    }

    #[test]
    fn it_has_the_keys_that_the_parser_knows() {
        let schema = schema(mask::OPERATORS);
        assert_eq!(keys(&schema), sorted(TOP));
        assert_eq!(keys(&schema["$defs"]["table"]), sorted(TABLE));
        assert_eq!(keys(&schema["properties"]["source"]), sorted(SOURCE));
        assert_eq!(keys(&schema["properties"]["source"]["properties"]["csv"]), sorted(CSV));
        let review = schema["$defs"]["column"]["oneOf"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(keys(&review), sorted(COLUMN));
    }

    #[test]
    fn it_has_every_operator_with_its_parameters() {
        let schema = schema(mask::OPERATORS);
        let forms = schema["$defs"]["column"]["oneOf"].as_array().unwrap();
        assert_eq!(forms.len(), mask::OPERATORS.len() + 2);
        for (info, form) in mask::OPERATORS.iter().zip(&forms[1..]) {
            assert_eq!(form["properties"]["op"]["const"], info.name);
            for parameter in info.parameters {
                assert!(form["properties"].get(parameter.name).is_some(), "{} {}", info.name, parameter.name);
            }
        }
    }
}
