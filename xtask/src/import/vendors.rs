//! The vendors' own documents, imported: they then say the same as ours. They are not here; `BOTHENDS_SHARED` names the folder.

use std::fs;
use std::path::{Path, PathBuf};

use bothends::config;
use bothends::emit::{Options, Parts};
use bothends::generate::{Config, analyse};
use bothends::source::{Disk, Limits, SourceMap};
use serde_json::{Value, json};

use super::shapes::{differences, differences_of_types, resolved};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The vendors' documents, if they are there.
fn upstream() -> Option<PathBuf> {
    let shared = std::env::var_os("BOTHENDS_SHARED");
    if shared.is_none() {
        eprintln!("skipped: BOTHENDS_SHARED is not set, and the vendors' documents are not part of the repository");
    }
    shared.map(|shared| root().join(shared).join("upstream"))
}

/// The normalised document of an API's folder.
fn document(folder: &Path) -> Value {
    let settings = config::load(&Disk, &mut SourceMap::default(), &folder.join("bothends.toml")).unwrap();
    let outcome = analyse(&Disk, &Config::from_settings(&settings, folder, Options::modules(Parts::default())));
    assert!(!outcome.diagnostics.has_errors());
    let strangers: Vec<&str> = outcome
        .diagnostics
        .iter()
        .filter(|found| found.code.as_str().starts_with("overlay/"))
        .map(|found| found.message.as_str())
        .collect();
    assert!(strangers.is_empty(), "{strangers:#?}");
    outcome.tree.unwrap()
}

/// Ours, and the vendor's as imported into a repository that has ours.
fn both(api: &str, vendors: &Path) -> (Value, Value) {
    let ours = root().join("specs").join(api);
    let fresh = tempfile::tempdir().unwrap();
    let folder = fresh.path().join("specs").join(api);
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(&ours).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
    super::run(fresh.path(), api, &[vendors.to_owned()]).unwrap();
    (document(&ours), document(&folder))
}

/// What stands at a place, references followed.
fn at<'a>(tree: &'a Value, path: &str) -> &'a Value {
    path.split(' ').fold(tree, |value, step| {
        let value = resolved(tree, value);
        let index = step.parse::<usize>().ok().filter(|_| value.is_array());
        resolved(tree, index.map_or_else(|| &value[step], |index| &value[index]))
    })
}

#[test]
fn mattermosts_document_says_what_ours_do_once_it_is_imported() {
    let Some(upstream) = upstream() else { return };
    let (ours, theirs) = both("mattermost", &upstream.join("mattermost.yaml"));
    let json = "content application/json schema";
    let reset = at(&theirs, &format!("paths /api/v4/users/password/reset post requestBody {json}"));
    assert_eq!((&reset["properties"]["token"]["type"], &reset["properties"]["code"]), (&json!("string"), &Value::Null));
    let reactions = at(&theirs, &format!("paths /api/v4/posts/{{post_id}}/reactions get responses 200 {json}"));
    assert_eq!((&reactions["type"], &reactions["nullable"]), (&json!("array"), &json!(true)));
    let token =
        at(&theirs, &format!("paths /api/v4/hooks/outgoing/{{hook_id}}/regen_token post responses 200 {json} properties token type"));
    assert_eq!(token, "string");
    let found = differences(&ours, &theirs);
    assert!(found.is_empty(), "{}: {found:#?}", found.len());
}

#[test]
fn rocketchats_documents_say_what_ours_do_once_they_are_imported() {
    let Some(upstream) = upstream() else { return };
    let (ours, theirs) = both("rocketchat", &upstream.join("rocketchat"));
    let json = "content application/json schema";
    let message = at(&theirs, &format!("paths /api/v1/chat.getMessage get responses 200 {json} properties message"));
    assert_eq!(at(&theirs, "components schemas Message"), message);
    assert_eq!(message["properties"]["starred"]["type"], "array");
    assert!(theirs["paths"]["/api/v1/im.list"].is_object() && theirs["paths"]["/api/info"].is_object());
    assert_eq!(theirs["paths"]["/api/v1/login"]["post"]["security"], json!([]));
    let found = differences(&ours, &theirs);
    assert!(found.is_empty(), "{}: {found:#?}", found.len());
}

/// Whoever corrects ours has to correct what goes with an import as well.
#[test]
fn the_types_of_the_overlays_are_ours() {
    for api in ["mattermost", "rocketchat"] {
        let folder = root().join("specs").join(api);
        let ours = document(&folder);
        let overlay = SourceMap::default().load(&Disk, &folder.join("import-types.yaml"), Limits::default()).unwrap().value;
        let actions = overlay["actions"].as_array().unwrap().iter();
        let fresh: Vec<&Value> = actions.map(|action| &action["update"]["schemas"]).filter(|schemas| schemas.is_object()).collect();
        let mut theirs = ours.clone();
        let mut names = Vec::new();
        for (name, schema) in fresh.into_iter().filter_map(Value::as_object).flatten() {
            names.push(name.clone());
            theirs["components"]["schemas"][name] = schema.clone();
        }
        assert!(names.len() > 100, "{api}: {}", names.len());
        let found = differences_of_types(&ours, &theirs, &names);
        assert!(found.is_empty(), "{api}: {found:#?}");
    }
}

/// The comparison itself, so that what it does not find is not there.
#[test]
fn shapes_tell_apart_what_is_another_type() {
    let document = |schema: Value| {
        json!({ "paths": { "/a": { "get": { "parameters": [{ "in": "query", "name": "q", "schema": { "type": "string" } }],
            "responses": { "200": { "content": { "application/json": { "schema": schema } } } } } } },
            "components": { "schemas": { "A": { "type": "object", "properties": { "a": { "$ref": "#/components/schemas/A" } } } } } })
    };
    let object = |properties: Value| document(json!({ "type": "object", "properties": properties }));
    for (ours, theirs, expected) in [
        (object(json!({ "a": { "type": "string" } })), object(json!({ "a": { "type": "string", "description": "A." } })), None),
        (object(json!({ "a": { "$ref": "#/components/schemas/A" } })), document(json!({ "$ref": "#/components/schemas/A" })), None),
        (document(json!({ "type": "object" })), document(json!({ "type": "object", "additionalProperties": {} })), None),
        (document(json!({ "type": "array" })), document(json!({ "type": "array", "items": {} })), None),
        (object(json!({ "a": {} })), object(json!({})), Some("get /a 200 application/json.a is only in ours")),
        (object(json!({ "a": { "type": "string" } })), object(json!({ "a": { "type": "integer" } })), Some("json.a: ours")),
        (document(json!({ "type": "string" })), document(json!({ "type": "string", "nullable": true })), Some("nullable")),
        (document(json!({ "enum": ["a"] })), document(json!({ "enum": ["a", "b"] })), Some("enum")),
        (document(json!({ "type": "array", "items": { "type": "string" } })), document(json!({ "type": "array" })), Some("json[]: ours")),
        (document(json!({})), json!({ "paths": {} }), Some("get /a is only in ours")),
    ] {
        let found = differences(&ours, &theirs);
        assert_eq!(found.len(), usize::from(expected.is_some()), "{found:?}");
        assert!(expected.is_none_or(|expected| found[0].contains(expected)), "{found:?}");
    }
}
