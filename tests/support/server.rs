//! A private PostgreSQL for this test binary: made at first use, on a unix socket in a temporary folder, gone with it.
//!
//! The server refuses to run as root, so under root it runs as `postgres` or `nobody`. A shell holds the server and
//! the reading end of a pipe; when the test process ends, however it ends, the pipe closes, the shell stops the server
//! and removes the folder.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::skip;

/// A running server.
pub(crate) struct Server {
    bin: PathBuf,
    dir: PathBuf,
    /// Holds the pipe whose end stops the server.
    _guard: Child,
}

/// A database of its own, dropped with the value.
pub(crate) struct Database {
    server: &'static Server,
    /// Its name.
    pub(crate) name: String,
}

/// The server of this process; `None` after a loud skip when there is none to be had.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    match SERVER.get_or_init(Server::start) {
        Ok(server) => Some(server),
        Err(why) => {
            skip(&format!("no PostgreSQL server: {why}"), "SCRUB_REQUIRE_SERVERS");
            None
        }
    }
}

impl Server {
    fn start() -> Result<Self, String> {
        let bin = programs().ok_or("its programs (initdb, postgres, psql) were not found")?;
        let account = account(&["postgres", "nobody"])?;
        // A socket's path may have 107 bytes, so not below a long TMPDIR.
        let base = if Path::new("/tmp").is_dir() { PathBuf::from("/tmp") } else { std::env::temp_dir() };
        let dir = tempfile::Builder::new()
            .prefix("scrub-pg-")
            .tempdir_in(base)
            .map_err(|error| format!("no temporary folder: {error}"))?
            .keep();
        let run = |command: &mut Command| {
            if let Some((user, group)) = account {
                command.uid(user).gid(group);
            }
            command.current_dir("/").env("LC_ALL", "C.UTF-8");
        };
        if let Some((user, group)) = account {
            std::os::unix::fs::chown(&dir, Some(user), Some(group)).map_err(|error| error.to_string())?;
        }
        let data = dir.join("data");
        let mut initdb = Command::new(bin.join("initdb"));
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        run(initdb.arg(&data));
        let made = initdb.output().map_err(|error| format!("initdb: {error}"))?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "sh"]).arg(&dir).arg(bin.join("postgres")).process_group(0);
        run(guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()));
        let server = Self { bin, dir, _guard: guard.spawn().map_err(|error| format!("sh: {error}"))? };
        let start = Instant::now();
        while !server
            .tool("psql")
            .args(["-X", "-c", "SELECT 1", "postgres"])
            .output()
            .is_ok_and(|o| o.status.success())
        {
            if start.elapsed() > Duration::from_secs(60) {
                let log = fs::read_to_string(server.dir.join("log")).unwrap_or_default();
                return Err(format!("it did not start: {log}"));
            }
            thread::sleep(Duration::from_millis(50));
        }
        // The sample databases belong to these.
        let roles = server.psql("postgres", "CREATE ROLE netbox; CREATE ROLE pgexercises;");
        assert!(roles.is_empty(), "{roles}");
        Ok(server)
    }

    /// A command that talks to this server: `psql`, `pg_dump`, `pg_restore`, ...
    pub(crate) fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        for (variable, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG"))
        {
            command.env_remove(variable);
        }
        command.env("PGHOST", &self.dir).env("PGUSER", "postgres").env("LC_ALL", "C.UTF-8").current_dir("/");
        command
    }

    /// The folder of its socket: a host for libpq.
    pub(crate) fn host(&self) -> String {
        self.dir.display().to_string()
    }

    /// A new, empty database.
    pub(crate) fn create(&'static self, hint: &str) -> Database {
        self.create_with(hint, "")
    }

    /// A new, empty database with more options of `CREATE DATABASE`.
    pub(crate) fn create_with(&'static self, hint: &str, options: &str) -> Database {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("{hint}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE \"{name}\" TEMPLATE template0 {options}"));
        Database { server: self, name }
    }

    /// What `psql -At` prints for `sql`, run in `database`; fails on any error.
    pub(crate) fn psql(&self, database: &str, sql: &str) -> String {
        let mut command = self.tool("psql");
        command.args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d", database]);
        let output = feed(&mut command, sql.as_bytes());
        assert!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What `pg_dump ARGUMENTS` or another program of the server writes; fails on any error.
    pub(crate) fn output(&self, program: &str, arguments: &[&str]) -> Vec<u8> {
        let output = self.tool(program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

impl Database {
    /// The server that it is on.
    pub(crate) fn server(&self) -> &'static Server {
        self.server
    }

    /// What `psql -At` prints for `sql`; fails on any error.
    pub(crate) fn psql(&self, sql: &str) -> String {
        self.server.psql(&self.name, sql)
    }

    /// Feeds a dump to `psql` as people do, going on after errors: the errors, sorted, without their line numbers.
    pub(crate) fn restore(&self, dump: &[u8]) -> Vec<String> {
        let mut command = self.server.tool("psql");
        command.args(["-X", "-q", "-d", &self.name, "-f", "-"]);
        let output = feed(&mut command, dump);
        errors(&output.stderr)
    }

    /// Feeds a dump to `psql -1 -v ON_ERROR_STOP=1`: whether psql says that it was done.
    pub(crate) fn restore_or_nothing(&self, dump: &[u8]) -> bool {
        feed(&mut self.strict_psql(), dump).status.success()
    }

    /// `psql -1 -v ON_ERROR_STOP=1`, to be fed.
    pub(crate) fn strict_psql(&self) -> Command {
        let mut command = self.server.tool("psql");
        command.args(["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", &self.name, "-f", "-"]);
        command
    }

    /// What `pg_dump ARGUMENTS` writes for this database.
    pub(crate) fn dump(&self, arguments: &[&str]) -> Vec<u8> {
        let mut all = arguments.to_vec();
        all.push(&self.name);
        self.server.output("pg_dump", &all)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let mut command = self.server.tool("psql");
        let sql = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        let _ = command.args(["-X", "-q", "-d", "postgres", "-c", &sql]).output();
    }
}

/// Runs a command on the given standard input.
pub(crate) fn feed(command: &mut Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            // The command may stop reading: its exit code says why.
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().unwrap()
    })
}

/// The lines of psql's standard error that report errors, without the script's line numbers, sorted.
fn errors(stderr: &[u8]) -> Vec<String> {
    let mut found: Vec<String> = String::from_utf8_lossy(stderr)
        .lines()
        .filter_map(|line| {
            line.find("ERROR:  ").or_else(|| line.find("FATAL:  ")).map(|at| line[at..].to_owned())
        })
        .collect();
    found.sort();
    found
}

/// The folder of the newest server that is installed.
pub(crate) fn programs() -> Option<PathBuf> {
    let complete =
        |dir: &PathBuf| ["initdb", "postgres", "psql", "pg_dump"].iter().all(|name| dir.join(name).exists());
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut versions: Vec<PathBuf> = debian.collect();
    versions.sort_by_key(|path| {
        path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok())
    });
    let path = std::env::var_os("PATH").unwrap_or_default();
    versions
        .iter()
        .rev()
        .map(|version| version.join("bin"))
        .chain(std::env::split_paths(&path))
        .find(complete)
}

/// The account to run a server as: none when we are not root, else the first of these that there is.
pub(crate) fn account(names: &[&str]) -> Result<Option<(u32, u32)>, String> {
    let id = Command::new("id").arg("-u").output().map_err(|error| format!("id: {error}"))?;
    if id.stdout.trim_ascii() != b"0" {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
    let find = |name: &&str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(*name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let found = names.iter().find_map(find);
    found
        .map(Some)
        .ok_or_else(|| format!("it does not run as root, and there is no account {}", names.join(" or ")))
}

/// `$1` is the folder, `$2` the server. A background process of a shell has no input of its own, and with monitoring
/// off ignores interrupts; it is ended by QUIT, which needs no clean-up that matters here.
const GUARD: &str = r#"
"$2" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c max_connections=40 -c shared_buffers=64MB -c max_locks_per_transaction=1024 -c max_wal_senders=0 \
    -c wal_level=minimal -c timezone=UTC -c autovacuum=off </dev/null >"$1/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT "$server" 2>/dev/null
sleep 0.2
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$1"
"#;
