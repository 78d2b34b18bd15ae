//! Units of a real kernel's headers, as the pipeline puts them together, for tests that read them all.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use uapi_check::extract::Options;
use uapi_check::extract::pool::{Extractor, Languages, Outcome, Request, SourceFile};
use uapi_check::extract::target::Target;
use uapi_check::model::{Header, HeaderSurface};
use uapi_check::pipeline::through;
use uapi_check::source::{self, ReleaseChoice};
use uapi_check::tree::include::Graph;
use uapi_check::tree::{self, HeaderTree, Rewrites};

/// Two workers with time enough.
pub fn extractor() -> Extractor {
    Extractor::new(Options {
        program: env!("CARGO_BIN_EXE_uapi-check").into(),
        jobs: 2,
        deadline: Duration::from_secs(60),
        memory_bytes: 4 << 30,
    })
    .expect("libclang is installed")
}

/// What was read; of a header that could not be, only that.
pub fn surface(outcome: Outcome) -> Header {
    match outcome {
        Outcome::Read(header) => header,
        Outcome::Unread(unread) => Header::from(HeaderSurface {
            unread,
            ..HeaderSurface::default()
        }),
    }
}

/// The installed tree of a revision.
pub fn tree_of(kernel: &Path, revision: &str, target: &Target) -> HeaderTree {
    let range = format!("{revision}..{revision}");
    let sides =
        source::open(kernel, Some(&range), ReleaseChoice::None).expect("the revision is there");
    tree::build(
        &*sides.after.files,
        target.kernel_arch,
        &Rewrites::default(),
    )
    .expect("the tree can be built")
}

/// What reads a header of a tree; `None` where nothing includes it.
pub fn request(
    graph: &Graph<'_>,
    tree: &HeaderTree,
    target: &'static Target,
    header: &str,
) -> Option<Request> {
    let through = through(graph, tree, header)?;
    let mut paths: BTreeSet<&str> = graph.closure(through).into_iter().collect();
    paths.extend(graph.closure("linux/ioctl.h"));
    let files = paths.into_iter().map(|path| SourceFile {
        path: path.to_owned(),
        id: tree.headers[path].id.0,
        text: Arc::clone(&tree.headers[path].text),
    });
    Some(Request {
        target,
        header: header.to_owned(),
        through: through.to_owned(),
        files: Arc::new(files.collect()),
        languages: Languages::Untried,
    })
}
