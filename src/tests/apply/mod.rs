//! Patches applied in memory, held against the real git: the same trees, and the same refusals.

mod answers;
mod corpus;
mod git;
mod hostile;
mod incomplete;
mod kernel;
mod maker;
mod program;
mod trees;
