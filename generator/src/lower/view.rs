//! What a schema says of a value's shape, with `allOf` folded in: one flat view in place of openapiv3's many kinds.

use indexmap::IndexMap;
use openapiv3::{
    AdditionalProperties, AnySchema, ArrayType, Discriminator, IntegerFormat, NumberFormat, ObjectType, ReferenceOr, Schema, SchemaData,
    SchemaKind, StringFormat, StringType, Type as Kind, VariantOrUnknownOrEmpty,
};
use serde_json::Value;

use super::Lowering;
use crate::source::Pointer;

/// A schema as it is used somewhere: a reference, or the schema itself, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Use<'a> {
    pub schema: Target<'a>,
    pub pointer: Pointer,
}

/// What stands where a schema is expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target<'a> {
    Reference(&'a str),
    Item(&'a Schema),
}

impl<'a> Use<'a> {
    pub(super) fn new(schema: &'a ReferenceOr<Schema>, pointer: Pointer) -> Self {
        let schema = match schema {
            ReferenceOr::Reference { reference } => Target::Reference(reference),
            ReferenceOr::Item(item) => Target::Item(item),
        };
        Self { schema, pointer }
    }

    pub(super) fn boxed(schema: &'a ReferenceOr<Box<Schema>>, pointer: Pointer) -> Self {
        let schema = match schema {
            ReferenceOr::Reference { reference } => Target::Reference(reference),
            ReferenceOr::Item(item) => Target::Item(item),
        };
        Self { schema, pointer }
    }
}

/// A choice between schemas.
#[derive(Debug, Clone)]
pub(super) struct Choice<'a> {
    /// Each arm is a conjunction: of one schema as written, of several where choices were multiplied.
    pub arms: Vec<Vec<Use<'a>>>,
    pub discriminator: Option<&'a Discriminator>,
    /// `anyOf`: several arms may hold of one value.
    pub several: bool,
}

/// What may stand beside the declared properties.
#[derive(Debug, Clone, Default)]
pub(super) enum Others<'a> {
    #[default]
    Unsaid,
    Refused,
    Any,
    /// All of these.
    Of(Vec<Use<'a>>),
}

/// Everything that decides a type.
#[derive(Debug, Clone, Default)]
pub(super) struct View<'a> {
    /// JSON types that were named; more than one contradict each other.
    pub types: Vec<&'a str>,
    pub format: Option<String>,
    pub values: Vec<Value>,
    /// Whether values were listed that no part of a conjunction has in common with the others.
    pub no_value: bool,
    /// Numbers that the document names and 64 bits with a sign do not hold.
    pub wide: Vec<f64>,
    /// Whether no number below zero is allowed.
    pub unsigned: bool,
    /// What the document calls the values, one name for each, if it does.
    pub value_names: Vec<&'a str>,
    /// A property named by several `allOf` parts has several uses, all of which hold.
    pub properties: IndexMap<&'a str, Vec<Use<'a>>>,
    pub required: Vec<&'a str>,
    pub others: Others<'a>,
    /// What the items of a list are; of several schemas all hold.
    pub items: Vec<Use<'a>>,
    pub choices: Vec<Choice<'a>>,
    /// References that were folded in, in order.
    pub references: Vec<&'a str>,
    /// Whether `null` is allowed.
    pub nullable: bool,
    pub title: Option<&'a str>,
    pub description: Option<&'a str>,
    pub read_only: bool,
    pub write_only: bool,
    pub deprecated: bool,
}

impl<'a> View<'a> {
    /// Whether nothing is said of the shape.
    pub(super) fn is_shapeless(&self) -> bool {
        self.types.is_empty()
            && self.values.is_empty()
            && self.properties.is_empty()
            && matches!(self.others, Others::Unsaid)
            && self.items.is_empty()
            && self.choices.is_empty()
    }

    /// Whether no more is said than that it is an object.
    pub(super) fn is_plain_object(&self) -> bool {
        self.types == ["object"] && View { types: Vec::new(), ..self.clone() }.is_shapeless()
    }

    /// Adds what another part of the same conjunction says.
    pub(super) fn merge(&mut self, other: View<'a>) {
        for name in other.types {
            // `number` beside `integer` is the same claim made less exactly
            let implied = |a: &str, b: &str| a == "number" && b == "integer";
            if self.types.contains(&name) || self.types.iter().any(|known| implied(name, known)) {
                continue;
            }
            self.types.retain(|known| !implied(known, name));
            self.types.push(name);
        }
        self.format = self.format.take().or(other.format);
        if self.values.is_empty() {
            self.values = other.values;
            self.value_names = other.value_names;
        } else if !other.values.is_empty() && self.values != other.values {
            self.values.retain(|value| other.values.contains(value));
            self.no_value |= self.values.is_empty();
            self.value_names.clear();
        }
        self.no_value |= other.no_value;
        self.wide.extend(other.wide);
        self.unsigned |= other.unsigned;
        for (name, uses) in other.properties {
            self.properties.entry(name).or_default().extend(uses);
        }
        for name in other.required {
            if !self.required.contains(&name) {
                self.required.push(name);
            }
        }
        match (&mut self.others, other.others) {
            (ours @ Others::Unsaid, theirs) => *ours = theirs,
            (ours @ Others::Any, theirs @ (Others::Of(_) | Others::Refused)) => *ours = theirs,
            (Others::Of(ours), Others::Of(theirs)) => ours.extend(theirs),
            _ => {}
        }
        self.items.extend(other.items);
        self.choices.extend(other.choices);
        self.references.extend(other.references);
        self.title = self.title.or(other.title);
        self.description = self.description.or(other.description);
        self.read_only |= other.read_only;
        self.write_only |= other.write_only;
        self.deprecated |= other.deprecated;
    }
}

impl<'a> Lowering<'a> {
    /// Folds a conjunction of schemas into one view. References are followed; one that leads back to itself adds nothing.
    pub(super) fn fold(&self, uses: &[Use<'a>]) -> View<'a> {
        let mut visited = Vec::new();
        self.fold_all(uses, &mut visited)
    }

    fn fold_all(&self, uses: &[Use<'a>], visited: &mut Vec<&'a str>) -> View<'a> {
        let mut all = View { nullable: !uses.is_empty(), ..View::default() };
        for part in uses {
            let view = self.fold_one(part, visited);
            all.nullable &= view.nullable || view.is_shapeless();
            all.merge(view);
        }
        all
    }

    fn fold_one(&self, part: &Use<'a>, visited: &mut Vec<&'a str>) -> View<'a> {
        match part.schema {
            Target::Item(schema) => self.fold_schema(schema, &part.pointer, visited),
            Target::Reference(reference) => {
                if visited.contains(&reference) || visited.len() > MAX_FOLDED {
                    return View::default();
                }
                let Some(target) = self.schema_target(reference) else {
                    return View::default();
                };
                visited.push(reference);
                let mut view = self.fold_one(&target, visited);
                view.references.insert(0, reference);
                visited.pop();
                view
            }
        }
    }

    fn fold_schema(&self, schema: &'a Schema, pointer: &Pointer, visited: &mut Vec<&'a str>) -> View<'a> {
        let Schema { schema_data: data, schema_kind: kind } = schema;
        let mut view = View::default();
        match kind {
            SchemaKind::Type(Kind::String(string)) => string_view(string, &mut view),
            SchemaKind::Type(Kind::Number(number)) => {
                view.types.push("number");
                view.format = format_name(&number.format, |format| match format {
                    NumberFormat::Float => "float",
                    NumberFormat::Double => "double",
                });
                view.values = values(&number.enumeration, |value| serde_json::Number::from_f64(*value).map_or(Value::Null, Value::Number));
            }
            SchemaKind::Type(Kind::Integer(integer)) => {
                view.types.push("integer");
                view.format = format_name(&integer.format, |format| match format {
                    IntegerFormat::Int32 => "int32",
                    IntegerFormat::Int64 => "int64",
                });
                view.values = values(&integer.enumeration, |value| Value::from(*value));
                view.unsigned = integer.minimum.is_some_and(|least| least >= 0);
            }
            SchemaKind::Type(Kind::Boolean(boolean)) => {
                view.types.push("boolean");
                view.values = values(&boolean.enumeration, |value| Value::from(*value));
            }
            SchemaKind::Type(Kind::Object(object)) => object_view(object, pointer, &mut view),
            SchemaKind::Type(Kind::Array(ArrayType { items, min_items: _, max_items: _, unique_items: _ })) => {
                view.types.push("array");
                view.items = items.iter().map(|items| Use::boxed(items, pointer.child("items"))).collect();
            }
            SchemaKind::OneOf { one_of } => view.choices.push(choice(one_of, pointer, "oneOf", data)),
            SchemaKind::AnyOf { any_of } => view.choices.push(choice(any_of, pointer, "anyOf", data)),
            SchemaKind::AllOf { all_of } => view = self.fold_all(&uses(all_of, pointer, "allOf"), visited),
            // what a value is not says nothing of what it is
            SchemaKind::Not { not: _ } => {}
            SchemaKind::Any(any) => view = self.any_view(any, schema, pointer, visited),
        }
        if !matches!(kind, SchemaKind::AllOf { .. }) {
            view.nullable = false;
        }
        // The nearest binary64 number of the greatest `i64` is none any more.
        let named = data.example.iter().chain(&data.default).chain(&view.values).filter(|value| !value.is_i64());
        let named: Vec<f64> = named.filter_map(Value::as_f64).filter(|number| is_wide(*number)).collect();
        view.wide.extend(named);
        view.nullable |= data.nullable || view.values.iter().any(Value::is_null);
        if view.value_names.is_empty() {
            view.value_names = value_names(data, view.values.len());
        }
        view.title = data.title.as_deref().or(view.title);
        view.description = data.description.as_deref().or(view.description);
        view.read_only |= data.read_only;
        view.write_only |= data.write_only;
        view.deprecated |= data.deprecated;
        view
    }

    fn any_view(&self, any: &'a AnySchema, schema: &'a Schema, pointer: &Pointer, visited: &mut Vec<&'a str>) -> View<'a> {
        // 2^63 stands for the greatest `i64`, which it is the nearest number to.
        let bounds = [any.minimum, any.maximum.filter(|bound| *bound != BORDER)];
        let mut view = View {
            types: any.typ.as_deref().into_iter().collect(),
            format: any.format.clone(),
            values: any.enumeration.clone(),
            required: any.required.iter().map(String::as_str).collect(),
            others: others(any.additional_properties.as_ref(), pointer),
            items: any.items.iter().map(|items| Use::boxed(items, pointer.child("items"))).collect(),
            wide: bounds.into_iter().flatten().filter(|bound| is_wide(*bound)).collect(),
            unsigned: any.minimum.is_some_and(|least| least >= 0.0),
            ..View::default()
        };
        properties(&any.properties, pointer, &mut view);
        let data = &schema.schema_data;
        if !any.one_of.is_empty() {
            view.choices.push(choice(&any.one_of, pointer, "oneOf", data));
        }
        if !any.any_of.is_empty() {
            view.choices.push(choice(&any.any_of, pointer, "anyOf", data));
        }
        if !any.all_of.is_empty() {
            view.merge(self.fold_all(&uses(&any.all_of, pointer, "allOf"), visited));
        }
        view
    }
}

/// Names of an enum's values under the keys that generators have agreed on; none unless there is one for each value.
fn value_names(data: &SchemaData, expected: usize) -> Vec<&str> {
    let names = ["x-enum-varnames", "x-enumNames"].iter().find_map(|key| data.extensions.get(*key)?.as_array());
    let names: Vec<&str> = names.into_iter().flatten().filter_map(Value::as_str).collect();
    if names.len() == expected { names } else { Vec::new() }
}

/// How many references one conjunction may follow in depth.
const MAX_FOLDED: usize = 64;

/// The schemas in a list under a key.
pub(super) fn uses<'a>(schemas: &'a [ReferenceOr<Schema>], pointer: &Pointer, key: &str) -> Vec<Use<'a>> {
    let list = pointer.child(key);
    schemas.iter().enumerate().map(|(index, schema)| Use::new(schema, list.child(index))).collect()
}

fn choice<'a>(schemas: &'a [ReferenceOr<Schema>], pointer: &Pointer, key: &str, data: &'a SchemaData) -> Choice<'a> {
    let arms = uses(schemas, pointer, key).into_iter().map(|arm| vec![arm]).collect();
    Choice { arms, discriminator: data.discriminator.as_ref(), several: key == "anyOf" }
}

/// 2^63; its counterpart below zero is the least `i64`.
const BORDER: f64 = 9_223_372_036_854_775_808.0;

/// Whether 64 bits with a sign do not hold a number.
fn is_wide(number: f64) -> bool {
    !(-BORDER..BORDER).contains(&number)
}

fn string_view<'a>(string: &'a StringType, view: &mut View<'a>) {
    let StringType { format, pattern: _, enumeration, min_length: _, max_length: _ } = string;
    view.types.push("string");
    view.format = format_name(format, |format| match format {
        StringFormat::Date => "date",
        StringFormat::DateTime => "date-time",
        StringFormat::Password => "password",
        StringFormat::Byte => "byte",
        StringFormat::Binary => "binary",
    })
    .map(|format| match format.as_str() {
        // The same kind of time, without an offset or with one as it comes: what carries a time keeps its text.
        "date-time-local" | "iso-date-time" => "date-time".to_owned(),
        _ => format,
    });
    view.values = values(enumeration, |value| Value::from(value.as_str()));
}

fn object_view<'a>(object: &'a ObjectType, pointer: &Pointer, view: &mut View<'a>) {
    let ObjectType { properties: declared, required, additional_properties, min_properties: _, max_properties: _ } = object;
    view.types.push("object");
    properties(declared, pointer, view);
    view.required = required.iter().map(String::as_str).collect();
    view.others = others(additional_properties.as_ref(), pointer);
}

fn properties<'a>(declared: &'a IndexMap<String, ReferenceOr<Box<Schema>>>, pointer: &Pointer, view: &mut View<'a>) {
    let parent = pointer.child("properties");
    for (name, schema) in declared {
        view.properties.insert(name, vec![Use::boxed(schema, parent.child(name))]);
    }
}

fn others<'a>(declared: Option<&'a AdditionalProperties>, pointer: &Pointer) -> Others<'a> {
    match declared {
        None => Others::Unsaid,
        Some(AdditionalProperties::Any(false)) => Others::Refused,
        Some(AdditionalProperties::Any(true)) => Others::Any,
        Some(AdditionalProperties::Schema(schema)) => Others::Of(vec![Use::new(schema, pointer.child("additionalProperties"))]),
    }
}

fn format_name<T: Copy>(format: &VariantOrUnknownOrEmpty<T>, known: impl Fn(T) -> &'static str) -> Option<String> {
    match format {
        VariantOrUnknownOrEmpty::Item(item) => Some(known(*item).to_owned()),
        VariantOrUnknownOrEmpty::Unknown(text) => Some(text.clone()),
        VariantOrUnknownOrEmpty::Empty => None,
    }
}

fn values<T>(enumeration: &[Option<T>], value: impl Fn(&T) -> Value) -> Vec<Value> {
    enumeration.iter().map(|item| item.as_ref().map_or(Value::Null, &value)).collect()
}
