//! `scrub rules`: what a policy can use, printed from the registries themselves.

use serde_json::json;

use crate::base::nearest;
use crate::base::{Error, ErrorKind, Result};
use crate::mask::{OPERATORS, OperatorInfo, operator};

use super::args::{RulesArgs, RulesVerb};
use super::{Finding, print, usage};

pub(super) fn run(args: &RulesArgs) -> Result<Finding> {
    match &args.verb {
        RulesVerb::List { json: false } => {
            let rows: Vec<Vec<String>> = OPERATORS
                .iter()
                .map(|info| {
                    vec![info.name.into(), format!("{:?}", info.class).to_lowercase(), info.summary.into()]
                })
                .collect();
            print::out(&print::table(&rows))
        }
        RulesVerb::List { json: true } => {
            let list: Vec<_> = OPERATORS.iter().map(|info| as_json(info)).collect();
            let text = serde_json::to_string_pretty(&json!({ "operators": list }))
                .map_err(|_| Error::new(ErrorKind::Panic("the list")))?;
            print::out(&text)
        }
        RulesVerb::Show { name } => {
            let info = operator(name).ok_or_else(|| {
                let hint = nearest(name, OPERATORS.iter().map(|info| info.name))
                    .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
                usage(format!("there is no operator \"{name}\"{hint}"))
            })?;
            print::out(&page(info))
        }
    }
}

fn as_json(info: &OperatorInfo) -> serde_json::Value {
    json!({
        "name": info.name,
        "summary": info.summary,
        "class": format!("{:?}", info.class).to_lowercase(),
        "keyed_by": format!("{:?}", info.keyed_by).to_lowercase(),
        "entity": info.entity,
        "parameters": info.parameters.iter().map(|parameter| json!({
            "name": parameter.name,
            "summary": parameter.summary,
            "required": parameter.required,
            "of_domain": parameter.of_domain,
        })).collect::<Vec<_>>(),
        "examples": info.examples.iter().map(|example| json!({
            "policy": example.policy,
            "input": example.input,
            "output": example.output,
        })).collect::<Vec<_>>(),
    })
}

fn page(info: &OperatorInfo) -> String {
    let mut text = format!("{}: {}\n", info.name, info.summary);
    if !info.parameters.is_empty() {
        text.push_str("\nParameters\n");
        let rows: Vec<Vec<String>> = info
            .parameters
            .iter()
            .map(|parameter| {
                let scope = if parameter.of_domain { " (of the key domain)" } else { "" };
                let need = if parameter.required { " (required)" } else { "" };
                vec![format!("  {}", parameter.name), format!("{}{scope}{need}", parameter.summary)]
            })
            .collect();
        text.push_str(&print::table(&rows));
    }
    text.push_str("\nExamples (under the key of bytes 0 to 31, project acme/dev)\n");
    let rows: Vec<Vec<String>> = info
        .examples
        .iter()
        .map(|example| {
            let output = example.output.unwrap_or("NULL");
            vec![format!("  {}", example.policy), example.input.into(), "->".into(), output.into()]
        })
        .collect();
    text.push_str(&print::table(&rows));
    text
}
