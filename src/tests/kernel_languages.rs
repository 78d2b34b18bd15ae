//! Where the texts leave no doubt, no other language is asked (`extract/alike` for C++): all headers of
//! both kernels are read with and without that, and the compiler is the truth.
//!
//! Runs where `UAPI_CHECK_KERNEL` names the repository that `make kernel` makes.

use crate::support::units::{extractor, request, surface, tree_of};
use std::path::PathBuf;
use uapi_check::extract::pool::{Extractor, Languages, Request};
use uapi_check::extract::target;
use uapi_check::model::{Build, Language};
use uapi_check::tree::HeaderTree;
use uapi_check::tree::include::Graph;

#[test]
fn kernel_other_languages_agree_where_they_are_not_asked() {
    let Some(kernel) = std::env::var_os("UAPI_CHECK_KERNEL").map(PathBuf::from) else {
        println!(
            "skipped: UAPI_CHECK_KERNEL does not name a repository with both tags (make kernel)"
        );
        return;
    };
    let extractor = extractor();
    for (revision, name) in [("v6.1", "arm"), ("v6.12", "x86_64"), ("v6.12", "s390x")] {
        let target = target::by_name(name).expect("a target of ours");
        let tree = tree_of(&kernel, revision, target);
        let graph = Graph::new(&tree);
        let requests = |languages| -> Vec<Request> {
            let all = tree.headers.keys();
            let all = all.filter_map(|header| request(&graph, &tree, target, header));
            all.map(|request| Request {
                languages,
                ..request
            })
            .collect()
        };
        let told = read(&extractor, requests(Languages::InDoubt));
        let asked = read(&extractor, requests(Languages::Always));
        compare(revision, name, &tree, &told, &asked);
    }
}

fn read(extractor: &Extractor, requests: Vec<Request>) -> Vec<(String, Language)> {
    let outcomes = extractor.read(requests, &|_, _| ()).expect("workers run");
    let surfaces = outcomes.into_iter().map(surface);
    surfaces
        .map(|surface| (surface.path.clone(), surface.language.clone()))
        .collect()
}

/// An error of a header that is taken in is not looked for where the text leaves no doubt: C++ then says
/// nothing of the header, and we say that it is clean.
fn compare(
    revision: &str,
    target: &str,
    tree: &HeaderTree,
    told: &[(String, Language)],
    asked: &[(String, Language)],
) {
    let mut wrong = Vec::new();
    let (mut failing, mut sized) = (0, 0);
    for ((path, told), (_, asked)) in told.iter().zip(asked) {
        failing += usize::from(matches!(asked.cxx, Build::Fails(_)));
        sized += usize::from(!asked.cxx_sizes.is_empty());
        let silent = asked.cxx == Build::NotTried && told.cxx == Build::Clean;
        let same = told.cxx == asked.cxx && told.cxx_sizes == asked.cxx_sizes;
        if !same && !silent || told.c90 != asked.c90 || told.twice != asked.twice {
            wrong.push(format!("{path}: told {told:?}, asked {asked:?}"));
        }
    }
    println!(
        "{revision} {target}: {} headers, {failing} fail in C++, {sized} have another size there",
        told.len()
    );
    assert!(told.len() > 900 && told.len() <= tree.headers.len());
    assert!(failing > 0, "C++ refuses nothing: no test");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
