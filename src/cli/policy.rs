//! `scrub policy`: the policy file's format, and the presets that it can name, printed from the registry itself.

use serde_json::json;

use crate::base::nearest;
use crate::base::{Error, ErrorKind, Result};
use crate::plan::{POLICIES, Preset, policy_json_schema};

use super::args::{PolicyArgs, PolicyVerb};
use super::{Finding, print, usage};

pub(super) fn run(args: &PolicyArgs) -> Result<Finding> {
    match &args.verb {
        PolicyVerb::Schema => print::out(&policy_json_schema()),
        PolicyVerb::Presets { json: false } => {
            let row = |preset: &Preset| vec![preset.name().to_owned(), preset.summary().to_owned()];
            let rows: Vec<Vec<String>> = presets()?.iter().map(row).collect();
            print::out(&print::table(&rows))
        }
        PolicyVerb::Presets { json: true } => {
            let list: Vec<_> = presets()?.iter().map(Preset::to_json).collect();
            let text = serde_json::to_string_pretty(&json!({ "presets": list }))
                .map_err(|_| Error::new(ErrorKind::Panic("the list")))?;
            print::out(&text)
        }
        PolicyVerb::Show { name } => {
            let preset = Preset::named(name)?.ok_or_else(|| {
                let hint = nearest(name, POLICIES.iter().map(|(known, _)| *known))
                    .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
                usage(format!("there is no preset \"{name}\"{hint}"))
            })?;
            print::out(&preset.page())
        }
    }
}

fn presets() -> Result<Vec<Preset>> {
    POLICIES.iter().filter_map(|(name, _)| Preset::named(name).transpose()).collect()
}
