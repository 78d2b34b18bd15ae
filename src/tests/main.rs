//! The test suite that needs the built program, real git repositories and the fixtures.

mod architecture;
mod bad_input;
mod extract;
mod fixtures;
mod kernel_oracle;
mod kernel_pair;
mod kernel_tree;
mod source;
mod support;
