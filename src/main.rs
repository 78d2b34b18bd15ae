//! The program: hands its arguments to the command line of the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|name| name == "extract-worker")
    {
        return uapi_check::extract::worker::run(std::io::stdin(), std::io::stdout());
    }
    ExitCode::from(2)
}
