//! What types are called that the document does not name.

use std::collections::BTreeSet;

use super::lower;

/// A document with these components, and with operations that have these bodies and answers.
fn document(operations: &[(&str, &str, &str)], schemas: &str) -> String {
    let mut text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n".to_owned();
    for (id, body, answers) in operations {
        let content = |schema: &str| format!("content: {{application/json: {{schema: {schema}}}}}");
        let body = if body.is_empty() { String::new() } else { format!("requestBody: {{{}}}, ", content(body)) };
        let answers: Vec<String> = answers
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(status, schema)| format!("'{status}': {{description: o, {}}}", content(schema)))
            .collect();
        text.push_str(&format!("  /{id}:\n    post: {{operationId: {id}, {body}responses: {{{}}}}}\n", answers.join(", ")));
    }
    let schemas: String = schemas.lines().map(|line| format!("    {line}\n")).collect();
    format!("{text}components:\n  schemas:\n{schemas}")
}

fn names(text: &str) -> Vec<String> {
    lower(text).0.types.into_iter().map(|def| def.name).collect()
}

#[test]
fn a_type_is_called_by_where_it_stands_and_a_shared_one_by_what_its_places_have_in_common() {
    let user = "{properties: {id: {type: string}, name: {type: string}}}";
    let list = |of: &str| format!("{{type: array, items: {of}}}");
    for (operations, schemas, expected) in [
        // one place: the owner and the property, an item in the singular
        (vec![], format!("A: {{properties: {{owner: {user}}}}}"), &["A", "AOwner"][..]),
        (vec![], format!("A: {{properties: {{users: {}}}}}", list(user)), &["A", "AUser"]),
        (vec![], format!("A: {{properties: {{users: {}, user: {{properties: {{x: {{}}}}}}}}}}", list(user)), &["A", "AUser", "AUser2"]),
        (vec![], format!("A: {{properties: {{status: {}}}}}", list(user)), &["A", "AStatusItem"]),
        (vec![], format!("A: {{properties: {{entries: {{additionalProperties: {user}}}}}}}"), &["A", "AEntry"]),
        (vec![], format!("A: {}", list(user)), &["A", "AItem"]),
        // several: the property alone, or what all properties end in, or what most are
        (vec![], format!("A: {{properties: {{u: {user}}}}}\nB: {{properties: {{u: {user}}}}}"), &["A", "B", "U"]),
        (vec![], format!("A: {{properties: {{owner: {user}}}}}\nB: {{properties: {{lastOwner: {user}}}}}"), &["A", "B", "Owner"]),
        (
            vec![],
            format!("A: {{properties: {{u: {user}}}}}\nB: {{properties: {{by: {user}}}}}\nC: {{properties: {{by: {user}}}}}"),
            &["A", "B", "C", "By"],
        ),
        // what one has from another by `allOf` is called by the other, whichever comes first
        (
            vec![],
            format!("C: {{allOf: [{{$ref: '#/components/schemas/P'}}, {{properties: {{c: {{type: string}}}}}}]}}\nP: {{properties: {{u: {user}}}}}"),
            &["C", "P", "Pu"],
        ),
        // in several places of one type only, it is called by the first
        (vec![], format!("A: {{properties: {{u: {user}, v: {user}}}}}"), &["A", "Au"]),
        // a name that is taken is not taken twice
        (vec![], format!("U: {{type: string}}\nA: {{properties: {{u: {user}}}}}\nB: {{properties: {{u: {user}}}}}"), &["U", "A", "B", "Au"]),
        // what stands inside of a shared type is called by it
        (
            vec![],
            "A: {properties: {u: {properties: {at: {properties: {x: {}}}}}}}\nB: {properties: {u: {properties: {at: {properties: {x: {}}}}}}}"
                .to_owned(),
            &["A", "B", "U", "UAt"],
        ),
        // bodies and answers of one operation, and of several
        (vec![("go", user, "200 {properties: {u: {type: string}}}")], "A: {}".to_owned(), &["A", "GoBody", "GoOk"]),
        (vec![("go", user, ""), ("come", user, "")], "A: {}".to_owned(), &["A", "IdNameBody"]),
        (
            vec![
                ("go", "", "200 {properties: {ok: {type: boolean}}}\n400 {properties: {m: {type: string}}}"),
                ("come", "", "200 {properties: {ok: {type: boolean}}}\n400 {properties: {m: {type: string}}}"),
            ],
            "A: {}".to_owned(),
            &["A", "BadRequest", "OkOk"],
        ),
        (
            vec![("go", "", "401 {properties: {m: {type: string}}}"), ("come", "", "404 {properties: {m: {type: string}}}")],
            "A: {}".to_owned(),
            &["A", "Failure"],
        ),
        // arms: by title, by what they alone demand, by their kind, else by their number
        (
            vec![],
            "A: {oneOf: [{title: big one, properties: {x: {}}}, {required: [id], properties: {id: {}}}, {properties: {y: {}}}, {type: string}]}".to_owned(),
            &["A", "ABigOne", "AId", "Ay"],
        ),
        (vec![], format!("A: {{oneOf: [{user}, {{type: string}}]}}"), &["A", "AObject"]),
        (vec![], format!("A: {{oneOf: [{}, {{type: string, enum: [a]}}]}}", list(user)), &["A", "AListItem", "AString"]),
    ] {
        let found: BTreeSet<String> = names(&document(&operations, &schemas)).into_iter().collect();
        assert_eq!(found, expected.iter().map(|name| (*name).to_owned()).collect(), "{operations:?} {schemas}");
    }
}

#[test]
fn what_is_added_elsewhere_renames_nothing() {
    let ok =
        "200 {properties: {users: {type: array, items: {properties: {name: {type: string}}}}, total: {properties: {n: {type: integer}}}}}";
    let before = [("list", "{properties: {a: {type: string}}}", ok), ("find", "{properties: {a: {type: string}}}", ok)];
    let schemas = "B: {properties: {total: {properties: {n: {type: string}}}, inner: {properties: {x: {}}}}}";
    let old: BTreeSet<String> = names(&document(&before, schemas)).into_iter().collect();
    assert!(old.contains("UsersTotalOkUser"), "{old:?}");
    let more = [("early", "{properties: {q: {type: string}}}", "200 {properties: {inner: {properties: {z: {}}}}}"), before[0], before[1]];
    let new = names(&document(
        &more,
        &format!(
            "Another: {{properties: {{inner: {{properties: {{y: {{}}}}}}}}}}\nHeir: {{allOf: [{{$ref: '#/components/schemas/B'}}]}}\nHeiress: {{allOf: [{{$ref: '#/components/schemas/B'}}, {{properties: {{h: {{type: string}}}}}}]}}\n{schemas}"
        ),
    ));
    let lost: Vec<_> = old.iter().filter(|name| !new.contains(name)).collect();
    assert_eq!(lost, [""; 0], "{new:?}");
}
