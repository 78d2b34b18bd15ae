//! Where a test keeps its store: in a file; or, where `UAPI_CHECK_TEST_DATABASE` is `postgres`, on a server.

use super::postgres;
use std::path::Path;

/// A database of a test's own, as a configuration names it: this file, or one in the cluster of all tests.
pub fn of_its_own(file: &Path) -> String {
    match std::env::var("UAPI_CHECK_TEST_DATABASE").as_deref() {
        Err(_) => file.display().to_string(),
        Ok("postgres") => postgres::shared().database(),
        Ok(other) => panic!("UAPI_CHECK_TEST_DATABASE is `{other}`; `postgres` is known"),
    }
}

/// Where others than the program find a database that a configuration names so.
pub fn address(of: &str) -> String {
    match of.starts_with("postgres") {
        true => of.to_owned(),
        false => format!("sqlite://{of}"),
    }
}
