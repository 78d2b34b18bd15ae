//! A header tree and a target become a surface and the gaps in it; everything that knows libclang.
//!
//! libclang runs only in child processes of this program ([`pool`], [`worker`]), which are given the
//! text of the headers over a pipe and give back [`crate::model`] types. Knows nothing of git or rules.
#![expect(
    non_upper_case_globals,
    reason = "libclang's constants are matched under their own names"
)]

mod alike;
mod asking;
mod bits;
mod clang;
mod data_model;
mod enumeration;
mod evaluate;
mod found;
mod ground;
mod ioctl;
mod language;
mod lexical;
mod library;
mod literal;
mod location;
mod macros;
mod message;
mod parser;
pub mod pool;
mod predefined;
mod process;
mod record;
mod request;
mod sandbox;
pub mod sharing;
pub mod stubs;
mod surface;
mod taint;
pub mod target;
mod text;
mod trial;
pub mod twins;
mod typedef;
mod typeref;
mod unit;
mod wire;
pub mod worker;

pub use data_model::DataModel;
pub use ground::ground;
pub use library::{Libclang, LibraryError};
pub use pool::{
    Compile, Compiled, ExtractError, Extractor, Languages, Options, Outcome, Request, SourceFile,
};
pub use sandbox::Sandbox;
