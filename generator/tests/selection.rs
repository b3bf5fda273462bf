//! Selections: what stays is what it is in the whole, what goes is counted by name, and a selector of nothing is a fault.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use bothends::config::{Selection, Selector};
use bothends::emit::{self, Parts};
use bothends::generate::{Config, Counts, Outcome, generate};
use bothends::source::Memory;

/// Names here depend on their neighbours: two operationIds are one method, a schema is called like an operation, one inline
/// shape stands in two operations.
const DOCUMENT: &str = r##"
openapi: 3.0.3
info: { title: Lamps, version: "1" }
security: [{ key: [] }]
paths:
  /lamps:
    get:
      operationId: list-lamps
      tags: [lamps]
      parameters: [{ $ref: "#/components/parameters/Unit" }]
      responses: { "200": { description: Fine, content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Lamp" } } } } } }
    post:
      operationId: list_lamps
      tags: [lamps, admin]
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Lamp" } } } }
      responses: { "204": { description: Fine } }
      callbacks:
        lit:
          "{$request.body#/url}": { post: { operationId: lit, requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Event" } } } }, responses: { "204": { description: Fine } } } }
  /lamps/{id}:
    get:
      operationId: Lamp
      tags: [lamps]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: Fine, content: { application/json: { schema: { type: object, required: [place], properties: { place: { type: object, properties: { room: { type: string } } } } } } } } }
  /rooms/{id}/place:
    get:
      operationId: roomPlace
      tags: [rooms]
      security: [{ token: [] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: Fine, content: { application/json: { schema: { type: object, properties: { place: { type: object, properties: { room: { type: string } } }, door: { type: string, example: 5 } } } } } } }
components:
  parameters:
    Unit: { name: X-Unit, in: header, schema: { $ref: "#/components/schemas/Unit" } }
  schemas:
    Unit: { type: string, enum: [lumen, candela] }
    Lamp:
      type: object
      required: [id]
      properties: { id: { type: string, readOnly: true }, next: { $ref: "#/components/schemas/Lamp" }, maker: { $ref: "#/components/schemas/Maker" } }
    Maker: { type: object, required: [name], properties: { name: { type: string } } }
    Event: { type: object, properties: { at: { type: string, format: date-time } } }
    Spare: { type: object, properties: { part: { $ref: "#/components/schemas/SparePart" } } }
    SparePart: { type: object, properties: { weight: { type: number } } }
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    token: { type: http, scheme: bearer }
"##;

fn selected(include: &[&str], exclude: &[&str], keep: &[&str]) -> Outcome {
    let selectors = |texts: &[&str]| texts.iter().map(|text| Selector::from(*text)).collect();
    let mut config = Config::new(["lamps.yaml"], emit::Options::crates(Parts::default(), "path = \"../runtime\""));
    config.selection = Selection { include: selectors(include), exclude: selectors(exclude), keep: selectors(keep) };
    generate(&Memory::new().with("lamps.yaml", DOCUMENT), &config)
}

fn methods(outcome: &Outcome) -> Vec<&str> {
    outcome.api.as_ref().unwrap().exchanges().map(|(_, operation)| operation.method_name.as_str()).collect()
}

fn types(outcome: &Outcome) -> Vec<&str> {
    outcome.api.as_ref().unwrap().types.iter().map(|def| def.name.as_str()).collect()
}

/// A file cut where a line is empty: the items in it.
fn items<'f>(outcome: &'f Outcome, path: &str) -> Vec<&'f str> {
    let file = outcome.files.iter().find(|file| file.path == path);
    file.map(|file| file.contents.split("\n}\n").map(str::trim).collect()).unwrap_or_default()
}

const ALL: [&str; 5] = ["list_lamps", "list_lamps_2", "lamp", "room_place", "lit"];

#[test]
fn operations_are_selected_by_tag_id_path_and_method() {
    for (include, exclude, expected) in [
        (&[][..], &[][..], &ALL[..]),
        (&["tag:rooms"], &[], &["room_place"]),
        (&["tag:lamps"], &["tag:admin"], &["list_lamps", "lamp"]),
        (&["Lamp", "roomPlace"], &[], &["lamp", "room_place"]),
        (&["id:list*"], &[], &["list_lamps", "list_lamps_2", "lit"]),
        (&["/lamps/*"], &[], &["lamp"]),
        (&["/lamps/**"], &["POST /lamps"], &["list_lamps", "lamp"]),
        (&["get /**"], &[], &["list_lamps", "lamp", "room_place"]),
        (&["/lamps"], &["callback:lit"], &["list_lamps", "list_lamps_2"]),
        (&["callback:*"], &[], &["lit"]),
        (&[], &["/**"], &[]),
    ] {
        let outcome = selected(include, exclude, &[]);
        assert!(!outcome.diagnostics.has_errors(), "{:?}", outcome.diagnostics);
        assert_eq!(methods(&outcome), expected, "{include:?} {exclude:?}");
        let Counts { written, merged, excluded, generated, dropped } = outcome.counts;
        assert_eq!((written, merged, dropped), (4, 0, 0));
        let callbacks = &outcome.callbacks;
        assert_eq!((generated + callbacks.generated, excluded + callbacks.excluded), (expected.len(), 5 - expected.len()));
        assert_eq!(outcome.excluded.len(), 5 - expected.len());
        assert_eq!(outcome.refused(), Vec::<String>::new());
    }
}

#[test]
fn what_stays_is_what_it_is_in_the_whole() {
    let whole = selected(&[], &[], &[]);
    for selector in ["list_lamps", "Lamp", "roomPlace", "tag:lamps", "callback:lit"] {
        let part = selected(&[selector], &[], &[]);
        let all = types(&whole);
        let mut rest = all.iter();
        assert!(types(&part).iter().all(|name| rest.any(|other| other == name)), "{selector}: {:?} of {all:?}", types(&part));
        let is_text = |path: &str| path == "types/src/schemas.rs" || path.starts_with("types/src/operations/") && !path.ends_with("mod.rs");
        for file in part.files.iter().filter(|file| is_text(&file.path)) {
            let known = items(&whole, &file.path);
            for item in items(&part, &file.path).into_iter().filter(|item| !item.contains("serde_impls!")) {
                assert!(known.iter().any(|other| other.ends_with(item) || item.ends_with(other)), "{selector}, {}:\n{item}", file.path);
            }
        }
    }
}

#[test]
fn what_nobody_needs_goes_and_what_is_kept_stays() {
    let rooms = selected(&["tag:rooms"], &[], &[]);
    let api = rooms.api.as_ref().unwrap();
    assert_eq!(types(&rooms), ["Place", "RoomPlaceOk"]);
    let schemes: Vec<&str> = api.security_schemes.iter().map(|scheme| scheme.id.as_str()).collect();
    let groups: Vec<Option<&str>> = api.groups.iter().map(|group| group.tag.as_deref()).collect();
    assert_eq!((schemes, groups), (vec!["token"], vec![Some("rooms")]));
    assert!(rooms.tree.as_ref().unwrap().pointer("/paths/~1lamps").is_none());
    assert!(rooms.tree.as_ref().unwrap().pointer("/components/callbacks/lit").is_none());
    for keep in ["Spare", "/components/schemas/Spare", "#/components/schemas/Spare", "Spar*e"] {
        assert_eq!(types(&selected(&["roomPlace"], &[], &[keep])), ["Spare", "SparePart", "Place", "RoomPlaceOk"], "{keep}");
    }
    let only_types = selected(&[], &["/**"], &["Lamp", "Unit"]);
    assert_eq!((types(&only_types), only_types.api.as_ref().unwrap().groups.len()), (vec!["Unit", "Lamp", "Maker"], 0));
    assert_eq!(types(&selected(&[], &[], &["Spare"])).len(), types(&selected(&[], &[], &[])).len());
}

#[test]
fn nobody_hears_of_what_is_left_out() {
    let said = |outcome: &Outcome| outcome.diagnostics.iter().map(|found| found.code.as_str()).collect::<Vec<_>>();
    assert_eq!(said(&selected(&[], &[], &[])), ["example/type"]);
    assert_eq!(said(&selected(&["roomPlace"], &[], &[])), ["example/type"]);
    assert_eq!(said(&selected(&["tag:lamps"], &[], &[])), Vec::<&str>::new());
}

#[test]
fn a_selector_of_nothing_is_a_fault_that_names_the_nearest() {
    for (include, exclude, keep, message, hint) in [
        (&["tag:lamp"][..], &[][..], &[][..], "`include` names `tag:lamp`, and no operation has such a tag", "did you mean `tag:lamps`?"),
        (&["rooms"], &[], &[], "`include` names `rooms`, and there is no such operationId", "did you mean `tag:rooms`?"),
        (&["lit"], &["/lamp"], &[], "`exclude` names `/lamp`, and there is no such path or method", "did you mean `/lamps`?"),
        (&["PATCH /lamps"], &[], &[], "`include` names `PATCH /lamps`, and", "did you mean `GET /lamps`?"),
        (&["roomsPlace"], &[], &[], "`include` names `roomsPlace`, and", "did you mean `roomPlace`?"),
        (&[], &["callback:unlit"], &[], "`exclude` names `callback:unlit`, and", "did you mean `callback:lit`?"),
        (&["zzzzzzzz"], &[], &[], "`include` names `zzzzzzzz`, and", "selectors are "),
        (&[], &[], &["Spares"], "`keep` names `Spares`, and there is no such schema", "did you mean `Spare`?"),
    ] {
        let outcome = selected(include, exclude, keep);
        let found: Vec<_> = outcome.diagnostics.iter().filter(|found| found.code.as_str() == "config/selector").collect();
        assert_eq!(found.len(), 1, "{:?}", outcome.diagnostics);
        assert!(found[0].message.starts_with(message) && found[0].hint.as_deref().unwrap().starts_with(hint), "{:?}", found[0]);
        assert_eq!(outcome.files, []);
    }
}
