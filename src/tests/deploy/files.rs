//! The form of the files, and that they say what the program knows.

use super::place;
use crate::support::program;
use serde_yaml::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// What /metrics exports; the base names of histograms.
const METRICS: [&str; 7] = [
    "uapi_check_jobs_due",
    "uapi_check_job_oldest_seconds",
    "uapi_check_outbox",
    "uapi_check_deliveries_total",
    "uapi_check_runs_total",
    "uapi_check_http_requests_total",
    "uapi_check_http_request_seconds",
];

fn text(name: &str) -> String {
    std::fs::read_to_string(place(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Words that begin with `uapi_check_`, the endings of a histogram taken off.
fn metrics(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = words.filter(|word| word.starts_with("uapi_check_"));
    named
        .map(|name| name.trim_end_matches("_bucket").to_owned())
        .collect()
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

#[test]
fn containers_run_without_rights() {
    let compose = yaml("compose.yaml");
    for service in ["serve", "worker"] {
        let service = compose["services"].get(service).expect("the service");
        // Merge keys are the reader's business: `<<` stands there as it is written.
        let merged = service.get("<<").unwrap_or(service);
        assert_eq!(merged["read_only"], true);
        assert_eq!(merged["cap_drop"][0], "ALL");
        for secret in merged["secrets"].as_sequence().expect("secrets") {
            assert!(compose["secrets"].get(secret).is_some(), "{secret:?}");
        }
    }
    let file = text("Containerfile");
    let last = file.rfind("\nFROM ").expect("a stage");
    let mut users = file[last..]
        .lines()
        .filter(|line| line.starts_with("USER "));
    assert_eq!(users.next_back(), Some("USER 10001:10001"));
    for line in file
        .lines()
        .filter(|line| line.starts_with("COPY ") && !line.contains("--from"))
    {
        for name in line.split_whitespace().skip(1).filter(|name| *name != "./") {
            let there = Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists();
            assert!(there, "{name}");
        }
    }
}

#[test]
fn units_are_well_formed_and_hardened() {
    let names = [
        "uapi-check.service",
        "uapi-check-worker@.service",
        "uapi-check-follow.service",
    ];
    for name in names {
        let unit = text(&format!("systemd/{name}"));
        for line in [
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "DynamicUser=yes",
            "CapabilityBoundingSet=",
        ] {
            assert!(unit.lines().any(|other| other == line), "{name}: {line}");
        }
        // The readers' own sandbox needs these.
        assert!(unit.contains("seccomp landlock_create_ruleset"), "{name}");
    }
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else {
        println!("no systemd-analyze here: the units were not verified");
        return;
    };
    assert!(version.status.success());
    // The program need not be installed where the test runs.
    let scratch = tempfile::tempdir().expect("a place");
    for name in names {
        let unit =
            text(&format!("systemd/{name}")).replace("/usr/local/bin/uapi-check", "/bin/true");
        let path = scratch.path().join(name.replace("@.", "@1."));
        std::fs::write(&path, unit).expect("written");
        let verified = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(&path)
            .output();
        let verified = verified.expect("systemd-analyze runs");
        let said = String::from_utf8_lossy(&verified.stderr);
        let own: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("uapi-check"))
            .collect();
        assert!(own.is_empty(), "{name}: {own:?}");
    }
}

#[test]
fn alerts_and_dashboard_ask_for_metrics_that_there_are() {
    let known: BTreeSet<String> = METRICS.iter().map(|name| (*name).to_owned()).collect();
    let alerts = yaml("monitoring/alerts.yaml");
    let mut asked = BTreeSet::new();
    let mut rules = 0;
    for rule in alerts["groups"][0]["rules"].as_sequence().expect("rules") {
        for key in ["alert", "expr", "labels", "annotations"] {
            assert!(rule.get(key).is_some(), "{key}: {rule:?}");
        }
        asked.extend(metrics(rule["expr"].as_str().expect("an expression")));
        rules += 1;
    }
    assert!(rules > 3);
    let dashboard: serde_json::Value =
        serde_json::from_str(&text("monitoring/dashboard.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let queries = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().expect("targets"));
    for query in queries {
        asked.extend(metrics(query["expr"].as_str().expect("an expression")));
    }
    assert_eq!(asked, known);
}

#[test]
fn the_guide_names_every_file() {
    let guide = text("README.md");
    for name in [
        "Containerfile",
        "compose.yaml",
        "config.example.yaml",
        "follow.example.yaml",
        "action/",
        "systemd/",
        "hooks/pre-push",
        "monitoring/",
    ] {
        assert!(guide.contains(name), "{name}");
    }
}
