//! The manifests of the three crates. They inherit nothing from a workspace, so that each crate works wherever it is put.

use std::collections::BTreeSet;

use super::docs;
use super::layout::Layout;
use super::operations::CALLBACKS;
use super::plan::{Content, File, Plan};

/// The oldest compiler that the emitted code is meant for.
const RUST_VERSION: &str = "1.88";

/// `types/Cargo.toml`.
pub(crate) fn types(plan: &Plan<'_>) -> File {
    let features: Vec<(String, Vec<String>)> = vec![
        // `serde::Serialize` and `Deserialize` for all types.
        ("serde".to_owned(), Vec::new()),
        ("client".to_owned(), Vec::new()),
        ("server".to_owned(), Vec::new()),
    ];
    let callbacks = (!plan.callbacks.is_empty()).then(|| (CALLBACKS.to_owned(), Vec::new()));
    let tags = tags(plan).into_iter().map(|tag| (tag, Vec::new()));
    let dependencies = vec![runtime(plan, &[])];
    file(plan, "types", "Types and operations", &["serde"], features.into_iter().chain(callbacks).chain(tags), &dependencies)
}

/// `client/Cargo.toml`.
pub(crate) fn client(plan: &Plan<'_>) -> File {
    let types = plan.crate_name("types");
    let features = vec![
        ("rustls".to_owned(), vec!["bothends-runtime/rustls".to_owned()]),
        ("native-tls".to_owned(), vec!["bothends-runtime/native-tls".to_owned()]),
        ("serde".to_owned(), vec![format!("{types}/serde")]),
    ];
    let receiver = half_of_callbacks(plan, "receiver", "server");
    let tags = tags(plan).into_iter().map(|tag| (tag.clone(), vec![format!("{types}/{tag}")]));
    let dependencies = vec![runtime(plan, &["client"]), dependency(&types, "client")];
    file(plan, "client", "A client", &["rustls"], features.into_iter().chain(receiver).chain(tags), &dependencies)
}

/// `server/Cargo.toml`.
pub(crate) fn server(plan: &Plan<'_>) -> File {
    let types = plan.crate_name("types");
    let mut features = vec![("serde".to_owned(), vec![format!("{types}/serde")])];
    if let Some(sender) = half_of_callbacks(plan, "sender", "client") {
        let tls = |name: &str| (name.to_owned(), vec!["sender".to_owned(), format!("bothends-runtime/{name}")]);
        features.extend([sender, tls("rustls"), tls("native-tls")]);
    }
    let tags = tags(plan).into_iter().map(|tag| (tag.clone(), vec![format!("{types}/{tag}")]));
    let dependencies = vec![runtime(plan, &["server"]), dependency(&types, "server")];
    file(plan, "server", "A server", &[], features.into_iter().chain(tags), &dependencies)
}

/// The feature of a crate with the other half of the runtime: its callbacks go the other way.
fn half_of_callbacks(plan: &Plan<'_>, name: &str, half: &str) -> Option<(String, Vec<String>)> {
    let types = plan.crate_name("types");
    let needs = vec![format!("bothends-runtime/{half}"), format!("{types}/{half}"), format!("{types}/{CALLBACKS}")];
    (!plan.callbacks.is_empty()).then(|| (name.to_owned(), needs))
}

fn tags(plan: &Plan<'_>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    plan.used_groups().map(|group| group.model.feature.clone()).filter(|tag| seen.insert(tag.clone())).collect()
}

fn runtime(plan: &Plan<'_>, features: &[&str]) -> String {
    let features = if features.is_empty() { String::new() } else { format!(", features = {}", list(features)) };
    // Modules have no manifest: this text is dropped there.
    let runtime = if let Layout::Crates { runtime } = plan.layout { runtime.as_str() } else { "" };
    format!("bothends-runtime = {{ {runtime}, default-features = false{features} }}")
}

fn dependency(types: &str, half: &str) -> String {
    format!("{types} = {{ path = \"../types\", default-features = false, features = {} }}", list(&[half]))
}

fn file(
    plan: &Plan<'_>,
    part: &str,
    what: &str,
    default: &[&str],
    features: impl Iterator<Item = (String, Vec<String>)>,
    dependencies: &[String],
) -> File {
    let title = docs::line(&plan.api.title);
    let description = if title.is_empty() { what.to_owned() } else { format!("{what} for {title}") };
    let mut default: Vec<String> = default.iter().map(|name| (*name).to_owned()).collect();
    default.extend(tags(plan));
    let features: String = features.map(|(name, needs)| format!("{} = {}\n", key(&name), list(&needs))).collect();
    let contents = format!(
        "# {marker}\n\n[package]\nname = {name}\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"{RUST_VERSION}\"\n\
         publish = false\ndescription = {description}\n\n[features]\ndefault = {default}\n{features}\n[dependencies]\n{dependencies}\n",
        marker = plan.marker(),
        name = text(&plan.crate_name(part)),
        description = text(&description),
        default = list(&default),
        dependencies = dependencies.join("\n"),
    );
    File { path: format!("{part}/Cargo.toml"), content: Content::Text(contents) }
}

/// A TOML key, quoted where it has to be.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { name.to_owned() } else { text(name) }
}

/// A TOML basic string. JSON's escapes are TOML's, and control characters are gone already.
fn text(value: &str) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A TOML list of strings, one a line where it is long.
fn list<T: AsRef<str>>(values: &[T]) -> String {
    let items: Vec<String> = values.iter().map(|value| text(value.as_ref())).collect();
    let line = format!("[{}]", items.join(", "));
    if line.len() <= 100 { line } else { format!("[\n    {},\n]", items.join(",\n    ")) }
}
