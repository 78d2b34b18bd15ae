//! How mails are delivered, as it is configured. Passwords are never a part of it: a file has them.

use serde::Deserialize;
use std::path::PathBuf;

/// A way to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "by", deny_unknown_fields, rename_all = "kebab-case")]
pub enum Settings {
    /// To a server that submits for us (RFC 6409).
    Smtp(SmtpSettings),
    /// To the system's own.
    Sendmail {
        /// The program, which understands `-t -i -f`.
        #[serde(default = "sendmail")]
        command: PathBuf,
    },
    /// Into a directory, one `.eml` a mail: a dry run.
    Directory {
        /// The directory, which is there.
        path: PathBuf,
    },
}

fn sendmail() -> PathBuf {
    "/usr/sbin/sendmail".into()
}

/// A server that submits mails.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port; 587 for STARTTLS, 465 for TLS and 25 without, where it is not said.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is kept secret.
    #[serde(default)]
    pub security: Security,
    /// Who logs in; nobody where it is not said.
    #[serde(default)]
    pub user: Option<String>,
    /// The file whose first line is the password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// A file of certificates (PEM) that are trusted besides the system's, such as that of an own authority.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// How a connection is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// It begins in the clear, and nothing is said before it is encrypted.
    #[default]
    Starttls,
    /// It is encrypted from the start.
    Tls,
    /// Not at all: only to this machine itself.
    Plain,
}

/// What is wrong with settings.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    /// The address for bounces is none.
    #[error(
        "`{address}` is no mail address: name one that takes the mails that can't be delivered"
    )]
    Bounce {
        /// As it was written.
        address: String,
    },
    /// Mails would go over a network in the clear.
    #[error(
        "mails to {host} would go over the network in the clear: use `security: starttls` or `tls`"
    )]
    InTheClear {
        /// The server.
        host: String,
    },
    /// A user without a password, or a password without a user.
    #[error("`user` and `password-file` belong together: name both or none")]
    Half,
    /// A file that can't be read.
    #[error("{}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what mends it.
        why: String,
    },
    /// Encryption can't be set up.
    #[error("no encrypted connection to {host} can be set up: {why}")]
    Encryption {
        /// The server.
        host: String,
        /// What the library says.
        why: String,
    },
}
