//! The processes of a service: they are killed, and started again at once. None outlives the test.

use super::site::Site;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the server is; it has another port each time it is started.
#[derive(Clone, Default)]
pub struct Address(Arc<Mutex<Option<(PathBuf, u64)>>>);

impl Address {
    /// Where it listens now, if it does.
    pub fn now(&self) -> Option<String> {
        let (log, from) = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()?;
        let said = std::fs::read(log).ok()?;
        let said = String::from_utf8_lossy(said.get(usize::try_from(from).ok()?..)?).into_owned();
        let (_, rest) = said.split_once("serving on ")?;
        // The line may not be whole yet.
        let (address, _) = rest.split_once('\n')?;
        Some(address.trim().to_owned())
    }

    fn moved(&self, log: &Path) {
        let length = std::fs::metadata(log).map_or(0, |log| log.len());
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *place = Some((log.to_owned(), length));
    }
}

/// One of them.
struct Member {
    kind: String,
    config: PathBuf,
    log: PathBuf,
    child: Option<Child>,
}

/// All of them.
pub struct Crew {
    members: Vec<Member>,
    cache: PathBuf,
    scratch: PathBuf,
    pub address: Address,
}

impl Crew {
    /// Starts processes of these kinds.
    pub fn start(site: &Site, database: &str, kinds: &[&str], cache: &Path) -> Self {
        let members = kinds.iter().enumerate().map(|(at, kind)| {
            let name = format!("{kind}-{at}");
            Member {
                kind: (*kind).to_owned(),
                config: site.configure(&name, database),
                log: site.path(&format!("{name}.log")),
                child: None,
            }
        });
        let mut crew = Self {
            members: members.collect(),
            cache: cache.to_owned(),
            scratch: site.path(""),
            address: Address::default(),
        };
        for at in 0..crew.members.len() {
            crew.begin(at);
        }
        crew
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    fn begin(&mut self, at: usize) {
        let member = &mut self.members[at];
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&member.log);
        let log: File = log.expect("it is ours");
        if member.kind == "serve" {
            self.address.moved(&member.log);
        }
        let mut command: Command = crate::support::program();
        command
            .args([member.kind.as_str(), "-v", "--config"])
            .arg(&member.config);
        command.env(crate::support::CACHE, &self.cache);
        // What it leaves behind when it is killed goes with the place.
        command.env("TMPDIR", &self.scratch).stderr(log);
        member.child = Some(command.spawn().expect("the program runs"));
    }

    /// Kills some at once, with whatever they had started where `whole`, and starts them again.
    pub fn kill(&mut self, which: &[usize], whole: bool) {
        self.alive();
        let ids = which
            .iter()
            .filter_map(|at| self.members[*at].child.as_ref());
        let started: Vec<Pid> = match whole {
            true => ids.flat_map(|child| below(child.id())).collect(),
            false => Vec::new(),
        };
        for at in which {
            let child = self.members[*at].child.as_mut().expect("it was started");
            child.kill().expect("it runs");
        }
        for id in started {
            // It may have ended by itself.
            let _ = kill_process(id, Signal::KILL);
        }
        for at in which {
            let child = self.members[*at].child.as_mut().expect("it was started");
            child.wait().expect("it is ours");
            self.begin(*at);
        }
    }

    /// Sees that none ended by itself.
    pub fn alive(&mut self) {
        for member in &mut self.members {
            let ended = member.child.as_mut().map(Child::try_wait);
            if let Some(Ok(Some(status))) = ended {
                panic!(
                    "{} ended by itself, {status}: {}",
                    member.kind,
                    tail(&member.log)
                );
            }
        }
    }

    /// Asks all to end, and waits until they have.
    pub fn end(mut self) {
        self.alive();
        for member in &mut self.members {
            let mut child = member.child.take().expect("it was started");
            kill_process(Pid::from_child(&child), Signal::TERM).expect("it runs");
            let ended = child.wait().expect("it is ours");
            assert_eq!(
                ended.code(),
                Some(0),
                "{}: {}",
                member.kind,
                tail(&member.log)
            );
        }
    }

    /// The ends of all logs.
    pub fn logs(&self) -> String {
        let each = self.members.iter().map(|member| {
            let name = member.log.file_name().unwrap_or_default().to_string_lossy();
            format!("--- {name}\n{}\n", tail(&member.log))
        });
        each.collect()
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for child in self
            .members
            .iter_mut()
            .filter_map(|member| member.child.as_mut())
        {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The processes that one has started, and these in turn (proc_pid_task(5), `children`).
fn below(id: u32) -> Vec<Pid> {
    let tasks = std::fs::read_dir(format!("/proc/{id}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let own: Vec<u32> = lists
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect();
    let mut all: Vec<Pid> = own.iter().flat_map(|id| below(*id)).collect();
    all.extend(own.iter().filter_map(|id| Pid::from_raw(id.cast_signed())));
    all
}

fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let worth = |line: &&str| !line.contains("DEBUG");
    let lines: Vec<&str> = text.lines().filter(worth).collect();
    lines[lines.len().saturating_sub(60)..].join("\n")
}
