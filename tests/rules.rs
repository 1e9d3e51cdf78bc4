//! `scrub rules`: operators and detectors by name, and detectors of one's own.

use serde_json::Value;

use crate::support::cli::{KEEP_ALL, Workspace};

const BADGE: &str = "entity = 'BADGE'\ntitle = 'Badge of staff'\ncategory = 'direct'\n[name]\nwords = ['badge', 'badge number']\n\
                     [value]\npatterns = ['B-[0-9]{4}']\nchance = 0.001\nalone = true\ncontext = ['badge']\n[examples]\nmatch = \
                     ['B-1042']\nno_match = ['B-10', 'X-1042']\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn list_and_show_know_operators_and_detectors() {
    let workspace = Workspace::new(KEEP_ALL);
    let list = text(&workspace.run(&["rules", "list"], b"").done());
    let json: Value =
        serde_json::from_slice(&workspace.run(&["rules", "list", "--json"], b"").done()).unwrap();
    for detector in scrub::detect::Catalogue::builtin().detectors() {
        assert!(list.contains(&detector.entity), "{}", detector.entity);
        let known =
            json["detectors"].as_array().unwrap().iter().find(|known| known["entity"] == detector.entity);
        assert_eq!(known.unwrap()["category"], detector.category.name());
    }
    assert_eq!(json["operators"].as_array().unwrap().len(), scrub::mask::OPERATORS.len());
    let page = text(&workspace.run(&["rules", "show", "DE_STEUER_ID"], b"").done());
    for part in ["category", "direct", "DE", "de_idnr", "Names of columns", "Values that match"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(text(&workspace.run(&["rules", "show", "email"], b"").done()).contains("Parameters"));
    let unknown = workspace.run(&["rules", "show", "US_SSM"], b"");
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("US_SSN"), "{}", unknown.stderr);
}

#[test]
fn a_detector_of_ones_own_is_tried_and_used() {
    let workspace = Workspace::new(KEEP_ALL);
    std::fs::create_dir(workspace.path("own")).unwrap();
    workspace.file("own/badge.toml", BADGE.as_bytes());
    let tried = workspace.run(&["rules", "test", "own"], b"");
    assert_eq!(
        (tried.code, text(&tried.stdout)),
        (0, "ok    BADGE (3 examples)\n".to_owned()),
        "{}",
        tried.stderr
    );
    let shown = workspace.run(&["rules", "show", "BADGE", "--rules", "own"], b"");
    assert!(text(&shown.done()).contains("Badge of staff"));

    let mut dump = String::from("id,code,remark\n");
    for row in 0..40 {
        dump.push_str(&format!(
            "{row},B-{:04},the visitor has B-{:04} and left at noon\n",
            1000 + row * 7,
            2000 + row
        ));
    }
    workspace.file("visits.csv", dump.as_bytes());
    let scan = |options: &[&str]| -> Value {
        let run = workspace.run(&[&["scan", "--json", "visits.csv"], options].concat(), b"");
        serde_json::from_slice(&run.done()).unwrap()
    };
    let entity = |report: &Value, column: usize| report["tables"][0]["columns"][column]["entity"].clone();
    let with = scan(&["--rules", "own"]);
    assert_eq!((entity(&with, 1), entity(&with, 2)), ("BADGE".into(), "FREE_TEXT".into()));
    assert_eq!(entity(&scan(&[]), 1), Value::Null);
}

#[test]
fn a_detector_that_breaks_its_promises_fails_and_shows_no_example() {
    let workspace = Workspace::new(KEEP_ALL);
    workspace.file("badge.toml", BADGE.replace("'B-1042'", "'B-1042', 'geheim-B77'").as_bytes());
    let missed = workspace.run(&["rules", "test", "badge.toml"], b"");
    assert_eq!(missed.code, 1);
    assert!(text(&missed.stdout).contains("example 2 of `match`"), "{}", text(&missed.stdout));
    assert!(!text(&missed.stdout).contains("geheim"));

    workspace.file("badge.toml", BADGE.replace("'B-10', ", "'B-1000', ").as_bytes());
    let wrong = workspace.run(&["rules", "test", "badge.toml"], b"");
    assert!(wrong.code == 1 && text(&wrong.stdout).contains("example 1 of `no_match`"));

    workspace.file("badge.toml", BADGE.replace("B-[0-9]{4}", "[0-9A-Z-]+").as_bytes());
    let wide = workspace.run(&["rules", "test", "badge.toml"], b"");
    assert!(wide.code == 1 && text(&wide.stdout).contains("identifiers of rows"), "{}", text(&wide.stdout));

    workspace.file("badge.toml", BADGE.replace("alone = true", "alone = geheim").as_bytes());
    let broken = workspace.run(&["rules", "test", "badge.toml"], b"");
    assert_eq!(broken.code, 2);
    assert!(broken.stderr.contains("badge.toml") && !broken.stderr.contains("geheim"), "{}", broken.stderr);
}
