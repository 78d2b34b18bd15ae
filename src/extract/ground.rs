//! What a reading rests on besides its request: this build, the libclang and the sandbox, in one text.
//!
//! Two readings of one request on the same ground give the same. Starts no worker and loads nothing.

use super::library;
use super::sandbox::{self, Sandbox};

/// Sources of all that reads headers (build.rs hashes them).
const BUILD: &str = env!("UAPI_CHECK_READING");

/// The ground as it is now; `None` where headers can't be read, or where what they would be read under
/// can't be told.
pub fn ground() -> Option<String> {
    let library = library::identity(std::env::var_os("LIBCLANG_PATH").as_deref()).ok()?;
    // Without it a header may see other files, and reads otherwise.
    let sandbox = sandbox::outlook().ok()?;
    Some(text(BUILD, &library, &sandbox))
}

fn text(build: &str, library: &str, sandbox: &Sandbox) -> String {
    format!("{build} {library} {sandbox:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_worker_is_under_is_part_of_the_ground() {
        let seccomp = || "seccomp".to_owned();
        let missing = |why: &str| Sandbox {
            active: Vec::new(),
            missing: vec![(seccomp(), why.to_owned())],
        };
        let active = Sandbox {
            active: vec![seccomp()],
            missing: Vec::new(),
        };
        let grounds = [
            text("build", "library", &active),
            text("build", "library", &missing("not in this kernel")),
            text("build", "library", &missing("refused by this kernel")),
            text("other build", "library", &active),
            text("build", "other library", &active),
        ];
        for (at, ground) in grounds.iter().enumerate() {
            assert!(!grounds[at + 1..].contains(ground), "{ground}");
        }
        assert_eq!(grounds[0], text("build", "library", &active));
    }

    #[test]
    fn finding_out_what_confines_a_worker_confines_nobody_else() {
        let first = sandbox::outlook().expect("a thread can be started");
        assert_ne!(first, Sandbox::default());
        // A thread that looks on may still open files, and start others that look.
        assert!(std::fs::read("/proc/self/status").is_ok());
        assert_eq!(sandbox::outlook().expect("one more"), first);
    }
}
