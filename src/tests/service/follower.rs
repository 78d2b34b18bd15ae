//! A follower of a maildir in a place of its own, on a made-up kernel; and the mails of made-up series.

use crate::support::series::{Series, header};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// The list that everything is sent to.
pub const LIST: &str = "uapi-test.lists.example.org";
/// Its address.
pub const ADDRESS: &str = "uapi-test@lists.example.org";
/// The header that series change.
pub const STATS: &str = "include/uapi/linux/demo_stats.h";

/// That header with some fields in its struct.
pub fn stats(fields: &str) -> String {
    let body = format!("struct demo_stats {{\n{fields}\n}};");
    header("DEMO_STATS", &body)
}

const MAINTAINERS: &str = "\
DEMO
M:	Ann Example <ann@example.org>
S:	Maintained
F:	include/uapi/linux/demo*
";

/// The mails of a series, as they were sent.
#[derive(Clone)]
pub struct Letters(pub Vec<String>);

impl Letters {
    /// The same from somebody else, for one person is not written to often. The cover is from who ran git, a patch
    /// from who wrote it.
    pub fn sent_by(self, address: &str) -> Self {
        let sender = format!("From: T <{address}>");
        let sent = |mail: String| {
            let mail = mail.replacen("From: Fixture <fixture@example.org>", &sender, 1);
            let mail = mail.replacen("From: T <t@example.org>", &sender, 1);
            assert!(mail.contains(&sender), "from nobody known: {mail}");
            mail
        };
        Self(self.0.into_iter().map(sent).collect())
    }

    /// The mail at a place, the cover first where there is one.
    pub fn id(&self, at: usize) -> String {
        field(&self.0[at], "Message-ID:")
            .trim_matches(['<', '>'])
            .to_owned()
    }

    /// Somebody's answer to the mail at a place.
    pub fn answer(&self, at: usize, id: &str, from: &str, text: &str) -> String {
        let (to, subject) = (self.id(at), field(&self.0[at], "Subject:"));
        format!(
            "From: {from}\nDate: Mon, 16 Nov 2026 10:00:00 +0000\nMessage-ID: <{id}>\n\
             List-Id: <{LIST}>\nTo: {ADDRESS}\nIn-Reply-To: <{to}>\nReferences: <{to}>\n\
             Subject: Re: {subject}\n\n{text}\n"
        )
    }
}

/// A field of a mail's header.
pub fn field(mail: &str, name: &str) -> String {
    let line = mail.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {mail}"))
        .trim()
        .to_owned()
}

/// A released kernel with the header, and what series are made on.
pub struct Kernel(pub Series);

impl Kernel {
    /// One with the header in it.
    pub fn new() -> Self {
        let files = [
            ("MAINTAINERS", MAINTAINERS),
            (STATS, &stats("__u32 a;\n__u32 b;")),
        ];
        Self(Series::released(&files))
    }

    /// The mails of a series of these commits, each on top of the one before. `salt` makes their Message-IDs.
    pub fn letters(&mut self, salt: &str, version: u32, commits: &[(&str, &str, &str)]) -> Letters {
        let texts: Vec<(&str, Vec<(&str, &str)>)> = commits
            .iter()
            .map(|(subject, path, text)| (*subject, vec![(*path, *text)]))
            .collect();
        let texts: Vec<(&str, &[(&str, &str)])> = texts
            .iter()
            .map(|(subject, files)| (*subject, files.as_slice()))
            .collect();
        let branch = self.0.branch(&texts);
        let tip = branch.ids.last().expect("a commit");
        let place = tempfile::tempdir().expect("the system has room");
        let mut git = Command::new("git");
        git.current_dir(self.0.repository.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args(["-c", "user.name=T", "-c", "user.email=t@example.org"])
            .args(["format-patch", "-q", "--thread", "-o"])
            .arg(place.path())
            .arg(format!("--add-header=List-Id: <{LIST}>"))
            .args(["--to", ADDRESS, "--base", "v6.1", "-v"])
            .arg(version.to_string())
            .arg(format!("v6.1..{tip}"));
        if commits.len() > 1 {
            git.args(["--cover-letter", "--numbered"]);
        }
        let output = git.output().expect("git is installed");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let mut files: Vec<PathBuf> = fs::read_dir(place.path())
            .expect("it is there")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        // Single mails of `git format-patch --thread` have no Message-ID; those of others depend on the time.
        let mut mails: Vec<String> = files
            .iter()
            .map(|file| fs::read_to_string(file).expect("a text"))
            .collect();
        let ids: Vec<Option<String>> = mails.iter().map(|mail| own_id(mail)).collect();
        for (at, id) in ids.iter().enumerate() {
            let new = format!("{salt}.{at}@example.org");
            match id {
                Some(id) => mails
                    .iter_mut()
                    .for_each(|mail| *mail = mail.replace(id.as_str(), &new)),
                None => {
                    mails[at] = format!(
                        "{}Message-ID: <{new}>\n{}",
                        first(&mails[at]),
                        rest(&mails[at])
                    )
                }
            }
        }
        Letters(mails)
    }
}

fn own_id(mail: &str) -> Option<String> {
    let line = mail
        .lines()
        .find_map(|line| line.strip_prefix("Message-ID: <"));
    line.map(|line| line.trim_end_matches('>').to_owned())
}

/// The `From ` line that git writes.
fn first(mail: &str) -> &str {
    mail.split_inclusive('\n').next().unwrap_or_default()
}

fn rest(mail: &str) -> &str {
    &mail[first(mail).len()..]
}

/// A follower, its maildir, and where its answers go.
pub struct Follower {
    place: TempDir,
    count: usize,
    database: String,
    /// What it keeps of comparisons; several may share one.
    pub cache: PathBuf,
}

/// A follower that runs; it does not outlive the test.
pub struct Running(Child);

impl std::ops::Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl std::ops::DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Where the test ended it, there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A source that is a maildir; `{mail}` is its place.
pub const MAILDIR: &str = "{name: box, every: 20ms, look_back: 30000d, list: uapi-test.lists.example.org, \
                           maildir: {path: {mail}}}";

impl Follower {
    /// One that follows a maildir and examines series on a kernel; `more` is added to its configuration.
    pub fn new(kernel: &Kernel, more: &str) -> Self {
        Self::of(kernel, &[MAILDIR], more)
    }

    /// One whose database is a file, whatever others have.
    pub fn in_file(kernel: &Kernel) -> Self {
        let mut own = Self::new(kernel, "");
        own.database = own.path("follow.db").display().to_string();
        own.configure(kernel, &[MAILDIR], "");
        own
    }

    /// One whose database is on a server.
    pub fn on(database: &str, kernel: &Kernel, sources: &[&str], more: &str) -> Self {
        let mut own = Self::of(kernel, sources, more);
        own.database = database.to_owned();
        own.configure(kernel, sources, more);
        own
    }

    /// One with these sources.
    pub fn of(kernel: &Kernel, sources: &[&str], more: &str) -> Self {
        let place = tempfile::tempdir().expect("the system has room");
        for folder in ["mail/new", "mail/cur", "mail/tmp", "out", "dry", "cache"] {
            fs::create_dir_all(place.path().join(folder)).expect("it is ours");
        }
        let mut own = Self {
            cache: place.path().join("cache"),
            database: crate::support::database::of_its_own(&place.path().join("follow.db")),
            place,
            count: 0,
        };
        own.configure(kernel, sources, more);
        own
    }

    /// Writes its configuration anew.
    pub fn configure(&mut self, kernel: &Kernel, sources: &[&str], more: &str) {
        let at = |name: &str| self.path(name).display().to_string();
        let sources: Vec<String> = sources
            .iter()
            .map(|source| format!("  - {}\n", source.replace("{mail}", &at("mail"))))
            .collect();
        let config = format!(
            "database: \"{db}\"\ncontact: ops@example.org\nforget_after_days: 36500\n\
             repositories:\n  linux:\n    path: {repository}\n\
             {check}sources:\n{sources}\
             reply: {{from: uapi-check <bot@bot.example.org>, reply_to: Ops <ops@example.org>, \
             domain: bot.example.org}}\n\
             {delivery}{more}\n",
            db = self.database,
            repository = kernel.0.repository.path().display(),
            check = match more.starts_with("check:") {
                true => "",
                false => "check: {targets: [x86_64]}\n",
            },
            sources = sources.concat(),
            delivery = match more.contains("delivery:") {
                true => String::new(),
                false => format!("delivery: {{by: directory, path: {}}}\n", at("out")),
            },
        );
        let config = match config.contains("\nlists:") {
            true => config,
            false => format!("{config}lists:\n  {LIST}: {{address: {ADDRESS}, write: author}}\n"),
        };
        fs::write(self.path("follow.yaml"), config).expect("it is ours");
    }

    /// A file or folder of its own.
    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// A mail comes in.
    pub fn put(&mut self, mail: &str) {
        let name = format!("{:06}.eml", self.count);
        self.count += 1;
        let draft = self.path("mail/tmp").join(&name);
        fs::write(&draft, mail).expect("it is ours");
        fs::rename(draft, self.path("mail/new").join(&name)).expect("it is ours");
    }

    /// All mails of a series come in.
    pub fn put_all(&mut self, letters: &Letters) {
        letters.0.iter().for_each(|mail| self.put(mail));
    }

    /// The program, about to follow.
    pub fn command(&self) -> Command {
        let mut command = crate::support::program();
        command.args(["follow", "-v", "--config"]);
        command.arg(self.path("follow.yaml"));
        command.env(crate::support::CACHE, &self.cache);
        // What it leaves behind when it is killed goes with the place.
        command.env("TMPDIR", self.place.path());
        command
    }

    /// Starts it, and waits until it says that it follows.
    pub fn start(&self) -> Running {
        let child = self.command().stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the program runs");
        let said = child.stderr.take().expect("it is piped");
        let mut said = BufReader::new(said);
        // A slow machine has warnings before it.
        let mut log = String::new();
        while !log.contains("following") {
            let more = said.read_line(&mut log).expect("it says something");
            assert!(more > 0, "it ended: {log}");
        }
        // Nobody reads the rest, and it must not wait for that.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Running(child)
    }

    /// Follows until nothing is left, and tells what was logged.
    pub fn once(&self) -> String {
        let output = self.command().arg("--once").output();
        let output: Output = output.expect("the program runs");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{log}");
        log
    }

    /// What each answer that was written answers.
    pub fn answered(&self) -> Vec<String> {
        let answers = self.answers().into_iter();
        answers.map(|(to, _)| to).collect()
    }

    /// The answers that were written, by what they answer.
    pub fn answers(&self) -> Vec<(String, String)> {
        answers(&self.path("out"))
    }
}

/// The `.eml` files of a folder: what each answers, and the mail.
pub fn answers(folder: &Path) -> Vec<(String, String)> {
    let mut answers: Vec<(String, String)> = fs::read_dir(folder)
        .expect("it is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .map(|path| {
            let mail = fs::read_to_string(path).expect("a text");
            let to = field(&mail, "In-Reply-To:");
            (to.trim_matches(['<', '>']).to_owned(), mail)
        })
        .collect();
    answers.sort();
    answers
}
