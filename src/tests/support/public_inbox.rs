//! A real public-inbox in a temporary folder, with its servers for HTTP and NNTP on ports of their own.
//!
//! Knows nothing of what is asked of them. All of it goes when it is dropped.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The name of the inbox, and of its group.
const NAME: &str = "uapi-test";
const ADDRESS: &str = "uapi-test@lists.example.org";
const GROUP: &str = "org.example.lists.uapi-test";
const MISSING: &str =
    "can't be run: `deploy/dev/setup.sh test` installs public-inbox on Debian and Ubuntu";
/// Servers are ready after a second or two; a busy machine takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// An inbox with its servers.
pub struct PublicInbox {
    folder: tempfile::TempDir,
    http: SocketAddr,
    nntp: SocketAddr,
    servers: Vec<Child>,
}

impl PublicInbox {
    /// Makes an empty inbox and starts its servers.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("the system has room for a temporary folder");
        let (http, nntp) = (free(), free());
        let mut inbox = Self {
            folder,
            http,
            nntp,
            servers: Vec::new(),
        };
        fs::create_dir(inbox.at("home")).expect("the folder is ours");
        let at = inbox.directory().display().to_string();
        let arguments = ["-V2", "-L", "full", "--ng", GROUP, NAME, &at];
        let mut init = inbox.command("public-inbox-init");
        init.args(arguments).args([&inbox.http_url(), ADDRESS]);
        run(init.args(["-c", "listid=uapi-test.lists.example.org"]), b"");
        let mut config = inbox.command("git");
        config.args(["config", "-f"]).arg(inbox.at("config"));
        run(config.args(["publicinboxmda.spamcheck", "none"]), b"");
        inbox.serve("public-inbox-httpd", http);
        inbox.serve("public-inbox-nntpd", nntp);
        inbox.wait();
        inbox
    }

    /// Puts a mail in, as a mail server would.
    pub fn inject(&self, mail: &[u8]) {
        let mut command = self.command("public-inbox-mda");
        command.env("ORIGINAL_RECIPIENT", ADDRESS);
        run(command.arg("--no-precheck"), mail);
        self.refresh();
    }

    /// Has the server read the index of its search anew, which it does by itself after half a minute.
    fn refresh(&self) {
        let id = self.servers.first().map(Child::id);
        let id = id.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        let id = id.expect("the server for HTTP was started first");
        rustix::process::kill_process(id, rustix::process::Signal::HUP).expect("it runs");
    }

    /// Takes a mail out, so that the history of the repository is written anew.
    pub fn purge(&self, mail: &[u8]) {
        let directory = self.directory();
        run(self.command("public-inbox-purge").arg(directory), mail);
        self.refresh();
    }

    /// The address of the inbox, with a `/` at its end.
    pub fn http_url(&self) -> String {
        format!("http://{}/{NAME}/", self.http)
    }

    /// The server for NNTP.
    pub fn nntp_address(&self) -> SocketAddr {
        self.nntp
    }

    /// The group of the inbox.
    pub fn group(&self) -> &'static str {
        GROUP
    }

    /// The address below which its git repositories are: `git/0.git` and so on.
    pub fn git_url(&self) -> String {
        self.http_url().trim_end_matches('/').to_owned()
    }

    /// The directory of the inbox.
    pub fn directory(&self) -> PathBuf {
        self.at("inbox")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program that knows this inbox and no other, nor the settings of whoever runs it.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("HOME", self.at("home"))
            .env("PI_CONFIG", self.at("config"))
            .env("PI_EMERGENCY", self.at("emergency"))
            .env("XDG_CACHE_HOME", self.at("cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("TZ", "UTC")
            .current_dir(self.folder.path());
        command
    }

    fn serve(&mut self, program: &str, address: SocketAddr) {
        let log = File::create(self.at(&format!("{program}.log"))).expect("the folder is ours");
        let errors = log.try_clone().expect("the file was just opened");
        let mut command = self.command(program);
        command.args(["-W0", "-l", &address.to_string()]);
        let server = command
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn();
        let server = server.unwrap_or_else(|error| panic!("{program} {MISSING} ({error})"));
        self.servers.push(server);
    }

    /// Waits until both servers answer.
    fn wait(&self) {
        let until = Instant::now() + PATIENCE;
        while !(greets(self.http, b"GET / HTTP/1.0\r\n\r\n") && greets(self.nntp, b"")) {
            assert!(
                Instant::now() < until,
                "the servers don't start: {}",
                self.logs()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn logs(&self) -> String {
        let log = |name: &str| fs::read_to_string(self.at(name)).unwrap_or_default();
        log("public-inbox-httpd.log") + &log("public-inbox-nntpd.log")
    }
}

impl Drop for PublicInbox {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // One that ended before needs no ending.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// An address that nobody listens at just now.
fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
    listener.local_addr().expect("it is bound")
}

/// Whether a server says something.
fn greets(address: SocketAddr, first: &[u8]) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let limit = Some(Duration::from_secs(5));
    stream.set_read_timeout(limit).expect("it is not zero");
    let mut line = String::new();
    stream.write_all(first).is_ok()
        && BufReader::new(stream.take(1000))
            .read_line(&mut line)
            .is_ok()
        && !line.is_empty()
}

fn run(command: &mut Command, input: &[u8]) {
    let program = Path::new(command.get_program()).display().to_string();
    let started = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut started = started.unwrap_or_else(|error| panic!("{program} {MISSING} ({error})"));
    let mut standard_input = started.stdin.take().expect("it is piped");
    standard_input
        .write_all(input)
        .expect("the program reads its input");
    drop(standard_input);
    let done = started.wait_with_output().expect("it was started");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program}: {said}");
}
