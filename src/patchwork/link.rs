//! The header `Link` of a list becomes the address of its next page, on the origin that was configured.
//!
//! Behind a proxy a Patchwork may write `http://` where `https://` is meant; nothing but the query of a link is used, so
//! that no answer leads the token anywhere else.

use url::Url;

/// Where a list goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nowhere.
    End,
    /// At this address.
    At(Url),
    /// At another server's.
    Elsewhere(String),
}

/// The next page of the list at `here`.
pub(super) fn next(header: &str, here: &Url) -> Next {
    let Some(target) = target(header) else {
        return Next::End;
    };
    let Ok(there) = here.join(target) else {
        return Next::Elsewhere(target.to_owned());
    };
    let web = matches!(there.scheme(), "http" | "https");
    // A proxy's port is not known behind it.
    let port = there.port().is_none() || there.port() == here.port();
    if !web || !port || there.host() != here.host() {
        let origin = there.origin().ascii_serialization();
        return Next::Elsewhere(origin);
    }
    let mut next = here.clone();
    next.set_query(there.query());
    Next::At(next)
}

/// What stands in `<>` before `rel="next"`. Addresses have commas and semicolons in them.
fn target(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let end = after.find('<').unwrap_or(after.len());
        let is_next = |part: &str| {
            let part: String = part.chars().filter(|c| !c.is_whitespace()).collect();
            let part = part.to_ascii_lowercase();
            matches!(part.trim_end_matches(','), "rel=\"next\"" | "rel=next")
        };
        if after[..end].split(';').any(is_next) {
            return Some(target);
        }
        rest = &after[end..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://pw.example.org/p/api/1.3/events/?project=x";

    fn next_of(header: &str) -> Next {
        next(header, &Url::parse(HERE).expect("an address"))
    }

    fn at(query: &str) -> Next {
        let url = format!("https://pw.example.org/p/api/1.3/events/?{query}");
        Next::At(Url::parse(&url).expect("an address"))
    }

    #[test]
    fn the_next_page_is_found_among_others() {
        let header = "<https://pw.example.org/api/1.3/events/?page=1&q=a,b;c>; rel=\"prev\", \
                      <https://pw.example.org/p/api/1.3/events/?page=3&since=2026-11-23T15%3A12%3A25.984046&q=a,b>; \
                      rel=\"next\", <https://pw.example.org/x/?page=9>; rel=\"last\"";
        let expected = at("page=3&since=2026-11-23T15%3A12%3A25.984046&q=a,b");
        assert_eq!(next_of(header), expected);
    }

    #[test]
    fn a_list_without_a_next_page_ends() {
        for header in [
            "",
            "<https://pw.example.org/?page=1>; rel=\"prev\"",
            "<https://pw.example.org/?rel=\"next\">; rel=\"first\"",
            "rel=\"next\"",
            "<https://pw.example.org/?page=2",
        ] {
            assert_eq!(next_of(header), Next::End, "{header}");
        }
    }

    #[test]
    fn only_the_configured_origin_is_asked() {
        let plain = next_of("<http://pw.example.org/p/api/1.3/events/?page=2>; rel=\"next\"");
        assert_eq!(plain, at("page=2"));
        let path = next_of("<https://pw.example.org/elsewhere/?page=2>; rel=next");
        assert_eq!(path, at("page=2"));
        for other in [
            "https://pw.example.org.evil.example/?page=2",
            "https://user@evil.example/?page=2",
            "https://pw.example.org:8443/?page=2",
            "file:///etc/passwd",
            "//evil.example/?page=2",
        ] {
            let found = next_of(&format!("<{other}>; rel=\"next\""));
            assert!(matches!(found, Next::Elsewhere(_)), "{other}: {found:?}");
        }
    }
}
