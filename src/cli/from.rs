//! `--from`: the database's own dump tool as the input.
//!
//! What connects to the database stands in the environment of the tool (libpq's variables) or on its standard input (an
//! option file of the MySQL tools), never in arguments, which everybody on the machine can read. What the tool says on
//! standard error may quote names, passwords and rows, so it is not passed on: it is looked at for known phrases.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::{ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;

use zeroize::Zeroizing;

use crate::base::{Error, ErrorKind, Result};
use crate::format::Input;
use crate::format::child::Running;

use super::connection::{Address, Server};
use super::input::{self, Digest, Interruptible, Meter};
use super::usage;

/// A dump tool, and how it reaches its database.
pub(super) struct Producer {
    /// As `--from` was given, which holds no secret.
    name: String,
    /// Names of the tool, the likelier first.
    programs: &'static [&'static str],
    arguments: Vec<OsString>,
    /// Arguments that leave the rows out.
    schema: &'static [&'static str],
    variables: Vec<(&'static str, Zeroizing<String>)>,
    unset: Vec<String>,
    /// What it reads as its option file.
    options: Option<Zeroizing<String>>,
}

impl Producer {
    /// Reads `service=NAME` or `env:VARIABLE`.
    ///
    /// # Errors
    /// Anything else; a variable that is not set or holds no URL. The message does not hold the URL.
    pub(super) fn parse(text: &str) -> Result<Self> {
        if let Some(service) = text.strip_prefix("service=").filter(|service| !service.is_empty()) {
            let service = Zeroizing::new(service.to_owned());
            return Ok(Self::postgres(text, vec![("PGSERVICE", service)], Vec::new()));
        }
        let Some(variable) = text.strip_prefix("env:").filter(|variable| !variable.is_empty()) else {
            return Err(usage(
                "--from takes service=NAME (of a PostgreSQL service file) or env:VARIABLE (that holds a postgres:// or \
                 mysql:// URL)",
            ));
        };
        #[expect(clippy::disallowed_methods, reason = "the command reads the environment")]
        let url = std::env::var(variable)
            .map(Zeroizing::new)
            .map_err(|_| usage(format!("the environment has no variable {variable}")))?;
        let address = Address::parse(&url).map_err(|why| usage(format!("the URL in {variable}: {why}")))?;
        let mut producer = match address.server {
            Server::Postgres => {
                let variables =
                    address.postgres().map_err(|why| usage(format!("the URL in {variable}: {why}")))?;
                // What the service file or another's address says would win over the URL.
                let unset = ["PGSERVICE", "PGHOSTADDR", "PGPASSFILE"].map(str::to_owned).to_vec();
                Self::postgres(text, variables, unset)
            }
            Server::MySql => {
                let options =
                    address.mysql().map_err(|why| usage(format!("the URL in {variable}: {why}")))?;
                Self::mysql(text, options, &address.database)
            }
        };
        producer.unset.push(variable.to_owned());
        Ok(producer)
    }

    fn postgres(name: &str, variables: Vec<(&'static str, Zeroizing<String>)>, unset: Vec<String>) -> Self {
        Self {
            name: name.to_owned(),
            programs: &["pg_dump"],
            arguments: vec!["--no-password".into()],
            schema: &["--schema-only"],
            variables,
            unset,
            options: None,
        }
    }

    fn mysql(name: &str, options: Zeroizing<String>, database: &str) -> Self {
        let arguments = ["--defaults-extra-file=/dev/stdin", "--single-transaction", "--quick", "--hex-blob"];
        let mut arguments: Vec<OsString> = arguments.map(OsString::from).to_vec();
        arguments.extend(["--".into(), database.into()]);
        Self {
            name: name.to_owned(),
            programs: &["mysqldump", "mariadb-dump"],
            arguments,
            schema: &["--no-data"],
            variables: Vec::new(),
            unset: Vec::new(),
            options: Some(options),
        }
    }

    /// A dump without rows.
    ///
    /// # Errors
    /// A tool that cannot be started.
    pub(super) fn schema(&self) -> Result<Input> {
        let (running, stdout, complaint) = self.start(self.schema)?;
        Ok(Input::checked(self.name.clone(), stdout, self.finish(running, complaint)))
    }

    /// The dump.
    ///
    /// # Errors
    /// A tool that cannot be started.
    pub(super) fn rows(&self, cancelled: &Arc<AtomicBool>, digest: Digest<'_>) -> Result<input::Source> {
        let (running, stdout, complaint) = self.start(&[])?;
        let stdout = Interruptible::new(stdout, cancelled);
        let finish = self.finish(running, complaint);
        Ok(input::measured(stdout, Meter::default(), digest, |reader| {
            Input::checked(self.name.clone(), reader, finish)
        }))
    }

    fn start(&self, more: &[&str]) -> Result<(Running, std::process::ChildStdout, Complaint)> {
        let mut missing = Ok(());
        for program in self.programs {
            let mut command = Command::new(program);
            // Options first; the database's name is last.
            let (options, operands) = self.arguments.split_at(self.arguments.len().saturating_sub(2));
            match self.options {
                Some(_) => command.args(options).args(more).args(operands),
                None => command.args(&self.arguments).args(more),
            };
            command.env_remove("SCRUB_KEY");
            for name in &self.unset {
                command.env_remove(name);
            }
            command.envs(self.variables.iter().map(|(name, value)| (name, value.as_str())));
            command.stdin(if self.options.is_some() { Stdio::piped() } else { Stdio::null() });
            match command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() {
                Ok(mut child) => {
                    if let (Some(options), Some(mut stdin)) = (&self.options, child.stdin.take()) {
                        // It is smaller than a pipe's buffer. A child that ended early has a status that says more.
                        let _ = stdin.write_all(options.as_bytes());
                    }
                    let missing = || Error::new(ErrorKind::Child(format!("{program} has no output")));
                    let stdout = child.stdout.take().ok_or_else(missing)?;
                    let complaint = Complaint::read(program, child.stderr.take());
                    return Ok((Running::new(child), stdout, complaint));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    missing = Err(format!("{} is not installed; --from needs it", self.programs[0]));
                }
                Err(error) => {
                    return Err(
                        ErrorKind::Child(format!("{program} cannot be started: {}", error.kind())).into()
                    );
                }
            }
        }
        Err(ErrorKind::Child(missing.err().unwrap_or_default()).into())
    }

    /// What must go well after the last byte.
    fn finish(
        &self,
        mut running: Running,
        complaint: Complaint,
    ) -> impl FnOnce() -> Result<()> + Send + 'static {
        let name = self.name.clone();
        move || {
            let status = running.wait()?;
            if status.success() {
                return Ok(());
            }
            let program = complaint.program;
            let why = complaint.why().unwrap_or("run it alone to see why");
            Err(Error::new(ErrorKind::Child(format!("{program} failed ({status}): {why}"))).in_file(name))
        }
    }
}

/// What a tool says on standard error: read to its end so that the tool does not wait, and kept as far as it is short.
struct Complaint {
    program: &'static str,
    thread: Option<JoinHandle<Vec<u8>>>,
}

impl Complaint {
    const KEPT: u64 = 64 * 1024;

    fn read(program: &'static str, stderr: Option<ChildStderr>) -> Self {
        let read = |mut stderr: ChildStderr| {
            std::thread::spawn(move || {
                let mut said = Vec::new();
                // Whatever cannot be read is as if it had not been said.
                let _ = stderr.by_ref().take(Self::KEPT).read_to_end(&mut said);
                let _ = io::copy(&mut stderr, &mut io::sink());
                said
            })
        };
        Self { program, thread: stderr.map(read) }
    }

    /// What it comes down to, in our words.
    fn why(self) -> Option<&'static str> {
        let said = self.thread?.join().ok()?;
        explain(&String::from_utf8_lossy(&said))
    }
}

fn explain(said: &str) -> Option<&'static str> {
    PHRASES.iter().find(|(phrase, _)| said.contains(phrase)).map(|(_, why)| *why)
}

/// Phrases of the tools, and what they mean; the first that fits counts.
const PHRASES: &[(&str, &str)] = &[
    ("definition of service", "the service file has no such service"),
    ("service file", "the service file cannot be read"),
    ("server version mismatch", "it is older than the server; install the one of the server's version"),
    ("password authentication failed", "the server refuses the user or the password"),
    ("no password supplied", "the server wants a password, and there is none"),
    ("no pg_hba.conf entry", "the server admits no such user, database and address"),
    ("Peer authentication failed", "the server admits no such user from this account"),
    ("Access denied", "the server refuses the user or the password, or what the user may read"),
    ("could not translate host name", "the server's name is not known"),
    ("Unknown MySQL server host", "the server's name is not known"),
    ("Unknown server host", "the server's name is not known"),
    ("Connection refused", "there is no server at this address"),
    ("Can't connect", "there is no server at this address"),
    ("Is the server running", "there is no server at this address"),
    ("timeout expired", "the server does not answer"),
    ("SSL", "the server and the tool do not agree on encryption"),
    ("TLS", "the server and the tool do not agree on encryption"),
    ("permission denied", "the user may not read all of the database"),
    ("Unknown database", "there is no such database"),
    ("does not exist", "there is no such database or user"),
    ("unknown variable", "it does not know an option of the URL"),
    ("unknown option", "it does not know an option of the URL"),
    ("terminating connection", "the server ended the connection"),
    ("server closed the connection", "the server ended the connection"),
    ("Lost connection", "the server ended the connection"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_says_is_told_in_our_words() {
        let said = "pg_dump: error: connection to server at \"h\", port 5432 failed: FATAL:  password authentication \
                    failed for user \"CANARY\"\npassword retrieved from file \"/home/jane/.pgpass\"";
        assert_eq!(explain(said), Some("the server refuses the user or the password"));
        assert_eq!(
            explain("definition of service \"x\" not found"),
            Some("the service file has no such service")
        );
        assert_eq!(explain("pg_dump: error: query failed: ERROR: CANARY"), None);
    }

    #[test]
    fn what_is_neither_a_service_nor_a_variable_is_refused_without_being_shown() {
        for text in ["postgres://u:CANARY@h/db", "service=", "env:", "CANARY", "env:NO_SUCH_VARIABLE_HERE"] {
            let error = Producer::parse(text).err().unwrap().to_string();
            assert!(!error.contains("CANARY"), "{error}");
        }
    }
}
