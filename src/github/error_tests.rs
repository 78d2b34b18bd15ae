//! What a refusal means: again, and when, or never. The words are GitHub's ("Rate limits for the REST API").

use super::*;

const NOW: u64 = 1_700_000_000;

fn refused(status: u16, fields: &[(&'static str, &str)], said: &str) -> Error {
    let headers = fields.iter().map(|(name, value)| {
        let name = axum::http::HeaderName::from_static(name);
        (name, value.parse().expect("a field"))
    });
    let headers: HeaderMap = headers.collect();
    let status = StatusCode::from_u16(status).expect("a status");
    let now = UNIX_EPOCH + Duration::from_secs(NOW);
    refusal("GET /x", status, &headers, said, now)
}

fn seconds(error: &Error) -> Option<u64> {
    assert!(error.may_pass(), "{error}");
    error.after().map(|after| after.as_secs())
}

#[test]
fn who_is_asked_too_often_says_how_long_to_wait() {
    let secondary =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    let reset = (NOW + 90).to_string();
    for status in [403, 429] {
        assert_eq!(
            seconds(&refused(status, &[("retry-after", "30")], secondary)),
            Some(30)
        );
        assert_eq!(seconds(&refused(status, &[], secondary)), Some(60));
        let spent = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", reset.as_str()),
        ];
        assert_eq!(
            seconds(&refused(status, &spent, "API rate limit exceeded")),
            Some(90)
        );
        // With requests left, the moment when there are more is of no matter.
        let left = [
            ("x-ratelimit-remaining", "4000"),
            ("x-ratelimit-reset", reset.as_str()),
        ];
        assert_eq!(seconds(&refused(status, &left, secondary)), Some(60));
    }
    assert_eq!(seconds(&refused(429, &[], "")), Some(60));
    assert_eq!(
        seconds(&refused(429, &[("retry-after", "999999999")], "")),
        Some(7200)
    );
    assert_eq!(seconds(&refused(503, &[("retry-after", "5")], "")), Some(5));
}

#[test]
fn what_is_forbidden_stays_so() {
    let left = [
        ("x-ratelimit-remaining", "4999"),
        ("x-ratelimit-reset", "1700000090"),
    ];
    let error = refused(403, &left, "Resource not accessible by integration");
    assert!(
        matches!(error, Error::Refused { status: 403, .. }),
        "{error}"
    );
    for status in [400, 404, 409, 410, 422, 451] {
        let error = refused(status, &[], "no");
        assert!(!error.may_pass() && !error.is_mistake(), "{error}");
        assert_eq!(error.is_missing(), matches!(status, 404 | 410));
    }
}

#[test]
fn what_is_broken_may_be_mended() {
    for status in [408, 500, 502, 503, 504] {
        assert_eq!(seconds(&refused(status, &[], "")), None);
    }
}

#[test]
fn who_is_not_known_is_told_what_to_mend() {
    let error = refused(401, &[], "Bad credentials");
    assert!(error.is_mistake());
    assert!(
        error
            .to_string()
            .contains("is the token or the key of the App still good")
    );
}

#[test]
fn what_a_server_says_is_one_line() {
    let error = refused(422, &[], "a\n\u{1b}[31mb");
    assert_eq!(
        error.to_string(),
        "GET /x: refused with status 422: a [31mb"
    );
}
