//! What a reading rests on besides its request: this build, the libclang and the sandbox, in one text.
//!
//! Two readings of one request on the same ground give the same. Starts no worker and loads nothing.

use super::{library, sandbox};

/// Sources of all that reads headers (build.rs hashes them).
const BUILD: &str = env!("UAPI_CHECK_READING");

/// The ground as it is now; `None` where headers can't be read, or where what they would be read under
/// can't be told.
pub fn ground() -> Option<String> {
    let library = library::identity(std::env::var_os("LIBCLANG_PATH").as_deref()).ok()?;
    // Without it a header may see other files, and reads otherwise.
    let sandbox = sandbox::outlook().ok()?;
    Some(format!("{BUILD} {library} {sandbox:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Sandbox;

    #[test]
    fn finding_out_what_confines_a_worker_confines_nobody_else() {
        let first = sandbox::outlook().expect("a thread can be started");
        assert_ne!(first, Sandbox::default());
        // A thread that looks on may still open files, and start others that look.
        assert!(std::fs::read("/proc/self/status").is_ok());
        assert_eq!(sandbox::outlook().expect("one more"), first);
    }
}
