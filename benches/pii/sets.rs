//! The sets, and how each is measured.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use scrub::detect::{Catalogue, Hit, Scope, validator};
use serde_json::Value;

/// A set's name, and what measures it; `true` lists what went wrong.
pub(crate) const SETS: &[(&str, fn(&Path, bool))] = &[
    ("freetext", freetext),
    ("phones", phones),
    ("stdnum", stdnum),
    ("secrets", secrets),
    ("recognizers", recognizers),
    ("checksums", checksums),
    ("scrubadub", scrubadub),
    ("decoys", decoys),
];

/// Reads every file of a set: `NAME.open.jsonl` and, where it is there too, `NAME.held.jsonl`.
fn records(folder: &Path, name: &str) -> Vec<Value> {
    let mut records = Vec::new();
    for part in ["open", "held"] {
        if let Ok(text) = fs::read_to_string(folder.join(format!("{name}.{part}.jsonl"))) {
            records.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
    }
    records
}

fn text<'a>(record: &'a Value, key: &str) -> &'a str {
    record[key].as_str().unwrap_or_default()
}

/// Right, wrong and missed.
#[derive(Clone, Copy, Default)]
struct Score {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Score {
    fn line(self) -> String {
        let share = |part: u32, all: u32| if all == 0 { f64::NAN } else { f64::from(part) / f64::from(all) };
        let precision = share(self.right, self.right + self.wrong);
        let recall = share(self.right, self.right + self.missed);
        let f1 = 2.0 * precision * recall / (precision + recall);
        format!(
            "P {precision:.3}  R {recall:.3}  F1 {f1:.3}  ({} right, {} wrong, {} missed)",
            self.right, self.wrong, self.missed
        )
    }
}

/// The six types that pattern tools share, by what the sets and what the detectors call them.
const SIX: &[(&str, &[&str], &[&str])] = &[
    ("EMAIL", &["EMAIL", "EMAIL_ADDRESS"], &["EMAIL"]),
    ("PHONE", &["PHONE", "PHONE_NUMBER"], &["PHONE"]),
    ("CARD", &["CREDIT_CARD"], &["CREDIT_CARD"]),
    ("IBAN", &["IBAN", "IBAN_CODE"], &["IBAN"]),
    ("SSN", &["SSN", "US_SSN"], &["US_SSN"]),
    ("IP", &["IP_ADDRESS"], &["IP_ADDRESS", "IPV6_ADDRESS"]),
];

fn freetext(folder: &Path, verbose: bool) {
    let catalogue = Catalogue::builtin();
    for (name, others) in [
        ("freetext_presidio_research", "pii .91, Presidio .89, redact-core .86, DataFog-core .77"),
        ("freetext_nannigalaxy", "redact-core .81, Presidio .77"),
        ("freetext_datafog", "DataFog .99 (at home), redact-core .94, Presidio .89"),
    ] {
        let records = records(folder, name);
        let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
        let (mut bytes, started) = (0, Instant::now());
        for record in &records {
            let line = text(record, "text");
            // Places in the sets count characters.
            let places: Vec<usize> =
                line.char_indices().map(|(place, _)| place).chain([line.len()]).collect();
            let mut hits = Vec::new();
            catalogue.spans(line.as_bytes(), &Scope::default(), &mut hits);
            bytes += line.len();
            for (kind, gold_names, ours) in SIX {
                let gold: Vec<(usize, usize)> = record["spans"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|span| gold_names.contains(&span[2].as_str().unwrap()))
                    .map(|span| {
                        (
                            places[span[0].as_u64().unwrap() as usize],
                            places[span[1].as_u64().unwrap() as usize],
                        )
                    })
                    .collect();
                let found: Vec<&Hit> = hits
                    .iter()
                    .filter(|hit| ours.contains(&catalogue.detector(hit.detector).entity.as_str()))
                    .collect();
                let score = scores.entry(kind).or_default();
                let mut used = vec![false; found.len()];
                for (start, end) in &gold {
                    let same = found.iter().enumerate().position(|(place, hit)| {
                        !used[place] && overlap(hit.start, hit.end, *start, *end) >= 0.5
                    });
                    match same {
                        Some(place) => {
                            used[place] = true;
                            score.right += 1;
                        }
                        None => {
                            score.missed += 1;
                            if verbose {
                                println!("  missed {kind}: {:?} in {line:?}", &line[*start..*end]);
                            }
                        }
                    }
                }
                for (hit, _) in found.iter().zip(&used).filter(|(_, used)| !**used) {
                    score.wrong += 1;
                    if verbose {
                        println!(
                            "  wrong {kind}: {:?} in {line:?}",
                            String::from_utf8_lossy(&line.as_bytes()[hit.start..hit.end])
                        );
                    }
                }
            }
        }
        let seconds = started.elapsed().as_secs_f64();
        println!("== {name}: {} texts, {:.1} MB/s ({others})", records.len(), bytes as f64 / seconds / 1e6);
        let mut all = Score::default();
        for (kind, score) in scores {
            println!("   {kind:6} {}", score.line());
            all = Score {
                right: all.right + score.right,
                wrong: all.wrong + score.wrong,
                missed: all.missed + score.missed,
            };
        }
        println!("   struct6 {}", all.line());
    }
}

fn overlap(start: usize, end: usize, other_start: usize, other_end: usize) -> f64 {
    let common = end.min(other_end).saturating_sub(start.max(other_start));
    common as f64 / (end.max(other_end) - start.min(other_start)) as f64
}

fn phones(folder: &Path, verbose: bool) {
    let catalogue = Catalogue::builtin();
    let mut counts: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for record in records(folder, "phones_libphonenumber") {
        // The scheme of a link is no part of the number.
        let number = text(&record, "text").trim_start_matches("tel:");
        let valid = record["valid"] == true;
        let scope = Scope::of([text(&record, "region")]);
        let sentence = format!("My number is {number} since May.");
        for (way, scope) in [("country known", &scope), ("country not known", &Scope::default())] {
            let mut hits = Vec::new();
            catalogue.spans(sentence.as_bytes(), scope, &mut hits);
            let found = hits.iter().any(|hit| {
                catalogue.detector(hit.detector).entity == "PHONE"
                    && hit.end.min(13 + number.len()).saturating_sub(hit.start.max(13)) * 10
                        >= number.len() * 8
            });
            let kind = if valid { text(&record, "format") } else { "invalid, accepted" };
            let count = counts.entry(format!("{kind}, {way}")).or_default();
            count.1 += 1;
            count.0 += u32::from(found);
            if verbose && way == "country known" && found != valid {
                println!("  {kind}: {number} ({})", text(&record, "region"));
            }
        }
    }
    println!(
        "== phones_libphonenumber in a sentence (national: Presidio 332 of 625; invalid accepted: 0 of 244)"
    );
    for (kind, (found, all)) in counts {
        println!("   {kind:40} {found} of {all}");
    }
}

fn stdnum(folder: &Path, verbose: bool) {
    let mut modules: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut others = BTreeMap::new();
    for record in records(folder, "stdnum_validity") {
        let module = text(&record, "entity");
        let name = match module {
            "nl.identiteitskaartnummer" => "nl_document".to_owned(),
            _ => module
                .trim_start_matches("iso7064.")
                .replace("_.", "_")
                .replace('.', "_")
                .trim_end_matches('_')
                .to_owned(),
        };
        let Some(check) = validator(&name) else {
            *others.entry(module.to_owned()).or_insert(0) += 1;
            continue;
        };
        let count = modules.entry(name.clone()).or_default();
        count.1 += 1;
        let right = check.is_valid(text(&record, "text").as_bytes()) == (record["valid"] == true);
        count.0 += u32::from(right);
        if verbose && !right {
            println!("  {name}: {:?} is {}", text(&record, "text"), record["valid"]);
        }
    }
    let (right, all) = modules.values().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    println!(
        "== stdnum_validity: {} modules covered, {} not; {right} of {all} right: {:.4}",
        modules.len(),
        others.len(),
        f64::from(right) / f64::from(all)
    );
    for (name, (right, all)) in modules.iter().filter(|(_, (right, all))| right < all) {
        println!("   {name:24} {right} of {all}");
    }
}

/// Entities that are secrets.
fn is_secret(catalogue: &Catalogue, hit: &Hit) -> bool {
    catalogue.detector(hit.detector).category == scrub::detect::Category::Secret
}

fn secrets(folder: &Path, verbose: bool) {
    let catalogue = Catalogue::builtin();
    for (name, others) in [
        ("secrets_gitleaks", "redact-core .42 of positives, .35 of negatives"),
        ("secrets_detect_secrets", "gitleaks .17 and .10, redact-core .17 and .11"),
    ] {
        let (mut positives, mut negatives) = ((0, 0), (0, 0));
        for record in records(folder, name) {
            let value = text(&record, "text");
            let mut hits = Vec::new();
            catalogue.spans(value.as_bytes(), &Scope::default(), &mut hits);
            let found = hits.iter().any(|hit| is_secret(catalogue, hit));
            let positive = record["expect_count"].as_u64().is_none_or(|count| count > 0);
            let count = if positive { &mut positives } else { &mut negatives };
            count.1 += 1;
            count.0 += u32::from(found);
            if verbose && found != positive {
                println!(
                    "  {} {}: {:?}",
                    if positive { "missed" } else { "wrong" },
                    text(&record, "entity"),
                    value.chars().take(160).collect::<String>()
                );
            }
        }
        let share = |(found, all): (u32, u32)| f64::from(found) / f64::from(all);
        println!("== {name} ({others})");
        println!("   positives found {} of {}: {:.3}", positives.0, positives.1, share(positives));
        println!("   negatives found {} of {}: {:.3}", negatives.0, negatives.1, share(negatives));
    }
}

/// What Presidio's recognizers are called, and our entities.
const RECOGNIZERS: &[(&str, &[&str])] = &[
    ("ABA_ROUTING_NUMBER", &["US_ROUTING_NUMBER"]),
    ("CREDIT_CARD", &["CREDIT_CARD"]),
    ("CRYPTO", &["BITCOIN_ADDRESS"]),
    ("DE_HEALTH_INSURANCE", &["DE_KVNR"]),
    ("DE_LANR", &["DE_LANR"]),
    ("DE_SOCIAL_SECURITY", &["DE_RVNR"]),
    ("DE_TAX_ID", &["DE_STEUER_ID"]),
    ("EMAIL_ADDRESS", &["EMAIL"]),
    ("ES_NIE", &["ES_NIE"]),
    ("ES_NIF", &["ES_DNI"]),
    ("FI_PERSONAL_IDENTITY_CODE", &["FI_HETU"]),
    ("IBAN_CODE", &["IBAN"]),
    ("IN_AADHAAR", &["IN_AADHAAR"]),
    ("IN_GSTIN", &["IN_GSTIN"]),
    ("IN_PAN", &["IN_PAN"]),
    ("IP_ADDRESS", &["IP_ADDRESS", "IPV6_ADDRESS"]),
    ("IT_FISCAL_CODE", &["IT_CODICE_FISCALE"]),
    ("KR_RRN", &["KR_RRN"]),
    ("KR_FRN", &["KR_FRN"]),
    ("MAC_ADDRESS", &["MAC_ADDRESS"]),
    ("PL_PESEL", &["PL_PESEL"]),
    ("SE_PERSONNUMMER", &["SE_PERSONNUMMER"]),
    ("SG_NRIC_FIN", &["SG_NRIC"]),
    ("TH_TNIN", &["TH_ID"]),
    ("TR_NATIONAL_ID", &["TR_TCKN"]),
    ("UK_NHS", &["GB_NHS"]),
    ("UK_NINO", &["GB_NINO"]),
    ("UK_DRIVING_LICENCE", &["GB_DRIVING_LICENCE"]),
    ("US_ITIN", &["US_ITIN"]),
    ("US_MBI", &["US_MBI"]),
    ("US_NPI", &["US_NPI"]),
    ("US_SSN", &["US_SSN"]),
    ("ZA_ID_NUMBER", &["ZA_ID"]),
];

fn recognizers(folder: &Path, verbose: bool) {
    let catalogue = Catalogue::builtin();
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for record in records(folder, "presidio_recognizers") {
        let Some((name, ours)) = RECOGNIZERS.iter().find(|(name, _)| *name == text(&record, "entity")) else {
            continue;
        };
        let value = text(&record, "text");
        let is_ours = |id| ours.contains(&catalogue.detector(id).entity.as_str());
        let mut hits = Vec::new();
        catalogue.spans(value.as_bytes(), &Scope::everywhere(), &mut hits);
        let mut cells = Vec::new();
        catalogue.whole(value.as_bytes(), &Scope::everywhere(), &mut cells);
        let found =
            hits.iter().any(|hit| is_ours(hit.detector)) || cells.iter().any(|cell| is_ours(cell.detector));
        let expected = record["expect_count"].as_u64().is_none_or(|count| count > 0);
        let score = scores.entry(name).or_default();
        match (found, expected) {
            (true, true) => score.right += 1,
            (true, false) => score.wrong += 1,
            (false, true) => score.missed += 1,
            (false, false) => {}
        }
        if verbose && found != expected {
            println!("  {} {name}: {value:?}", if expected { "missed" } else { "wrong" });
        }
    }
    println!("== presidio_recognizers, in a text or as a whole cell, any country");
    for (name, score) in scores {
        println!("   {name:26} {}", score.line());
    }
}

/// What Presidio's checks are called, and ours.
const CHECKS: &[(&str, &str)] = &[
    ("DE_HEALTH_INSURANCE", "de_kvnr"),
    ("DE_ID_CARD", "de_document"),
    ("DE_LANR", "de_lanr"),
    ("DE_PASSPORT", "de_document"),
    ("DE_SOCIAL_SECURITY", "de_rvnr"),
    ("DE_TAX_ID", "de_idnr"),
    ("DE_VAT_ID", "de_vat"),
    ("IN_GSTIN", "in_gstin"),
    ("PL_PESEL", "pl_pesel"),
    ("ZA_ID_NUMBER", "za_idnr"),
];

fn checksums(folder: &Path, verbose: bool) {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for record in records(folder, "presidio_checksums") {
        let known = CHECKS.iter().find(|(name, _)| *name == text(&record, "entity"));
        // Some of their cases are open: valid or not, nobody can tell.
        let (Some((name, check)), Some(valid)) = (known, record["valid"].as_bool()) else { continue };
        let right = validator(check).unwrap().is_valid(text(&record, "text").as_bytes()) == valid;
        let count = counts.entry(name).or_default();
        *count = (count.0 + u32::from(right), count.1 + 1);
        if verbose && !right {
            println!("  {name}: {:?} is {valid}", text(&record, "text"));
        }
    }
    println!("== presidio_checksums, the checks alone");
    for (name, (right, all)) in counts {
        println!("   {name:26} {right} of {all} right");
    }
}

fn scrubadub(folder: &Path, _: bool) {
    let catalogue = Catalogue::builtin();
    let (mut found, mut all) = (0, 0);
    for record in records(folder, "scrubadub_cases").iter().filter(|record| record["entity"] == "PHONE") {
        let mut hits = Vec::new();
        catalogue.spans(text(record, "text").as_bytes(), &Scope::default(), &mut hits);
        found += u32::from(hits.iter().any(|hit| catalogue.detector(hit.detector).entity == "PHONE"));
        all += 1;
    }
    println!("== scrubadub_cases: {found} of {all} telephone numbers found");
}

/// What is not personal, and looks like it.
fn decoys(_: &Path, _: bool) {
    let catalogue = Catalogue::builtin();
    let (mut hits, mut cells, mut all) = (BTreeMap::<String, u32>::new(), 0, 0);
    let mut state = 1_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 16
    };
    for _ in 0..2000 {
        let (one, two) = (next(), next());
        let lines = [
            format!("{}", 1_500_000_000 + one % 300_000_000),
            format!("{}", 1_500_000_000_000_u64 + one % 300_000_000_000),
            format!(
                "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
                one as u32,
                two & 0xffff,
                one & 0xfff,
                two & 0xfff,
                two & 0xffff_ffff_ffff
            ),
            format!("version {}.{}.{}", one % 20, two % 30, one % 7),
            format!("{}.{:02}", one % 10_000, two % 100),
            format!("52.{:013}", one % 10_000_000_000_000),
            format!("order {} shipped", one % 100_000_000),
            format!("ORD-2024-{:06}", two % 1_000_000),
            format!("978{:010}", one % 10_000_000_000),
            format!("{one:016x}{two:016x}"),
            format!(
                "2024-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z INFO [worker-{}] request {} took {} ms",
                1 + one % 12,
                1 + two % 28,
                one % 24,
                two % 60,
                one % 60,
                two % 1000,
                one % 16,
                two % 1_000_000,
                one % 5000
            ),
        ];
        for line in lines {
            all += 1;
            let mut found = Vec::new();
            catalogue.spans(line.as_bytes(), &Scope::default(), &mut found);
            cells += u32::from(!found.is_empty());
            for hit in found {
                *hits.entry(catalogue.detector(hit.detector).entity.clone()).or_default() += 1;
            }
        }
    }
    println!(
        "== decoys (epochs, UUIDs, versions, prices, orders, ISBN, hashes, log lines): {cells} of {all} touched {hits:?}"
    );
}
