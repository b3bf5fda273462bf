//! What `readOnly` and `writeOnly` make of types: one type where both directions agree, else two.

use super::{describe, lower, name};
use crate::model::{Payload, Type};

/// A document with an operation that sends and answers these schemas, and these components.
fn document(sent: &str, answered: &str, schemas: &str) -> String {
    let content = |schema: &str| format!("content: {{application/json: {{schema: {schema}}}}}");
    let body = if sent.is_empty() { String::new() } else { format!("requestBody: {{{}}}, ", content(sent)) };
    let answer = if answered.is_empty() { String::new() } else { format!(", {}", content(answered)) };
    let indented: String = schemas.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    post: {{operationId: go, {body}responses: {{'200': {{description: o{answer}}}}}}}\ncomponents:\n  schemas:\n{indented}"
    )
}

fn reference(name: &str) -> String {
    format!("{{$ref: '#/components/schemas/{name}'}}")
}

fn list(name: &str) -> String {
    format!("{{type: array, items: {{$ref: '#/components/schemas/{name}'}}}}")
}

#[test]
fn what_is_required_one_way_only_splits_a_type_that_travels_both_ways() {
    let user = "User: {required: [id, name, pass], properties: {id: {type: string, readOnly: true}, name: {type: string}, pass: {type: string, writeOnly: true}}}";
    for (sent, answered, schemas, expected) in [
        // both ways, one way, no way
        (
            reference("User"),
            list("User"),
            user.to_owned(),
            &["User {id!: String, name!: String, pass: String}", "UserInput {id: String, name!: String, pass!: String}", "UserInput > [User]"]
                [..],
        ),
        (reference("User"), String::new(), user.to_owned(), &["User {id: String, name!: String, pass!: String}", "User > "]),
        (String::new(), reference("User"), user.to_owned(), &["User {id!: String, name!: String, pass: String}", " > User"]),
        (String::new(), String::new(), user.to_owned(), &["User {id!: String, name!: String, pass: String}", " > "]),
        // both ways, and nothing differs
        (
            reference("A"),
            reference("A"),
            "A: {required: [n, both], properties: {id: {type: string, readOnly: true}, n: {type: string}, both: {type: string, readOnly: true, writeOnly: true}}}".to_owned(),
            &["A {id: String, n!: String, both: String}", "A > A"],
        ),
        // what holds a split type is split; what holds none is not; a name that is taken is not taken twice
        (
            reference("Team"),
            reference("Team"),
            format!(
                "Team: {{properties: {{users: {}, by: {{type: object, additionalProperties: {}}}, plain: {}}}}}\n{user}\nPlain: {{properties: {{x: {{type: string}}}}}}\nTeamInput: {{type: string}}",
                list("User"),
                reference("User"),
                reference("Plain")
            ),
            &[
                "Team {users: [User], by: map<User>, plain: Plain}",
                "User {id!: String, name!: String, pass: String}",
                "Plain {x: String}",
                "TeamInput = String",
                "TeamInput2 {users: [UserInput], by: map<UserInput>, plain: Plain}",
                "UserInput {id: String, name!: String, pass!: String}",
                "TeamInput2 > Team",
            ],
        ),
        // recursion, through a union and through an alias
        (
            reference("Node"),
            reference("Node"),
            "Node: {required: [id], properties: {id: {type: string, readOnly: true}, next: {$ref: '#/components/schemas/Either'}}}\nEither: {oneOf: [{$ref: '#/components/schemas/Other'}, {type: string}]}\nOther: {$ref: '#/components/schemas/Node'}".to_owned(),
            &[
                "Node {id!: String, next: Either}",
                "Either Other(Other) / String(String)",
                "Other = Node",
                "NodeInput {id: String, next: EitherInput}",
                "EitherInput Other(OtherInput) / String(String)",
                "OtherInput = NodeInput",
                "NodeInput > Node",
            ],
        ),
        // a request-only holder of a type that travels both ways
        (
            "{properties: {user: {$ref: '#/components/schemas/User'}}}".to_owned(),
            reference("User"),
            user.to_owned(),
            &[
                "User {id!: String, name!: String, pass: String}",
                "GoBody {user: UserInput}",
                "UserInput {id: String, name!: String, pass!: String}",
                "GoBody > User",
            ],
        ),
    ] {
        let (api, _) = lower(&document(&sent, &answered, &schemas));
        let operation = &api.operations[0];
        let sent = operation.body.as_ref().map_or_else(String::new, |body| name(&api, &body.content.media[0].ty));
        let answered: Vec<&Type> = operation
            .responses
            .iter()
            .filter_map(|response| match &response.payload {
                Payload::Body(content) => Some(&content.media[0].ty),
                Payload::Empty => None,
            })
            .collect();
        let answered = answered.first().map_or_else(String::new, |ty| name(&api, ty));
        // where a cycle is cut is another rule's business
        let mut all: Vec<String> = describe(&api).iter().map(|line| line.replace("Box<Node>", "Node").replace("Box<NodeInput>", "NodeInput")).collect();
        all.push(format!("{sent} > {answered}"));
        assert_eq!(all, expected, "{schemas}");
    }
}
