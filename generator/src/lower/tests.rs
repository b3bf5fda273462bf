//! Rules of lowering, one table each: a schema or an operation in, the model in a short form out.

use crate::diagnostic::Diagnostics;
use crate::model::{Additional, Api, EnumValues, Holds, Location, Payload, Status, Style, Type, TypeKind};

mod direction;
mod naming;
mod unions;

fn lower(yaml: &str) -> (Api, Diagnostics) {
    let openapi = serde_yaml::from_str(yaml).expect("a document that openapiv3 reads");
    let mut diagnostics = Diagnostics::default();
    let api = super::lower(&openapi, "test", super::Wishes::default(), &mut diagnostics);
    (api, diagnostics)
}

/// A document with these schemas, given as the lines below `schemas:`.
fn schemas(lines: &str) -> String {
    let indented: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n{indented}")
}

/// A document with these paths, given as the lines below `paths:`.
fn paths(lines: &str) -> String {
    let indented: String = lines.lines().map(|line| format!("  {line}\n")).collect();
    format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{indented}")
}

fn name(api: &Api, ty: &Type) -> String {
    match ty {
        Type::List(inner) => format!("[{}]", name(api, inner)),
        Type::Map(inner) => format!("map<{}>", name(api, inner)),
        Type::Nullable(inner) => format!("{}|null", name(api, inner)),
        Type::Named(id) => api.type_def(*id).expect("a known type").name.clone(),
        Type::Boxed(id) => format!("Box<{}>", api.type_def(*id).expect("a known type").name),
        Type::Int(width) => format!("{width:?}").to_lowercase(),
        other => format!("{other:?}"),
    }
}

fn describe(api: &Api) -> Vec<String> {
    let one = |kind: &TypeKind| match kind {
        TypeKind::Struct(object) => {
            let mut parts: Vec<String> = object
                .fields
                .iter()
                .map(|field| format!("{}{}: {}", field.name, if field.required { "!" } else { "" }, name(api, &field.ty)))
                .collect();
            match &object.additional {
                Additional::Ignored => {}
                Additional::Refused => parts.push("closed".to_owned()),
                Additional::Kept { field, ty, .. } => parts.push(format!("{field}: *{}", name(api, ty))),
            }
            format!("{{{}}}", parts.join(", "))
        }
        TypeKind::Enum(values) => match &values.values {
            EnumValues::Strings(variants) => variants.iter().map(|v| format!("{}={}", v.name, v.value)).collect::<Vec<_>>().join("|"),
            EnumValues::Numbers(variants) => variants.iter().map(|v| format!("{}={:?}", v.name, v.value)).collect::<Vec<_>>().join("|"),
            EnumValues::Integers(variants) => variants.iter().map(|v| format!("{}={}", v.name, v.value)).collect::<Vec<_>>().join("|"),
        },
        TypeKind::Union(union) => {
            let arms: Vec<String> = union.arms.iter().map(|arm| format!("{}({})", arm.name, name(api, &arm.ty))).collect();
            let by = union.discriminator.as_ref().map_or_else(String::new, |d| format!(" by {} {:?}", d.property, d.mapping));
            let several = match union.holds {
                Holds::One => "",
                Holds::Several { alone } if alone < arms.len() => " any, last together",
                Holds::Several { alone: _ } => " any",
            };
            format!("{}{by}{several}", arms.join(" / "))
        }
        TypeKind::Alias(ty) => format!("= {}", name(api, ty)),
        TypeKind::Newtype(ty) => format!("new {}", name(api, ty)),
    };
    api.types.iter().map(|def| format!("{} {}", def.name, one(&def.kind))).collect()
}

#[test]
fn schemas_become_types() {
    for (yaml, expected) in [
        ("A: {type: string, format: date-time}", &["A = DateTime"][..]),
        ("A: {type: string, format: date-time-local}\nB: {type: string, format: iso-date-time}", &["A = DateTime", "B = DateTime"]),
        ("A: {type: integer, format: int32}", &["A = i32"]),
        ("A: {type: integer, format: uint16}", &["A = u16"]),
        ("A: {type: integer}", &["A = i64"]),
        ("A: {type: number, format: float}", &["A = Float"]),
        ("A: {}", &["A = Any"]),
        ("A: {required: [x, y], properties: {x: {type: string}}}", &["A {x!: String, y!: Any}"]),
        (
            "A: {required: [y], properties: {x: {type: string}}, additionalProperties: true}",
            &["A {x: String, additional_properties: *Any}"],
        ),
        ("A: {type: object}", &["A = map<Any>"]),
        ("A: {type: object, additionalProperties: {type: integer}}", &["A = map<i64>"]),
        ("A: {type: object, additionalProperties: false}", &["A {closed}"]),
        ("A: {type: array, items: {type: string}}", &["A = [String]"]),
        // numbers that 64 bits do not hold
        ("A: {type: integer, format: uint64}\nB: {type: integer, format: bigint}", &["A = u64", "B = i128"]),
        (
            "A: {type: integer, minimum: 0, maximum: 18446744073709551615}\nB: {type: integer, maximum: 18446744073709551615}",
            &["A = u64", "B = i128"],
        ),
        ("A: {type: integer, example: 18446744073709551615}\nB: {type: integer, maximum: 9223372036854775807}", &["A = i128", "B = i64"]),
        ("A: {type: integer, minimum: -1e30, maximum: 3}", &["A = i128"]),
        ("A: {type: integer, default: 9223372036854775807}\nB: {type: integer, example: 9223372036854775808}", &["A = i64", "B = i128"]),
        // formats that nobody has heard of
        ("A: {type: string, format: x-nonsense}\nB: {type: number, format: decimal}", &["A = String", "B = Float"]),
        (
            "A:\n  type: object\n  required: [id, both]\n  properties:\n    id: {type: string}\n    type: {type: string}\n    both: {type: string, nullable: true}\n    maybe: {type: string, nullable: true}\n    seen: {type: string, readOnly: true}",
            &["A {id!: String, type: String, both!: String|null, maybe: String|null, seen: String}"],
        ),
        (
            "A:\n  properties:\n    inner: {properties: {list: {type: array, items: {properties: {x: {type: boolean}}}}}}",
            &["A {inner: AInner}", "AInnerListItem {x: Bool}", "AInner {list: [AInnerListItem]}"],
        ),
        (
            "A: {type: object, properties: {a: {type: string}}, additionalProperties: {type: integer}}",
            &["A {a: String, additional_properties: *i64}"],
        ),
        // names: the prelude, equal after casing, a component before an inline type
        ("Option: {type: boolean}\nresult: {type: boolean}", &["OptionType = Bool", "ResultType = Bool"]),
        ("'': {type: boolean}\n🚌: {type: boolean}\n'1': {type: boolean}", &["Empty = Bool", "U1f68c = Bool", "N1 = Bool"]),
        (
            "A: {properties: {'': {type: string}, 🚌: {type: string}, a-b: {type: string}, a_b: {type: string}, aB: {type: string}}}",
            &["A {empty: String, u1f68c: String, a_b_2: String, a_b: String, a_b_3: String}"],
        ),
        ("foo_bar: {type: boolean}\nFooBar: {type: string}", &["FooBar = Bool", "FooBar2 = String"]),
        ("A: {properties: {b: {properties: {c: {type: string}}}}}\nAB: {type: string}", &["A {b: Ab2}", "Ab = String", "Ab2 {c: String}"]),
        // equal inline shapes are one type
        (
            "A: {properties: {x: {properties: {n: {type: integer}}}, y: {properties: {n: {type: integer, description: other words}}}}}",
            &["A {x: Ax, y: Ax}", "Ax {n: i64}"],
        ),
    ] {
        let (api, _) = lower(&schemas(yaml));
        assert_eq!(describe(&api), expected, "{yaml}");
    }
}

#[test]
fn sets_of_values_become_enums() {
    for (yaml, expected) in [
        (
            "A: {type: string, enum: [on-line, 'off line', '<=', 'On Line']}",
            &["A OnLine=on-line|OffLine=off line|LessEqual=<=|OnLine2=On Line"][..],
        ),
        (
            "A: {type: string, enum: [a, null], nullable: true}\nB: {type: array, items: {$ref: '#/components/schemas/A'}}",
            &["A A=a", "B = [A|null]"],
        ),
        // values that differ in case only, or are no letters; `null` beside values; a name that is taken by a value
        (
            "A: {type: string, enum: [on, ON, On, '', '*', '>=', 2fa, Self, Other]}",
            &["A On=on|On2=ON|On3=On|Empty=|Star=*|GreaterEqual=>=|N2fa=2fa|SelfValue=Self|Other=Other"],
        ),
        (
            "A: {type: string, enum: [-name, name, +name, '-1', '1', -]}",
            &["A MinusName=-name|Name=name|PlusName=+name|Minus1=-1|N1=1|Minus=-"],
        ),
        ("A: {type: integer, enum: [1, -1, 0, 1]}", &["A N1=1|Minus1=-1|N0=0"]),
        ("A: {enum: [5, 7, null]}\nB: {$ref: '#/components/schemas/A'}", &["A N5=5|N7=7", "B = A|null"]),
        ("A: {type: integer, format: int32, enum: [1, 2], x-enum-varnames: [low, Very High]}", &["A Low=1|VeryHigh=2"]),
        ("A: {type: integer, enum: [1, 2], x-enumNames: [low]}", &["A N1=1|N2=2"]),
        ("A: {type: number, enum: [1.5, 2, -0.25, 2.0, null], nullable: true}", &["A N1_5=1.5|N2=2.0|Minus0_25=-0.25"]),
        ("A: {enum: [1.5, 2]}\nB: {enum: [true, null]}", &["A N1_5=1.5|N2=2.0", "B = Bool"]),
        ("A: {type: number, enum: [1, 2], x-enum-varnames: [low, high]}", &["A Low=1.0|High=2.0"]),
        ("A: {type: number, enum: [0, -0.0]}", &["A N0=0.0"]),
        // values of another type than the enum's, values written twice, and none at all
        ("A: {type: integer, enum: [2.0, 3, 3]}\nB: {type: string, enum: [1, b, b]}", &["A N2=2|N3=3", "B B=b"]),
        (
            "A: {type: string, enum: []}\nB: {type: integer, enum: [x]}\nC: {type: boolean, enum: [true, false]}",
            &["A = String", "B = i64", "C = Bool"],
        ),
        ("A: {type: string, enum: ['1', '2'], x-enum-varnames: [first, second]}", &["A First=1|Second=2"]),
        ("A: {type: integer, enum: [1, 18446744073709551615]}", &["A = i128"]),
        // several JSON types: an arm for each
        (
            "A: {enum: [a, 1, b, 2.5, true, null]}",
            &[
                "A String(AString) / Integer(AInteger) / Number(ANumber) / Boolean(Bool)",
                "AString A=a|B=b",
                "AInteger N1=1",
                "ANumber N2_5=2.5",
            ],
        ),
        ("A: {enum: [a, {b: 1}]}", &["A = Any"]),
        ("A: {type: boolean, enum: [true]}", &["A = Bool"]),
    ] {
        let (api, _) = lower(&schemas(yaml));
        assert_eq!(describe(&api), expected, "{yaml}");
    }
}

#[test]
fn compositions_become_types() {
    let base = "B: {type: object, required: [b], properties: {b: {type: string}}}\nC: {type: object, properties: {c: {type: integer}}}\n";
    for (yaml, expected) in [
        ("A: {allOf: [{$ref: '#/components/schemas/B'}]}", "A = B"),
        ("A: {description: words, allOf: [{$ref: '#/components/schemas/B'}, {description: more}]}", "A = B"),
        ("A: {allOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/C'}]}", "A {b!: String, c: i64}"),
        ("A: {allOf: [{$ref: '#/components/schemas/B'}, {properties: {d: {type: boolean}}, required: [d]}]}", "A {b!: String, d!: Bool}"),
        ("A: {type: object, nullable: true, allOf: [{$ref: '#/components/schemas/B'}]}", "A = B"),
        ("A: {allOf: [{type: object}, {$ref: '#/components/schemas/B'}]}", "A = B"),
        ("A: {type: object, minProperties: 1, allOf: [{$ref: '#/components/schemas/B'}]}", "A {b!: String}"),
        (
            "A: {allOf: [{properties: {d: {type: array, items: {type: object}}}}, {properties: {d: {type: array, items: {$ref: '#/components/schemas/B'}}}}]}",
            "A {d: [B]}",
        ),
        (
            "A: {type: object, properties: {'@b': {type: string}, _b: {type: string}, b: {type: string}}}",
            "A {b_2: String, b_3: String, b: String}",
        ),
        ("A: {required: [c], allOf: [{$ref: '#/components/schemas/C'}]}", "A {c!: i64}"),
        ("A: {allOf: [{type: string}, {type: integer}]}", "A = Any"),
        ("A: {allOf: [{type: number}, {type: integer, format: int32}]}", "A = i32"),
        ("A: {allOf: [{$ref: '#/components/schemas/A'}, {properties: {d: {type: boolean}}}]}", "A {d: Bool}"),
        ("A: {oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/C'}]}", "A B(B) / C(C)"),
        (
            "A: {anyOf: [{type: string}, {type: integer}, {type: array, items: {type: string}}]}",
            "A String(String) / Integer(i64) / List([String])",
        ),
        ("A: {oneOf: [{$ref: '#/components/schemas/B'}]}", "A = B"),
        ("A: {oneOf: [{type: string}, {type: string, format: uuid}]}", "A = String"),
        (
            "A: {type: object, properties: {to: {type: string}, id: {type: string}}, anyOf: [{required: [to]}, {required: [id]}]}",
            "A {to: String, id: String}",
        ),
        (
            "A: {oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/C'}], discriminator: {propertyName: kind, mapping: {bee: '#/components/schemas/B'}}}",
            "A B(B) / C(C) by kind [(\"bee\", 0), (\"C\", 1)]",
        ),
        // Values that each arm lists tell no arm from another.
        (
            "K: {type: object, properties: {k: {type: string, enum: [x, y]}}}\nA: {oneOf: [{$ref: '#/components/schemas/K'}, {allOf: [{$ref: '#/components/schemas/K'}, {type: object, properties: {n: {type: integer}}}]}], discriminator: {propertyName: k}}",
            "A K(K) / N(An)",
        ),
        (
            "A: {oneOf: [{type: object, title: X, properties: {k: {type: string, enum: [x]}}}, {type: object, title: Y, properties: {k: {type: string, enum: [y]}}}], discriminator: {propertyName: k}}",
            "A X(Ax) / Y(Ay) by k [(\"x\", 0), (\"y\", 1)]",
        ),
    ] {
        let (api, _) = lower(&schemas(&format!("{base}{yaml}")));
        let all = describe(&api);
        assert_eq!(all.iter().find(|line| line.starts_with("A ")).map(String::as_str), Some(expected), "{yaml}");
    }
}

#[test]
fn a_header_is_the_same_in_any_case() {
    let one = |name: &str, place: &str| format!("{{in: {place}, name: {name}, schema: {{type: string}}}}");
    for (shared, own, expected) in [
        (one("X-Key", "header"), one("x-key", "header"), &["x_key=x-key"][..]),
        (one("Key", "query"), one("key", "query"), &["key=Key", "key_2=key"]),
        (one("key", "query"), one("key", "header"), &["key=key", "key_2=key"]),
    ] {
        let yaml = format!("/a:\n  parameters: [{shared}]\n  get:\n    parameters: [{own}]\n    responses: {{'200': {{description: o}}}}");
        let (api, _) = lower(&paths(&yaml));
        let found: Vec<String> =
            api.operations[0].parameters.iter().map(|parameter| format!("{}={}", parameter.name, parameter.wire)).collect();
        assert_eq!(found, expected, "{yaml}");
    }
}

#[test]
fn responses_are_ordered_and_named_by_their_status() {
    let yaml = "/a:\n  get:\n    operationId: getA\n    responses:\n      default: {description: d}\n      4XX: {description: c}\n      '404': {description: n}\n      '200': {description: o, content: {application/json: {schema: {type: string}}}}\n      '299': {description: x}";
    let (api, _) = lower(&paths(yaml));
    let got: Vec<(Status, &str, bool, bool)> = api.operations[0]
        .responses
        .iter()
        .map(|response| (response.status, response.variant.as_str(), response.payload != Payload::Empty, response.headers.is_some()))
        .collect();
    assert_eq!(
        got,
        [
            (Status::Code(200), "Ok", true, false),
            (Status::Code(299), "Status299", false, false),
            (Status::Code(404), "NotFound", false, false),
            (Status::Range(4), "ClientError", false, false),
            (Status::Default, "Default", false, false),
        ]
    );
}

#[test]
fn what_the_standard_has_no_form_for_takes_the_nearest_one() {
    let lists = "schema: {type: array, items: {type: array, items: {type: string}}}";
    for (parameter, expected) in [
        (format!("{{in: query, name: q, {lists}}}"), (Style::Form, true, 1)),
        (format!("{{in: query, name: q, style: deepObject, {lists}}}"), (Style::DeepObject, true, 0)),
        (format!("{{in: header, name: q, {lists}}}"), (Style::Json, false, 1)),
        (format!("{{in: cookie, name: q, explode: false, {lists}}}"), (Style::Form, false, 1)),
        ("{in: query, name: q, content: {text/plain: {schema: {type: string}}}}".to_owned(), (Style::Form, true, 0)),
        ("{in: query, name: q, content: {application/xml: {schema: {type: object}}}}".to_owned(), (Style::Json, false, 1)),
        (
            "{in: query, name: q, schema: {oneOf: [{type: integer}, {type: array, items: {type: string}}]}}".to_owned(),
            (Style::Form, true, 0),
        ),
    ] {
        let (api, diagnostics) =
            lower(&paths(&format!("/a:\n  get:\n    parameters: [{parameter}]\n    responses: {{'200': {{description: o}}}}")));
        let found = &api.operations[0].parameters[0];
        let notes = diagnostics.iter().filter(|found| found.code.as_str() == "parameter/form").count();
        assert_eq!((found.style, found.explode, notes), expected, "{parameter}");
    }
}

#[test]
fn what_cannot_be_carried_is_reported_and_the_rest_is_generated() {
    let ok = "    responses: {'200': {description: o}}";
    for (yaml, code) in [
        (format!("/a/{{x}}{{y}}:\n  get:\n{ok}"), "unsupported/path"),
        (format!("/a/{{x}}:\n  get:\n{ok}"), "unsupported/path"),
        (format!("/a:\n  get:\n    security: [{{nobody: []}}]\n{ok}"), "security/unknown"),
    ] {
        let yaml = paths(&format!("{yaml}\n/other:\n  get:\n    operationId: other\n{ok}"));
        let (api, diagnostics) = lower(&yaml);
        let reported: Vec<(&str, bool)> = diagnostics.iter().map(|d| (d.code.as_str(), d.operation.is_some())).collect();
        assert_eq!(reported, [(code, true)], "{yaml}");
        assert_eq!(api.operations.iter().map(|operation| operation.id.as_str()).collect::<Vec<_>>(), ["other"], "{yaml}");
    }
}

#[test]
fn operations_keep_clear_of_schemas() {
    let yaml = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get: {operationId: status, tags: [Custom Status], responses: {'200': {description: o}}}\n    put: {operationId: getIt, responses: {'200': {description: o}}}\ncomponents: {schemas: {Status: {type: string}, GetItResponse: {type: string}}}";
    let (api, _) = lower(yaml);
    let names: Vec<(&str, &str, &str)> =
        api.operations.iter().map(|o| (o.type_name.as_str(), o.response_name.as_str(), o.method_name.as_str())).collect();
    assert_eq!(names, [("StatusRequest", "StatusRequestResponse", "status"), ("GetItRequest", "GetItRequestResponse", "get_it")]);
    let groups: Vec<(&str, &str, &str)> =
        api.groups.iter().map(|g| (g.module.as_str(), g.trait_name.as_str(), g.feature.as_str())).collect();
    assert_eq!(groups, [("custom_status", "CustomStatusApi", "tag-custom-status"), ("other", "OtherApi", "tag-other")]);
}

#[test]
fn callbacks_become_operations_of_receivers() {
    let event = |event: &str| {
        format!(
            "{{required: true, content: {{application/json: {{schema: {{type: object, required: [kind, event], properties: \
             {{kind: {{type: string, enum: [event]}}, event: {{type: string, enum: [{event}]}}}}}}}}}}}}"
        )
    };
    let post = |name: &str, expression: &str, more: &str| {
        format!("    {name}: {{'{expression}': {{post: {{{more}responses: {{'200': {{description: ok}}}}}}}}}}\n")
    };
    let body = |values: &str| format!("requestBody: {}, ", event(values));
    let yaml = format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas: {{Lit: {{type: string}}}}\n  callbacks:\n{}{}{}{}{}{}",
        post("lit", "{$request.body#/url}", &format!("tags: [Lamps], {}", body("lit"))),
        post("broken", "{$request.body#/url}", &format!("tags: [Lamps], {}", body("broken, repaired"))),
        post("send", "{$request.body#/url}", "tags: [Lamps], "),
        post("done", "{$request.query.done-url}", "tags: [Lamps], operationId: lit, "),
        post("one", "webhook", "requestBody: {content: {application/json: {schema: {}}}}, "),
        post("two", "webhook", ""),
    );
    let (api, diagnostics) = lower(&yaml);
    let one = |callback: &crate::model::Callback| {
        let operation = &callback.operation;
        let receiver = &api.receivers[callback.receiver];
        let mark = callback.mark.as_ref().map(|mark| format!(" by {} {}", mark.property, mark.values.join("|"))).unwrap_or_default();
        format!("{}: {} {}::{}{mark}", callback.key(), operation.type_name, receiver.trait_name, operation.method_name)
    };
    let found: Vec<String> = api.callbacks.iter().map(one).collect();
    assert_eq!(
        found,
        [
            "POST {$request.body#/url} lit: LitCallback LampsCallbacks::lit by event lit",
            "POST {$request.body#/url} broken: Broken LampsCallbacks::broken by event broken|repaired",
            "POST {$request.body#/url} send: SendType LampsCallbacks::send_2",
            "POST {$request.query.done-url} done: LitCallback2 LampsDoneUrlCallbacks::lit_2",
            "POST webhook one: One Callbacks::one",
            "POST webhook two: Two TwoCallbacks::two",
        ]
    );
    let names: Vec<&str> = api.receivers.iter().map(|receiver| receiver.name.as_str()).collect();
    assert_eq!(names, ["lamps", "lamps_done_url", "receiver", "two"]);
    let said: Vec<String> = diagnostics.iter().map(|found| format!("{} {}", found.code, found.message)).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("callback/ambiguous ") && said[0].contains("`one` and `two`"), "{said:?}");
}

#[test]
fn globals_and_credentials_leave_the_request() {
    let document = paths(
        "/a:
  get:
    operationId: a
    security: [{k: []}]
    parameters:
    - {name: x-key, in: header, schema: {type: string}}
    - {name: X-Language, in: header, required: true, schema: {type: string}}
    - {name: token, in: query, schema: {type: string}}
    responses: {}
/b:
  get:
    operationId: b
    parameters:
    - {name: x-language, in: header, schema: {type: string}}
    - {name: token, in: query, schema: {type: integer}}
    - {name: token, in: header, schema: {type: string}}
    responses: {}",
    ) + "components: {securitySchemes: {k: {type: apiKey, in: header, name: X-Key}}}";
    let global = |location, name: &str, rename: Option<&str>, secret| crate::config::Global {
        location,
        name: name.to_owned(),
        rename: rename.map(str::to_owned),
        secret,
        position: None,
    };
    let globals = [
        global(Location::Header, "X-LANGUAGE", Some("lang"), false),
        global(Location::Query, "token", None, true),
        global(Location::Cookie, "token", None, false),
    ];
    let openapi = serde_yaml::from_str(&document).expect("a document that openapiv3 reads");
    let mut diagnostics = Diagnostics::default();
    let api = super::lower(&openapi, "test", super::Wishes { globals: &globals, given: &[] }, &mut diagnostics);
    let known: Vec<_> =
        api.globals.iter().map(|it| (it.parameter.name.as_str(), it.parameter.wire.as_str(), name(&api, &it.parameter.ty))).collect();
    assert_eq!(known, [("lang", "X-Language", "String".to_owned()), ("token", "token", "Secret".to_owned())]);
    let parts = |index: usize| {
        let operation = &api.operations[index];
        let own: Vec<_> = operation.parameters.iter().map(|parameter| (parameter.location.as_str(), parameter.wire.as_str())).collect();
        let uses: Vec<_> = operation.globals.iter().map(|used| (used.global, used.wire.as_str(), used.required)).collect();
        (own, uses)
    };
    assert_eq!(parts(0), (vec![], vec![(0, "X-Language", true), (1, "token", false)]));
    // The same name at another place is another parameter, and so is one of another type.
    assert_eq!(parts(1), (vec![("query", "token"), ("header", "token")], vec![(0, "x-language", false)]));
    let said: Vec<&str> = diagnostics.iter().map(|found| found.code.as_str()).collect();
    assert_eq!(said, ["parameter/ignored", "config/global"]);
}
