//! Mails as files of a directory: each under its Message-ID, all of it or nothing. One that is there was delivered.

use super::{Outcome, with_lf};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(super) async fn deliver(place: &Path, message_id: &str, bytes: &[u8]) -> Outcome {
    let (place, name) = (place.to_owned(), name(message_id));
    let bytes = with_lf(bytes);
    let written = tokio::task::spawn_blocking(move || write(&place, &name, &bytes)).await;
    match written {
        Ok(Ok(())) => Outcome::Delivered,
        Ok(Err(error)) if error.kind() == io::ErrorKind::AlreadyExists => Outcome::AlreadyThere,
        Ok(Err(error)) => Outcome::TryLater(format!("the mail can't be written: {error}")),
        Err(error) => Outcome::TryLater(format!("the mail was not written: {error}")),
    }
}

/// A name without anything that leads elsewhere, whatever the id.
fn name(message_id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@._+-".contains(c);
    let name: String = message_id
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .take(200)
        .collect();
    format!("{}.eml", name.trim_start_matches('.'))
}

fn write(place: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let path: PathBuf = place.join(name);
    if path.try_exists()? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .tempfile_in(place)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    std::fs::File::open(place)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_leads_nowhere_else() {
        assert_eq!(
            name("uapi.00@uapi.example.org"),
            "uapi.00@uapi.example.org.eml"
        );
        assert_eq!(name("../../etc/passwd"), "_.._etc_passwd.eml");
        assert_eq!(name(&"/".repeat(5000)).len(), 204);
    }
}
