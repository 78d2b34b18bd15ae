//! The arguments of a dump become the surface of one revision on one target, as text or JSON.

use super::args::{DumpArgs, DumpFormat};
use super::failure::Failure;
use super::progress::Meter;
use super::{Io, check, output};
use crate::model::Surface;
use crate::pipeline::{self, SurfaceRequest};
use crate::report::dump;
use std::path::PathBuf;

/// The header is exported and could not be read.
const NOT_READ: u8 = 3;

/// Writes the dump and gives the exit status.
pub fn run(args: &DumpArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let request = SurfaceRequest {
        repository: args.repo.clone(),
        revision: args.rev.clone(),
        directory: directory(&args.rev),
        headers: check::headers(&args.headers),
        target: args.target.clone(),
        header: args.header.clone(),
    };
    let (engine, _) = check::engine(args.jobs, &args.cache, io);
    let meter = Meter::new(io.progress);
    let surface = pipeline::surface(&request, &engine, &|progress| meter.show(progress));
    drop(meter);
    deliver(&surface.map_err(check::failure)?, args, io)
}

/// The directory that is meant: no revision begins like its path.
fn directory(name: &str) -> Option<PathBuf> {
    let begins = |start| name == start || name.starts_with(&format!("{start}/"));
    (name.starts_with('/') || begins(".") || begins("..")).then(|| name.into())
}

fn deliver(surface: &Surface, args: &DumpArgs, io: &mut Io<'_>) -> Result<u8, Failure> {
    let only = args.header.as_deref();
    if let Some(header) = only.filter(|header| !surface.headers.contains_key(*header)) {
        return absent(surface, header, args, io);
    }
    let text = match args.format {
        DumpFormat::Text => dump::text(surface, only),
        DumpFormat::Json => dump::json(surface, only)
            .map_err(|error| Failure::ours(format!("the surface has no form in JSON: {error}")))?,
    };
    output::write(&text, args.output.as_deref(), io)?;
    Ok(0)
}

fn absent(
    surface: &Surface,
    header: &str,
    args: &DumpArgs,
    io: &mut Io<'_>,
) -> Result<u8, Failure> {
    if surface.exported.contains(header) {
        // Nothing is left to tell where even this can't be written.
        let _ = writeln!(
            io.err,
            "uapi-check: {header} could not be read on {}",
            surface.target
        );
        return Ok(NOT_READ);
    }
    Err(Failure::mistake(format!(
        "{header} is not exported by {} on {}: give the path as programs include it, such as linux/if_link.h",
        args.rev, surface.target
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Cli, Command};
    use crate::model::HeaderSurface;
    use clap::Parser;
    use std::sync::Arc;

    fn dump(header: &str) -> (Result<u8, Failure>, String, String) {
        let read = HeaderSurface {
            path: "linux/a.h".into(),
            ..HeaderSurface::default()
        };
        let surface = Surface {
            target: "i386".into(),
            headers: [("linux/a.h".to_owned(), Arc::new(read.into()))].into(),
            exported: ["linux/a.h".to_owned(), "linux/b.h".to_owned()].into(),
        };
        let Some(Command::Dump(args)) =
            Cli::parse_from(["uapi-check", "dump", "v6.1", header]).command
        else {
            panic!("dump is a command");
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut io = Io {
            out: &mut out,
            err: &mut err,
            color: false,
            progress: false,
            width: 100,
            program: "uapi-check".into(),
            cache: None,
        };
        let done = deliver(&surface, &args, &mut io);
        (
            done,
            String::from_utf8(out).unwrap(),
            String::from_utf8(err).unwrap(),
        )
    }

    #[test]
    fn a_directory_is_told_from_a_revision() {
        for name in ["/usr/include", ".", "..", "./a", "../a"] {
            assert_eq!(directory(name), Some(name.into()), "{name}");
        }
        for name in ["v6.1", "origin/main", "HEAD~1", "..b", ".git"] {
            assert_eq!(directory(name), None, "{name}");
        }
    }

    #[test]
    fn a_header_is_shown_unread_or_unknown() {
        assert_eq!(
            dump("linux/a.h"),
            (Ok(0), "/* linux/a.h on i386 */\n".into(), String::new())
        );
        let (done, out, err) = dump("linux/b.h");
        assert_eq!((done, out.as_str()), (Ok(3), ""));
        assert_eq!(err, "uapi-check: linux/b.h could not be read on i386\n");
        let message = dump("linux/c.h").0.unwrap_err().to_string();
        assert!(
            message.starts_with("linux/c.h is not exported by v6.1 on i386: "),
            "{message}"
        );
    }
}
