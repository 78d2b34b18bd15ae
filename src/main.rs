//! The program: hands its arguments to the command line of the library.

use std::process::ExitCode;

// Until the stages behind the command line are in the library, it is built here, over stand-ins that
// have their shapes.
#[allow(unused_imports)]
mod cli;
mod stand_in;
use stand_in::{extract, judge, pipeline, source};
use uapi_check::{diff, model};

mod report {
    #[cfg(test)]
    #[allow(dead_code)]
    pub(crate) mod samples;
    pub use uapi_check::report::*;
}

fn main() -> ExitCode {
    cli::main()
}
