//! `scrub rules`: what a policy can use and what a scan looks for, printed from the registries themselves; and a trial of
//! detectors of one's own.

use std::path::Path;

use serde_json::{Value, json};

use crate::base::nearest;
use crate::base::{Error, ErrorKind, Result};
use crate::detect::{Catalogue, Detector};
use crate::mask::{OPERATORS, OperatorInfo, operator};

use super::args::{OwnRules, RulesArgs, RulesVerb};
use super::{Finding, print, usage};

pub(super) fn run(args: &RulesArgs) -> Result<Finding> {
    match &args.verb {
        RulesVerb::List { json, own } => {
            let own = own.catalogue()?;
            let catalogue = own.as_ref().unwrap_or(Catalogue::builtin());
            if *json {
                let operators: Vec<Value> = OPERATORS.iter().map(|info| operator_json(info)).collect();
                let detectors: Vec<Value> = catalogue.detectors().iter().map(detector_json).collect();
                return out_json(&json!({ "operators": operators, "detectors": detectors }));
            }
            print::out(&list(catalogue))
        }
        RulesVerb::Show { name, json, own } => {
            let own = own.catalogue()?;
            let catalogue = own.as_ref().unwrap_or(Catalogue::builtin());
            match (operator(name), catalogue.entity(name)) {
                (Some(info), _) if *json => out_json(&operator_json(info)),
                (Some(info), _) => print::out(&operator_page(info)),
                (None, Some((_, detector))) if *json => out_json(&detector_json(detector)),
                (None, Some((_, detector))) => print::out(&detector_page(detector)),
                (None, None) => Err(unknown(name, catalogue)),
            }
        }
        RulesVerb::Test { file } => test(file),
    }
}

impl OwnRules {
    /// The program's detectors with those of the folder; none if there is no folder.
    pub(super) fn catalogue(&self) -> Result<Option<Catalogue>> {
        self.rules.as_deref().map(Catalogue::load).transpose()
    }
}

fn unknown(name: &str, catalogue: &Catalogue) -> Error {
    let entities = catalogue.detectors().iter().map(|detector| detector.entity.as_str());
    let upper = name.to_uppercase();
    let near = nearest(name, OPERATORS.iter().map(|info| info.name)).or_else(|| nearest(&upper, entities));
    let hint = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
    usage(format!("there is no operator or entity \"{name}\"{hint}"))
}

fn out_json(value: &Value) -> Result<Finding> {
    let text = serde_json::to_string_pretty(value);
    print::out(&text.map_err(|_| Error::new(ErrorKind::Panic("the list")))?)
}

fn list(catalogue: &Catalogue) -> String {
    let operators = OPERATORS
        .iter()
        .map(|info| vec![info.name.into(), format!("{:?}", info.class).to_lowercase(), info.summary.into()]);
    let detectors = catalogue.detectors().iter().map(|detector| {
        vec![
            detector.entity.clone(),
            detector.category.name().into(),
            detector.countries.join(","),
            detector.title.clone(),
        ]
    });
    format!(
        "Operators\n{}\nDetectors (scrub rules show ENTITY)\n{}",
        print::table(&operators.collect::<Vec<_>>()),
        print::table(&detectors.collect::<Vec<_>>())
    )
}

/// Tries the detectors of a file or a folder.
fn test(path: &Path) -> Result<Finding> {
    let catalogue = Catalogue::load(path)?;
    let mut finding = Finding::Clean;
    let mut text = String::new();
    let own: Vec<&Detector> = catalogue.detectors().iter().filter(|detector| detector.own).collect();
    if own.is_empty() {
        return Err(usage("there are no detectors (*.toml)").in_file(path.display().to_string()));
    }
    for detector in own {
        let Some((id, _)) = catalogue.entity(&detector.entity) else { continue };
        let trial = catalogue.trial(id);
        let mut problems = Vec::new();
        let numbers = |list: &[usize]| list.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        if !trial.missed.is_empty() {
            problems.push(format!("does not match example {} of `match`", numbers(&trial.missed)));
        }
        if !trial.wrong.is_empty() {
            problems.push(format!("matches example {} of `no_match`", numbers(&trial.wrong)));
        }
        if !trial.decoys.is_empty() {
            problems.push(format!(
                "counts without a name, and takes these for its own: {}",
                trial.decoys.join(", ")
            ));
        }
        if trial.examples == 0 && detector.has_values() {
            problems.push("has no examples".into());
        }
        if problems.is_empty() {
            text.push_str(&format!("ok    {} ({} examples)\n", trial.entity, trial.examples));
        } else {
            finding = Finding::Failed;
            text.push_str(&format!("FAIL  {}: {}\n", trial.entity, problems.join("; ")));
        }
    }
    print::out(&text)?;
    Ok(finding)
}

fn detector_json(detector: &Detector) -> Value {
    json!({
        "entity": detector.entity,
        "title": detector.title,
        "category": detector.category.name(),
        "regimes": detector.regimes.iter().map(|regime| regime.name()).collect::<Vec<_>>(),
        "countries": detector.countries,
        "references": detector.references,
        "names": detector.names().collect::<Vec<_>>(),
        "weight": detector.weight,
        "validator": detector.validator(),
        "strength": detector.strength(),
        "alone": detector.alone,
        "context": detector.context().collect::<Vec<_>>(),
        "match": detector.matches,
        "no_match": detector.no_matches,
        "own": detector.own,
    })
}

fn detector_page(detector: &Detector) -> String {
    let mut text = format!("{}: {}\n\n", detector.entity, detector.title);
    let mut rows = vec![vec!["category".to_owned(), detector.category.name().to_owned()]];
    let mut row = |name: &str, value: String| {
        if !value.is_empty() {
            rows.push(vec![name.to_owned(), value]);
        }
    };
    row("regimes", detector.regimes.iter().map(|regime| regime.name()).collect::<Vec<_>>().join(", "));
    row("countries", detector.countries.join(", "));
    row("references", detector.references.join("; "));
    row("check", detector.validator().unwrap_or_default().to_owned());
    if detector.has_values() {
        row("evidence", format!("{:.1} bits for each value that passes", detector.strength()));
        let alone = if detector.alone { "yes" } else { "no: takes a name, a path or a word nearby" };
        row("alone", alone.to_owned());
    }
    text.push_str(&print::table(&rows));
    for (head, words) in [
        ("Names of columns", detector.names().collect::<Vec<_>>()),
        ("Words beside a value", detector.context().collect()),
        ("Values that match", detector.matches.clone()),
        ("Values that do not", detector.no_matches.clone()),
    ] {
        if !words.is_empty() {
            text.push_str(&format!("\n{head}\n"));
            let quoted = head.starts_with("Values");
            for line in lines(&words, quoted) {
                text.push_str(&format!("  {line}\n"));
            }
        }
    }
    text
}

/// Words in lines of a readable length; values one by one.
fn lines(words: &[String], one_by_one: bool) -> Vec<String> {
    if one_by_one {
        return words.to_vec();
    }
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 90 => {
                line.push_str(", ");
                line.push_str(word);
            }
            _ => lines.push(word.clone()),
        }
    }
    lines
}

fn operator_json(info: &OperatorInfo) -> Value {
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

fn operator_page(info: &OperatorInfo) -> String {
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
