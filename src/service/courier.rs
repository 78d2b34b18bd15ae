//! An entry of the outbox leaves the house.
//!
//! What can be asked for twice and happens once, may be tried again after a crash: a check, for the server is looked
//! at first, and an `.eml` file, for it has the name of the mail and appears whole. A mail by SMTP can't: between the
//! server's yes and our note of it lies a moment, and whoever dies there does not know. Then it is not sent again,
//! and whoever runs this is told. Its Message-ID is the same each time, so that archives know it; people's
//! mailboxes need not.

use super::check::Check;
use crate::store::{After, Item};
use std::path::{Path, PathBuf};

/// The kind of entry that is a check.
pub const CHECK: &str = "check";
/// The kind of entry that is a mail.
pub const MAIL: &str = "mail";

/// Who delivers.
#[derive(Debug)]
pub struct Courier {
    /// Where mails are written as files.
    pub eml: Option<PathBuf>,
    /// Whether nothing leaves the house, and only that is told.
    pub dry: bool,
}

impl Courier {
    /// Whether an entry may be tried again where it is not known whether it was sent.
    pub fn may_repeat(&self, _item: &Item) -> bool {
        true
    }

    /// Delivers an entry.
    pub async fn deliver(&self, item: &Item) -> After {
        match item.what.kind.as_str() {
            MAIL => self.mail(item).await,
            _ => self.check(item),
        }
    }

    async fn mail(&self, item: &Item) -> After {
        let Some(directory) = &self.eml else {
            return After::Failed("no delivery is configured".to_owned());
        };
        let id = item
            .what
            .name
            .strip_prefix("mail ")
            .unwrap_or(&item.what.name);
        let (path, bytes) = (directory.join(file_name(id)), item.what.payload.clone());
        let written = super::judge::apart(move || write(&path, &bytes)).await;
        match written {
            Ok(Ok(())) => After::Sent,
            Ok(Err(error)) => After::Again {
                due: 0,
                why: error.to_string(),
            },
            Err(why) => After::Again {
                due: 0,
                why: why.to_string(),
            },
        }
    }

    fn check(&self, item: &Item) -> After {
        let Ok(check) = serde_json::from_slice::<Check>(&item.what.payload) else {
            return After::Failed("it can't be read".to_owned());
        };
        if self.dry {
            let Check {
                patch,
                context,
                said,
                ..
            } = &check;
            let state = format!("{:?}", said.state).to_lowercase();
            tracing::info!(
                "not posted: {context} of patch {patch}: {state}, {}",
                said.text
            );
            return After::Sent;
        }
        After::Failed(format!("there is no server for {}", check.server))
    }
}

/// A Message-ID as the name of a file.
fn file_name(id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@._-".contains(c);
    let name: String = id.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    format!("{}.eml", name.trim_start_matches('.'))
}

/// Writes a file that is there whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
