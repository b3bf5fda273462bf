//! Scalars: texts, numbers and the sets of values that become enums.

use serde_json::Value;

use super::Lowering;
use super::names::{self, Scope};
use super::naming::Hint;
use super::schema::Shape;
use super::view::{Others, View};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Arm, Enum, EnumValues, Holds, IntWidth, Type, TypeKind, Union, Variant};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    pub(super) fn string(&mut self, view: &View<'a>, pointer: &Pointer) -> Shape {
        let texts: Vec<&str> = view.values.iter().filter_map(Value::as_str).collect();
        let expected = view.values.iter().filter(|value| !value.is_null()).count();
        if texts.len() != expected {
            let message = "some values of the enum are no strings; it is carried as a string";
            self.report(Diagnostic::new(Code::SCHEMA_ENUM, message).at(Place::at(&pointer.child("enum"))));
        }
        if !texts.is_empty() {
            let mut values = string_enum(&texts);
            self.give_enum(&mut values.values, &view.values, pointer);
            return Shape::Named(TypeKind::Enum(values));
        }
        Shape::Plain(match view.format.as_deref() {
            Some("date-time") => Type::DateTime,
            Some("password") => Type::Secret,
            Some("byte") => Type::Base64,
            _ => Type::String,
        })
    }

    pub(super) fn integer(&mut self, view: &View<'a>, pointer: &Pointer) -> Shape {
        match integer_enum(view) {
            Some(mut values) => {
                self.give_enum(&mut values.values, &view.values, pointer);
                Shape::Named(TypeKind::Enum(values))
            }
            None => {
                self.note_enum(view, "whole number", pointer);
                Shape::Plain(Type::Int(int_width(view)))
            }
        }
    }

    pub(super) fn note_enum(&mut self, view: &View<'a>, kind: &str, pointer: &Pointer) {
        if view.values.iter().any(|value| !value.is_null()) {
            let message = format!("an enum of other values than texts and whole numbers is carried as a {kind}");
            self.report(Diagnostic::new(Code::SCHEMA_ENUM, message).at(Place::at(&pointer.child("enum"))));
        }
    }

    /// A set of values of several JSON types: one arm for each type.
    pub(super) fn mixed(&mut self, view: &View<'a>, hint: &Hint, pointer: &Pointer) -> Shape {
        type Test = fn(&Value) -> bool;
        const KINDS: [(&str, Test); 4] =
            [("String", Value::is_string), ("Integer", Value::is_i64), ("Number", is_fraction), ("Boolean", Value::is_boolean)];
        let of = |test: Test| View { values: view.values.iter().filter(|value| test(value)).cloned().collect(), ..View::default() };
        if view.values.is_empty() || view.values.iter().any(|value| value.is_object() || value.is_array()) {
            self.note_enum(view, "JSON value", pointer);
            return Shape::Plain(Type::Any);
        }
        let mut arms = Vec::new();
        for (name, test) in KINDS {
            let part = of(test);
            if !part.values.is_empty() {
                arms.push(Arm { name: name.to_owned(), ty: self.lower_view(part, &hint.arm(name), pointer) });
            }
        }
        match arms.as_slice() {
            [] => Shape::Plain(Type::Any),
            [only] => Shape::Plain(only.ty.clone()),
            _ => Shape::Named(TypeKind::Union(Union { arms, discriminator: None, holds: Holds::One, other: "Other".to_owned() })),
        }
    }
}

/// The JSON type of a schema that names none, by what else it says.
pub(super) fn inferred(view: &View<'_>) -> &'static str {
    let all = |test: fn(&Value) -> bool| view.values.iter().any(|v| !v.is_null()) && view.values.iter().all(|v| v.is_null() || test(v));
    if !view.properties.is_empty() || matches!(view.others, Others::Of(_) | Others::Refused) {
        "object"
    } else if !view.items.is_empty() {
        "array"
    } else if all(Value::is_string) {
        "string"
    } else if all(|value| value.is_i64()) {
        "integer"
    } else if all(Value::is_number) {
        "number"
    } else if all(Value::is_boolean) {
        "boolean"
    } else {
        "any"
    }
}

fn is_fraction(value: &Value) -> bool {
    value.is_number() && !value.is_i64()
}

/// What a whole number needs: as its format says, and more where the document names a number that is larger.
fn int_width(view: &View<'_>) -> IntWidth {
    // 2^64
    const BORDER: f64 = 18_446_744_073_709_551_616.0;
    let wide = |from: f64| view.wide.iter().any(|number| !(from..=BORDER).contains(number));
    match view.format.as_deref() {
        Some("int128" | "uint128" | "bigint" | "big-integer" | "biginteger") => IntWidth::I128,
        Some("int8") => IntWidth::I8,
        Some("int16") => IntWidth::I16,
        Some("int32") => IntWidth::I32,
        Some("uint8") => IntWidth::U8,
        Some("uint16") => IntWidth::U16,
        Some("uint32") => IntWidth::U32,
        Some("uint64" | "unsigned") => IntWidth::U64,
        _ if view.wide.is_empty() => IntWidth::I64,
        _ if view.unsigned && !wide(0.0) => IntWidth::U64,
        _ => IntWidth::I128,
    }
}

fn string_enum(texts: &[&str]) -> Enum {
    let mut scope = Scope::default();
    let mut values: Vec<Variant<String>> = Vec::with_capacity(texts.len());
    for text in texts {
        if values.iter().all(|known| known.value != **text) {
            values.push(Variant { name: scope.claim(&names::variant_name(text)), value: (*text).to_owned() });
        }
    }
    let other = scope.claim_first(&["Other".to_owned(), "Unknown".to_owned(), "OtherValue".to_owned()], &[]);
    Enum { values: EnumValues::Strings(values), other: Some(other) }
}

/// An enum of whole numbers, if all values are such that an `i64` holds.
fn integer_enum(view: &View<'_>) -> Option<Enum> {
    let mut scope = Scope::default();
    let mut values: Vec<Variant<i64>> = Vec::new();
    for (index, value) in view.values.iter().enumerate().filter(|(_, value)| !value.is_null()) {
        let value = value.as_i64()?;
        if values.iter().all(|known| known.value != value) {
            let name =
                view.value_names.get(index).map_or_else(|| names::variant_name(&value.to_string()), |name| names::variant_name(name));
            values.push(Variant { name: scope.claim(&name), value });
        }
    }
    let other = scope.claim_first(&["Other".to_owned(), "Unknown".to_owned(), "OtherValue".to_owned()], &[]);
    (!values.is_empty()).then_some(Enum { values: EnumValues::Integers(values), other: Some(other) })
}
