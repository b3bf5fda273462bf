//! Unions, and recursion through everything.

use super::{describe, lower, schemas};

#[test]
fn a_discriminator_declares_its_property_in_every_arm() {
    let (api, _) = lower(&schemas(concat!(
        "A: {oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/C'}, {$ref: '#/components/schemas/D'}], ",
        "discriminator: {propertyName: kind}}\n",
        "B: {required: [kind], properties: {kind: {type: integer}}}\n",
        "C: {properties: {Kind: {type: string}, kind_2: {type: string}}}\n",
        "D: {oneOf: [{$ref: '#/components/schemas/E'}, {type: string}]}\n",
        "E: {properties: {x: {type: string}}}\n",
        "F: {properties: {x: {type: integer}}}",
    )));
    assert_eq!(
        describe(&api)[1..],
        [
            "B {kind!: i64}",
            "C {kind: String, kind_2: String, kind_3: String}",
            "D E(E) / String(String)",
            "E {x: String, kind: String}",
            "F {x: i64}"
        ]
    );
}

#[test]
fn what_tells_arms_apart_is_a_field_of_each() {
    let union = "U: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}], discriminator: {propertyName: kind}}";
    for (arms, expected) in [
        (
            "A: {properties: {a: {type: string}}}\nB: {properties: {kind: {type: integer}}}",
            ["A {a: String, kind: String}", "B {kind: i64}"],
        ),
        (
            "A: {properties: {Kind: {type: string}}, additionalProperties: false}\nB: {properties: {b: {type: string}}, additionalProperties: {type: integer}}",
            ["A {kind: String, kind_2: String, closed}", "B {b: String, kind: String, additional_properties: *i64}"],
        ),
        (
            "A: {$ref: '#/components/schemas/C'}\nB: {type: array, items: {type: string}}\nC: {properties: {c: {type: string}}}",
            ["A = C", "C {c: String, kind: String}"],
        ),
    ] {
        let (api, _) = lower(&schemas(&format!("{union}\n{arms}")));
        let all = describe(&api);
        for line in expected {
            assert!(all.iter().any(|found| found == line), "{line} in {all:?}");
        }
    }
}

#[test]
fn recursion_is_boxed_where_a_cycle_needs_it() {
    for (yaml, expected) in [
        ("A: {properties: {next: {$ref: '#/components/schemas/A'}}}", &["A {next: Box<A>}"][..]),
        ("A: {properties: {all: {type: array, items: {$ref: '#/components/schemas/A'}}}}", &["A {all: [A]}"]),
        ("A: {type: array, items: {$ref: '#/components/schemas/A'}}", &["A new [A]"]),
        (
            "A: {properties: {b: {$ref: '#/components/schemas/B'}}}\nB: {properties: {a: {$ref: '#/components/schemas/A'}}}",
            &["A {b: B}", "B {a: Box<A>}"],
        ),
    ] {
        let (api, _) = lower(&schemas(yaml));
        assert_eq!(describe(&api), expected, "{yaml}");
    }
}

#[test]
fn choices_become_unions_that_lose_nothing() {
    let arms = "B: {type: object, required: [b], properties: {b: {type: string}, k: {type: string, enum: [bee, bug]}}}\n\
        C: {type: object, required: [c], properties: {c: {type: integer}, k: {type: string, enum: [cat]}}}\n\
        D: {type: object, required: [b], properties: {b: {type: string}, d: {type: boolean}}}\n\
        E: {type: object, required: [b], properties: {e: {type: boolean}}}\n\
        F: {type: object, properties: {b: {type: string}, d: {type: boolean}, f: {type: string}}}\n\
        G: {type: object, properties: {b: {type: integer}}}\n";
    for (yaml, expected) in [
        // a property whose values no two arms share tells them apart
        ("A: {oneOf: [B, C]}", &["A B(B) / C(C) by k [(\"bee\", 0), (\"bug\", 0), (\"cat\", 1)]"][..]),
        ("A: {anyOf: [B, C]}", &["A B(B) / C(C) by k [(\"bee\", 0), (\"bug\", 0), (\"cat\", 1)]"]),
        ("A: {oneOf: [B, D]}", &["A B(B) / D(D)"]),
        ("A: {oneOf: [B, C, {type: string}]}", &["A B(B) / C(C) / String(String)"]),
        (
            "A: {oneOf: [{properties: {on: {type: boolean, enum: [true]}}}, {properties: {on: {type: boolean, enum: [false]}, x: {type: string}}}]}",
            &["A True(ATrue) / False(AFalse) by on [(\"true\", 0), (\"false\", 1)]", "ATrue {on: Bool}", "AFalse {on: Bool, x: String}"],
        ),
        // a discriminator without a mapping: the schema's name, and the values that the schema itself allows
        (
            "A: {oneOf: [B, C], discriminator: {propertyName: k}}",
            &["A B(B) / C(C) by k [(\"B\", 0), (\"C\", 1), (\"bee\", 0), (\"bug\", 0), (\"cat\", 1)]"],
        ),
        (
            "A: {oneOf: [{properties: {k: {enum: [x]}}}, C], discriminator: {propertyName: k, mapping: {cat: C}}}",
            &["A X(Ax) / C(C) by k [(\"cat\", 1), (\"x\", 0)]", "AxK X=x", "Ax {k: AxK}"],
        ),
        // several arms of an `anyOf` may hold at once; of a `oneOf` they may not
        ("A: {anyOf: [D, E]}", &["A D(D) / E(E) / Together(ATogether) any, last together", "ATogether {b!: String, d: Bool, e: Bool}"]),
        ("A: {anyOf: [D, F]}", &["A D(D) / F(F) any"]),
        // every arm is in one of the groups that do not contradict each other
        (
            "A: {anyOf: [D, G, {properties: {y: {type: string}}}, {properties: {z: {type: string}}}]}",
            &[
                "A D(D) / G(G) / Y(Ay) / Z(Az) / Together(ATogether) / Together2(ATogether2) any, last together",
                "Ay {y: String}",
                "Az {z: String}",
                "ATogether {b: String, d: Bool, y: String, z: String}",
                "ATogether2 {b: i64, y: String, z: String}",
            ],
        ),
        ("A: {anyOf: [D, G]}", &["A D(D) / G(G) any"]),
        ("A: {anyOf: [D, {type: string}, {type: integer}]}", &["A D(D) / String(String) / Integer(i64)"]),
        // what stands beside a choice holds of every arm
        (
            "A: {type: object, required: [a], properties: {a: {type: string}}, oneOf: [D, G]}",
            &["A D(Ad) / G(Ag)", "Ad {a!: String, b!: String, d: Bool}", "Ag {a!: String, b: i64}"],
        ),
        // two choices hold of one value: each arm of the one with each arm of the other, unless they contradict each other
        (
            "A: {allOf: [{oneOf: [D, {type: string}]}, {oneOf: [G, E, {type: string, format: uuid}]}]}",
            &["A Object(AObject) / String(String)", "AObject {b!: String, d: Bool, e: Bool}"],
        ),
        ("A: {oneOf: [{type: string}], anyOf: [{type: integer}, {type: boolean}]}", &["A = Any"]),
        ("A: {allOf: [{oneOf: [D, G]}, {description: words}]}", &["A D(D) / G(G)"]),
        // arms that list values are one enum, and a component that lists them stays what it is
        ("A: {oneOf: [{type: string, enum: [x]}, {type: string, enum: [y]}]}", &["A X=x|Y=y"]),
        ("A: {anyOf: [{type: string}, {type: string, enum: [x, y]}]}", &["A X=x|Y=y"]),
        ("A: {anyOf: [{type: string}, {$ref: '#/components/schemas/K'}]}\nK: {type: string, enum: [x]}", &["A = K"]),
        ("A: {oneOf: [{enum: [x]}, D, {enum: [y]}]}", &["A String(AString) / D(D)", "AString X=x|Y=y"]),
        ("A: {oneOf: [{type: integer, enum: [1], title: One}, {type: integer, enum: [2], title: Two}]}", &["A One=1|Two=2"]),
        ("A: {oneOf: [{enum: [x]}, {enum: [2]}]}", &["A String(AString) / Integer(AInteger)", "AString X=x", "AInteger N2=2"]),
        ("A: {anyOf: [{type: string, format: uuid}, {enum: [x]}]}", &["A String(String) / String2(AString)", "AString X=x"]),
        // `null` among the arms, and unions in unions
        ("U: {type: array, items: {oneOf: [{enum: [x]}, {enum: [y]}, {enum: [null]}]}}", &["U = [UItem|null]", "UItem X=x|Y=y"]),
        ("A: {oneOf: [D, {enum: [null]}]}\nU: {type: array, items: A}", &["A = D|null", "U = [A]"]),
        ("A: {oneOf: [{oneOf: [D, G]}, {type: array, items: D}]}", &["A Variant1(AVariant1) / List([D])", "AVariant1 D(D) / G(G)"]),
    ] {
        let written = "BCDEFG".chars().fold(yaml.to_owned(), |yaml, name| {
            let reference = format!("{{$ref: '#/components/schemas/{name}'}}");
            let yaml =
                yaml.replace(&format!("[{name},"), &format!("[{reference},")).replace(&format!(", {name}]"), &format!(", {reference}]"));
            let yaml = yaml
                .replace(&format!(", {name},"), &format!(", {reference},"))
                .replace(&format!("items: {name}}}"), &format!("items: {reference}}}"));
            yaml.replace(&format!("cat: {name}"), &format!("cat: '#/components/schemas/{name}'"))
        });
        let written = written.replace("items: A}", "items: {$ref: '#/components/schemas/A'}}");
        let (api, _) = lower(&schemas(&format!("{arms}{written}")));
        let all = describe(&api);
        let found: Vec<&String> = all.iter().filter(|line| line.starts_with(['A', 'U'])).collect();
        assert_eq!(found, expected, "{yaml}");
    }
}

#[test]
fn conjunctions_lose_nothing_and_say_what_contradicts() {
    for (yaml, expected, said) in [
        ("A: {allOf: [{type: string}, {type: integer}]}", &["A = Any"][..], 1),
        (
            "A: {allOf: [{type: object, properties: {x: {type: string}}}, {type: object, properties: {x: {type: integer}}}]}",
            &["A {x: Any}"],
            1,
        ),
        ("A: {allOf: [{enum: [a, b]}, {enum: [b, c]}]}", &["A B=b"], 0),
        ("A: {allOf: [{type: string, enum: [a]}, {type: string, enum: [b]}]}", &["A = String"], 1),
        ("A: {allOf: [{type: integer, format: int32}, {type: integer, format: int64}]}", &["A = i32"], 0),
        ("A: {allOf: [{required: [x]}, {properties: {x: {type: string}}}, {required: [x, y]}]}", &["A {x!: String, y!: Any}"], 1),
        // items and further properties of several parts are all kept
        (
            "A: {allOf: [{type: array, items: {properties: {x: {type: string}}}}, {type: array, items: {properties: {y: {type: string}}}}]}",
            &["A = [AItem]", "AItem {x: String, y: String}"],
            0,
        ),
        (
            "A: {allOf: [{additionalProperties: {properties: {x: {type: string}}}}, {additionalProperties: {properties: {y: {type: string}}}}]}",
            &["A = map<AValue>", "AValue {x: String, y: String}"],
            0,
        ),
        (
            "A: {allOf: [{properties: {x: {type: string}}, additionalProperties: false}, {properties: {y: {type: string}}}]}",
            &["A {x: String, y: String, closed}"],
            0,
        ),
    ] {
        let (api, diagnostics) = lower(&schemas(yaml));
        assert_eq!(describe(&api), expected, "{yaml}");
        assert_eq!(diagnostics.iter().count(), said, "{yaml}");
        assert!(diagnostics.iter().all(|said| said.code.as_str().starts_with("schema/")), "{yaml}");
    }
}

#[test]
fn recursion_ends_wherever_it_is() {
    let to = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
    let (a, b) = (to("A"), to("B"));
    for (yaml, expected, said) in [
        // nothing but itself
        (format!("A: {a}"), &["A = Any"][..], 1),
        (format!("A: {b}\nB: {a}"), &["A = B|null", "B = Any"], 1),
        (format!("A: {{allOf: [{a}]}}"), &["A = Any"], 1),
        (format!("A: {{oneOf: [{a}, {{type: string}}, {{type: integer}}]}}"), &["A String(String) / Integer(i64)"], 1),
        (
            format!("A: {{oneOf: [{b}, {{type: string}}]}}\nB: {{oneOf: [{{type: integer}}, {a}]}}"),
            &["A B(B) / String(String)", "B Integer(i64)"],
            1,
        ),
        (format!("A: {{oneOf: [{{allOf: [{a}, {{properties: {{x: {{type: string}}}}}}]}}, {{type: string}}]}}"), &[], 2),
        // through allOf, lists, maps and unions
        (
            format!("A: {{allOf: [{b}, {{properties: {{a: {a}}}}}]}}\nB: {{properties: {{b: {{type: string}}}}}}"),
            &["A {b: String, a: Box<A>}", "B {b: String}"],
            0,
        ),
        (format!("A: {{additionalProperties: {a}}}"), &["A new map<A>"], 0),
        (
            format!("A: {{oneOf: [{{type: array, items: {a}}}, {{additionalProperties: {a}}}, {{type: string}}]}}"),
            &["A List([A]) / Map(map<A>) / String(String)"],
            0,
        ),
        (format!("A: {{oneOf: [{b}, {{type: string}}]}}\nB: {{properties: {{a: {a}}}}}"), &["A B(B) / String(String)", "B {a: Box<A>}"], 0),
        (
            format!("A: {{properties: {{child: {{allOf: [{a}, {{properties: {{x: {{type: string}}}}}}]}}}}}}"),
            &["A {child: AChild2}", "AChild2 = AChild", "AChild {child: Box<AChild2>, x: String}"],
            0,
        ),
    ] {
        let (api, diagnostics) = lower(&schemas(&yaml));
        if !expected.is_empty() {
            assert_eq!(describe(&api), expected, "{yaml}");
        }
        assert!(diagnostics.iter().count() <= said, "{yaml}: {:?}", diagnostics.iter().map(|said| &said.message).collect::<Vec<_>>());
    }
}

#[test]
fn a_parent_keeps_what_its_children_declare() {
    let (api, _) = lower(&schemas(concat!(
        "Pet: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}\n",
        "Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {lives: {type: integer}}}]}\n",
        "Shut: {type: object, properties: {kind: {type: string}}, additionalProperties: false, discriminator: {propertyName: kind}}\n",
        "Wild: {allOf: [{$ref: '#/components/schemas/Cat'}], properties: {home: {type: string}}, discriminator: {propertyName: kind}}\n",
        "Tame: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {a: {type: string}}, discriminator: {propertyName: kind}}]}\n",
        "One: {allOf: [{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Shut'}]}, {type: object, discriminator: {propertyName: kind}}]}",
    )));
    assert_eq!(
        describe(&api).iter().take(5).collect::<Vec<_>>(),
        [
            "Pet {kind!: String, additional_properties: *Any}",
            "Cat {kind!: String, lives: i64}",
            "Shut {kind: String, closed}",
            "Wild {home: String, kind!: String, lives: i64, additional_properties: *Any}",
            "Tame {kind!: String, a: String, additional_properties: *Any}",
        ]
    );
    assert!(matches!(api.types[5].kind, crate::model::TypeKind::Union(_)));
}

#[test]
fn defaults_are_told_and_those_that_do_not_fit_are_said() {
    for (schema, docs, fits) in [
        ("{type: string, default: a}", "Default: `\"a\"`.", true),
        ("{type: string, description: words, default: a}", "words\n\nDefault: `\"a\"`.", true),
        ("{type: integer, default: 1}", "Default: `1`.", true),
        ("{type: integer, default: a}", "Default: `\"a\"`.", false),
        ("{type: number, enum: [1, 2], default: 2}", "Default: `2`.", true),
        ("{type: string, enum: [a, b], default: c}", "Default: `\"c\"`.", false),
        ("{type: array, items: {type: string}, default: []}", "Default: `[]`.", true),
        ("{type: array, items: {type: string}, default: {}}", "Default: `{}`.", false),
        ("{oneOf: [{type: string}, {type: integer}], default: true}", "Default: `true`.", true),
        ("{default: 1, allOf: [{$ref: '#/components/schemas/E'}]}", "Default: `1`.", false),
    ] {
        let (api, diagnostics) = lower(&schemas(&format!("A: {{properties: {{x: {schema}}}}}\nE: {{type: string, enum: [a]}}")));
        let crate::model::TypeKind::Struct(object) = &api.types[0].kind else { panic!("a struct") };
        assert_eq!(object.fields[0].docs.as_deref(), Some(docs), "{schema}");
        let said: Vec<String> =
            diagnostics.iter().filter(|found| found.code.as_str() == "schema/default").map(|found| format!("{:?}", found.place)).collect();
        assert_eq!(said.is_empty(), fits, "{schema}: {said:?}");
        assert!(said.len() < 2, "{schema}: {said:?}");
    }
}
