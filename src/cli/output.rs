//! Text becomes bytes on standard output or in a file.

use super::Io;
use super::failure::Failure;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Writes to the file, or to standard output where there is none.
pub fn write(text: &str, file: Option<&Path>, io: &mut Io<'_>) -> Result<(), Failure> {
    let Some(path) = file else {
        return to_stream(text, io);
    };
    to_file(text, path).map_err(|error| {
        let path = path.display();
        Failure::mistake(format!(
            "cannot write {path}: {error}: give another place with --output"
        ))
    })
}

/// Writes to standard output. A reader that went away early has what it wanted: no error.
pub fn to_stream(text: &str, io: &mut Io<'_>) -> Result<(), Failure> {
    let written = io.out.write_all(text.as_bytes());
    match written.and_then(|()| io.out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::ours(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

fn to_file(text: &str, path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    // Some file systems say only now that they are full; pipes and devices can't be asked.
    match file.sync_all() {
        Err(error) if file.metadata()?.is_file() => Err(error),
        _ => Ok(()),
    }
}
