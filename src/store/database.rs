//! Which database: a file, or a PostgreSQL and how to log in there.

use std::fmt;
use std::path::PathBuf;
use url::Url;

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// An SQLite database in a file, for one process.
    File(PathBuf),
    /// A PostgreSQL, for any number of processes.
    Server(Server),
}

/// A PostgreSQL.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    url: Url,
    password: Option<String>,
    connections: u32,
}

/// What shows the address, and never the password.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.shown()).finish()
    }
}

impl Database {
    /// The database of a path, or of an address such as `postgres://user@host/name`. `connections` are what this
    /// process has open at once at most.
    ///
    /// # Errors
    ///
    /// Where an address can't be read, or has a password in it.
    pub fn of(text: &str, password: Option<String>, connections: u32) -> Result<Self, String> {
        let address = ["postgres://", "postgresql://"];
        if !address.iter().any(|start| text.starts_with(start)) {
            return Ok(Self::File(PathBuf::from(text)));
        }
        // The address is not repeated: a password may stand in it.
        let url = Url::parse(text).map_err(|error| {
            format!("its address can't be read ({error}): write postgres://user@host:port/name")
        })?;
        if url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password") {
            return Err(
                "a password does not belong in the address: name its place in `database_password`"
                    .to_owned(),
            );
        }
        Ok(Self::Server(Server {
            url,
            password,
            connections: connections.max(1),
        }))
    }
}

impl Server {
    /// The address, for people.
    pub(super) fn shown(&self) -> String {
        let mut url = self.url.clone();
        url.set_query(None);
        url.to_string()
    }

    /// The address with the password, for the driver alone.
    pub(super) fn secret_url(&self) -> Url {
        let mut url = self.url.clone();
        if let Some(password) = &self.password {
            url.query_pairs_mut().append_pair("password", password);
        }
        url
    }

    pub(super) fn connections(&self) -> u32 {
        self.connections
    }
}
