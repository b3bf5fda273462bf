//! Scalars: texts, numbers and the sets of values that become enums.

use std::collections::HashSet;

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
        if view.values.iter().any(|value| !value.is_string() && !value.is_null()) {
            let message = "some values of the enum are no strings; it is carried as a string";
            self.report(Diagnostic::new(Code::SCHEMA_ENUM, message).at(Place::at(&pointer.child("enum"))));
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        // `name` and `-name` are the two ways of sorting by one thing.
        let name = |text: &String| match text.split_at_checked(1) {
            Some((sign @ ("-" | "+"), bare))
                if bare.starts_with(char::is_alphabetic) && view.values.iter().any(|value| value.as_str() == Some(bare)) =>
            {
                format!("{}{}", if sign == "-" { "Minus" } else { "Plus" }, names::variant_name(bare))
            }
            _ => names::variant_name(text),
        };
        if let Some(values) = enumeration(view, text, name, EnumValues::Strings) {
            return self.enumerated(values, view, pointer);
        }
        Shape::Plain(match view.format.as_deref() {
            Some("date-time") => Type::DateTime,
            Some("password") => Type::Secret,
            Some("byte") => Type::Base64,
            _ => Type::String,
        })
    }

    pub(super) fn integer(&mut self, view: &View<'a>, pointer: &Pointer) -> Shape {
        let fits = view.values.iter().all(|value| value.is_null() || whole(value).is_some());
        match enumeration(view, whole, |value| number_name(&value.to_string()), EnumValues::Integers).filter(|_| fits) {
            Some(values) => self.enumerated(values, view, pointer),
            None => {
                self.note_enum(view, "whole number", pointer);
                Shape::Plain(Type::Int(int_width(view)))
            }
        }
    }

    pub(super) fn number(&mut self, view: &View<'a>, pointer: &Pointer) -> Shape {
        // Zero has no sign in JSON that anybody minds.
        let value = |value: &Value| value.as_f64().map(|value| value + 0.0);
        match enumeration(view, value, |value| number_name(&value.to_string()), EnumValues::Numbers) {
            Some(values) => self.enumerated(values, view, pointer),
            None => Shape::Plain(Type::Float),
        }
    }

    fn enumerated(&mut self, mut values: Enum, view: &View<'a>, pointer: &Pointer) -> Shape {
        self.give_enum(&mut values.values, values.other.as_deref(), &view.values, pointer);
        Shape::Named(TypeKind::Enum(values))
    }

    pub(super) fn note_enum(&mut self, view: &View<'a>, kind: &str, pointer: &Pointer) {
        if view.values.iter().any(|value| !value.is_null()) {
            let message = format!("the values of the enum are not told apart; it is carried as a {kind}");
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

/// A whole number that 64 bits hold, however it is written.
fn whole(value: &Value) -> Option<i64> {
    // 2^53: beyond it a number with a fraction in its text stands for several whole ones.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation)]
    let written = |number: f64| (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64);
    value.as_i64().or_else(|| written(value.as_f64()?))
}

/// What a number is called: `2`, `0.5` and `-1.5` are `N2`, `N0_5` and `Minus1_5`.
fn number_name(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("N", text), |digits| ("Minus", digits));
    format!("{sign}{}", digits.replace('.', "_"))
}

/// An open enum of those values that can be read, called as the document says or else by their value; `None` if there is none.
fn enumeration<T: ToString>(
    view: &View<'_>,
    read: impl Fn(&Value) -> Option<T>,
    name: impl Fn(&T) -> String,
    values: fn(Vec<Variant<T>>) -> EnumValues,
) -> Option<Enum> {
    let mut scope = Scope::default();
    let mut known = HashSet::new();
    let mut variants: Vec<Variant<T>> = Vec::with_capacity(view.values.len());
    for (index, value) in view.values.iter().enumerate() {
        let Some(value) = read(value).filter(|value| known.insert(value.to_string())) else { continue };
        let wanted = view.value_names.get(index).map_or_else(|| name(&value), |given| names::variant_name(given));
        variants.push(Variant { name: scope.claim(&wanted), value });
    }
    let other = scope.claim_other();
    (!variants.is_empty()).then(|| Enum { values: values(variants), other: Some(other) })
}
