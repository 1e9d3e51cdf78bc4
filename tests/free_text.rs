//! Free text: what stands in it has the pseudonym of its column, whatever else the dump holds; the same bytes for any
//! number of threads, from a file and from a pipe.

use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::Value;

use crate::support::cli::{HEAD, Workspace, assert_same};
use crate::support::copy::tables;
use crate::support::corpora::shared;
use crate::support::skip;

const TABLE: &str = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n
CREATE TABLE public.people (id integer NOT NULL, first text, last text, email text, phone text, ssn text, card text, note text, doc jsonb);

COPY public.people (id, first, last, email, phone, ssn, card, note, doc) FROM stdin;\n";

const POLICY: &str = r#"
[tables."public.people"]
subject = "id"
keep = { columns = ["id"], reason = "invented" }
columns.first = "first_name"
columns.last = "last_name"
columns.email = { op = "email", accept_frequency_leak = "invented" }
columns.phone = { op = "phone", accept_frequency_leak = "invented" }
columns.ssn = { op = "national_id", kind = "us_ssn", accept_frequency_leak = "invented" }
columns.card = { op = "card", accept_frequency_leak = "invented" }
columns.note = { op = "redact_text", row = { first = "first_name", last = "last_name" } }
columns.doc = { op = "json", paths = { "$..note" = { op = "redact_text", row = { last = "last_name" } }, "$.n" = "keep" } }
"#;

const FIRST: [&str; 7] = ["Jane", "Łukasz", "Mei-Ling", "Zoë", "Omar", "Ximena", "Björn"];
const LAST: [&str; 5] = ["O'Brien", "Quillfeather", "Žižek", "van der Berg", "Okonkwo"];

/// Values of a person: first and last name, email, phone, national number, card.
fn person(n: u64) -> [String; 6] {
    let body = format!("411111{:09}", n * 7919 % 1_000_000_000);
    let sum: u64 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| u64::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 })
        .map(|value| value / 10 + value % 10)
        .sum();
    [
        FIRST[n as usize % 7].to_owned(),
        LAST[n as usize % 5].to_owned(),
        format!("someone{n}@corp.example.org"),
        format!("({:03}) {:03}-{:04}", 212 + n % 4, 230 + n % 700, 1000 + n * 37 % 9000),
        format!("{:03}-{:02}-{:04}", 100 + n % 500, 1 + n % 90, 1 + n % 9000),
        format!("{body}{}", (10 - sum % 10) % 10),
    ]
}

/// The text of row `n`: about the person, and about the one `other` rows on.
fn note(n: u64, count: u64) -> String {
    let [first, last, email, phone, ssn, card] = person(n);
    let [_, _, friend, ..] = person((n + 17) % count);
    match n % 6 {
        0 => format!("{first} {last} wrote from {email}; copy to {friend}, order 4711."),
        1 => format!("{last}, {first}: phone {phone}, called twice on 2024-05-06"),
        2 => format!("SSN {ssn} was read out by {first}; paid 19.99 by card {card}"),
        3 => format!("<a href=\"mailto:{}\">{last}</a>", email.replace('@', "&#64;")),
        4 => format!("https://corp.test/reset?to={} and {friend}", email.replace('@', "%40")),
        _ => "nothing of anybody: 3 of 12 boxes, 19.99 each".to_owned(),
    }
}

fn dump(count: u64) -> String {
    let mut dump = String::from(TABLE);
    for n in 0..count {
        let [first, last, email, phone, ssn, card] = person(n);
        let text = note(n, count);
        let doc =
            serde_json::json!({ "n": n, "list": [{ "note": format!("{last} / {email}") }] }).to_string();
        let doc = doc.replace('\\', "\\\\");
        writeln!(dump, "{n}\t{first}\t{last}\t{email}\t{phone}\t{ssn}\t{card}\t{text}\t{doc}").unwrap();
    }
    dump.push_str("\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    dump
}

#[test]
fn a_row_holds_nothing_of_its_own_subject_and_one_value_has_one_pseudonym() {
    let count = 3_000;
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    let output = workspace.mask_pipe(&["--schema-from-stream"], dump(count).as_bytes()).done();
    let table = tables(&output).remove("public.people").unwrap();
    let [firsts, lasts, emails, phones, ssns, cards, notes, docs] =
        ["first", "last", "email", "phone", "ssn", "card", "note", "doc"].map(|name| table.column(name));
    for n in 0..count as usize {
        let (note, text) = (note(n as u64, count), notes[n]);
        let mut expected = note;
        for (original, alias) in
            person(n as u64).iter().zip([firsts[n], lasts[n], emails[n], phones[n], ssns[n], cards[n]])
        {
            expected = expected.replace(original.as_str(), alias);
            for (sign, escape) in [("@", "&#64;"), ("@", "%40")] {
                // A sign that must be escaped in the one is so in the other.
                let new = if escape == "%40" { alias.replace('@', "%40") } else { alias.to_owned() };
                if original.contains('@') {
                    expected = expected.replace(&original.replace(sign, escape), &new);
                }
            }
        }
        let friend = (n + 17) % count as usize;
        expected = expected.replace(&person(friend as u64)[2], emails[friend]);
        assert!(text == expected, "row {n}, kind {}", n % 6);
        let doc: Value = serde_json::from_str(&docs[n].replace("\\\\", "\\")).unwrap();
        assert!(doc["list"][0]["note"] == format!("{} / {}", lasts[n], emails[n]), "row {n}, document");
    }
}

#[test]
fn canaries_in_the_notes_of_others_are_gone() {
    let count = 500_u64;
    let mut dump = String::from(TABLE);
    for n in 0..count {
        let canary = format!("canary{:016x}", n * 0x9e37_79b9_7f4a_u64 % 0xffff_ffff_ffff);
        let text = match n % 5 {
            0 => format!("ask {canary}@corp.example.org"),
            1 => format!("{{\"mail\": \"{canary}@corp.example.org\", \"ok\": true}}"),
            2 => format!("x%20{canary}%40corp.example.org"),
            3 => data_encoding::BASE64
                .encode(format!("please write to {canary}@corp.example.org soon").as_bytes()),
            _ => format!("Mail:{canary}@corp.example.org,+1 415 555 {n:04}"),
        };
        writeln!(dump, "{n}\tJane\tDoe\tjane{n}@example.org\t\\N\t\\N\t\\N\t{text}\t{{}}").unwrap();
    }
    dump.push_str("\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    let output = workspace.mask_pipe(&["--schema-from-stream"], dump.as_bytes()).done();
    let table = tables(&output).remove("public.people").unwrap();
    let mut left = 0;
    for note in table.column("note") {
        let word = note.split_whitespace().next().unwrap_or_default();
        let decoded = data_encoding::BASE64.decode(word.as_bytes()).unwrap_or_default();
        left += usize::from(note.contains("canary") || String::from_utf8_lossy(&decoded).contains("canary"));
    }
    assert_eq!(left, 0, "canaries left");
}

#[test]
fn threads_blocks_and_pipes_give_the_same_text() {
    let dump = dump(2_000);
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    let input = workspace.file("input.sql", dump.as_bytes());
    let reference = workspace.mask_file(&["--threads", "1"], &input).done();
    for options in [["--threads", "2", "--block-size", "4096"], ["--threads", "5", "--block-size", "70000"]] {
        assert_same(&workspace.mask_file(&options, &input).done(), &reference, "file");
        let mut streamed = options.to_vec();
        streamed.push("--schema-from-stream");
        assert_same(&workspace.mask_pipe(&streamed, dump.as_bytes()).done(), &reference, "pipe");
    }
}

#[test]
fn check_says_that_it_is_best_effort_and_what_cannot_be() {
    let check = |policy: &str| {
        let workspace = Workspace::new(&format!("{HEAD}{policy}"));
        let input = workspace.file("input.sql", dump(3).as_bytes());
        let run = workspace.run(&["check", "-p", "scrub.toml", input.to_str().unwrap()], b"");
        format!("{}{}", String::from_utf8_lossy(&run.stdout), run.stderr)
    };
    let said = check(POLICY);
    assert!(said.contains("best effort"), "{said}");
    let said = check(&POLICY.replace("last = \"last_name\" } }\n", "lats = \"last_name\" } }\n"));
    assert!(said.contains("unknown column \"lats\""), "{said}");
}

/// Kinds of spans whose values a table of people has in columns, and those that have a form of their own.
const COVERED: [&str; 7] =
    ["PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS"];
/// Names in a row, at most.
const NAMES: usize = 6;

#[test]
fn texts_beside_columns_of_names_lose_nearly_all_that_is_personal() {
    let Some(shared) = shared() else { return };
    let path = shared.join("data/pii/freetext_presidio_research.open.jsonl");
    let Ok(file) = std::fs::read_to_string(&path) else {
        return skip("the labelled texts are not here (data/pii)", "SCRUB_REQUIRE_CORPORA");
    };
    let mut rows: Vec<(String, Vec<(String, String)>, bool)> = Vec::new();
    for line in file.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text: Vec<char> = row["text"].as_str().unwrap().chars().collect();
        let span = |span: &Value| {
            let at = |place: usize| span[place].as_u64().unwrap() as usize;
            (span[2].as_str().unwrap().to_owned(), text[at(0)..at(1)].iter().collect::<String>())
        };
        let spans = row["spans"].as_array().unwrap().iter().map(span);
        rows.push((
            text.iter().collect(),
            spans.filter(|(kind, _)| COVERED.contains(&kind.as_str())).collect(),
            row["spans"].as_array().unwrap().is_empty(),
        ));
    }
    let names: Vec<String> = (1..=NAMES).map(|number| format!("name{number}")).collect();
    let mut dump = format!(
        "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\nCREATE TABLE public.calls (id integer NOT NULL, {} text, note text);\n\nCOPY public.calls (id, {}, note) FROM stdin;\n",
        names.join(" text, "),
        names.join(", ")
    );
    let escape = |text: &str| {
        text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
    };
    for (n, (text, spans, _)) in rows.iter().enumerate() {
        let people: Vec<&str> =
            spans.iter().filter(|(kind, _)| kind == "PERSON").map(|(_, name)| &**name).collect();
        let column = |number: usize| people.get(number).map_or("\\N".to_owned(), |name| escape(name));
        let columns: Vec<String> = (0..NAMES).map(column).collect();
        writeln!(dump, "{n}\t{}\t{}", columns.join("\t"), escape(text)).unwrap();
    }
    dump.push_str("\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    let each = |form: &str, join: &str| -> String {
        names.iter().map(|name| form.replace('N', name)).collect::<Vec<_>>().join(join)
    };
    let policy = format!(
        "{HEAD}\n[tables.\"public.calls\"]\nsubject = \"id\"\nkeep = {{ columns = [\"id\"], reason = \"invented\" }}\n{}\ncolumns.note = {{ op = \"redact_text\", row = {{ {} }}, max_invalid = 0.5 }}\n",
        each("columns.N = \"full_name\"", "\n"),
        each("N = \"full_name\"", ", ")
    );
    let workspace = Workspace::new(&policy);
    let output = workspace.mask_pipe(&["--schema-from-stream"], dump.as_bytes()).done();
    let table = tables(&output).remove("public.calls").unwrap();
    let (mut all, mut gone, mut changed) = (0, 0, 0);
    let mut by_kind = std::collections::BTreeMap::<&str, (usize, usize)>::new();
    for ((text, spans, bare), note) in rows.iter().zip(table.column("note")) {
        changed += usize::from(*bare && note != escape(text));
        for (kind, value) in spans {
            let characters = value.chars().count();
            let left = note.contains(&escape(value));
            all += characters;
            gone += if left { 0 } else { characters };
            let kind = by_kind.entry(kind).or_default();
            kind.0 += characters;
            kind.1 += if left { 0 } else { characters };
        }
    }
    let share = gone as f64 / all as f64;
    let mut log = std::io::stderr();
    let _ =
        writeln!(log, "{gone} of {all} characters gone ({share:.4}) in {} texts: {by_kind:?}", rows.len());
    assert!(share >= 0.95, "{gone} of {all} characters gone");
    let bare = rows.iter().filter(|(_, _, bare)| *bare).count();
    let _ = writeln!(log, "{changed} of {bare} texts without any span changed");
    assert!(changed * 20 <= bare, "{changed} of {bare} texts changed that hold nothing of the kind");
}
