//! Who may be written to, and who may not.

use super::*;

fn rule(address: &str, write: Write) -> ListRule {
    ListRule {
        address: address.into(),
        list_id: None,
        write,
        cc: Vec::new(),
        remind: true,
        approvals: false,
    }
}

fn head(to: &[&str]) -> Head {
    Head {
        from: Person::parse("Ann <ann@example.org>"),
        to: to.iter().map(|to| (*to).to_owned()).collect(),
        ..Head::default()
    }
}

fn written(to: &[&str], rules: &[ListRule]) -> Option<Vec<String>> {
    let own = ["bot@uapi.example.org".to_owned()];
    let found = recipients(&head(to), &[], rules, &own)?;
    let all = [found.to].into_iter().chain(found.cc);
    Some(all.map(|person| person.email).collect())
}

const NETDEV: &str = "netdev@vger.kernel.org";
const BPF: &str = "bpf@vger.kernel.org";

#[test]
fn nobody_is_written_to_unless_a_list_says_so() {
    assert_eq!(written(&[NETDEV], &[]), None);
    assert_eq!(written(&[NETDEV], &[rule(NETDEV, Write::None)]), None);
    assert_eq!(written(&[BPF], &[rule(NETDEV, Write::List)]), None);
    assert_eq!(written(&[], &[rule(NETDEV, Write::List)]), None);
    let text = "address: netdev@vger.kernel.org";
    let read: ListRule = serde_yaml::from_str(text).expect("the rest has defaults");
    assert_eq!(read.write, Write::None);
    assert!(serde_yaml::from_str::<ListRule>(&format!("{text}\nwirte: list")).is_err());
}

#[test]
fn the_list_that_wants_least_decides() {
    let rules = |a, b| [rule(NETDEV, a), rule(BPF, b)];
    let both = |a, b| written(&[NETDEV, BPF], &rules(a, b));
    let ann = "ann@example.org".to_owned();
    assert_eq!(both(Write::List, Write::None), None);
    assert_eq!(both(Write::List, Write::Author), Some(vec![ann.clone()]));
    let all = vec![ann.clone(), NETDEV.to_owned(), BPF.to_owned()];
    assert_eq!(both(Write::List, Write::List), Some(all));
    // A list that did not get it has no say, and is not written to.
    let one = written(
        &["NETDEV@vger.kernel.org"],
        &rules(Write::List, Write::None),
    );
    assert_eq!(one, Some(vec![ann, NETDEV.to_owned()]));
}

#[test]
fn a_list_is_known_by_its_id_and_by_the_other_mails() {
    let rules = [ListRule {
        list_id: Some("netdev.vger.kernel.org".into()),
        ..rule(NETDEV, Write::Author)
    }];
    let own = [];
    let came = Head {
        list_id: Some("Netdev.vger.kernel.org".into()),
        ..head(&[])
    };
    assert!(recipients(&came, &[], &rules, &own).is_some());
    let closed = [rule(NETDEV, Write::List), rule(BPF, Write::None)];
    let other = head(&[BPF]);
    assert_eq!(recipients(&head(&[NETDEV]), &[&other], &closed, &own), None);
    assert!(recipients(&head(&[NETDEV]), &[], &closed, &own).is_some());
}

#[test]
fn copies_go_to_people_who_asked_and_to_no_list_behind_its_back() {
    let with = |cc: &[&str]| ListRule {
        cc: cc.iter().map(|cc| (*cc).to_owned()).collect(),
        ..rule(NETDEV, Write::Author)
    };
    let rules = [
        with(&[
            "cy@example.org",
            BPF,
            LINUX_API,
            "bot@uapi.example.org",
            "ANN@example.org",
            "cy@example.org",
            "a\r\nb@c.d",
        ]),
        rule(BPF, Write::List),
    ];
    let expected = vec!["ann@example.org".to_owned(), "cy@example.org".to_owned()];
    assert_eq!(written(&[NETDEV], &rules), Some(expected));
}

#[test]
fn linux_api_is_written_to_only_where_the_author_did() {
    let rules = [rule(NETDEV, Write::List), rule(LINUX_API, Write::List)];
    let has = |to: &[&str]| {
        written(to, &rules)
            .expect("a list")
            .contains(&LINUX_API.to_owned())
    };
    assert!(!has(&[NETDEV]) && has(&[NETDEV, LINUX_API]));
    let wanted = [LINUX_API.to_owned()];
    assert_eq!(missing(&wanted, &[&head(&[NETDEV])]), [LINUX_API]);
    let other = head(&["Linux-API@vger.kernel.org"]);
    assert!(missing(&wanted, &[&head(&[NETDEV]), &other]).is_empty());
}

#[test]
fn whoever_can_not_be_written_to_is_not() {
    let own = ["ann@example.org".to_owned()];
    let rules = [rule(NETDEV, Write::List)];
    assert_eq!(recipients(&head(&[NETDEV]), &[], &rules, &own), None);
    for odd in [
        "ann",
        "@b.org",
        "a@",
        "a b@c.org",
        "\"a\"@b.org",
        "a@b@c",
        "a@b..c",
        "-f@b.org",
        "ä@b.org",
        "a@b.org\n",
    ] {
        assert!(!is_plain(odd), "{odd}");
    }
    for plain in ["a@b", "a.b+c@d-e.org", "o'neil_x@b.org"] {
        assert!(is_plain(plain), "{plain}");
    }
}
