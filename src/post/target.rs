//! Whether a Patchwork takes an address as the target of a check, told before it refuses the whole check.
//!
//! Its rule is that of Django's URL fields: 200 characters, and a host that is an IP address, `localhost`, or a name
//! with a dot whose last part is no number.

use url::{Host, Url};

/// Characters of an address at most.
const LIMIT: usize = 200;

/// The address as the server takes it, or nothing.
pub(super) fn accepted(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let host = match url.host()? {
        Host::Ipv4(_) | Host::Ipv6(_) => true,
        Host::Domain(name) => name == "localhost" || is_dotted(name),
    };
    let whole = matches!(url.scheme(), "http" | "https") && plain && host;
    let text = url.to_string();
    (whole && text.chars().count() <= LIMIT).then_some(text)
}

fn is_dotted(name: &str) -> bool {
    let Some((before, last)) = name.rsplit_once('.') else {
        return false;
    };
    let top =
        last.starts_with("xn--") || last.bytes().all(|c| c.is_ascii_alphabetic() || c == b'-');
    top && last.len() >= 2 && name.len() <= 253 && before.split('.').chain([last]).all(is_label)
}

fn is_label(label: &str) -> bool {
    let inside = label
        .bytes()
        .all(|c| c.is_ascii_alphanumeric() || c == b'-');
    let ends = label.starts_with('-') || label.ends_with('-');
    inside && !ends && (1..=63).contains(&label.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_a_server_takes_are_kept() {
        for good in [
            "https://uapi.example.org/r/1",
            "http://127.0.0.1:8080/r/1?x=1#y",
            "http://[::1]/",
            "http://localhost:8080/",
            "https://a-b.xn--p1ai/",
        ] {
            assert_eq!(accepted(good).as_deref(), Some(good));
        }
    }

    #[test]
    fn addresses_that_a_server_refuses_are_left_out() {
        for odd in [
            "",
            "report.html",
            "http://uapibot:8080/",
            "http://uapi_bot.example.org/",
            "http://example.c/",
            "http://-a.example.org/",
            "https://user:secret@example.org/",
            "javascript:alert(1)",
            "ftp://example.org/",
        ] {
            assert_eq!(accepted(odd), None, "{odd}");
        }
        let of = |length: usize| format!("https://example.org/{}", "x".repeat(length - 20));
        assert_eq!(accepted(&of(200)), Some(of(200)));
        assert_eq!(accepted(&of(201)), None);
    }
}
