//! Tests: what a tolerant reader passes over, what it says of it, and what stays an error.

use std::collections::BTreeMap;

use super::*;
use crate::maybe::Maybe;
use crate::secret::Secret;

/// A type with a property of each kind.
#[derive(Debug, Default, PartialEq)]
struct Group {
    name: String,
    size: Option<i64>,
    note: Maybe<String>,
    tags: Vec<String>,
    counts: BTreeMap<String, i64>,
    inner: Option<Box<Group>>,
    names: Option<Vec<String>>,
    key: Option<Secret>,
    keys: Option<Vec<Secret>>,
    shape: Option<Shape>,
    more: BTreeMap<String, bool>,
}

impl Json for Group {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut group = Self::default();
        let (mut name, mut tags, mut counts) = (None, None, None);
        reader.object(&mut |key, reader| match key {
            "name" => reader.field(&mut name, key),
            "size" => reader.optional(&mut group.size, key),
            "note" => reader.maybe(&mut group.note, key),
            "tags" => reader.field(&mut tags, key),
            "counts" => reader.field(&mut counts, key),
            "inner" => reader.optional(&mut group.inner, key),
            "names" => reader.optional(&mut group.names, key),
            "key" => reader.optional(&mut group.key, key),
            "keys" => reader.optional(&mut group.keys, key),
            "shape" => reader.optional(&mut group.shape, key),
            _ => reader.extra(&mut group.more, key),
        })?;
        group.name = Reader::required(name, "name")?;
        group.tags = tags.unwrap_or_default();
        group.counts = counts.unwrap_or_default();
        Ok(group)
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.field("name", &self.name);
        object.optional("size", &self.size);
        object.end();
    }
}

/// A union with a tag.
#[derive(Debug, PartialEq)]
enum Shape {
    Round(Round),
    Other(serde_json::Value),
}

/// An object with a property that is required.
#[derive(Debug, PartialEq)]
struct Round {
    radius: i64,
    hue: Option<String>,
}

impl Json for Round {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let (mut radius, mut hue) = (None, None);
        reader.object(&mut |key, reader| match key {
            "radius" => reader.field(&mut radius, key),
            "hue" => reader.optional(&mut hue, key),
            _ => Ok(false),
        })?;
        Ok(Self { radius: Reader::required(radius, "radius")?, hue })
    }

    fn write(&self, writer: &mut Writer) {
        writer.object().end();
    }
}

impl Json for Shape {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let arms: &[(&str, Arm<Self>)] = &[("Round", |reader| reader.value().map(Self::Round))];
        reader.tagged_union("kind", &[("round", 0)], arms, Self::Other)
    }

    fn write(&self, writer: &mut Writer) {
        writer.null();
    }
}

fn tolerant<T: Json>(text: &str) -> (Result<T, String>, Vec<String>) {
    let notes = Notes::default();
    let value = Reading::tolerant(&notes).text::<T>(text).map_err(|error| error.to_string());
    (
        value,
        notes
            .take()
            .iter()
            .map(|deviation| deviation.to_string().trim_start_matches("body").trim_start_matches(" at ").to_owned())
            .collect(),
    )
}

#[test]
fn what_does_not_fit_an_optional_place_is_left_out_and_said() {
    let group = || Group { name: "n".into(), ..Group::default() };
    let with = |change: fn(&mut Group)| {
        let mut group = group();
        change(&mut group);
        group
    };
    for (members, expected, said) in [
        // Everything fits.
        (r#""size":7,"note":null,"tags":["a"]"#, with(|it| (it.size, it.note, it.tags) = (Some(7), Maybe::Null, vec!["a".into()])), vec![]),
        // Optional properties.
        (r#""size":"seven""#, group(), vec![r#"/size: expected an integer, found "seven""#]),
        (r#""size":null"#, group(), vec!["/size: expected a value, found null"]),
        (r#""note":{"deep":[1,2]}"#, group(), vec!["/note: expected a string, found an object"]),
        (r#""size":[1,[2]],"tags":["a"]"#, with(|it| it.tags = vec!["a".into()]), vec!["/size: expected an integer, found a list"]),
        // An item that does not fit takes the optional list with it, and is named.
        (r#""names":["a",{"b":1},"c"]"#, group(), vec!["/names/1: expected a string, found an object"]),
        (r#""more":true,"other":7"#, with(|it| it.more = [("more".into(), true)].into()), vec!["/other: expected a boolean, found 7"]),
        // Lists and maps that are nothing, or empty in the wrong way.
        (r#""tags":null,"counts":null"#, group(), vec!["/tags: expected a list, found null", "/counts: expected a map, found null"]),
        (
            r#""tags":{},"counts":[]"#,
            group(),
            vec!["/tags: expected a list, found an empty object", "/counts: expected an object, found an empty list"],
        ),
        (r#""inner":[ ]"#, group(), vec!["/inner: expected property `name`, found nothing"]),
        // Deep inside only what does not fit is left out.
        (
            r#""inner":{"name":"i","size":1.5,"inner":{"size":2}}"#,
            with(|it| it.inner = Some(Box::new(Group { name: "i".into(), ..Group::default() }))),
            vec!["/inner/size: expected an integer, found 1.5", "/inner/inner: expected property `name`, found nothing"],
        ),
        // Secrets are not shown, whatever stands there.
        (
            r#""key":12345,"keys":"open sesame""#,
            group(),
            vec!["/key: expected a string, found a value that is not shown", "/keys: expected a list, found a value that is not shown"],
        ),
        (r#""keys":["a",["open"]]"#, group(), vec!["/keys/1: expected a string, found a value that is not shown"]),
        // Unions.
        (
            r#""shape":{"kind":"round","radius":1,"hue":2}"#,
            with(|it| it.shape = Some(Shape::Round(Round { radius: 1, hue: None }))),
            vec!["/shape/hue: expected a string, found 2"],
        ),
        (
            r#""shape":{"kind":"round","radius":"x"}"#,
            with(|it| it.shape = Some(Shape::Other(serde_json::json!({"kind": "round", "radius": "x"})))),
            vec![r#"/shape/radius: expected an integer, found "x""#],
        ),
        (
            r#""shape":{"kind":"square"}"#,
            with(|it| it.shape = Some(Shape::Other(serde_json::json!({"kind": "square"})))),
            vec![r#"/shape/kind: expected a documented value, found "square""#],
        ),
        (r#""shape":7"#, with(|it| it.shape = Some(Shape::Other(7.into()))), vec!["/shape: expected one of Round, found 7"]),
    ] {
        let (value, found) = tolerant::<Group>(&format!(r#"{{"name":"n",{members}}}"#));
        assert_eq!((value, found), (Ok(expected), said.into_iter().map(str::to_owned).collect()), "{members}");
    }
}

#[test]
fn what_is_required_stays_an_error() {
    for (text, message) in [
        (r#"{"size":1}"#, "missing property `name`"),
        (r#"{"name":1}"#, "/name: expected a string, found 1"),
        (r#"{"name":null}"#, "/name: expected a string, found null"),
        (r#"{"name":"n","tags":["a",1]}"#, "/tags/1: expected a string, found 1"),
        (r#"{"name":"n","tags":{"a":1}}"#, "/tags: expected a list, found an object"),
        (r#"{"name":"n","counts":{"a":"x"}}"#, r#"/counts/a: expected an integer, found "x""#),
        ("null", "expected an object, found null"),
        (r#"{"name":"n","size":1,"size":2}"#, "/size: the property comes twice"),
        // Broken JSON is no value that does not fit.
        (r#"{"name":"n","size":[1}"#, "/size: byte 21: expected `,` or `]`"),
        (r#"{"name":"n","size":tru}"#, "/size: byte 19: expected a value"),
    ] {
        let (value, _) = tolerant::<Group>(text);
        assert!(value.as_ref().is_err_and(|error| error.starts_with(message)), "{text}: {value:?}");
    }
    // Whoever does not ask for tolerance has none.
    for side in [Side::Client, Side::Server] {
        assert!(from_str::<Group>(r#"{"name":"n","size":"seven"}"#, side).is_err());
        assert!(from_str::<Vec<i64>>("null", side).is_err());
        assert!(from_str::<Vec<i64>>("{}", side).is_err());
    }
}

#[test]
fn an_arm_that_declares_a_property_is_better_than_one_that_keeps_it() {
    /// An object that keeps what it does not know.
    #[derive(Debug, PartialEq)]
    struct Keeper(BTreeMap<String, serde_json::Value>);
    impl Json for Keeper {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            let mut kept = BTreeMap::new();
            reader.object(&mut |key, reader| reader.undeclared(&mut kept, key)).map(|()| Self(kept))
        }

        fn write(&self, writer: &mut Writer) {
            let mut object = writer.object();
            object.extra(&self.0);
            object.end();
        }
    }
    #[derive(Debug, PartialEq)]
    enum Either {
        Keeper(Keeper),
        Round(Round),
        Other(serde_json::Value),
    }
    impl Json for Either {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            let arms: &[(&str, Arm<Self>)] =
                &[("Keeper", |reader| reader.value().map(Self::Keeper)), ("Round", |reader| reader.value().map(Self::Round))];
            reader.any_union(arms, arms.len(), Self::Other)
        }

        fn write(&self, writer: &mut Writer) {
            writer.null();
        }
    }
    let round = from_str::<Either>(r#"{"radius":1}"#, Side::Client).unwrap();
    assert_eq!(round, Either::Round(Round { radius: 1, hue: None }));
    let kept = from_str::<Either>(r#"{"width":{"a":[1]},"height":2}"#, Side::Client).unwrap();
    let Either::Keeper(kept) = kept else { panic!("{kept:?}") };
    assert_eq!(to_string(&kept).unwrap(), r#"{"height":2,"width":{"a":[1]}}"#);
    assert!(from_str::<Keeper>(r#"{"a":1,"a":2}"#, Side::Client).is_err());
}

#[test]
fn a_whole_body_that_is_nothing_is_an_empty_list_or_map() {
    assert_eq!(tolerant::<Vec<i64>>("null"), (Ok(vec![]), vec![": expected a list, found null".into()]));
    assert_eq!(tolerant::<BTreeMap<String, i64>>("null"), (Ok(BTreeMap::new()), vec![": expected a map, found null".into()]));
    assert_eq!(tolerant::<Vec<Vec<i64>>>("[[1],null]"), (Ok(vec![vec![1], vec![]]), vec!["/1: expected a list, found null".into()]));
}

#[test]
fn deviations_are_bounded_and_counted_and_say_what_was_left_out() {
    let items: Vec<String> = (0..500).map(|_| r#"{"name":"n","names":[1]}"#.to_owned()).collect();
    let notes = Notes::default();
    let groups: Vec<Group> = Reading::tolerant(&notes).text(&format!("[{}]", items.join(","))).unwrap();
    let deviations = notes.take();
    assert_eq!((groups.len(), deviations.len(), deviations.total()), (500, 100, 500));
    let last = deviations.last().unwrap();
    assert_eq!((last.pointer(), last.left_out(), last.part()), ("/99/names/0", "/99/names", &AnswerPart::Body));
    // What a peer writes does not make a note long.
    let long = format!(r#"{{"name":"n","size":"{}"}}"#, "x".repeat(10_000));
    assert!(tolerant::<Group>(&long).1.iter().all(|note| note.len() < 120));
}

#[test]
fn an_arm_that_fits_wins_over_one_that_has_to_leave_something_out() {
    #[derive(Debug, PartialEq)]
    enum Either {
        Round(Round),
        Groups(Vec<Group>),
        Other(serde_json::Value),
    }
    impl Json for Either {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            let arms: &[(&str, Arm<Self>)] =
                &[("Groups", |reader| reader.value().map(Self::Groups)), ("Round", |reader| reader.value().map(Self::Round))];
            reader.union(arms, Self::Other)
        }

        fn write(&self, writer: &mut Writer) {
            writer.null();
        }
    }
    for (text, expected, said) in [
        (r#"{"radius":1}"#, Either::Round(Round { radius: 1, hue: None }), vec![]),
        (r#"{"radius":1,"hue":2}"#, Either::Round(Round { radius: 1, hue: None }), vec!["/hue: expected a string, found 2"]),
        ("null", Either::Groups(vec![]), vec![": expected a list, found null"]),
        (r#"{"round":1}"#, Either::Other(serde_json::json!({"round": 1})), vec![": expected one of Groups, Round, found an object"]),
    ] {
        assert_eq!(tolerant::<Either>(text), (Ok(expected), said.into_iter().map(str::to_owned).collect()), "{text}");
    }
}
