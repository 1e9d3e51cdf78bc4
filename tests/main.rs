//! Integration tests: the command as its users run it, against real dumps, a real PostgreSQL and a real
//! MariaDB.
//!
//! What they need beside the binary is found by `support`: a server, the sample databases. What cannot be found is
//! skipped with a line on standard error; `SCRUB_REQUIRE_SERVERS=1` and `SCRUB_REQUIRE_CORPORA=1` make it a failure.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "tests are configured by their environment")]
#![allow(clippy::format_collect, clippy::naive_bytecount, reason = "short and plain before fast")]
#![cfg(feature = "cli")]

mod support;
#[path = "../benches/generator/mod.rs"]
#[allow(dead_code, reason = "it belongs to the benches")]
mod workload_forms;

mod architecture;
mod canaries;
mod columnar;
mod commands;
mod compression;
mod conditions;
#[cfg(feature = "sqlite")]
mod constraints;
mod corpora_masked;
mod coverage;
mod determinism;
mod drafts;
mod edges;
mod every_operator;
mod failures;
mod formats;
mod free_text;
mod from;
mod fuzz_regressions;
mod gap_fill;
mod identity;
mod init;
mod kat;
mod kill;
mod many;
mod mariadb;
mod own_dump;
mod rules;
mod scale;
mod scan;
mod sequences;
mod seven_forms;
#[cfg(feature = "sqlite")]
mod sqlite;
mod synth;
mod text_files;
mod workload;
