//! Lines that name people, and lines that look so. Whom they count for is held against b4 in the suite.

use super::*;

fn found(text: &str) -> Vec<(String, String)> {
    let pairs = trailers(text).into_iter();
    pairs
        .map(|found| (found.name, found.person.to_string()))
        .collect()
}

#[test]
fn each_form_of_a_line_is_read() {
    let text = "Acked-by: A <a@example.org>\n  reviewed-BY: \"B, C\" <b@example.org> # for x\n\
        Tested-by: Long Name\n<c@example.org>\nAcked-by: d@example.org\nAcked-by:\tE <e@example.org>\n";
    let pair = |name: &str, person: &str| (name.to_owned(), person.to_owned());
    assert_eq!(
        found(text),
        [
            pair("acked-by", "A <a@example.org>"),
            pair("reviewed-by", "B, C <b@example.org>"),
            pair("tested-by", "Long Name <c@example.org>"),
            pair("acked-by", "d@example.org"),
            pair("acked-by", "E <e@example.org>"),
        ]
    );
}

#[test]
fn look_alikes_are_none() {
    for text in [
        "> Acked-by: A <a@example.org>",
        "Acked-by: nobody",
        "Acked-by:A <a@example.org>",
        "Acked by: A <a@example.org>",
        "From: A <a@example.org>",
        "To: A <a@example.org>",
        "Link: https://lore.example.org/a@example.org",
        "\u{410}cked-by: A <a@example.org>",
        "x: A <a@example.org>",
        "-- \nAcked-by: A <a@example.org>",
        "Acked-by: A\n\n<a@example.org>",
        "",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn another_alphabet_is_another_person() {
    let person = |text: &str| Person::parse(text).expect("an address");
    let sender = person("A <a@example.org>");
    assert_eq!(
        identity(&person("B <A@Example.org>"), &sender),
        Some(Identity::Address)
    );
    assert_eq!(
        identity(&person("A <b@example.org>"), &sender),
        Some(Identity::Alike)
    );
    assert_eq!(
        identity(&person("a@lists.example.org"), &sender),
        Some(Identity::Alike)
    );
    for other in [
        "B <\u{430}@example.org>",
        "<a@example.net>",
        "<a@badexample.org>",
        "<a@x.y.example.org>",
    ] {
        assert_eq!(identity(&person(other), &sender), None, "{other}");
    }
    // Nobody's name is nobody else's.
    assert_eq!(
        identity(&person("<b@example.net>"), &person("<c@example.org>")),
        None
    );
}
