//! The program: hands its arguments to the command line of the library.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// libclang allocates as much as it computes, and takes its memory from here too: the feature `override` puts
/// this in the place of the C library's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    uapi_check::cli::main()
}
