//! The test suite that needs the built program, real git repositories and the fixtures.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test tells whoever runs it what it found, or could not try"
)]

mod agreement;
mod apply;
mod approvals;
mod architecture;
mod bad_input;
mod cache;
mod deploy;
mod extract;
mod fixtures;
#[cfg(feature = "service")]
mod follow;
mod forms;
#[cfg(feature = "service")]
mod github;
mod history;
mod kernel_languages;
mod kernel_maintainers;
mod kernel_models;
mod kernel_oracle;
mod kernel_pair;
mod kernel_tree;
mod kernel_walk;
#[cfg(feature = "service")]
mod kills;
mod layouts;
mod mail;
#[cfg(feature = "service")]
mod patchwork;
mod per_commit;
mod properties;
#[cfg(feature = "service")]
mod pulls;
#[cfg(feature = "service")]
mod reply;
#[cfg(feature = "service")]
mod service;
mod source;
mod support;
#[cfg(feature = "service")]
mod web;
