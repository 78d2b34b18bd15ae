//! What a worker gives up for good before it sees a header: files, programs, the network, memory.
//!
//! Headers are hostile: one can name any file of the machine in an `#include`, and one that finds a
//! hole in the parser can do whatever the process may do. So the process may do next to nothing. Where
//! the kernel lacks one of the means the work goes on, and the report says what was missing. Knows
//! neither libclang nor orders; [`super::worker`] calls the two steps, [`system_calls`] has the filter.

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, RestrictSelfAttr, Ruleset, RulesetAttr,
    RulesetStatus, Scope,
};
use rustix::process::{Resource, Rlimit, Signal};
use serde::{Deserialize, Serialize};
use std::io;

#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
))]
mod system_calls;

#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
)))]
mod system_calls {
    pub fn restrict(_: super::Reach) -> Result<(), String> {
        Err("no filter is written for this kind of processor".to_owned())
    }
}

/// CPU time of one worker in seconds: a last resort behind the parent's deadline for each job.
const CPU_SECONDS: u64 = 3600;

/// Open files: enough to load libclang. Not lowered afterwards, because the compiler takes a file that
/// can't be opened for that reason as an error, and one that does not exist as a reason to look on.
const OPEN_FILES: u64 = 32;

/// Which protections a worker is under.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// Those in force, by the kernel's names.
    pub active: Vec<String>,
    /// Those that could not be had, each with the reason.
    pub missing: Vec<(String, String)>,
}

impl Sandbox {
    fn note(&mut self, what: &str, done: Result<(), String>) {
        match done {
            Ok(()) => self.active.push(what.to_owned()),
            Err(why) => self.missing.push((what.to_owned(), why)),
        }
    }
}

/// First step, before libclang is loaded: bounds and the end of all gains of privilege.
///
/// # Errors
/// As the kernel; none of this can fail on a kernel that Rust runs on.
pub fn limit(memory_bytes: u64) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_no_new_privs(true)?;
    set(Resource::Core, 0)?;
    set(Resource::Fsize, 0)?;
    set(Resource::As, memory_bytes)?;
    set(Resource::Cpu, CPU_SECONDS)?;
    set(Resource::Nofile, OPEN_FILES)
}

fn set(resource: Resource, value: u64) -> io::Result<()> {
    let wanted = Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    Ok(rustix::process::setrlimit(resource, wanted)?)
}

/// Second step, when libclang has all that it needs: no file, no program, no network any more.
///
/// Call it on the thread that parses; the filter of system calls is laid on all threads.
/// What [`limit`] did is in the answer, too.
pub fn enter() -> Sandbox {
    confine(Reach::Process)
}

/// What a worker would be under if it were started now. Tried on a thread that gives up what a worker
/// gives up, and ends; nothing else of this process is touched.
///
/// # Errors
/// Where no thread can be started.
pub fn outlook() -> io::Result<Sandbox> {
    let tried = std::thread::Builder::new().spawn(|| {
        rustix::thread::set_no_new_privs(true)?;
        Ok(confine(Reach::Thread))
    })?;
    // It only panics where memory runs out.
    tried
        .join()
        .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
}

/// What is confined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// All threads.
    Process,
    /// The one that asks.
    Thread,
}

fn confine(reach: Reach) -> Sandbox {
    let mut sandbox = Sandbox {
        active: vec!["rlimits".to_owned(), "no_new_privs".to_owned()],
        missing: Vec::new(),
    };
    sandbox.note("landlock", landlock(reach));
    // Comes last: it forbids what the other needs.
    sandbox.note("seccomp", system_calls::restrict(reach));
    sandbox
}

/// No right to any file, port, or process outside, as far as the running kernel's Landlock goes.
fn landlock(reach: Reach) -> Result<(), String> {
    let newest = ABI::V10;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(newest))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(newest)))
        .and_then(|rules| rules.scope(Scope::from_all(newest)))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.all_threads(reach == Reach::Process))
        .and_then(|rules| rules.restrict_self())
        .map_err(|error| error.to_string())?;
    match (status.ruleset, status.landlock) {
        (RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced, _) => Ok(()),
        (_, LandlockStatus::NotImplemented) => Err("not in this kernel".to_owned()),
        (_, LandlockStatus::NotEnabled) => Err("not enabled in this kernel".to_owned()),
        _ => Err("refused by this kernel".to_owned()),
    }
}
