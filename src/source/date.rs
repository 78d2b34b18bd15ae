//! git's time of a commit becomes a date that people read.

use git2::Time;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;
/// The Gregorian calendar repeats itself after so many days, which are 400 years.
const ERA_DAYS: i64 = 146_097;
/// Days from 1 March of the year 0 to 1 January 1970.
const EPOCH: i64 = 719_468;
/// No clock is set later (some year after 100000), and a hostile commit may say anything.
const MOST_SECONDS: i64 = 1 << 42;

/// `2024-02-29T13:37:00+02:00`, as `git log --format=%aI` has it.
pub(super) fn iso(time: Time) -> String {
    let minutes = i64::from(time.offset_minutes()).clamp(-1439, 1439);
    let seconds = time.seconds().clamp(-MOST_SECONDS, MOST_SECONDS);
    let local = seconds + minutes * MINUTE;
    let (year, month, day) = civil(local.div_euclid(DAY));
    let second = local.rem_euclid(DAY);
    let sign = if minutes < 0 { '-' } else { '+' };
    let zone = minutes.abs();
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        second / 3600,
        second / MINUTE % 60,
        second % 60,
        zone / 60,
        zone % 60
    )
}

/// Year, month and day of a number of days since 1 January 1970. Years begin in March here, so that the
/// leap day is the last one.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let day_of_era = days.rem_euclid(ERA_DAYS);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = days.div_euclid(ERA_DAYS) * 400 + year_of_era;
    match month {
        0..=9 => (year, month + 3, day),
        _ => (year + 1, month - 9, day),
    }
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
        for seconds in [i64::MIN, i64::MAX] {
            for minutes in [i32::MIN, i32::MAX] {
                assert!(iso(Time::new(seconds, minutes)).contains('T'));
            }
        }
    }
}
