//! Events that come at the same moment, late, or in the hour that comes twice; each beside one that was read.

use super::*;

fn event(id: u64, date: &str) -> Event {
    Event {
        id,
        date: date.to_owned(),
        ..Event::default()
    }
}

/// A cursor that was read back from its text.
fn again(cursor: &Cursor) -> Cursor {
    Cursor::read(&cursor.text()).expect("its own text")
}

#[test]
fn events_of_one_moment_are_told_apart() {
    let date = "2026-11-24T02:12:25.984046";
    let mut cursor = Cursor::default();
    cursor.pass(&event(7, date));
    let cursor = again(&cursor);
    assert!(!cursor.is_new(&event(7, date)));
    assert!(cursor.is_new(&event(8, date)));
    // A number below it, which became visible later.
    assert!(cursor.is_new(&event(6, date)));
}

#[test]
fn the_server_is_asked_in_its_own_time() {
    let mut cursor = Cursor::default();
    assert_eq!(cursor.since(1_000_000), None);
    cursor.pass(&event(7, "2026-11-24T02:12:25.984046"));
    let since = cursor.since(1_000_000);
    assert_eq!(since.as_deref(), Some("2026-11-24T01:02:25.984046"));
    let since = cursor.since(1_000_001);
    assert_eq!(since.as_deref(), Some("2026-11-24T02:10:25.984046"));
    // Half an hour later, from before the hour that may have come twice.
    let since = cursor.since(1_000_000 + 30 * 60);
    assert_eq!(since.as_deref(), Some("2026-11-24T01:02:25.984046"));
    let since = cursor.since(1_000_001 + 30 * 60);
    assert_eq!(since.as_deref(), Some("2026-11-24T02:10:25.984046"));
    // By day no clock is set back.
    cursor.pass(&event(8, "2026-11-24T14:12:25"));
    let since = cursor.since(2_000_000);
    assert_eq!(since.as_deref(), Some("2026-11-24T14:10:25.000000"));
}

#[test]
fn an_hour_that_comes_twice_loses_nothing() {
    let mut cursor = Cursor::default();
    cursor.pass(&event(7, "2026-04-05T02:59:59.000000"));
    let after = event(8, "2026-04-05T02:00:01.000000");
    assert!(cursor.is_new(&after));
    let since = cursor.since(1_000_000).expect("a date");
    assert!(since <= after.date, "{since}");
    cursor.pass(&after);
    // It goes on from what happened last, not from what has the latest date.
    let since = cursor.since(1_000_001);
    assert_eq!(since.as_deref(), Some("2026-04-05T01:58:01.000000"));
    assert!(!cursor.is_new(&event(7, "2026-04-05T02:59:59.000000")));
}

#[test]
fn a_first_poll_begins_before_the_newest_event() {
    let newest = event(7, "2026-11-24T02:12:25");
    let cursor = Cursor::before(Some(&newest), SignedDuration::from_hours(2));
    assert_eq!(cursor.date.as_deref(), Some("2026-11-24T00:12:25.000000"));
    assert!(cursor.is_new(&newest));
    let odd = Cursor::before(Some(&event(7, "yesterday")), SignedDuration::from_hours(2));
    assert_eq!(odd.date.as_deref(), Some("yesterday"));
    assert_eq!(Cursor::before(None, SignedDuration::ZERO).date, None);
}

#[test]
fn what_is_remembered_has_a_bound() {
    let mut cursor = Cursor::default();
    for id in 1..=3_000 {
        cursor.pass(&event(id, "2026-11-24T02:12:25.984046"));
        assert!(!cursor.is_new(&event(id, "")));
        cursor.watch(id, (0, 0), 0);
    }
    assert!(cursor.text().len() < 40_000, "{}", cursor.text().len());
    assert!(!cursor.is_new(&event(1, "")) && cursor.is_new(&event(3_001, "")));
    assert_eq!(cursor.due(0, 0).len(), 200);
}

#[test]
fn a_watched_series_is_due_after_a_while_and_not_for_ever() {
    let mut cursor = Cursor::default();
    assert!(cursor.watch(1, (0, 0), 100));
    assert!(cursor.watch(2, (5, 0), 50));
    let mut cursor = again(&cursor);
    assert_eq!(cursor.due(150, 100), [2]);
    assert_eq!(cursor.due(200, 100), [2, 1]);
    assert!(!cursor.watch(2, (5, 0), 200));
    assert!(cursor.watch(1, (0, 1), 200));
    assert_eq!(cursor.due(200, 100), [] as [u64; 0]);
    assert_eq!(cursor.due(300, 100), [1, 2]);
    assert_eq!(cursor.due(31 * 24 * 60 * 60, 100), [] as [u64; 0]);
}

#[test]
fn a_text_that_is_no_cursor_is_told() {
    assert!(Cursor::read("2026-11-24").is_err());
    assert_eq!(again(&Cursor::default()), Cursor::default());
}
