//! Untouched means identical: under a policy that keeps everything, output is input, byte for byte.

use crate::support::cli::{KEEP_ALL, Workspace, assert_same};
use crate::support::corpora::{Corpus, corpus};

/// Every variant of a sample, through files and pipes, with several thread counts and block sizes.
fn keeps(name: &'static str, variants: &[&str]) {
    let Some(corpus) = corpus(name) else { return };
    for variant in variants {
        assert!(corpus.has(variant), "{name} has no variant {variant}");
        keeps_variant(&corpus, variant, variant.starts_with("dataonly"));
    }
}

fn keeps_variant(corpus: &Corpus, variant: &str, schema_apart: bool) {
    let workspace = Workspace::new(KEEP_ALL);
    let dump = corpus.dump(variant);
    let input = workspace.file("input.sql", &dump);
    let mut base = Vec::new();
    let schema = workspace.path("schema.sql");
    if schema_apart {
        workspace.file("schema.sql", &corpus.dump("plain"));
        base.extend(["--schema", schema.to_str().unwrap()]);
    }
    for (threads, block_size) in [("1", None), ("2", Some("4096")), ("7", None), ("7", Some("65536"))] {
        let mut options = base.clone();
        options.extend(["--threads", threads]);
        options.extend(block_size.iter().flat_map(|size| ["--block-size", size]));
        let what = format!("{} {variant}, {options:?}", corpus.name);
        assert_same(&workspace.mask_file(&options, &input).done(), &dump, &format!("{what}, file"));
        if !schema_apart {
            options.push("--schema-from-stream");
        }
        assert_same(&workspace.mask_pipe(&options, &dump).done(), &dump, &format!("{what}, pipe"));
    }
}

const FORMS: [&str; 5] = ["plain", "inserts", "colins100", "clean_quoteall", "dataonly_distrig"];

#[test]
fn keeps_chinook() {
    keeps("chinook", &FORMS);
}

#[test]
fn keeps_pagila() {
    keeps("pagila", &FORMS);
}

#[test]
fn keeps_pagila_loaded_via_the_partition_root() {
    keeps("pagila", &["viaroot"]);
}

#[test]
fn keeps_netbox() {
    keeps("netbox", &FORMS);
}

#[test]
fn keeps_pgex() {
    keeps("pgex", &FORMS);
}

#[test]
fn a_lock_replaces_the_schema_of_the_stream() {
    let Some(corpus) = corpus("chinook") else { return };
    let workspace = Workspace::new(KEEP_ALL);
    let dump = corpus.dump("plain");
    workspace.lock(&workspace.file("input.sql", &dump));
    assert_same(&workspace.mask_pipe(&[], &dump).done(), &dump, "a pipe with a lock");
}

#[test]
fn compressed_input_is_read_as_it_is() {
    let Some(corpus) = corpus("chinook") else { return };
    let workspace = Workspace::new(KEEP_ALL);
    let dump = corpus.dump("plain");
    assert_same(&workspace.mask_file(&[], &corpus.path("plain")).done(), &dump, "zstd file");
    let compressed = std::fs::read(corpus.path("plain")).unwrap();
    assert_same(&workspace.mask_pipe(&["--schema-from-stream"], &compressed).done(), &dump, "zstd pipe");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &dump).unwrap();
    let gzip = gzip.finish().unwrap();
    assert_same(&workspace.mask_file(&[], &workspace.file("input.sql.gz", &gzip)).done(), &dump, "gzip file");
    assert_same(&workspace.mask_pipe(&["--schema-from-stream"], &gzip).done(), &dump, "gzip pipe");
}

#[test]
fn a_policy_without_a_keyed_operator_needs_no_key() {
    let Some(corpus) = corpus("pgex") else { return };
    let workspace = Workspace::new(KEEP_ALL);
    let dump = corpus.dump("plain");
    workspace.file("input.sql", &dump);
    let run = workspace.run(&["mask", "-p", "scrub.toml", "--quiet", "input.sql"], b"");
    assert_same(&run.done(), &dump, "without a key");
}
