//! Integration tests: the command as its users run it, against real dumps and a real PostgreSQL.
//!
//! What they need beside the binary is found by `support`: a server, the sample databases. What cannot be found is
//! skipped with a line on standard error; `SCRUB_REQUIRE_SERVERS=1` and `SCRUB_REQUIRE_CORPORA=1` make it a failure.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "tests are configured by their environment")]
#![allow(clippy::format_collect, clippy::naive_bytecount, reason = "short and plain before fast")]
#![cfg(feature = "cli")]

mod support;

mod architecture;
mod canaries;
mod commands;
mod conditions;
mod corpora_masked;
mod determinism;
mod every_operator;
mod failures;
mod fuzz_regressions;
mod identity;
mod init;
mod kat;
mod kill;
mod own_dump;
mod scale;
mod scan;
mod sequences;
mod workload;
