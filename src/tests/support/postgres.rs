//! A PostgreSQL of our own: Debian's package, a cluster in a temporary directory, reached by a socket there alone.
//!
//! It ends, and its directory goes, when the process that started it is gone, however that ended: a shell waits for
//! the end of a pipe. The unit tests of the store use this file, too.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// The user of the database; there is no password.
const USER: &str = "uapi";
/// How it is started: by a socket alone, and quick rather than safe from a failing disk.
const OPTIONS: &str =
    "-c listen_addresses='' -c max_connections=200 -c fsync=off -c autovacuum=off";

/// A cluster.
pub struct Cluster {
    place: PathBuf,
    count: AtomicUsize,
    /// The end of this is the end of the cluster.
    alive: Mutex<Option<ChildStdin>>,
}

/// The cluster that all tests of this process share; a database each.
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::start)
}

impl Cluster {
    /// Starts one.
    pub fn start() -> Self {
        let place = tempfile::Builder::new().prefix("uapi-pg").tempdir();
        let place = place.expect("the system has room").keep();
        if let Some(user) = other_user() {
            run(Command::new("chown").arg(user).arg(&place));
        }
        let cluster = Self {
            count: AtomicUsize::new(0),
            alive: Mutex::new(Some(guard(&place))),
            place,
        };
        run(program("initdb")
            .args([
                "-N",
                "-A",
                "trust",
                "-U",
                USER,
                "--locale=C",
                "-E",
                "UTF8",
                "-D",
            ])
            .arg(cluster.data()));
        cluster.control(&["start"]);
        cluster
    }

    fn data(&self) -> PathBuf {
        self.place.join("data")
    }

    /// Starts, stops or restarts it, and waits until that is done.
    fn control(&self, what: &[&str]) {
        let options = format!(
            "{OPTIONS} -c unix_socket_directories='{}'",
            self.place.display()
        );
        run(program("pg_ctl")
            .args(what)
            .args(["-w", "-s", "-o", &options, "-l"])
            .arg(self.place.join("log"))
            .arg("-D")
            .arg(self.data())
            // What it leaves running must not hold our output open.
            .stdout(Stdio::null()));
    }

    /// Ends it as a loss of power does, and starts it again.
    pub fn restart(&self) {
        self.control(&["restart", "-m", "immediate"]);
    }

    /// Ends it.
    #[allow(
        dead_code,
        reason = "for the tests of the store, which have this file, too"
    )]
    pub fn stop(&self) {
        self.control(&["stop", "-m", "immediate"]);
    }

    /// Starts it again.
    #[allow(
        dead_code,
        reason = "for the tests of the store, which have this file, too"
    )]
    pub fn go_on(&self) {
        self.control(&["start"]);
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("t{}", self.count.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.address(&name)
    }

    fn address(&self, name: &str) -> String {
        format!(
            "postgres:///{name}?host={}&user={USER}",
            self.place.display()
        )
    }

    /// Runs a statement in a database, which an address or a name tells, and gives back what it says.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let name = database.trim_start_matches("postgres:///");
        let name = name.split('?').next().unwrap_or_default();
        let output = program("psql")
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                USER,
                "-d",
                name,
                "-h",
            ])
            .arg(&self.place)
            .args(["-c", statement])
            .output()
            .expect("psql runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{statement}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.alive.lock().map(|mut alive| alive.take()));
    }
}

/// What waits for the end of this process, and cleans up.
#[expect(
    clippy::zombie_processes,
    reason = "it outlives this process, which is what it is for"
)]
fn guard(place: &Path) -> ChildStdin {
    let script = "trap '' INT TERM HUP; cat > /dev/null; \
                  \"$@\" -m immediate -s stop > /dev/null 2>&1; rm -rf \"$0\"";
    let stop = program("pg_ctl");
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(place);
    shell
        .arg(stop.get_program())
        .args(stop.get_args())
        .arg("-D");
    shell.arg(place.join("data")).current_dir("/");
    let child = shell.stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
    let mut child = child.expect("a shell");
    child.stdin.take().expect("it is piped")
}

/// A program of the newest PostgreSQL that is installed, as a user that it does not refuse to run for.
fn program(name: &str) -> Command {
    let found = binaries().join(name);
    let mut command = match other_user() {
        None => Command::new(found),
        Some(user) => {
            let mut other = Command::new("setpriv");
            other.args([
                "--reuid",
                user,
                "--regid",
                user_group(user),
                "--clear-groups",
            ]);
            other.arg(found);
            other
        }
    };
    // Not in a directory that the other user may not read.
    command.current_dir("/");
    command
}

/// Whom to be instead of root, which PostgreSQL refuses.
fn other_user() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let known = Command::new("id").args(["-u", "postgres"]).output();
    let known = known.is_ok_and(|known| known.status.success());
    Some(if known { "postgres" } else { "nobody" })
}

fn user_group(user: &str) -> &'static str {
    match user {
        "nobody" => "nogroup",
        _ => "postgres",
    }
}

fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let versions = versions.flatten().map(|entry| entry.path());
    let number = |path: &PathBuf| {
        path.file_name()
            .and_then(OsStr::to_str)?
            .parse::<u32>()
            .ok()
    };
    let newest = versions.filter(|path| path.join("bin/initdb").exists());
    let newest = newest.max_by_key(|path| number(path));
    newest
        .expect("PostgreSQL is installed: deploy/dev/setup.sh test does it")
        .join("bin")
}

fn run(command: &mut Command) {
    let output = command.stderr(Stdio::piped()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
