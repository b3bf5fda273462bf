//! Names from a configuration: they are taken, they rename nothing else, and one that cannot be had is a fault with its place.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use bothends::config;
use bothends::diagnostic::render_human;
use bothends::emit::{self, Parts};
use bothends::generate::{Config, Outcome, generate};
use bothends::model::{Api, EnumValues, TypeKind};
use bothends::source::{Memory, SourceMap};

const DOCUMENT: &str = r##"
openapi: 3.1.0
info: { title: Lamps, version: "1" }
tags: [{ name: Lamp things }]
paths:
  /lamps/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getLampById
      tags: [Lamp things]
      security: [{ ApiKeyAuth: [] }]
      parameters: [{ name: verbose, in: query, schema: { type: boolean } }]
      responses: { "200": { description: Fine, content: { application/json: { schema: { $ref: "#/components/schemas/LampDTO" } } } } }
    delete:
      operationId: switch
      responses: { "204": { description: Gone } }
      callbacks:
        gone: { "{$request.query.url}": { post: { requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Shade" } } } }, responses: { "204": { description: Fine } } } } }
components:
  schemas:
    LampDTO:
      type: object
      required: [kind, id]
      properties:
        id: { type: string, readOnly: true }
        kind: { type: string, enum: [a, b, c] }
        made-by: { type: object, properties: { name: { type: string } } }
        shade: { oneOf: [{ $ref: "#/components/schemas/Shade" }, { type: string }] }
        size: { type: integer, enum: [1, 2] }
    Shade: { type: object, properties: { colour: { type: string }, label: { type: string } } }
    Inherits: { allOf: [{ $ref: "#/components/schemas/Shade" }, { type: object, properties: { more: { type: string } } }] }
  securitySchemes:
    ApiKeyAuth: { type: apiKey, in: header, name: X-Key }
"##;

fn renamed(lines: &str) -> Outcome {
    let text = format!("documents = [\"lamps.yaml\"]\n[rename]\n{lines}");
    let sources = Memory::new().with("lamps.yaml", DOCUMENT).with("bothends.toml", text);
    let settings = config::load(&sources, &mut SourceMap::default(), "bothends.toml".as_ref()).unwrap();
    let emit = emit::Options::crates(Parts::default(), "path = \"../runtime\"");
    generate(&sources, &Config::from_settings(&settings, "".as_ref(), emit))
}

/// Every name of the model, each behind what it belongs to.
fn names(api: &Api) -> Vec<String> {
    let mut names = Vec::new();
    for def in &api.types {
        names.push(def.name.clone());
        match &def.kind {
            TypeKind::Struct(object) => names.extend(object.fields.iter().map(|field| format!("{}.{}", def.name, field.name))),
            TypeKind::Union(union) => names.extend(union.arms.iter().map(|arm| format!("{}::{}", def.name, arm.name))),
            TypeKind::Enum(values) => match &values.values {
                EnumValues::Strings(variants) => names.extend(variants.iter().map(|variant| format!("{}::{}", def.name, variant.name))),
                EnumValues::Numbers(variants) => names.extend(variants.iter().map(|variant| format!("{}::{}", def.name, variant.name))),
                EnumValues::Integers(variants) => names.extend(variants.iter().map(|variant| format!("{}::{}", def.name, variant.name))),
            },
            TypeKind::Alias(_) | TypeKind::Newtype(_) => {}
        }
    }
    for (_, operation) in api.exchanges() {
        names.extend([operation.type_name.clone(), operation.response_name.clone(), format!("{}()", operation.method_name)]);
        names.extend(operation.parameters.iter().map(|parameter| format!("{}.{}", operation.type_name, parameter.name)));
    }
    names.extend(api.groups.iter().flat_map(|group| [group.module.clone(), group.trait_name.clone(), group.feature.clone()]));
    names.extend(api.security_schemes.iter().map(|scheme| scheme.name.clone()));
    names
}

#[test]
fn a_name_is_taken_and_what_is_made_from_it_follows() {
    let before = names(renamed("").api.as_ref().unwrap());
    for (line, gone, new) in [
        (
            r#""/components/schemas/LampDTO" = "Lamp""#,
            &["LampDto", "LampDto.kind", "LampDtoKind", "LampDtoKind::A", "LampDtoMadeBy", "LampDtoShade"][..],
            &["Lamp", "Lamp.kind", "LampKind", "LampKind::A", "LampMadeBy", "LampShade"][..],
        ),
        (r#""/components/schemas/LampDTO/properties/made-by" = "maker""#, &["LampDto.made_by"], &["LampDto.maker"]),
        (r#""/components/schemas/LampDTO/properties/made-by" = "Maker""#, &["LampDtoMadeBy"], &["Maker"]),
        (r#""/components/schemas/LampDTO/properties/kind/enum/1" = "Bright""#, &["LampDtoKind::B"], &["LampDtoKind::Bright"]),
        (r#""/components/schemas/LampDTO/properties/size/enum/0" = "Small""#, &["LampDtoSize::N1"], &["LampDtoSize::Small"]),
        (r#""/components/schemas/LampDTO/properties/shade/oneOf/1" = "Text""#, &["LampDtoShade::String"], &["LampDtoShade::Text"]),
        (r#""/components/schemas/Shade/properties/colour" = "hue""#, &["Shade.colour", "Inherits.colour"], &["Shade.hue", "Inherits.hue"]),
        (
            r#""/paths/~1lamps~1{id}/get" = "lamp""#,
            &["GetLampById", "GetLampByIdResponse", "get_lamp_by_id()", "GetLampById.id"],
            &["Lamp", "LampResponse", "lamp()", "Lamp.id"],
        ),
        (r#""/paths/~1lamps~1{id}/get/parameters/0" = "wordy""#, &["GetLampById.verbose"], &["GetLampById.wordy"]),
        (r#""/paths/~1lamps~1{id}/parameters/0" = "lamp""#, &["GetLampById.id", "Switch.id"], &["GetLampById.lamp", "Switch.lamp"]),
        (
            r#""/paths/~1lamps~1{id}/delete/callbacks/gone/{$request.query.url}/post" = "LampGone""#,
            &["Gone", "GoneResponse", "gone()"],
            &["LampGone", "LampGoneResponse", "lamp_gone()"],
        ),
        (r#""/tags/0" = "lamps""#, &["lamp_things", "LampThingsApi", "tag-lamp-things"], &["lamps", "LampsApi", "tag-lamps"]),
        (r#""lamps.yaml#/components/securitySchemes/ApiKeyAuth" = "key""#, &["api_key_auth"], &["key"]),
        (r#""/components/schemas/Shade/properties/label" = "type""#, &["Shade.label", "Inherits.label"], &["Shade.type", "Inherits.type"]),
    ] {
        let outcome = renamed(line);
        assert!(!outcome.diagnostics.has_errors() && !outcome.files.is_empty(), "{line}: {}", said(&outcome));
        let after = names(outcome.api.as_ref().unwrap());
        for name in gone {
            assert!(
                before.contains(&(*name).to_owned()) && !after.contains(&(*name).to_owned()),
                "{line}: {name} of {before:?}, {after:?}"
            );
        }
        for name in new {
            assert!(after.contains(&(*name).to_owned()), "{line}: {name} of {after:?}");
        }
        // Nothing else has another name than before.
        let strange = |all: &[String], other: &[String], known: &[&str]| -> Vec<String> {
            let changed = all.iter().filter(|name| !other.contains(name));
            changed.filter(|name| !known.iter().any(|known| name.starts_with(known))).cloned().collect()
        };
        assert_eq!((strange(&before, &after, gone), strange(&after, &before, new)), (Vec::new(), Vec::new()), "{line}");
        assert_eq!(after.len(), before.len(), "{line}");
    }
}

fn said(outcome: &Outcome) -> String {
    render_human(&outcome.diagnostics, &outcome.sources)
}

#[test]
fn a_name_that_cannot_be_had_is_a_fault_at_its_place() {
    for (line, message) in [
        (r#""/components/schemas/Lamp" = "X""#, "`/components/schemas/Lamp` points to nothing"),
        (r#""other.yaml#/components/schemas/Shade" = "X""#, "points to nothing"),
        (r#""components/schemas/Shade" = "X""#, "points to nothing"),
        (r#""/components/schemas/Shade" = "two words""#, "`two words` cannot be a name in Rust: it is no identifier"),
        (r#""/components/schemas/Shade" = "2D""#, "it is no identifier"),
        (r#""/components/schemas/Shade" = """#, "it is no identifier"),
        (r#""/components/schemas/Shade" = "Self""#, "it would hide what is in scope"),
        (r#""/components/schemas/Shade" = "Option""#, "it would hide what is in scope"),
        (r#""/components/schemas/Shade/properties/label" = "self""#, "the language has it for itself"),
        (r#""/components/schemas/Shade" = "shade""#, "nothing at `/components/schemas/Shade` can be called `shade`"),
        (r#""/components/schemas/Shade/properties/label" = "Label""#, "nothing at"),
        (r#""/info/title" = "Title""#, "nothing at `/info/title` can be called `Title`"),
        (r#""/components/schemas/Shade" = "LampDto""#, "`LampDto` is the name of something else already"),
        (r#""/components/schemas/Shade" = "Switch""#, "`Switch` is the name of something else already"),
        (r#""/paths/~1lamps~1{id}/get" = "switch""#, "`switch` is the name of something else already"),
        (r#""/components/schemas/Shade/properties/label" = "colour""#, "`colour` is the name of something else already"),
        (r#""/components/schemas/LampDTO/properties/kind/enum/1" = "C""#, "`C` is the name of something else already"),
        // names that are made beside the document's
        (r#""/components/schemas/LampDTO/properties/kind/enum/1" = "Other""#, "`Other` is the name of something else already"),
        (r#""/components/schemas/LampDTO/properties/shade/oneOf/0" = "Other""#, "`Other` is the name of something else already"),
        (r#""/tags/0" = "types""#, "`types` is the name of something else already"),
        ("\"/components/schemas/Inherits\" = \"X\"\n\"/components/schemas/Shade\" = \"X\"", "`X` is the name of something else already"),
    ] {
        let outcome = renamed(line);
        let text = said(&outcome);
        assert!(text.contains(message) && text.contains("config/rename") && text.contains("bothends.toml:"), "{line}: {text}");
        assert_eq!(outcome.files, [], "{line}");
    }
}
