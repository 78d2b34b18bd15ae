//! Who must agree with a change of which file.

use super::*;
use crate::approve::{About, Evidence, Says};

const MAINTAINERS: &str = "\
DEMO
M:	Ann <ann@example.org>
M:	demo-group@example.org
R:	Rob <rob@example.org>
S:	Maintained
F:	include/uapi/linux/demo.h

ALL HEADERS
M:	Bob <bob@old.example.org>
M:	Cid <cid@example.org>
S:	Supported
F:	include/uapi/
X:	include/uapi/linux/alone.h
X:	include/uapi/linux/orphan.h
X:	include/uapi/linux/list.h

OLD
M:	Old <old@example.org>
S:	Orphan
F:	include/uapi/linux/orphan.h

LISTED
L:	list@example.org
S:	Maintained
F:	include/uapi/linux/list.h

THE REST
M:	Zoe <zoe@example.org>
S:	Buried alive in reporters
F:	*
F:	*/
";

struct World {
    maintainers: Maintainers,
    mailmap: Mailmap,
    policy: Policy,
    authors: Vec<Person>,
}

impl World {
    fn new(settings: &str) -> Self {
        let policy = Policy::embedded().with_settings("settings", settings.as_bytes());
        Self {
            maintainers: Maintainers::parse(MAINTAINERS.as_bytes(), &|_| false),
            mailmap: Mailmap::parse(b"Bob B <bob@example.org> <bob@old.example.org>\n"),
            policy: policy.expect("the settings are right"),
            authors: Vec::new(),
        }
    }

    fn by(mut self, author: &str) -> Self {
        self.authors.extend(Person::parse(author));
        self
    }

    fn ask(&self, paths: &[&str], said: &[Approval]) -> Vec<Standing> {
        let touched: Vec<Touched> = paths
            .iter()
            .map(|path| touched(path, Verdict::Ok))
            .collect();
        standings(&touched, &self.ground(), said)
    }

    fn ground(&self) -> Ground<'_> {
        Ground {
            maintainers: &self.maintainers,
            mailmap: &self.mailmap,
            policy: &self.policy,
            authors: Some(&self.authors),
        }
    }
}

fn touched(path: &str, verdict: Verdict) -> Touched {
    Touched {
        path: path.to_owned(),
        fingerprint: format!("finding in {path}"),
        verdict,
    }
}

/// Section, state and addresses, to compare at a glance.
fn lines(standings: &[Standing]) -> Vec<String> {
    let line = |standing: &Standing| {
        let who: Vec<&str> = standing.who.iter().map(|who| who.email.as_str()).collect();
        format!(
            "{} {:?} {}",
            standing.section,
            standing.state,
            who.join(",")
        )
    };
    standings.iter().map(line).collect()
}

const DEMO: &str = "include/uapi/linux/demo.h";

#[test]
fn each_section_with_a_maintainer_must_agree() {
    assert_eq!(
        lines(&World::new("").ask(&[DEMO], &[])),
        [
            "ALL HEADERS Missing bob@example.org,cid@example.org",
            "DEMO Missing ann@example.org",
        ]
    );
    let any = World::new("approvals: {require: any-section}").ask(&[DEMO], &[]);
    assert_eq!(
        lines(&any),
        ["DEMO / ALL HEADERS Missing ann@example.org,bob@example.org,cid@example.org"]
    );
    let deep = World::new("approvals: {min-depth-gap: 2}").ask(&[DEMO], &[]);
    assert_eq!(lines(&deep), ["DEMO Missing ann@example.org"]);
    let deeper = World::new("approvals: {min-depth-gap: 3}").ask(&[DEMO], &[]);
    assert_eq!(deeper.len(), 2);
}

#[test]
fn files_of_one_section_are_one_demand() {
    let found = World::new("").ask(&["include/uapi/linux/b.h", "include/uapi/linux/a.h"], &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].paths,
        ["include/uapi/linux/a.h", "include/uapi/linux/b.h"]
    );
    assert_eq!(found[0].fingerprints.len(), 2);
    assert_eq!(found[0].need, "one of its maintainers");
}

#[test]
fn a_file_without_owner_says_what_would_name_one() {
    let paths = ["alone", "orphan", "list"].map(|name| format!("include/uapi/linux/{name}.h"));
    let paths = [paths[0].as_str(), paths[1].as_str(), paths[2].as_str()];
    let found = World::new("").ask(&paths, &[]);
    assert_eq!(
        lines(&found),
        [
            " UnknownOwner ",
            "LISTED UnknownOwner ",
            "OLD UnknownOwner "
        ]
    );
    assert!(
        found[0].need.contains("`F: include/uapi/linux/alone.h`"),
        "{}",
        found[0].need
    );
    let settings =
        "approvals: {fallback: [{paths: [include/uapi/], who: [Fay <fay@example.org>]}]}";
    let found = World::new(settings).ask(&paths, &[]);
    assert_eq!(lines(&found), [" Missing fay@example.org"]);
    assert_eq!(
        found[0].paths,
        [
            "include/uapi/linux/alone.h",
            "include/uapi/linux/list.h",
            "include/uapi/linux/orphan.h"
        ]
    );
}

#[test]
fn only_the_verdicts_of_the_policy_need_agreement() {
    let world = World::new("approvals: {verdicts: [break]}");
    let ask = |verdict| standings(&[touched(DEMO, verdict)], &world.ground(), &[]).len();
    assert_eq!(
        (ask(Verdict::Ok), ask(Verdict::Review), ask(Verdict::Break)),
        (0, 0, 2)
    );
}

#[test]
fn nobody_agrees_with_a_change_of_his_own() {
    let world = World::new("").by("Robert <bob@old.example.org>");
    let found = world.ask(&["include/uapi/linux/a.h"], &[]);
    assert_eq!(lines(&found), ["ALL HEADERS Missing cid@example.org"]);
    // Where nobody is left, the people next to the section.
    let found = World::new("").by("Ann <ann@example.org>").ask(&[DEMO], &[]);
    assert_eq!(found[1].section, "DEMO");
    let who: Vec<&str> = found[1].who.iter().map(|who| who.email.as_str()).collect();
    assert_eq!(
        who,
        ["rob@example.org", "bob@example.org", "cid@example.org"]
    );
}

fn yes(email: &str, path: &str) -> Approval {
    Approval {
        when: 1,
        says: Says::Yes,
        evidence: Evidence::Review(email.to_owned()),
        who: Person::parse(email).expect("an address"),
        about: About::Finding(format!("finding in {path}")),
    }
}

/// The state of each demand once these agreed with the change of a file.
fn states(settings: &str, path: &str, emails: &[&str]) -> Vec<State> {
    let said: Vec<Approval> = emails.iter().map(|email| yes(email, path)).collect();
    let found = World::new(settings).ask(&[path], &said);
    found.iter().map(|standing| standing.state).collect()
}

#[test]
fn a_maintainer_of_each_section_agrees_or_of_any() {
    use State::{Missing, Satisfied};
    let each = |emails: &[&str]| states("", DEMO, emails);
    assert_eq!(each(&["ann@example.org"]), [Missing, Satisfied]);
    assert_eq!(
        each(&["bob@example.org", "cid@example.org"]),
        [Missing, Satisfied]
    );
    assert_eq!(
        each(&["ann@example.org", "cid@example.org"]),
        [Satisfied, Satisfied]
    );
    let any = |emails: &[&str]| states("approvals: {require: any-section}", DEMO, emails);
    assert_eq!(any(&["cid@example.org"]), [Satisfied]);
    assert_eq!(any(&["zoe@example.org"]), [Missing]);
    let deep = |emails: &[&str]| states("approvals: {min-depth-gap: 2}", DEMO, emails);
    assert_eq!(deep(&["ann@example.org"]), [Satisfied]);
    assert_eq!(deep(&["cid@example.org"]), [Missing]);
}

#[test]
fn reviewers_count_where_the_policy_says_so() {
    let counted = "approvals: {min-depth-gap: 2, reviewers-count: true}";
    assert_eq!(
        states(counted, DEMO, &["rob@example.org"]),
        [State::Satisfied]
    );
    let not = "approvals: {min-depth-gap: 2}";
    assert_eq!(states(not, DEMO, &["rob@example.org"]), [State::Missing]);
}

#[test]
fn a_list_alias_agrees_with_nothing_and_another_maintainer_stands_for_it() {
    let deep = |emails: &[&str]| states("approvals: {min-depth-gap: 2}", DEMO, emails);
    assert_eq!(deep(&["demo-group@example.org"]), [State::Missing]);
    assert_eq!(
        deep(&["demo-group@example.org", "ann@example.org"]),
        [State::Satisfied]
    );
    // A group that has a name is one where the policy says so.
    let named = "approvals: {min-depth-gap: 2, groups: [ANN@example.org]}";
    let found = World::new(named).ask(&[DEMO], &[]);
    assert_eq!(found[0].section, "ALL HEADERS", "DEMO has nobody else");
}

#[test]
fn those_of_the_fallback_agree_for_their_files_only() {
    let settings = "approvals: {fallback: [{paths: [include/uapi/linux/orphan.h], who: [Old <old@example.org>]}, \
                    {paths: [include/uapi/], who: [Fay <fay@example.org>]}]}";
    let orphan = |emails: &[&str]| states(settings, "include/uapi/linux/orphan.h", emails);
    assert_eq!(orphan(&["fay@example.org"]), [State::Missing]);
    assert_eq!(orphan(&["old@example.org"]), [State::Satisfied]);
    let list = |emails: &[&str]| states(settings, "include/uapi/linux/list.h", emails);
    assert_eq!(list(&["old@example.org"]), [State::Missing]);
    assert_eq!(list(&["fay@example.org"]), [State::Satisfied]);
    // Where a section has maintainers, nobody stands in for them.
    assert_eq!(
        states(settings, "include/uapi/linux/a.h", &["fay@example.org"]),
        [State::Missing]
    );
}

#[test]
fn k_of_all_together_must_agree() {
    let settings = "approvals: {require: k-of, k: 2}";
    assert_eq!(
        World::new(settings).ask(&[DEMO], &[])[0].need,
        "2 of these people"
    );
    let most = World::new("approvals: {require: k-of, k: 9}").ask(&[DEMO], &[]);
    let need = most.first().map(|standing| standing.need.as_str());
    assert_eq!(need, Some("4 of these people, for there are no 9"));
    let state = |emails: &[&str]| states(settings, DEMO, emails)[0];
    assert_eq!(state(&["ann@example.org"]), State::Missing);
    // One person with two addresses is one; who is not entitled is none.
    assert_eq!(
        state(&["bob@example.org", "bob@old.example.org"]),
        State::Missing
    );
    assert_eq!(
        state(&["ann@example.org", "zoe@example.org"]),
        State::Missing
    );
    assert_eq!(
        state(&["ann@example.org", "cid@example.org"]),
        State::Satisfied
    );
}
