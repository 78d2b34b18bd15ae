//! GitHub's own description of its API: what may be asked, what has to be in a request, and what an answer looks like.
//!
//! `deploy/dev/setup.sh test` brings it (the npm package @octokit/openapi, made from GitHub's rest-api-description).

use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

const PLACE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/target/npm/@octokit/openapi/generated/api.github.com.json"
);
/// References that are followed within one schema at most.
const DEPTH: usize = 24;

/// The description, read once.
pub struct Description {
    document: Value,
    bodies: Mutex<HashMap<String, Option<Arc<jsonschema::Validator>>>>,
}

/// GitHub's description of its API.
pub fn description() -> &'static Description {
    static READ: OnceLock<Description> = OnceLock::new();
    READ.get_or_init(|| {
        let text = std::fs::read(PLACE).unwrap_or_else(|error| {
            panic!("{PLACE}: {error}; run `deploy/dev/setup.sh test`, which brings it")
        });
        Description {
            document: serde_json::from_slice(&text).expect("the description is JSON"),
            bodies: Mutex::default(),
        }
    })
}

impl Description {
    fn operation(&self, method: &str, template: &str) -> &Value {
        let operation = &self.document["paths"][template][method.to_lowercase()];
        assert!(
            operation.is_object(),
            "GitHub describes no {method} {template}"
        );
        operation
    }

    /// What is wrong with a request, by its query and its body.
    pub fn wrong(
        &self,
        method: &str,
        template: &str,
        query: &[String],
        body: &Value,
    ) -> Vec<String> {
        let operation = self.operation(method, template);
        let listed = operation["parameters"].as_array().into_iter().flatten();
        let listed: Vec<Value> = listed.map(|it| self.whole(it, 0)).collect();
        let known = |name: &String| {
            let same = |it: &Value| it["in"] == "query" && it["name"] == name.as_str();
            listed.iter().any(same)
        };
        let mut wrong: Vec<String> = query.iter().filter(|name| !known(name)).cloned().collect();
        match self.body(method, template) {
            Some(schema) => wrong.extend(schema.iter_errors(body).map(|error| error.to_string())),
            None if body.is_null() => {}
            None => wrong.push("a body where none is taken".to_owned()),
        }
        wrong
    }

    fn body(&self, method: &str, template: &str) -> Option<Arc<jsonschema::Validator>> {
        let mut bodies = self.bodies.lock().expect("no schema panicked");
        let made = bodies
            .entry(format!("{method} {template}"))
            .or_insert_with(|| {
                let body = self.whole(&self.operation(method, template)["requestBody"], 0);
                let schema = &body["content"]["application/json"]["schema"];
                let validator = || jsonschema::validator_for(schema).expect("the schema is one");
                schema.is_object().then(|| Arc::new(validator()))
            });
        made.clone()
    }

    /// The example that GitHub gives of an answer.
    pub fn example(&self, method: &str, template: &str, status: u16) -> Value {
        let answers = &self.operation(method, template)["responses"];
        let answer = self.whole(
            &answers[status.to_string()]["content"]["application/json"]["examples"],
            0,
        );
        let first = answer.as_object().and_then(|all| all.values().next());
        let example = first.map(|first| first["value"].clone());
        example
            .unwrap_or_else(|| panic!("GitHub gives no example for {method} {template} {status}"))
    }

    /// What is wrong with an answer.
    pub fn wrong_answer(
        &self,
        method: &str,
        template: &str,
        status: u16,
        answer: &Value,
    ) -> Vec<String> {
        let answers = &self.operation(method, template)["responses"];
        let schema = &answers[status.to_string()]["content"]["application/json"]["schema"];
        let schema = self.whole(schema, 0);
        let validator = jsonschema::validator_for(&schema).expect("the schema is one");
        validator
            .iter_errors(answer)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }

    /// A schema with what it refers to in it, and with `nullable` of OpenAPI 3.0 as JSON Schema has it.
    fn whole(&self, value: &Value, depth: usize) -> Value {
        match value {
            Value::Object(fields) => match fields.get("$ref").and_then(Value::as_str) {
                Some(_) if depth > DEPTH => json!({}),
                Some(reference) => {
                    let place = reference.trim_start_matches('#');
                    let target = self
                        .document
                        .pointer(place)
                        .expect("the reference leads somewhere");
                    self.whole(target, depth + 1)
                }
                None => {
                    let each = fields
                        .iter()
                        .map(|(name, it)| (name.clone(), self.whole(it, depth + 1)));
                    nullable(each.collect())
                }
            },
            Value::Array(all) => all.iter().map(|it| self.whole(it, depth + 1)).collect(),
            plain => plain.clone(),
        }
    }
}

fn nullable(fields: Map<String, Value>) -> Value {
    if fields.get("nullable") != Some(&Value::Bool(true)) {
        return Value::Object(fields);
    }
    json!({"anyOf": [{"type": "null"}, fields]})
}
