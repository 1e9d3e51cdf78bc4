//! A private MariaDB for this test binary, as [`server`](super::server) is a private PostgreSQL: made at first use, on
//! a unix socket in a temporary folder, gone with the process.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::server::{account, feed};
use super::skip;

/// A running server.
pub(crate) struct MariaDb {
    programs: Programs,
    dir: PathBuf,
    /// Holds the pipe whose end stops the server.
    _guard: Child,
}

struct Programs {
    install: PathBuf,
    server: PathBuf,
    client: PathBuf,
    dump: PathBuf,
}

/// A database of its own, dropped with the value.
pub(crate) struct Database {
    server: &'static MariaDb,
    /// Its name.
    pub(crate) name: String,
}

/// The server of this process; `None` after a loud skip when there is none to be had.
pub(crate) fn mariadb() -> Option<&'static MariaDb> {
    static SERVER: OnceLock<Result<MariaDb, String>> = OnceLock::new();
    match SERVER.get_or_init(MariaDb::start) {
        Ok(server) => Some(server),
        Err(why) => {
            skip(&format!("no MariaDB server: {why}"), "SCRUB_REQUIRE_SERVERS");
            None
        }
    }
}

impl MariaDb {
    fn start() -> Result<Self, String> {
        let programs =
            Programs::find().ok_or("its programs (mariadb-install-db, mariadbd, mariadb) were not found")?;
        let account = account(&["mysql", "nobody"])?;
        // A socket's path may have 107 bytes, so not below a long TMPDIR.
        let base = if Path::new("/tmp").is_dir() { PathBuf::from("/tmp") } else { std::env::temp_dir() };
        let dir = tempfile::Builder::new()
            .prefix("scrub-my-")
            .tempdir_in(base)
            .map_err(|error| format!("no temporary folder: {error}"))?
            .keep();
        if let Some((user, group)) = account {
            std::os::unix::fs::chown(&dir, Some(user), Some(group)).map_err(|error| error.to_string())?;
        }
        let run = |command: &mut Command| {
            if let Some((user, group)) = account {
                command.uid(user).gid(group);
            }
            command.current_dir("/").env("LC_ALL", "C.UTF-8").env("HOME", &dir);
        };
        let mut install = Command::new(&programs.install);
        install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        run(install.arg(format!("--datadir={}", dir.join("data").display())));
        let made = install.output().map_err(|error| format!("mariadb-install-db: {error}"))?;
        if !made.status.success() {
            return Err(format!("mariadb-install-db: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "sh"]).arg(&dir).arg(&programs.server).process_group(0);
        run(guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()));
        let guard = guard.spawn().map_err(|error| format!("sh: {error}"))?;
        let server = Self { programs, dir, _guard: guard };
        let start = Instant::now();
        while !server.client().args(["-e", "SELECT 1"]).output().is_ok_and(|output| output.status.success()) {
            if start.elapsed() > Duration::from_secs(60) {
                let log = fs::read_to_string(server.dir.join("log")).unwrap_or_default();
                return Err(format!("it did not start: {log}"));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    fn tool(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.arg("--no-defaults").arg(format!("--socket={}", self.dir.join("socket").display()));
        command.args(["--user=root", "--default-character-set=utf8mb4"]).env("LC_ALL", "C.UTF-8");
        command
    }

    fn client(&self) -> Command {
        self.tool(&self.programs.client)
    }

    /// Where it listens.
    pub(crate) fn socket(&self) -> String {
        self.dir.join("socket").display().to_string()
    }

    /// A new, empty database.
    pub(crate) fn create(&'static self, hint: &str) -> Database {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("{hint}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.query("", &format!("CREATE DATABASE `{name}`"));
        Database { server: self, name }
    }

    /// What the client prints for `sql`: a line for each row, tabs between cells; fails on any error.
    pub(crate) fn query(&self, database: &str, sql: &str) -> String {
        let mut command = self.client();
        command.args(["--batch", "--skip-column-names"]);
        if !database.is_empty() {
            command.arg(database);
        }
        let output = feed(&mut command, sql.as_bytes());
        assert!(output.status.success(), "mariadb: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Database {
    /// What the client prints for `sql`; fails on any error.
    pub(crate) fn query(&self, sql: &str) -> String {
        self.server.query(&self.name, sql)
    }

    /// The one number that `sql` gives.
    pub(crate) fn number(&self, sql: &str) -> u64 {
        self.query(sql).trim().parse().unwrap()
    }

    /// Feeds a dump to the client as people do: what it complains of, and whether it says that all was done.
    pub(crate) fn restore(&self, dump: &[u8]) -> Result<(), String> {
        let output = feed(self.server.client().arg(&self.name), dump);
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Feeds statements to the client, which goes on after errors: what it complains of.
    pub(crate) fn run_over_errors(&self, script: &[u8]) -> String {
        let output = feed(self.server.client().arg("--force").arg(&self.name), script);
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Reads a file of `mariadb-dump --tab` into a table, as `mariadb-import --local` does.
    pub(crate) fn load(&self, table: &str, file: &Path) -> Result<(), String> {
        let sql = format!(
            "LOAD DATA LOCAL INFILE '{}' INTO TABLE `{table}` CHARACTER SET binary; SHOW WARNINGS;",
            file.display()
        );
        let output = feed(
            self.server.client().args(["--local-infile", "--batch", "--skip-column-names"]).arg(&self.name),
            format!("SET foreign_key_checks = 0;\n{sql}").as_bytes(),
        );
        match (output.status.success(), output.stdout.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(String::from_utf8_lossy(&output.stdout).into_owned()),
            (false, _) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// What `mariadb-dump ARGUMENTS` writes for this database.
    pub(crate) fn dump(&self, arguments: &[&str]) -> Vec<u8> {
        let output =
            self.server.tool(&self.server.programs.dump).args(arguments).arg(&self.name).output().unwrap();
        assert!(output.status.success(), "mariadb-dump: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS `{}`", self.name);
        let _ = self.server.client().args(["-e", &sql]).output();
    }
}

impl Programs {
    /// Those that are installed, by the names of today or of older releases.
    fn find() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        folders.extend(["/usr/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from));
        let find = |names: &[&str]| {
            names
                .iter()
                .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
                .find(|path| path.exists())
        };
        Some(Self {
            install: find(&["mariadb-install-db"])?,
            server: find(&["mariadbd"])?,
            client: find(&["mariadb"])?,
            dump: find(&["mariadb-dump"])?,
        })
    }
}

/// `$1` is the folder, `$2` the server.
const GUARD: &str = r#"
"$2" --no-defaults --datadir="$1/data" --socket="$1/socket" --pid-file="$1/pid" --skip-networking \
    --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --innodb-flush-log-at-trx-commit=0 \
    --innodb-doublewrite=0 --innodb-flush-method=nosync --sync-frm=0 --character-set-server=utf8mb4 --default-time-zone=+00:00 --max-allowed-packet=64M \
    </dev/null >"$1/log" 2>&1 &
server=$!
cat >/dev/null
kill -KILL "$server" 2>/dev/null
wait "$server"
rm -rf "$1"
"#;
