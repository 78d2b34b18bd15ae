//! Whether and when something is asked for again. Pure: time and chance come from whoever asks.

use super::manners::Pace;
use std::time::{Duration, SystemTime};

/// How long to wait before the try after `tried` ones, where `chance` lies between 0 and 1; `None` where it is no use,
/// or the server wants more time than anybody waits.
pub(super) fn wait(
    pace: &Pace,
    tried: u32,
    wanted: Option<Duration>,
    chance: f64,
) -> Option<Duration> {
    if tried >= pace.tries {
        return None;
    }
    let doubled = 1_u32.checked_shl(tried.saturating_sub(1));
    let whole = pace.backoff.saturating_mul(doubled.unwrap_or(u32::MAX));
    // Half of it by chance, so that many that failed together do not come back together.
    let own = whole
        .min(pace.longest)
        .mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
    let wanted = wanted.unwrap_or_default();
    (wanted <= pace.longest).then(|| own.max(wanted))
}

/// What `Retry-After` says (RFC 9110, 10.2.3): seconds, or a date.
pub(super) fn after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_longer_and_none_is_forever() {
        let pace = Pace::default();
        let seconds =
            |tried, chance| wait(&pace, tried, None, chance).map(|wait| wait.as_secs_f64());
        assert_eq!(seconds(1, 1.0), Some(1.0));
        assert_eq!(seconds(1, 0.0), Some(0.5));
        assert_eq!(seconds(2, 1.0), Some(2.0));
        assert_eq!(seconds(4, 1.0), Some(8.0));
        assert_eq!(seconds(5, 1.0), None);
        let patient = Pace {
            tries: 100,
            ..Pace::default()
        };
        let late = wait(&patient, 60, None, 1.0);
        assert_eq!(late, Some(Duration::from_secs(60)));
    }

    #[test]
    fn a_server_that_wants_time_gets_it() {
        let pace = Pace::default();
        let wanted = |seconds| wait(&pace, 1, Some(Duration::from_secs(seconds)), 1.0);
        assert_eq!(wanted(30), Some(Duration::from_secs(30)));
        assert_eq!(wanted(0), Some(Duration::from_secs(1)));
        assert_eq!(wanted(61), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_moment() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        // The example of RFC 9110, section 10.2.3, and a minute before it.
        let moment = "Fri, 31 Dec 1999 23:59:59 GMT";
        let (before, later) = (at(946_684_799 - 60), at(946_684_800));
        assert_eq!(after("120", before), Some(Duration::from_secs(120)));
        assert_eq!(after(moment, before), Some(Duration::from_secs(60)));
        assert_eq!(after(moment, later), Some(Duration::ZERO));
        assert_eq!(after("soon", before), None);
        assert_eq!(after("-3", before), None);
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        // The example of RFC 9110, 5.6.7, is 784111777 seconds after 1970 began.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_700);
        let wait = |text| after(text, now).map(|wait| wait.as_secs());
        assert_eq!(wait(" 120 "), Some(120));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(77));
        assert_eq!(wait("Sun, 06 Nov 1993 08:49:37 GMT"), None);
        assert_eq!(wait("Sat, 06 Nov 1993 08:49:37 GMT"), Some(0));
        assert_eq!(wait("-1"), None);
        assert_eq!(wait("soon"), None);
    }
}
