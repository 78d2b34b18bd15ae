//! git's time of a commit becomes a date that people read.

use git2::Time;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::Offset;

const PRINTER: DateTimePrinter = DateTimePrinter::new();
/// git itself keeps less than a day.
const MOST_MINUTES: i32 = 24 * 60 - 1;

/// `2024-02-29T13:37:00+02:00`, as `git log --format=%aI` has it. A hostile commit may say anything: what no
/// calendar has becomes the first or the last day of it.
pub(super) fn iso(time: Time) -> String {
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let seconds = time.seconds().clamp(first, last);
    let minutes = time.offset_minutes().clamp(-MOST_MINUTES, MOST_MINUTES);
    let timestamp = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let offset = Offset::from_seconds(minutes * 60).unwrap_or(Offset::UTC);
    PRINTER.timestamp_with_offset_to_string(&timestamp, offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_that_date_prints() {
        // The expected texts are from `date -u -d @SECONDS` and `TZ=... date -Iseconds -d @SECONDS`.
        for (seconds, minutes, expected) in [
            (0, 0, "1970-01-01T00:00:00+00:00"),
            (-1, 0, "1969-12-31T23:59:59+00:00"),
            (951_782_400, 0, "2000-02-29T00:00:00+00:00"),
            (1_709_206_620, 120, "2024-02-29T13:37:00+02:00"),
            (1_700_000_000, -330, "2023-11-14T16:43:20-05:30"),
            (4_107_542_400, 0, "2100-03-01T00:00:00+00:00"),
        ] {
            assert_eq!(iso(Time::new(seconds, minutes)), expected);
        }
    }

    #[test]
    fn any_time_that_a_commit_can_claim_has_a_date() {
        for (seconds, year) in [(i64::MIN, "-009999-"), (i64::MAX, "9999-")] {
            for (minutes, zone) in [(i32::MIN, "-23:59"), (i32::MAX, "+23:59")] {
                let date = iso(Time::new(seconds, minutes));
                assert!(date.starts_with(year) && date.ends_with(zone), "{date}");
            }
        }
    }
}
