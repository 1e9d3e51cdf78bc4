//! What the catalogue promises: classes that are whole, values that belong to nobody, and cells that every format carries.

use std::collections::BTreeSet;
use std::io::Cursor;

use super::*;
use crate::format::{self, Cells, Event, Input, ReaderOptions, RowShape};
use crate::table::ColumnBuilder;

const TODAY: &str = "2026-01-31";

fn cells() -> impl Iterator<Item = (&'static EdgeClass, Vec<u8>)> {
    EdgeCatalogue::builtin()
        .classes()
        .iter()
        .map(|class| (class, class.cell(Some(10), TODAY).expect(&class.id)))
}

fn text(class: &str) -> String {
    let class = EdgeCatalogue::builtin().class(class).expect(class);
    String::from_utf8(class.cell(Some(10), TODAY).unwrap()).unwrap()
}

#[test]
fn there_are_600_classes_with_reason_source_and_verdict() {
    let edges = EdgeCatalogue::builtin();
    assert!(edges.classes().len() >= 600, "{}", edges.classes().len());
    let ids: BTreeSet<&str> = edges.classes().iter().map(|class| class.id.as_str()).collect();
    assert_eq!(ids.len(), edges.classes().len());
    for class in edges.classes() {
        let known = edges.edge_type(class.type_name()).unwrap();
        assert!(!class.why.is_empty() && !class.source.is_empty(), "{}", class.id);
        assert!(!class.source.contains("://"), "{}: an address says less than a name", class.id);
        assert_eq!(class.validity.is_some(), known.semantic, "{}", class.id);
        if !known.semantic {
            let known = Engine::ALL.iter().any(|engine| class.verdict(*engine) != &Verdict::Unknown);
            let made = class.content != class::Content::Text(String::new());
            assert!(known || made, "{}: nobody has tried it", class.id);
        }
    }
    for kind in edges.types() {
        assert!(edges.of_type(&kind.name).next().is_some(), "{} has no class", kind.name);
    }
    for name in ["email", "phone", "person_name", "address", "money", "iban", "card_number", "url", "json"] {
        assert!(edges.of_type(name).count() >= 8, "{name}");
    }
}

#[test]
fn generated_values_are_what_they_say() {
    assert_eq!(text("varchar/length-n").chars().count(), 10);
    assert_eq!(text("varchar/length-n-1").chars().count(), 9);
    assert_eq!(text("varchar/length-n+1").chars().count(), 11);
    assert_eq!(text("varchar/n-multibyte-chars").len(), 40);
    assert_eq!(text("email/total-254").len(), 254);
    assert_eq!(text("email/total-255").len(), 255);
    assert_eq!(text("email/local-64").split('@').next().unwrap().len(), 64);
    assert_eq!(text("date/age-18-today"), "2008-01-31");
    assert_eq!(text("date/age-18-minus-1-day"), "2008-02-01");
    assert_eq!(text("text/toast-threshold").len(), 2100);
    assert_eq!(text("text/toast-threshold"), text("text/toast-threshold"));
    let wide: serde_json::Value = serde_json::from_str(&text("json/wide-object")).unwrap();
    assert_eq!(wide.as_object().unwrap().len(), 1000);
    assert!(serde_json::from_str::<serde_json::Value>(&text("json/deep-nesting-100")).is_ok());
    assert_eq!(text("array/large-1000").matches('1').count(), 1000);
    assert_eq!(text("bytea/nul-byte"), "\\x00");
    let varchar = EdgeCatalogue::builtin().class("varchar/length-n").unwrap();
    assert_eq!(varchar.cell(None, TODAY), None);
    let age = EdgeCatalogue::builtin().class("date/age-18-today").unwrap();
    assert_eq!(age.cell(None, "no date"), None);
}

#[test]
fn addresses_are_nobodys() {
    let reserved = |host: &str| {
        let host = host.trim_end_matches(['.', ' ']).to_lowercase();
        let host = host.split([':', '/', '?', '\n']).next().unwrap_or_default();
        ["example", "invalid", "localhost", "test", "xn--hlcj6aya9esc7a"]
            .iter()
            .any(|end| host == *end || host.ends_with(&format!(".{end}")))
            || ["example.com", "example.net", "example.org"]
                .iter()
                .any(|name| host == *name || host.ends_with(&format!(".{name}")))
            || ["127.0.0.1", "2130706433"].contains(&host)
    };
    for class in EdgeCatalogue::builtin().of_type("email") {
        let email = text(&class.id);
        let Some((_, host)) = email.rsplit_once('@') else { continue };
        let literal = host.starts_with("[192.0.2.") || host.starts_with("[IPv6:2001:db8:");
        assert!(literal || reserved(host.trim_end_matches('>')), "{}", class.id);
    }
    for class in EdgeCatalogue::builtin().of_type("url") {
        let url = text(&class.id);
        let Some((_, rest)) = url.split_once("//") else { continue };
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        assert!(host.starts_with("[2001:db8:") || reserved(host), "{}", class.id);
    }
    // Numbers for drama, or of a length that no network has.
    let digits = |text: &str| -> String {
        let ascii =
            |c: char| c.to_digit(10).or_else(|| "٠١٢٣٤٥٦٧٨٩".chars().position(|d| d == c).map(|d| d as u32));
        let wide = |c: char| "０１２３４５６７８９".chars().position(|d| d == c).map(|d| d as u32);
        text.chars()
            .filter_map(|c| ascii(c).or_else(|| wide(c)))
            .filter_map(|d| char::from_digit(d, 10))
            .collect()
    };
    for class in EdgeCatalogue::builtin().of_type("phone") {
        let number = digits(&text(&class.id));
        let drama = ["55501", "7700900", "2079460"].iter().any(|range| number.contains(range));
        let nobodys = number.ends_with("0000") || number.starts_with("12345") || number.is_empty();
        assert!(drama || nobodys, "{}", class.id);
    }
}

/// One row of one text cell in each format, and the name of its table.
const FORMS: &[(&str, &str, &str)] = &[
    (
        "pg_dump",
        "COPY",
        "CREATE TABLE public.t (\n    x text\n);\n\nCOPY public.t (x) FROM stdin;\nold\n\\.\n\n",
    ),
    (
        "pg_dump",
        "INSERT",
        "CREATE TABLE public.t (\n    x text\n);\n\nINSERT INTO public.t VALUES ('old');\n",
    ),
    ("mysqldump", "INSERT", "CREATE TABLE `t` (\n  `x` longtext\n);\nINSERT INTO `t` VALUES ('old');\n"),
    (
        "sqlite_dump",
        "INSERT",
        "BEGIN TRANSACTION;\nCREATE TABLE t(x TEXT);\nINSERT INTO t VALUES('old');\nCOMMIT;\n",
    ),
    ("csv", "CSV", "x,y\nold,1\n"),
    ("tsv", "TSV", "x\ty\nold\t1\n"),
    ("jsonl", "JSON", "{\"x\": \"old\"}\n"),
];

#[test]
fn every_value_survives_every_writer_and_reader_of_text() {
    for (name, how, input) in FORMS {
        let options = ReaderOptions {
            format: Some(name),
            trailer: false,
            table: Some(crate::table::TableName::new("", "t")),
            ..ReaderOptions::default()
        };
        let mut reader = format::open(Input::new("t", Cursor::new(input.as_bytes())), &options).unwrap();
        let codec = reader.codec();
        let block = loop {
            if let Event::Rows(block) = reader.next(Vec::new()).unwrap().expect("rows") {
                break block;
            }
        };
        let columns: Vec<String> = match *name {
            "csv" | "tsv" => vec!["x".into(), "y".into()],
            _ => vec!["x".into()],
        };
        let shape = if codec.is_nested() {
            RowShape::nested(columns, vec![0], Vec::new())
        } else {
            RowShape::new(columns, vec![0])
        };
        let mut found = Cells::default();
        codec.tokenize(&block, &shape, &mut found).unwrap();
        for (class, cell) in cells() {
            if std::str::from_utf8(&cell).is_err() {
                continue;
            }
            let mut built = ColumnBuilder::default();
            built.value(&cell);
            let mut bytes = Vec::new();
            let spliced = codec.splice(&block, &found, &[Some(&built)], &mut bytes);
            if *name == "pg_dump" && cell.contains(&0) {
                assert!(spliced.is_err(), "{}: PostgreSQL's text has no zero byte", class.id);
                continue;
            }
            spliced.unwrap();
            let written = format::Block { head: block.head.clone(), bytes, byte: 0, line: 1 };
            let mut again = Cells::default();
            codec
                .tokenize(&written, &shape, &mut again)
                .unwrap_or_else(|error| panic!("{name} {how}: {} is not read: {error}", class.id));
            assert_eq!(again.rows, 1, "{name} {how}: {}", class.id);
            let back = again.column(&written, 0);
            assert!(back.value(0) == Some(&cell[..]), "{name} {how}: {} is read as another value", class.id);
        }
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn sqlite_does_what_the_catalogue_says() {
    let edges = EdgeCatalogue::builtin();
    let database = rusqlite::Connection::open_in_memory().unwrap();
    let mut tried = 0;
    let mut wrong = Vec::new();
    for (class, cell) in cells() {
        let verdict = class.verdict(Engine::Sqlite);
        let (Some(kind), false) = (edges.column_type(class, Engine::Sqlite), *verdict == Verdict::Unknown)
        else {
            continue;
        };
        database.execute_batch(&format!("DROP TABLE IF EXISTS t; CREATE TABLE t (x {kind})")).unwrap();
        let stored = match cell.strip_prefix(b"\\x").filter(|_| kind == "BLOB") {
            Some(hex) => {
                let bytes = data_encoding::HEXLOWER.decode(hex).unwrap();
                database.execute("INSERT INTO t VALUES (?1)", [bytes])
            }
            None => database.execute("INSERT INTO t VALUES (?1)", [std::str::from_utf8(&cell).unwrap()]),
        };
        let sql = if kind == "BLOB" {
            "SELECT '\\x' || lower(hex(x)) FROM t"
        } else {
            "SELECT CAST(x AS TEXT) FROM t"
        };
        let back: Option<String> =
            stored.ok().map(|_| database.query_row(sql, [], |row| row.get(0)).unwrap());
        let as_said = match verdict {
            Verdict::Kept => back.as_deref().map(str::as_bytes) == Some(&cell[..]),
            Verdict::Becomes(text) => back.as_deref() == Some(text),
            _ => back.is_none(),
        };
        tried += 1;
        if !as_said {
            wrong.push(format!("{}: {back:?}", class.id));
        }
    }
    assert!(wrong.is_empty(), "of {tried}:\n{}", wrong.join("\n"));
    assert!(tried > 300, "{tried}");
}

#[test]
fn a_file_that_is_wrong_is_named_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("own.toml");
    let class = |rest: &str| {
        format!(
            "[types.own]\nsemantic = true\n\n[[class]]\nid = \"own/a\"\nwhy = \"a test of it\"\nsource = \"us\"\n{rest}"
        )
    };
    for (rest, says) in [
        ("", "needs one of"),
        ("value = 'x'\nhex = '00'\n", "needs one of"),
        ("hex = 'xyz'\n", "hexadecimal"),
        ("parts = [{ repeat = 'a', times = 'm' }]\n", "number of times"),
        ("value = 'x'\nvalid = 'perhaps'\n", "disputed"),
        ("value = 'x'\nvalue = 'y'\n", "line 9"),
    ] {
        std::fs::write(&file, class(rest)).unwrap();
        let error = EdgeCatalogue::load(&file).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("own.toml"), "{rest}: {error}");
    }
    std::fs::write(&file, class("value = 'x'\nvalid = true\n").replace("own/a", "int4/min")).unwrap();
    let own = EdgeCatalogue::load(dir.path()).unwrap();
    assert_eq!(own.classes().len(), EdgeCatalogue::builtin().classes().len());
    assert_eq!(own.class("int4/min").unwrap().cell(None, TODAY).unwrap(), b"x");
    std::fs::write(&file, "[[class]]\nid = 'none/a'\nvalue = 'x'\nwhy = 'a test of it'\nsource = 'us'\n")
        .unwrap();
    assert!(EdgeCatalogue::load(&file).unwrap_err().to_string().contains("no file declares"));
}
