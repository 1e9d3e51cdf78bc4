//! What the tests share: private servers, the sample databases, the command, and a reader of COPY blocks.

pub(crate) mod cli;
pub(crate) mod copy;
pub(crate) mod corpora;
pub(crate) mod mariadb;
pub(crate) mod samples;
pub(crate) mod server;

use std::io::Write;

/// Says on the real standard error (which the test harness does not swallow) that something was not tested, or fails
/// where `variable` is set to `1`.
pub(crate) fn skip(what: &str, variable: &str) {
    assert!(
        std::env::var(variable).as_deref() != Ok("1"),
        "{what}: this test needs it, and {variable}=1 says that it must run"
    );
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "\nSKIPPED {test}: {what}\n");
}
