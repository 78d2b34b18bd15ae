//! What the real git makes of a mail: `git am` in a repository of its own, and `git mailinfo`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A commit that `git am` made, and the diff that `git mailinfo` took out of its mail.
#[derive(Debug, PartialEq, Eq)]
pub struct Made {
    pub name: String,
    pub email: String,
    /// Seconds since 1970, and minutes east of UTC.
    pub when: (i64, i32),
    pub message: String,
    pub diff: String,
}

impl Made {
    /// The same of what we read.
    pub fn ours(patch: &uapi_check::mail::Patch) -> Self {
        Self {
            name: patch.author.name.clone(),
            email: patch.author.email.clone(),
            when: (patch.when.seconds, patch.when.offset_minutes),
            message: patch.message.clone(),
            diff: trimmed(&patch.diff),
        }
    }
}

/// A diff without empty lines at its end: a file of mails has one after each mail, and git adds one where
/// a multipart ends.
fn trimmed(diff: &[u8]) -> String {
    let text: String = diff.iter().map(|byte| char::from(*byte)).collect();
    text.trim_end_matches('\n').to_owned()
}

/// An empty repository with one commit, which no setting of this machine touches.
pub struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let repository = Self { folder };
        repository.run(&["init", "-q", "-b", "main"], b"");
        repository.run(&["commit", "-q", "--allow-empty", "-m", "first"], b"");
        repository
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What a command prints.
    pub fn run(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let (printed, said) = self.attempt(arguments, input);
        printed.unwrap_or_else(|| panic!("git {arguments:?}: {said}"))
    }

    /// The same with `None` where git fails, and what it says on standard error.
    pub fn attempt(&self, arguments: &[&str], input: &[u8]) -> (Option<Vec<u8>>, String) {
        let mail = self.path().join(".git/input");
        if self.path().join(".git").is_dir() {
            fs::write(&mail, input).expect("the folder is ours");
        }
        let input = fs::File::open(&mail).map_or_else(|_| Stdio::null(), Stdio::from);
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=C. O. Mitter",
                "-c",
                "user.email=c@example.org",
            ])
            .args(["-c", "core.hooksPath=/dev/null"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("TZ", "UTC")
            .stdin(input)
            .output()
            .expect("git runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success().then_some(output.stdout), said)
    }

    /// What `git am` makes of a file with one mail. It leaves the repository as it was.
    pub fn am(&self, file: &[u8]) -> Made {
        self.attempt_am(file)
            .unwrap_or_else(|said| panic!("git am: {said}"))
    }

    /// The same, or what git says where it refuses.
    pub fn attempt_am(&self, file: &[u8]) -> Result<Made, String> {
        let (done, said) = self.attempt(&["am", "-q", "-3", "--quoted-cr=strip"], file);
        if done.is_none() {
            self.attempt(&["am", "--abort"], b"");
            return Err(said);
        }
        let made = Made {
            diff: self.mailinfo(file),
            ..self.commit("HEAD")
        };
        self.run(&["reset", "-q", "--hard", "HEAD^"], b"");
        Ok(made)
    }

    /// A commit that was made, without a diff.
    pub fn commit(&self, revision: &str) -> Made {
        let shown = |format: &str| {
            let form = format!("--format={format}");
            let log = [
                "log",
                "-1",
                "--date=raw",
                "--encoding=UTF-8",
                &form,
                revision,
            ];
            let text = self.run(&log, b"");
            String::from_utf8_lossy(&text).trim_end().to_owned()
        };
        let date = shown("%ad");
        let (seconds, zone) = date.split_once(' ').expect("seconds and zone");
        let zone: i32 = zone.parse().expect("a zone is a number");
        let raw = self.run(&["cat-file", "commit", revision], b"");
        let raw = String::from_utf8_lossy(&raw).into_owned();
        let (_, message) = raw.split_once("\n\n").expect("a commit has a message");
        Made {
            name: shown("%an"),
            email: shown("%ae"),
            when: (
                seconds.parse().expect("a number"),
                zone / 100 * 60 + zone % 100,
            ),
            message: message.to_owned(),
            diff: String::new(),
        }
    }

    /// The diff that `git mailinfo` takes out of a file with one mail.
    pub fn mailinfo(&self, file: &[u8]) -> String {
        self.taken_apart(file).1
    }

    /// What `git mailinfo` prints of a file with one mail (author, address, title and date, a line each),
    /// and the diff that it takes out of it.
    pub fn taken_apart(&self, file: &[u8]) -> (String, String) {
        let folder = tempfile::tempdir_in(self.path()).expect("the folder is ours");
        let folder = folder.path();
        let inside = |name: &str| folder.join(name).display().to_string();
        let into = format!("-o{}", folder.display());
        let split = self.run(&["mailsplit", "-b", &into], file);
        assert_eq!(split.trim_ascii(), b"1", "git sees one mail");
        let mail = fs::read(folder.join("0001")).expect("git wrote it");
        let (message, diff) = (inside("message"), inside("diff"));
        let printed = self.run(&["mailinfo", "--quoted-cr=strip", &message, &diff], &mail);
        let printed = String::from_utf8_lossy(&printed).into_owned();
        let diff = trimmed(&fs::read(diff).expect("git wrote it"));
        (printed, diff)
    }
}
