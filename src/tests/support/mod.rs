//! What the tests of the suite share: the cases of `fixtures/` and git repositories made from folders.
//!
//! Knows the layout of `fixtures/` (its README tells it) and nothing of how a case is judged.

pub mod assertions;
pub mod case;
pub mod compare;
pub mod gcc;
pub mod repository;
pub mod series;
