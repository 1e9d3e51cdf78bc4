//! `user_agent`: what a browser calls itself becomes a plain name of the same browser on the same class of device.
//!
//! The family is read off the cell: robots (`bot`), programs (`tool`), then BROWSER-DEVICE, such as `firefox-windows`;
//! a browser that the table has not on a device, or none that is known, is `other-DEVICE`; names without `Mozilla/` or
//! `Opera/` in front are `app`, and what is left is `other`. Purpose `agent`, spec `agent:agents-1:EQUALITY`, message the
//! canonical text; the name is chosen by [`index`] from the family's list in `rules/user_agents/agents-1.toml`. What
//! is longer than the column is cut.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::{Prf, canonical, index};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "user_agent",
    summary: "Replace a user agent by a common one of the same browser and class of device",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("user_agent"),
    entity: "user agent",
    parameters: &[],
    examples: &[
        Example {
            policy: r#"{ op = "user_agent" }"#,
            sql_type: &SqlType::TEXT,
            input: "Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:52.9) Gecko/20180624 Firefox/52.9 PaleMoon/28.1",
            output: Some("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:122.0) Gecko/20100101 Firefox/122.0"),
        },
        Example {
            policy: r#"{ op = "user_agent" }"#,
            sql_type: &SqlType::TEXT,
            input: "AcmeShop/4.12 (build 8812; jane's phone)",
            output: Some("ExampleApp/1.1"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

#[expect(clippy::unnecessary_wraps, reason = "other operators refuse columns here")]
fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let agents = Agents::get();
    let equality = request.equality;
    let spec = format!("agent:agents-1:{}", equality.as_str());
    let room = request.room().map_or(usize::MAX, |room| room as usize);
    Ok(Prepared {
        spec: spec.clone(),
        uniqueness: Uniqueness::No,
        max_width: Some(agents.longest().min(room) as u32),
        output: Output::Text,
        ..Prepared::new(start::keyed(move |keys| UserAgent {
            prf: keys.prf("agent", &spec),
            agents,
            room,
            equality,
        }))
    })
}

/// The lists of names.
struct Agents {
    families: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "origin")]
    _origin: String,
    agents: BTreeMap<String, Vec<String>>,
}

/// The table is immutable: an entry that changes would change masked values.
const AGENTS: &str = include_str!("../../rules/user_agents/agents-1.toml");

/// SHA-256 of the table, in hexadecimal digits.
pub(super) fn agents_digest() -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(AGENTS))
}

impl Agents {
    fn get() -> &'static Self {
        static TABLE: LazyLock<Agents> = LazyLock::new(|| {
            let table: Table = toml::from_str(AGENTS).expect("a test reads the table");
            Agents { families: table.agents }
        });
        &TABLE
    }

    fn longest(&self) -> usize {
        self.families.values().flatten().map(String::len).max().unwrap_or_default()
    }

    /// The list of a family, or of the devices of its class.
    fn of(&self, family: Family) -> &[String] {
        let list = |name: &str| self.families.get(name).map(Vec::as_slice);
        match family {
            Family::Named(name) => list(name),
            Family::Browser(browser, device) => [browser, "other"].iter().find_map(|browser| {
                let mut name = String::with_capacity(24);
                name.push_str(browser);
                name.push('-');
                name.push_str(device);
                list(&name)
            }),
        }
        .unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Named(&'static str),
    /// Browser and device.
    Browser(&'static str, &'static str),
}

const ROBOTS: &[&str] = &["bot", "crawl", "spider", "slurp", "archiver"];
const TOOLS: &[&str] = &[
    "curl/",
    "wget/",
    "python-",
    "go-http-client/",
    "okhttp/",
    "axios/",
    "java/",
    "postmanruntime/",
    "libwww-perl/",
    "apache-httpclient/",
    "node-fetch/",
    "php/",
    "ruby",
    "insomnia/",
    "httpie/",
];
/// Words of devices and browsers, the first that occurs counts.
const DEVICES: &[(&str, &str)] = &[
    ("ipad", "ipad"),
    ("iphone", "iphone"),
    ("ipod", "iphone"),
    ("android", "tablet"),
    ("windows", "windows"),
    ("macintosh", "mac"),
    ("cros", "chromeos"),
    ("linux", "linux"),
    ("x11", "linux"),
];
const BROWSERS: &[(&str, &str)] = &[
    ("edg", "edge"),
    ("opr/", "opera"),
    ("opera", "opera"),
    ("samsungbrowser", "samsung"),
    ("firefox/", "firefox"),
    ("fxios", "firefox"),
    ("chrome/", "chrome"),
    ("crios", "chrome"),
    ("trident", "explorer"),
    ("msie", "explorer"),
    ("safari/", "safari"),
];

impl Family {
    /// Reads a name in small letters.
    fn read(agent: &[u8]) -> Self {
        let has = |word: &str| memmem::find(agent, word.as_bytes()).is_some();
        if ROBOTS.iter().any(|word| has(word)) {
            return Self::Named("bot");
        }
        if TOOLS.iter().any(|word| agent.starts_with(word.as_bytes())) {
            return Self::Named("tool");
        }
        if !agent.starts_with(b"mozilla/") && !agent.starts_with(b"opera/") {
            return Self::Named("app");
        }
        let first =
            |words: &[(&str, &'static str)]| words.iter().find(|(word, _)| has(word)).map(|(_, name)| *name);
        match first(DEVICES) {
            Some(device) => {
                let device = if device == "tablet" && has("mobile") { "phone" } else { device };
                Self::Browser(first(BROWSERS).unwrap_or("other"), device)
            }
            None => Self::Named("other"),
        }
    }
}

struct UserAgent {
    prf: Prf,
    agents: &'static Agents,
    room: usize,
    equality: Equality,
}

impl Operator for UserAgent {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, text, .. } = scratch.cleared();
        for (row, value) in rows::present_cells(&batch.cells) {
            messages.push(canonical::text(rows::text(row, value)?, self.equality).as_bytes());
        }
        self.prf.tags(messages, tags);
        let mut tags = tags.iter();
        Ok(rows::replace(&batch.cells, out, |value, buffer| {
            let Some(tag) = tags.next() else { return };
            text.clear();
            text.extend_from_slice(value.trim_ascii_start());
            text.make_ascii_lowercase();
            let list = self.agents.of(Family::read(text));
            let agent =
                list.get(index(tag, list.len() as u64) as usize).map_or(&[][..], |agent| agent.as_bytes());
            buffer.extend_from_slice(&agent[..agent.len().min(self.room)]);
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text};
    use super::*;

    const DIGEST: &str = "5eb40e955377786a7652f12992e036f6f640faf4f9a070ec1061de16a5d4e4b3";

    #[test]
    fn the_table_is_the_one_that_was_released() {
        assert_eq!(agents_digest(), DIGEST);
    }

    #[test]
    fn every_name_reads_as_its_own_family() {
        for (name, list) in &Agents::get().families {
            assert!(list.len() >= 2, "{name}");
            for agent in list {
                assert!(agent.is_ascii());
                let family = Family::read(agent.to_ascii_lowercase().as_bytes());
                let same = Agents::get().of(family);
                assert!(same.contains(agent), "{name}: {agent}: {family:?}");
            }
        }
    }

    #[test]
    fn every_family_has_a_list() {
        for (_, device) in DEVICES.iter().chain([&("", "phone")]) {
            for (_, browser) in BROWSERS {
                assert!(!Agents::get().of(Family::Browser(browser, device)).is_empty(), "{browser} {device}");
            }
        }
        for name in ["bot", "tool", "app", "other"] {
            assert!(!Agents::get().of(Family::Named(name)).is_empty());
        }
    }

    #[test]
    fn browser_and_device_stay() {
        for (cell, words) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/15.0 Mobile/19A346 Safari/602.1",
                ["iPhone", "Version/"],
            ),
            (
                "Mozilla/5.0 (Linux; Android 9; SM-G960F Build/PPR1) AppleWebKit/537.36 Chrome/78.0.3904 Mobile Safari/537.36",
                ["Android 10; K", "Mobile"],
            ),
            (
                "Mozilla/5.0 (X11; Ubuntu; Linux i686; rv:15.0) Gecko/20100101 Firefox/15.0.1",
                ["Linux", "Firefox/"],
            ),
            (
                "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537 Chrome/90 Safari/537 Edg/90.0.818",
                ["Windows", "Edg/"],
            ),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", ["Example", "/"]),
            ("curl/7.1 jane", ["/", "."]),
        ] {
            let masked = mask_text(&INFO, "{}", cell);
            assert!(words.iter().all(|word| masked.contains(word)) && masked != cell, "{masked}");
        }
    }

    #[test]
    fn anything_else_becomes_something_plain_and_fits() {
        for cell in ["jane's phone", "Mozilla/5.0", "-", "Ünïcode"] {
            assert!(!mask_text(&INFO, "{}", cell).contains("jane"));
        }
        let narrow = SqlType::Text { width: Some(20), padded: false, case_insensitive: false };
        let cell = "Mozilla/5.0 (X11; Linux x86_64) Firefox/1";
        assert_eq!(
            mask_cells(&INFO, "{}", &narrow, "", &[Some(cell)]).unwrap()[0].as_ref().unwrap().len(),
            20
        );
    }
}
