//! The form of the files, and that they say what the program knows.

use super::place;
use crate::support::program;
use serde_yaml::Value;
use std::collections::BTreeSet;
use std::process::Command;

fn text(name: &str) -> String {
    std::fs::read_to_string(place(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What the program says of its options.
fn help(command: &str) -> String {
    let output = program()
        .args([command, "--help"])
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{command}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Options that a script gives the program, in lines that name it.
fn options(text: &str) -> BTreeSet<String> {
    let words = text
        .split_whitespace()
        .filter(|word| word.starts_with("--"));
    let names = words.map(|word| {
        let end = |c: char| !c.is_ascii_lowercase() && c != '-';
        word.split(end).next().unwrap_or_default().to_owned()
    });
    names.filter(|name| name.len() > 2).collect()
}

#[test]
fn the_action_has_what_github_asks_for_and_puts_no_input_into_a_script() {
    let action = yaml("action/action.yml");
    for key in ["name", "description", "runs"] {
        assert!(action.get(key).is_some(), "{key}");
    }
    assert_eq!(action["runs"]["using"], "composite");
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    let mut given = BTreeSet::new();
    for step in steps {
        let Some(script) = step.get("run") else {
            continue;
        };
        let script = script.as_str().expect("a script");
        assert!(
            !script.contains("${{"),
            "what an event says must not become code: {script}"
        );
        assert_eq!(step["shell"], "bash");
        let env = step.get("env").and_then(Value::as_mapping);
        given.extend(
            env.into_iter()
                .flatten()
                .filter_map(|(name, _)| name.as_str()),
        );
    }
    let script = text("action/check.sh");
    for name in given {
        assert!(script.contains(&format!("${name}")), "{name} is not used");
    }
    for input in action["inputs"].as_mapping().expect("inputs").keys() {
        let used = format!("inputs.{}", input.as_str().expect("a name"));
        assert!(text("action/action.yml").contains(&used), "{used}");
    }
    let workflow = yaml("action/workflow.example.yml");
    let steps = &workflow["jobs"]["check"]["steps"];
    let with = steps[0]["with"].as_mapping().expect("inputs");
    for name in with.keys() {
        assert!(action["inputs"].get(name).is_some(), "{name:?} is no input");
    }
}

#[test]
fn scripts_are_well_formed_and_use_options_that_exist() {
    for (shell, name) in [("bash", "action/check.sh"), ("sh", "hooks/pre-push")] {
        let checked = Command::new(shell)
            .arg("-n")
            .arg(place(name))
            .output()
            .expect("a shell");
        assert!(checked.status.success(), "{name}: {checked:?}");
    }
    let help = help("check");
    let script = text("action/check.sh");
    let (_, checks) = script.split_once("check() {").expect("the function");
    let hook = text("hooks/pre-push");
    let line = hook
        .lines()
        .find(|line| line.contains("\"$program\" --"))
        .expect("the call");
    let used: BTreeSet<String> = options(checks).union(&options(line)).cloned().collect();
    assert!(
        used.contains("--format") && used.contains("--fail-on"),
        "{used:?}"
    );
    for option in used {
        assert!(help.contains(&option), "{option}");
    }
    assert!(!help.contains("--no-such-option"));
}
