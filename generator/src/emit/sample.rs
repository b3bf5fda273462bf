//! APIs built by hand for tests: a small one whose output is checked in, and one that has everything, under the worst names.

use std::collections::BTreeMap;

use crate::model::*;
use crate::source::Pointer;

fn named(index: usize) -> Type {
    Type::Named(TypeId(index))
}

fn list(item: Type) -> Type {
    Type::List(Box::new(item))
}

fn nullable(inner: Type) -> Type {
    Type::Nullable(Box::new(inner))
}

fn origin(name: &str) -> Pointer {
    Pointer::root().join(["components", "schemas", name])
}

fn def(name: &str, docs: Option<&str>, kind: TypeKind) -> TypeDef {
    TypeDef { name: name.to_owned(), docs: docs.map(str::to_owned), origin: origin(name), kind }
}

fn field(name: &str, wire: &str, ty: Type, required: bool) -> Field {
    Field { name: name.to_owned(), wire: wire.to_owned(), ty, required, docs: None, read_only: false, write_only: false, deprecated: false }
}

fn object(fields: Vec<Field>, additional: Additional) -> TypeKind {
    TypeKind::Struct(Struct { fields, additional, xml: Vec::new() })
}

fn variant<T>(name: &str, value: T) -> Variant<T> {
    Variant { name: name.to_owned(), value }
}

fn strings(values: &[(&str, &str)], other: Option<&str>) -> TypeKind {
    let values = values.iter().map(|(name, value)| variant(name, (*value).to_owned())).collect();
    TypeKind::Enum(Enum { values: EnumValues::Strings(values), other: other.map(str::to_owned) })
}

fn integers(values: &[(&str, i64)], other: Option<&str>) -> TypeKind {
    let values = values.iter().map(|(name, value)| variant(name, *value)).collect();
    TypeKind::Enum(Enum { values: EnumValues::Integers(values), other: other.map(str::to_owned) })
}

fn numbers(values: &[(&str, f64)], other: Option<&str>) -> TypeKind {
    let values = values.iter().map(|(name, value)| variant(name, *value)).collect();
    TypeKind::Enum(Enum { values: EnumValues::Numbers(values), other: other.map(str::to_owned) })
}

fn union(arms: Vec<(&str, Type)>, discriminator: Option<Discriminator>) -> TypeKind {
    let arms = arms.into_iter().map(|(name, ty)| Arm { name: name.to_owned(), ty }).collect();
    TypeKind::Union(Union { arms, discriminator, holds: Holds::One, other: "Other".to_owned() })
}

fn parameter(name: &str, location: Location, style: Style, ty: Type, required: bool) -> Parameter {
    Parameter {
        name: name.to_owned(),
        wire: name.trim_start_matches("r#").to_owned(),
        location,
        style,
        explode: false,
        allow_reserved: false,
        required,
        ty,
        takes: Takes::Text,
        docs: None,
        deprecated: false,
        origin: Pointer::root(),
    }
}

fn media(media_type: &str, codec: Codec, ty: Type) -> MediaBody {
    MediaBody { parts: BTreeMap::new(), variant: "Only".to_owned(), media_type: media_type.to_owned(), codec, ty }
}

fn json(ty: Type) -> MediaBody {
    media("application/json", Codec::Json, ty)
}

fn single(media: MediaBody) -> Content {
    Content { name: None, media: vec![media] }
}

/// Several media types: name, then variant and representation.
fn several(name: &str, media: Vec<(&str, MediaBody)>) -> Content {
    let media = media.into_iter().map(|(variant, media)| MediaBody { variant: variant.to_owned(), ..media }).collect();
    Content { name: Some(name.to_owned()), media }
}

fn body(required: bool, media: MediaBody) -> Option<Body> {
    Some(Body { name: "body".to_owned(), required, content: single(media), docs: None })
}

fn response(status: Status, variant: &str, payload: Option<MediaBody>) -> Response {
    let payload = payload.map_or(Payload::Empty, |media| Payload::Body(single(media)));
    Response { status, variant: variant.to_owned(), payload, headers: None, docs: None, origin: Pointer::root() }
}

fn server(url: &str) -> Server {
    Server { template: url.to_owned(), url: url.to_owned(), description: None, variables: Vec::new() }
}

/// Cuts a template at its slashes; one parameter a segment.
fn template(raw: &str) -> PathTemplate {
    let segments = raw.split('/').skip(1).map(|segment| {
        match segment.split_once('{').and_then(|(prefix, rest)| Some((prefix, rest.split_once('}')?))) {
            Some((prefix, (name, suffix))) => {
                PathSegment::Parameter { prefix: prefix.to_owned(), name: name.to_owned(), suffix: suffix.to_owned() }
            }
            None => PathSegment::Literal(segment.to_owned()),
        }
    });
    PathTemplate { raw: raw.to_owned(), segments: segments.collect() }
}

fn operation(type_name: &str, method_name: &str, method: Method, path: &str, group: usize) -> Operation {
    Operation {
        globals: Vec::new(),
        needs: Vec::new(),
        id: method_name.to_owned(),
        type_name: type_name.to_owned(),
        response_name: format!("{type_name}Response"),
        method_name: method_name.to_owned(),
        method,
        path: template(path),
        server: None,
        group,
        parameters: Vec::new(),
        body: None,
        responses: Vec::new(),
        security: Security::default(),
        docs: None,
        deprecated: false,
        origin: Pointer::root().join(["paths", path]),
    }
}

fn group(tag: Option<&str>, module: &str, trait_name: &str) -> Group {
    Group {
        tag: tag.map(str::to_owned),
        module: module.to_owned(),
        trait_name: trait_name.to_owned(),
        feature: format!("tag-{}", module.replace('_', "-")),
        description: None,
    }
}

fn scheme(id: &str, name: &str, kind: SecurityKind) -> SecurityScheme {
    SecurityScheme { id: id.to_owned(), name: name.to_owned(), kind, description: None, origin: Pointer::root() }
}

fn needs(alternatives: &[&[usize]]) -> Security {
    let alternatives = alternatives
        .iter()
        .map(|schemes| schemes.iter().map(|scheme| Requirement { scheme: *scheme, scopes: Vec::new() }).collect())
        .collect();
    Security { alternatives }
}

/// A small API; what is emitted for it is checked in.
pub(crate) fn notes() -> Api {
    let types = vec![
        def(
            "Note",
            Some("A note on the board."),
            object(
                vec![
                    field("id", "id", Type::String, true),
                    field("text", "text", Type::String, true),
                    field("color", "color", named(1), false),
                    field("due_at", "dueAt", nullable(Type::DateTime), false),
                ],
                Additional::Ignored,
            ),
        ),
        def("Color", None, strings(&[("Red", "red"), ("DarkBlue", "dark-blue")], Some("Other"))),
        def("Problem", None, object(vec![field("message", "message", Type::String, false)], Additional::Refused)),
        def("Sticker", None, union(vec![("Note", named(0)), ("Color", named(1))], None)),
    ];
    let mut put = operation("PutNote", "put_note", Method::Put, "/notes/{id}", 0);
    put.docs = Some("Writes a note.\n\nSee [Note].".to_owned());
    put.parameters = vec![
        parameter("id", Location::Path, Style::Simple, Type::String, true),
        parameter("dry_run", Location::Query, Style::Form, Type::Bool, false),
    ];
    put.body = body(true, json(named(0)));
    put.responses = vec![
        response(Status::Code(200), "Ok", Some(json(named(0)))),
        response(Status::Code(404), "NotFound", Some(json(named(2)))),
        response(Status::Default, "Default", Some(json(named(2)))),
    ];
    put.security = needs(&[&[0]]);
    let mut delete = operation("DeleteNote", "delete_note", Method::Delete, "/notes/{id}", 0);
    delete.parameters = vec![parameter("id", Location::Path, Style::Simple, Type::String, true)];
    delete.responses = vec![response(Status::Code(204), "NoContent", None), response(Status::Code(404), "NotFound", None)];
    let mut added = operation("NoteAdded", "note_added", Method::Post, "{$request.body#/url}", 0);
    added.path.segments = Vec::new();
    added.docs = Some("A note was added.".to_owned());
    added.body = body(true, json(named(0)));
    added.responses = vec![response(Status::Code(204), "NoContent", None)];
    let mark = Mark { property: "color".to_owned(), values: vec!["red".to_owned(), "dark-blue".to_owned()] };
    Api {
        globals: Vec::new(),
        name: "notes".to_owned(),
        title: "Notes".to_owned(),
        version: "1.2".to_owned(),
        description: Some("A board for notes.".to_owned()),
        servers: vec![server("https://notes.example.com/v1")],
        types,
        shapes: crate::model::Shapes::default(),
        operations: vec![put, delete],
        callbacks: vec![Callback { name: "noteAdded".to_owned(), operation: added, receiver: 0, mark: Some(mark) }],
        receivers: vec![receiver("notes", "NotesCallbacks", 0)],
        groups: vec![group(Some("Notes"), "notes", "NotesApi")],
        security_schemes: vec![scheme("token", "token", SecurityKind::Bearer)],
    }
}

fn receiver(name: &str, trait_name: &str, group: usize) -> Receiver {
    let expression = "{$request.body#/url}".to_owned();
    Receiver { name: name.to_owned(), trait_name: trait_name.to_owned(), group, expression }
}

/// Text that tries to get out of wherever it is put.
pub(crate) const HOSTILE: &str = "*/ \"#] [Missing] [`Gone`] <b>bold <script> http://example.org/x?y=[z]. `open\n\n    panic!(\"indented\")\n\n```\npanic!(\"fenced\")\n~~~\n\n- item\n       deep\n  - nested\nlazy\n\n2. two\n> quote\nlazy [a](b::c) [^1] \u{202e}\u{0}\r\t{} \\";

/// Schemas under names of the prelude and of what emitted code says.
fn hostile_types() -> Vec<TypeDef> {
    let empty = || object(Vec::new(), Additional::Ignored);
    let mut everything = vec![
        field("reader", "reader", Type::String, true),
        field("key", "key", Type::Int(IntWidth::I32), true),
        field("writer", "writer", Type::Int(IntWidth::U64), false),
        field("object", "object", Type::Float, false),
        field("value", "value", Type::Any, false),
        field("r#type", "type", named(2), false),
        field("self", "self", named(3), false),
        field("none", "null", nullable(Type::Bool), false),
        field("always", "al\"ways\n", nullable(Type::Any), true),
        field("password", "password", Type::Secret, false),
        field("at", "at", Type::DateTime, true),
        field("blob", "blob", Type::Base64, false),
        field("next", "next", Type::Boxed(TypeId(4)), false),
        field("nexts", "nexts", list(nullable(named(4))), false),
        field("table", "table", Type::Map(Box::new(list(Type::Map(Box::new(named(0)))))), false),
        field("alias", "alias", named(8), false),
        field("nullable_alias", "nullable_alias", named(9), false),
        field("tree", "tree", named(10), false),
        field("union", "union", named(11), false),
        field("tagged", "tagged", named(12), true),
    ];
    for field in everything.iter_mut().step_by(3) {
        field.docs = Some(HOSTILE.to_owned());
        field.deprecated = true;
        field.read_only = true;
    }
    vec![
        def("Result", Some(HOSTILE), empty()),
        def("Option", None, empty()),
        def("String", None, strings(&[("Ok", "ok"), ("Err", "err"), ("None", ""), ("Empty2", "\"\u{202e}\\\n")], Some("Some"))),
        def("Some", None, strings(&[("Ok", "ok"), ("Error", "error")], None)),
        def(
            "Everything",
            Some("Everything at once."),
            object(everything, Additional::Kept { field: "extra".to_owned(), ty: Type::Any, is_declared: false }),
        ),
        def("Vec", None, integers(&[("Minus", -1), ("Many", 9_000_000_000)], Some("Other"))),
        def("Box", None, integers(&[("One", 1), ("Two", 2)], None)),
        def("None", None, object(Vec::new(), Additional::Refused)),
        def("Default", None, TypeKind::Alias(list(Type::String))),
        def("Ok", None, TypeKind::Alias(nullable(Type::String))),
        def("Err", None, TypeKind::Newtype(list(named(10)))),
        def(
            "Send",
            None,
            union(vec![("Err", named(0)), ("Ok", Type::String), ("None", Type::String), ("Some", Type::Boxed(TypeId(4)))], None),
        ),
        def(
            "Future",
            None,
            union(
                vec![("None", named(7)), ("Option", named(1))],
                Some(Discriminator { property: "kind".to_owned(), mapping: vec![("none".to_owned(), 0), ("option".to_owned(), 1)] }),
            ),
        ),
        def("Json", None, object(Vec::new(), Additional::Kept { field: "key".to_owned(), ty: Type::Int(IntWidth::U8), is_declared: true })),
        def("Filter", None, object(vec![field("a", "a", Type::String, false)], Additional::Ignored)),
        def("Eq", None, numbers(&[("N0_5", 0.5), ("Minus2", -2.0)], Some("Other"))),
        def("Ord", None, numbers(&[("N0_5", 0.5), ("N1", 1.0)], None)),
    ]
}

/// Every feature of the model, under the worst names.
pub(crate) fn sample() -> Api {
    let mut operations = vec![wide(), nothing(), only_default()];
    operations.extend(outcomes());
    let mut both = Operation { type_name: "Told".to_owned(), response_name: "ToldResponse".to_owned(), ..wide() };
    both.path.segments = Vec::new();
    both.parameters.retain(|parameter| parameter.location != Location::Path);
    both.method_name = "url".to_owned();
    let again = Operation { type_name: "Again".to_owned(), response_name: "AgainResponse".to_owned(), ..both.clone() };
    let again = Operation { method_name: "send".to_owned(), group: 99, ..again };
    let mark = Mark { property: HOSTILE.to_owned(), values: vec![HOSTILE.to_owned()] };
    Api {
        globals: Vec::new(),
        name: "sample".to_owned(),
        title: "Sample */ \"API\"\n[x]".to_owned(),
        version: "1".to_owned(),
        description: Some(HOSTILE.to_owned()),
        servers: vec![server("/relative")],
        types: hostile_types(),
        shapes: crate::model::Shapes::default(),
        operations,
        callbacks: vec![
            Callback { name: HOSTILE.to_owned(), operation: both, receiver: 0, mark: Some(mark) },
            Callback { name: "b".to_owned(), operation: again, receiver: 1, mark: None },
        ],
        receivers: vec![receiver("type", "Callbacks", 0), Receiver { expression: HOSTILE.to_owned(), ..receiver("b", "BCallbacks", 9) }],
        groups: vec![
            Group { description: Some(HOSTILE.to_owned()), ..group(Some("mod \"]"), "mod", "ModApi") },
            group(Some("operations"), "operations", "OperationsApi"),
            group(None, "types", "TypesApi"),
            group(Some("unused"), "unused", "UnusedApi"),
            group(Some("new"), "new", "NewApi"),
        ],
        security_schemes: vec![
            scheme("basic", "basic", SecurityKind::Basic),
            scheme("bearer", "bearer", SecurityKind::Bearer),
            scheme("digest", "digest", SecurityKind::OtherHttp("Digest".to_owned())),
            SecurityScheme {
                description: Some(HOSTILE.to_owned()),
                ..scheme("head", "header", SecurityKind::ApiKeyHeader("X-Key".to_owned()))
            },
            scheme("query", "query", SecurityKind::ApiKeyQuery("key".to_owned())),
            scheme("cookie", "cookie", SecurityKind::ApiKeyCookie("sid".to_owned())),
        ],
    }
}

/// Parameters of every kind, more than clippy likes, and an optional body.
fn wide() -> Operation {
    use Location::{Cookie, Header, Path, Query};
    let mut it = operation("Wide", "send", Method::Post, "/wide/{id}/x{format}.json/{self}/{info}", 0);
    it.docs = Some(HOSTILE.to_owned());
    it.deprecated = true;
    it.parameters = vec![
        parameter("id", Path, Style::Simple, Type::Int(IntWidth::I64), true),
        parameter("format", Path, Style::Label, named(2), true),
        parameter("self", Path, Style::Matrix, list(Type::Int(IntWidth::U16)), true),
        parameter("info", Path, Style::Simple, Type::String, true),
        parameter("ids", Query, Style::Form, named(8), true),
        parameter("options", Query, Style::Json, named(4), true),
        parameter("at", Query, Style::Form, nullable(Type::DateTime), true),
        parameter("flag", Query, Style::Form, Type::Bool, true),
        parameter("filter", Query, Style::DeepObject, named(14), false),
        parameter("spaces", Query, Style::SpaceDelimited, list(Type::String), false),
        parameter("pipes", Query, Style::PipeDelimited, list(Type::Float), false),
        parameter("r#type", Header, Style::Simple, Type::Secret, true),
        parameter("x_trace", Header, Style::Simple, nullable(Type::String), false),
        parameter("sid", Cookie, Style::Form, Type::String, true),
        parameter("theme", Cookie, Style::Form, named(6), false),
    ];
    for parameter in it.parameters.iter_mut().skip(4).step_by(2) {
        parameter.explode = true;
        parameter.allow_reserved = true;
        parameter.docs = Some(HOSTILE.to_owned());
        parameter.deprecated = true;
    }
    it.body = body(false, json(nullable(named(4))));
    it.responses = vec![
        response(Status::Default, "Default", Some(json(named(0)))),
        response(Status::Range(4), "ClientError", None),
        response(Status::Code(204), "NoContent", None),
        Response { docs: Some(HOSTILE.to_owned()), ..response(Status::Code(200), "Ok", Some(json(named(4)))) },
        response(Status::Code(302), "Found", Some(media("text/plain", Codec::Text, Type::String))),
        response(Status::Range(2), "Success", Some(media("image/*", Codec::Blob, Type::Blob))),
    ];
    it.security = needs(&[&[0], &[1, 3], &[]]);
    it
}

fn nothing() -> Operation {
    operation("Nothing", "new", Method::Trace, "/", 1)
}

fn only_default() -> Operation {
    let mut it = operation("Error", "with_timeout", Method::Get, "/error/", 2);
    it.responses = vec![response(Status::Default, "Default", Some(json(named(0))))];
    it.security = needs(&[&[2], &[4, 5]]);
    it
}

/// One operation for each way in which responses come together.
fn outcomes() -> Vec<Operation> {
    let text = || media("text/plain", Codec::Text, Type::String);
    let bytes = || media("application/octet-stream", Codec::Bytes, Type::Bytes);
    let mut same = operation("Same", "same", Method::Get, "/same", 2);
    same.responses = vec![
        response(Status::Code(200), "Ok", Some(json(named(8)))),
        response(Status::Code(201), "Created", Some(json(list(Type::String)))),
        response(Status::Code(400), "BadRequest", Some(json(named(0)))),
        response(Status::Range(5), "ServerError", Some(media("application/problem+json", Codec::Json, named(0)))),
    ];
    let mut text_both = operation("Text", "text", Method::Put, "/text", 4);
    text_both.body = body(true, text());
    text_both.responses = vec![response(Status::Code(200), "Ok", Some(text()))];
    let mut bytes_both = operation("Bytes", "type", Method::Patch, "/bytes", 4);
    bytes_both.body = body(false, bytes());
    bytes_both.parameters = vec![parameter("body_", Location::Query, Style::Form, Type::String, true)];
    bytes_both.responses = vec![
        response(Status::Code(200), "Ok", Some(bytes())),
        response(Status::Code(404), "NotFound", None),
        response(Status::Code(500), "InternalServerError", Some(text())),
    ];
    let mut empty_default = operation("EmptyDefault", "empty_default", Method::Delete, "/text", 4);
    empty_default.responses = vec![response(Status::Default, "Default", None)];
    let mut failures = operation("Failures", "failures", Method::Head, "/failures", 1);
    failures.responses = vec![response(Status::Code(404), "NotFound", Some(json(Type::Any)))];
    let mut both = operation("Both", "both", Method::Options, "/both", 1);
    both.responses = vec![response(Status::Code(404), "NotFound", None), response(Status::Default, "Default", Some(json(named(12))))];
    vec![same, text_both, bytes_both, empty_default, failures, both, several_media(), several_kinds()]
}

/// Several media types of one type, which outcomes do not tell apart.
fn several_media() -> Operation {
    let forms = || {
        let forms = vec![("Json", json(named(4))), ("Self_", media("text/json", Codec::Json, named(4)))];
        Payload::Body(several("EverythingContent", forms))
    };
    let mut it = operation("SeveralMedia", "several_media", Method::Put, "/several/media", 1);
    it.responses = vec![
        Response { payload: forms(), ..response(Status::Code(200), "Ok", None) },
        response(Status::Code(201), "Created", Some(json(named(4)))),
        Response { payload: forms(), ..response(Status::Default, "Default", None) },
    ];
    let lists = vec![("Json", json(named(8))), ("Merge", media("application/merge-patch+json", Codec::Json, list(Type::String)))];
    it.body = Some(Body { name: "body".to_owned(), required: true, content: several("Lists", lists), docs: None });
    it
}

/// Several media types that hold different things.
fn several_kinds() -> Operation {
    let kinds = || {
        let bytes = media("application/octet-stream", Codec::Bytes, Type::Bytes);
        let text = media("text/plain", Codec::Text, Type::String);
        several(
            "Vec2",
            vec![("Json", json(named(5))), ("Text", text), ("Octets", bytes), ("Bool", media("text/json", Codec::Json, Type::Bool))],
        )
    };
    let mut it = operation("SeveralKinds", "several_kinds", Method::Post, "/several/kinds", 1);
    it.body = Some(Body { name: "body".to_owned(), required: false, content: kinds(), docs: None });
    it.responses = vec![
        Response { payload: Payload::Body(kinds()), ..response(Status::Code(200), "Ok", None) },
        Response { payload: Payload::Body(kinds()), ..response(Status::Range(4), "ClientError", None) },
        response(Status::Code(500), "InternalServerError", Some(json(named(0)))),
    ];
    it
}

/// What the words are thrown together from.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "a", " ", " ", "\n", "\n", "\n\n", "    ", "\t", "- ", "* ", "1. ", "2) ", "> ", ">", "# ", "## ", "#", "---\n",
    "===\n", "***", "```", "```\n", "~~~\n", "````rust\n", "`", "``", "[", "]", "[x]", "[a](b)", "[a](https://e.org)",
    "[`b`]", "![i](http://e.org)", "(", ")", "<", ">", "<b>", "</p>", "<!--", "-->", "<https://e.org>",
    "https://e.org/a_b?c=[d]&e=<f>", "http://", "http://e.org.", "www.e.org", "x@e.org", "|", "|---|---|\n",
    "| a | b |\n", "\\", "\\\\", "\\`", "\\[", "&lt;", "&#91;", "*", "**", "_", "~", "~~", "!", ":", "[^1]",
    "[^1]: x\n", "[r]: /u\n", "- [ ] ", "\u{202e}", "\u{a0}", "é", "panic!()", "fn main() {}", "std::vec::Vec", "//",
    "/*", "*/", "\"", "'", "{", "}", "$", "+ ", "-", "=", "\r\n", "1.",
];

/// Types whose docs are pieces of text that mean something to somebody, thrown together; the same every time.
pub(crate) fn words(count: usize) -> Api {
    let mut state = 1_u64;
    let mut next = move |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let mut text = || -> String {
        let length = next(24) + 1;
        (0..length).map(|_| PIECES[next(PIECES.len())]).collect()
    };
    let types = (0..count).map(|index| def(&format!("T{index}"), Some(&text()), object(Vec::new(), Additional::Ignored)));
    Api { name: "words".to_owned(), types: types.collect(), ..Api::default() }
}

/// More types than one file takes.
pub(crate) fn crowd(count: usize) -> Api {
    let types = (0..count).map(|index| {
        def(&format!("{}{index}", ["Mod", "Self", "Alpha", "Beta"][index % 4]), None, object(Vec::new(), Additional::Ignored))
    });
    Api { name: "crowd".to_owned(), types: types.collect(), ..Api::default() }
}
