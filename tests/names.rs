//! What is added to a document renames nothing that was there: unrelated schemas at the start and the end, an unrelated operation.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeSet;
use std::fs;

use bothends::generate::generate;
use bothends::model::TypeKind;
use bothends::source::Memory;
use bothends_tests::{config, fixture};

/// With a part of every kind that has a name of its own.
const SCHEMA: &str = "{type: object, properties: {zebra: {type: object, properties: {stripes: {type: integer}}}, \
                      herd: {type: array, items: {type: object, properties: {zebras: {type: integer}}}}, \
                      state: {type: string, enum: [grazing, galloping]}, either: {oneOf: [{type: string}, {type: boolean}, {type: integer}]}}}";

/// As an overlay adds it, behind everything that is there.
fn overlay(name: &str) -> String {
    format!(
        "overlay: 1.0.0\ninfo: {{title: o, version: '1'}}\nactions:\n\
         - target: $.components.schemas\n  update: {{{name}: {SCHEMA}}}\n\
         - target: $.paths\n  update: {{/{name}: {{post: {{tags: [{name}], operationId: send{name}, \
         requestBody: {{content: {{application/json: {{schema: {SCHEMA}}}}}}}, \
         responses: {{'200': {{description: o, content: {{application/json: {{schema: {SCHEMA}}}}}}}}}}}}}}}\n"
    )
}

/// Every name that a user of the crates may write.
fn names(document: &str, text: &str, overlay: Option<String>) -> BTreeSet<String> {
    let mut config = config(document);
    let mut sources = Memory::new().with(document, text);
    if let Some(overlay) = overlay {
        sources = sources.with("overlay.yaml", overlay);
        config.overlays.push("overlay.yaml".into());
    }
    let outcome = generate(&sources, &config);
    let api = outcome.api.unwrap();
    let mut names = BTreeSet::new();
    for def in &api.types {
        names.insert(def.name.clone());
        match &def.kind {
            TypeKind::Struct(object) => names.extend(object.fields.iter().map(|field| format!("{}.{}", def.name, field.name))),
            TypeKind::Union(union) => names.extend(union.arms.iter().map(|arm| format!("{}::{}", def.name, arm.name))),
            TypeKind::Enum(_) | TypeKind::Alias(_) | TypeKind::Newtype(_) => {}
        }
    }
    for (_, operation) in api.exchanges() {
        names.extend([operation.type_name.clone(), operation.response_name.clone(), format!("{}()", operation.method_name)]);
        names.extend(operation.parameters.iter().map(|parameter| format!("{}.{}", operation.type_name, parameter.name)));
    }
    names.extend(api.groups.iter().flat_map(|group| [group.module.clone(), group.trait_name.clone(), group.feature.clone()]));
    names
}

#[test]
fn what_is_added_renames_nothing() {
    let mut tried = 0;
    for name in ["callbacks", "corners", "everything", "form", "headers", "media", "modern", "streams", "types", "unions", "xml"] {
        let document = format!("{name}.yaml");
        let text = fs::read_to_string(fixture(&document)).unwrap();
        let before = names(&document, &text, None);
        let (start, schemas) = ("\n  schemas:\n", text.matches("\n  schemas:\n").count());
        assert_eq!(schemas, 1, "{name}: the place where schemas begin");
        let early = text.replacen(start, &format!("{start}    Antelope: {SCHEMA}\n"), 1);
        for (what, text, overlay) in [
            ("first", early.as_str(), None),
            ("last", text.as_str(), Some(overlay("Zebra"))),
            ("both", early.as_str(), Some(overlay("Aardvark"))),
        ] {
            let after = names(&document, text, overlay);
            let lost: Vec<&String> = before.difference(&after).collect();
            assert!(lost.is_empty() && after.len() > before.len(), "{name}, {what}: {lost:?}");
            tried += 1;
        }
    }
    assert_eq!(tried, 33);
}
