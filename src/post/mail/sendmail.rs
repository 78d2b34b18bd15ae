//! Mails are handed to the system's sendmail, which takes the recipients from the header and keeps what it can't deliver
//! at once. Own code and not the library's, which does not tell a full disk from a mail that nobody takes.

use super::{Outcome, said, with_lf};
use lettre::Address;
use std::path::Path;
use std::process::{Output, Stdio};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Ends by which sendmail says that no later try will be better (sysexits.h): a wrong address, host or mail, a user
/// or an action that is not allowed.
const NEVER: [i32; 4] = [65, 67, 68, 77];

pub(super) async fn deliver(command: &Path, bounce: &Address, bytes: &[u8]) -> Outcome {
    match run(command, bounce, &with_lf(bytes)).await {
        Err(error) => Outcome::TryLater(format!("{}: {error}", command.display())),
        Ok(output) if output.status.success() => Outcome::Delivered,
        Ok(output) => {
            let text = said(&String::from_utf8_lossy(&output.stderr));
            let why = format!("{} ended with {}: {text}", command.display(), output.status);
            let never = output
                .status
                .code()
                .is_some_and(|code| NEVER.contains(&code));
            if never {
                Outcome::Refused(why)
            } else {
                Outcome::TryLater(why)
            }
        }
    }
}

async fn run(command: &Path, bounce: &Address, bytes: &[u8]) -> std::io::Result<Output> {
    let mut child = Command::new(command)
        .args(["-t", "-i", "-f"])
        .arg(bounce)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    // One that ends early has not read all; how it ended tells why.
    let mut input = child.stdin.take();
    let write = async {
        if let Some(input) = &mut input {
            let _ = input.write_all(bytes).await;
            let _ = input.shutdown().await;
        }
        drop(input.take());
    };
    let (output, ()) = tokio::join!(child.wait_with_output(), write);
    output
}
