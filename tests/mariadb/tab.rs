//! A folder that `mariadb-dump --tab` wrote, masked in one run and read into a real server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::masked::{cells_have_changed, facts_hold, next_numbers_are_free, policy, pseudonyms};
use crate::support::cli::Workspace;
use crate::support::corpora::mysql_corpus;
use crate::support::mariadb::{Database, mariadb};

#[test]
fn a_folder_of_tab_is_masked_like_the_dump() {
    let Some(corpus) = mysql_corpus("sakila") else { return };
    let Some(server) = mariadb() else { return };
    let workspace = Workspace::new(&policy(&corpus));
    let archive = fs::read(corpus.path("default").with_file_name("sakila.tab.tar.zst")).unwrap();
    let archive = workspace.file("tab.tar", &zstd::decode_all(&archive[..]).unwrap());
    let unpacked = Command::new("tar").arg("-xf").arg(&archive).current_dir(workspace.path("")).status();
    assert!(unpacked.unwrap().success(), "tar");
    let folder = workspace.path("tab_sakila");
    workspace.mask_file(&["-o", "out/"], &folder).done();
    let [original, masked, dumped] = ["tab", "tab_masked", "tab_dump"].map(|hint| server.create(hint));
    read(&original, &folder);
    read(&masked, &workspace.path("out"));
    facts_hold(&corpus, &masked, "tab");
    cells_have_changed(&corpus, &original, &masked, "tab");
    next_numbers_are_free(&masked, "tab");
    let input = workspace.file("input.sql", &corpus.dump("default"));
    assert_eq!(dumped.restore(&workspace.mask_file(&[], &input).done()), Ok(()));
    assert_eq!(pseudonyms(&corpus, &masked), pseudonyms(&corpus, &dumped), "the dump has other pseudonyms");
}

/// Tables without their triggers, which would write rows a second time, then rows.
fn read(database: &Database, folder: &Path) {
    let mut rows: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    rows.sort();
    assert!(rows.len() > 10, "{}", folder.display());
    for file in &rows {
        let mut schema = b"SET foreign_key_checks = 0;\n".to_vec();
        schema.extend(fs::read(file.with_extension("sql")).unwrap());
        assert_eq!(database.restore(&schema), Ok(()), "{}", file.display());
    }
    let triggers = database
        .query("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database()");
    for trigger in triggers.lines() {
        database.query(&format!("DROP TRIGGER `{trigger}`"));
    }
    for file in &rows {
        let table = file.file_stem().unwrap().to_str().unwrap();
        assert_eq!(database.load(table, file), Ok(()), "{table}");
    }
}
