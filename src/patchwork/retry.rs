//! Whether and when something is asked for again. Pure: time and chance come from whoever asks.

use super::settings::Pace;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use std::time::Duration;

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

/// What `Retry-After` says: seconds, or a moment in GMT.
pub(super) fn after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = DateTimeParser::new().parse_timestamp(value).ok()?;
    let seconds = moment.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
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
        // The example of RFC 9110, section 10.2.3, and a minute before it.
        let moment = "Fri, 31 Dec 1999 23:59:59 GMT";
        let before = Timestamp::from_second(946_684_799 - 60).expect("in range");
        let later = Timestamp::from_second(946_684_800).expect("in range");
        assert_eq!(after("120", before), Some(Duration::from_secs(120)));
        assert_eq!(after(moment, before), Some(Duration::from_secs(60)));
        assert_eq!(after(moment, later), Some(Duration::ZERO));
        assert_eq!(after("soon", before), None);
        assert_eq!(after("-3", before), None);
    }
}
