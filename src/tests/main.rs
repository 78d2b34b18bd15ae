//! The test suite that needs the built program, real git repositories and the fixtures.

mod extract;
