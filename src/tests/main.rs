//! The test suite that needs the built program, real git repositories and the fixtures.

mod architecture;
mod fixtures;
mod kernel_pair;
mod source;
mod support;
