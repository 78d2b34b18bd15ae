//! The other repositories that a repository knows, and whether two addresses are those of one.

use super::{SourceError, discover};
use std::path::Path;

/// Another repository, under the name that this one has for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Its name, such as `net-next`.
    pub name: String,
    /// Where it is, as the configuration says.
    pub url: String,
}

/// Remotes that are looked at.
const LIMIT: usize = 1024;

/// The remotes of the repository at or above a path, by name.
///
/// # Errors
/// As [`discover`], and a configuration that can't be read.
pub fn remotes(repository: &Path) -> Result<Vec<Remote>, SourceError> {
    let opened = discover(repository)?;
    let names = opened.remotes()?;
    let mut found = Vec::new();
    for name in names.iter().flatten().flatten().take(LIMIT) {
        // One without an address, or with an odd one, is a remote all the same; it is none to compare.
        let remote = opened.find_remote(name).ok();
        let url = remote.and_then(|remote| remote.url().ok().map(str::to_owned));
        found.extend(url.map(|url| Remote {
            name: name.to_owned(),
            url,
        }));
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// Whether two addresses lead to the same repository, whatever protocol they speak: `git://host/a.git`,
/// `https://host/a` and `git@host:a/` do.
#[must_use]
pub fn same_place(one: &str, other: &str) -> bool {
    let place = place(one);
    !place.is_empty() && place == self::place(other)
}

/// `host/path` of an address, without what protocols and habits add. Paths differ by case, hosts don't.
fn place(url: &str) -> String {
    let url = url.trim();
    let (host, path) = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
        // As scp writes it; a colon behind a slash belongs to a path.
        None => match url.split_once(':').filter(|(host, _)| !host.contains('/')) {
            Some(parts) => parts,
            None => ("", url),
        },
    };
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    match (host.as_str(), path.trim_end_matches('/')) {
        ("", "") | (_, "") => String::new(),
        (host, path) => format!("{host}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::same_place;

    #[test]
    fn protocol_and_ending_make_no_difference() {
        let net = "git://git.kernel.org/pub/scm/linux/kernel/git/netdev/net-next.git";
        for same in [
            "https://git.kernel.org/pub/scm/linux/kernel/git/netdev/net-next.git",
            "https://git.kernel.org/pub/scm/linux/kernel/git/netdev/net-next/",
            "ssh://me@GIT.kernel.org/pub/scm/linux/kernel/git/netdev/net-next.git/",
            "git@git.kernel.org:pub/scm/linux/kernel/git/netdev/net-next.git",
        ] {
            assert!(same_place(net, same), "{same}");
        }
    }

    #[test]
    fn another_repository_is_another() {
        let net = "git://git.kernel.org/pub/scm/linux/kernel/git/netdev/net.git";
        for other in [
            "git://git.kernel.org/pub/scm/linux/kernel/git/netdev/net-next.git",
            "git://git.kernel.org/pub/scm/linux/kernel/git/bpf/net.git",
            "git://git.example.org/pub/scm/linux/kernel/git/netdev/net.git",
            "git://git.kernel.org/pub/scm/linux/kernel/git/netdev/Net.git",
            "/pub/scm/linux/kernel/git/netdev/net.git",
            "",
        ] {
            assert!(!same_place(net, other), "{other}");
        }
        assert!(!same_place("", "") && !same_place("https://host", "https://host/"));
    }
}
