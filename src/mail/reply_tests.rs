//! Words of reviewers in the texts of answers.

use super::*;

const SENDER: &str = "Rev Iewer <rev@example.org>";

fn said(text: &str) -> Vec<(Word, Identity)> {
    let from = Person::parse(SENDER).expect("an address");
    words(text, &from).into_iter().collect()
}

#[test]
fn agreement_is_the_senders_own_line() {
    let own = Identity::Address;
    assert_eq!(
        said(&format!("Fine.\n\nAcked-by: {SENDER}\n")),
        [(Word::Acked, own)]
    );
    let both = format!("Reviewed-by: {SENDER}\nAcked-by: {SENDER}\n");
    assert_eq!(said(&both), [(Word::Acked, own), (Word::Reviewed, own)]);
    let near = "Acked-by: Rev Iewer <rev@example.net>\n";
    assert_eq!(said(near), [(Word::Acked, Identity::Alike)]);
    assert_eq!(
        said(&format!("{near}Acked-by: {SENDER}\n")),
        [(Word::Acked, own)]
    );
    for nothing in [
        format!("> Acked-by: {SENDER}"),
        format!("| Acked-by: {SENDER}"),
        format!("  >> Acked-by: {SENDER}"),
        format!("Tested-by: {SENDER}"),
        format!("Signed-off-by: {SENDER}"),
        format!("Suggested-by: {SENDER}"),
        "Acked-by: Eve <eve@example.org>".to_owned(),
        format!("-----Original Message-----\nFrom: x\n\nAcked-by: {SENDER}"),
        format!("Like this?\n\ndiff --git a/f b/f\nAcked-by: {SENDER}"),
        format!("-- \nAcked-by: {SENDER}"),
        "I acked it.".to_owned(),
    ] {
        assert_eq!(said(&nothing), [], "{nothing}");
    }
}

#[test]
fn objections_are_words_of_their_own() {
    for no in [
        "NAK",
        "NAK.",
        "Sorry.\n\n  NACK, this breaks programs.\n",
        "NAK - it does",
        "NAK from me.",
        "NAK to this one",
        "Nacked-by: Rev Iewer <rev@example.org>",
    ] {
        assert_eq!(said(no), [(Word::Nak, Identity::Address)], "{no}");
    }
    for nothing in [
        "> NAK",
        "NAK frames are lost",
        "NAKed",
        "the device sends NAK",
        "Nacked-by: Eve <eve@example.org>",
        "snack",
    ] {
        assert_eq!(said(nothing), [], "{nothing}");
    }
}

#[test]
fn what_was_said_can_be_taken_back() {
    for back in [
        "Please drop my Acked-by.",
        "I withdraw my NAK",
        "so I take my Ack back",
        "Ignore my ack, please",
    ] {
        assert_eq!(said(back), [(Word::TakenBack, Identity::Address)], "{back}");
    }
    for nothing in [
        "> Please drop my Acked-by.",
        "Take my Ack.",
        "Please drop the patch.",
        "my ack stands",
        "drop your ack",
    ] {
        assert_eq!(said(nothing), [], "{nothing}");
    }
}
