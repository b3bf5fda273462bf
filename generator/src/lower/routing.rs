//! What tells operations of one method and one shape of path from each other: `/users/{id}` from `/users/{name}` by the
//! texts that a parameter may be, `/bucket#acl` from `/bucket` by parameters that every request has.

use std::collections::BTreeMap;

use openapiv3::{ParameterData, ParameterSchemaOrContent, Schema, SchemaKind, StringFormat, StringType, VariantOrUnknownOrEmpty};

use super::parameter::Depth;
use super::{Lowering, path, resolve};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{GlobalUse, Location, Need, Operation, Parameter, PathSegment, Style, Takes};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Which texts a parameter may be.
    pub(super) fn takes(&self, data: &'a ParameterData) -> Takes {
        let ParameterSchemaOrContent::Schema(schema) = &data.format else { return Takes::Text };
        let components = self.openapi.components.as_ref().map(|components| &components.schemas);
        let found = resolve::<Schema>(schema, components, "schemas", Pointer::root()).and_then(|found| found.value);
        let texts = |list: Vec<String>, otherwise: Takes| if list.is_empty() { otherwise } else { Takes::OneOf(list) };
        match found.map(|schema| &schema.schema_kind) {
            Some(SchemaKind::Type(openapiv3::Type::Boolean(boolean))) => {
                texts(boolean.enumeration.iter().flatten().map(ToString::to_string).collect(), Takes::Boolean)
            }
            Some(SchemaKind::Type(openapiv3::Type::Integer(integer))) => {
                texts(integer.enumeration.iter().flatten().map(ToString::to_string).collect(), Takes::Integer)
            }
            Some(SchemaKind::Type(openapiv3::Type::Number(_))) => Takes::Number,
            Some(SchemaKind::Type(openapiv3::Type::String(string))) => {
                texts(string.enumeration.iter().flatten().cloned().collect(), of_text(string))
            }
            _ => Takes::Text,
        }
    }

    /// Says of operations that share method and shape of path what tells them apart, and where nothing does.
    pub(super) fn tell_twins_apart(&mut self) {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, operation) in self.lowered.iter().enumerate() {
            groups.entry(shape(operation)).or_default().push(index);
        }
        for group in groups.into_values().filter(|group| group.len() > 1) {
            let mut known: Vec<(Vec<Need>, usize)> = Vec::new();
            for index in group {
                let Some(needs) = self.lowered.get(index).map(|operation| self.needs(operation)) else { continue };
                let same = known.iter().find(|(other, _)| signature(other) == signature(&needs)).map(|(_, first)| *first);
                match same {
                    Some(first) => self.report_twin(first, index),
                    None => known.push((needs.clone(), index)),
                }
                if let Some(operation) = self.lowered.get_mut(index) {
                    operation.needs = needs;
                }
            }
        }
    }

    /// What every request of an operation has: its path parameters in their order, then the others.
    fn needs(&self, operation: &Operation) -> Vec<Need> {
        let of_path = operation.path.segments.iter().flat_map(PathSegment::names);
        let of_path = of_path.filter_map(|name| {
            let parameter = operation.parameters.iter().find(|known| known.location == Location::Path && known.wire == name)?;
            let plain = parameter.style == Style::Simple && self.depth_of(&parameter.ty, 0) == Depth::Scalar;
            let takes = if plain { parameter.takes.clone() } else { Takes::Text };
            Some(Need { location: Location::Path, wire: parameter.wire.clone(), takes })
        });
        let others = operation.parameters.iter().filter(|parameter| parameter.required && parameter.location != Location::Path);
        let mut others: Vec<Need> = others.filter_map(|parameter| self.need(parameter)).collect();
        for GlobalUse { global, wire, required } in &operation.globals {
            let global = self.globals.get(*global).filter(|_| *required).and_then(|global| self.need(&global.parameter));
            others.extend(global.map(|need| Need { wire: wire.clone(), ..need }));
        }
        of_path.chain(others).collect()
    }

    /// What a parameter shows under its own name; an object shows its properties instead, and a list may be empty.
    fn need(&self, parameter: &Parameter) -> Option<Need> {
        let takes = match (parameter.style, self.depth_of(&parameter.ty, 0)) {
            (Style::Json, _) => Takes::Text,
            (_, Depth::Scalar) => parameter.takes.clone(),
            (Style::Simple, _) | (Style::Form, Depth::List) => Takes::Text,
            _ => return None,
        };
        Some(Need { location: parameter.location, wire: parameter.wire.clone(), takes })
    }

    fn report_twin(&mut self, first: usize, second: usize) {
        let (Some(first), Some(second)) = (self.lowered.get(first), self.lowered.get(second)) else { return };
        let message = format!("nothing in a request tells `{}` from `{}`; the server asks one after the other", second.key(), first.key());
        let hint = "make one operation of them, or tell them apart: by the `enum`, `format` or length of a path parameter, or by \
                    a required query parameter";
        let found = Diagnostic::new(Code::PATH_AMBIGUOUS, message).at(Place::key(&second.origin)).hint(hint);
        let found = found.related(Place::key(&first.origin), "the other operation");
        self.report(found);
    }
}

/// Needs as far as requests show them: path parameters have no names there.
fn signature(needs: &[Need]) -> (Vec<&Takes>, Vec<&Need>) {
    let (of_path, mut others): (Vec<&Need>, Vec<&Need>) = needs.iter().partition(|need| need.location == Location::Path);
    others.sort();
    (of_path.into_iter().map(|need| &need.takes).collect(), others)
}

fn of_text(string: &StringType) -> Takes {
    match (&string.format, string.min_length, string.max_length) {
        (VariantOrUnknownOrEmpty::Item(StringFormat::Date | StringFormat::DateTime), ..) => Takes::Date,
        (VariantOrUnknownOrEmpty::Unknown(format), ..) if matches!(format.as_str(), "uuid" | "guid") => Takes::Uuid,
        (_, None | Some(0 | 1), None) => Takes::Text,
        (_, least, most) => Takes::Length(least.unwrap_or_default(), most.unwrap_or(usize::MAX)),
    }
}

/// Method and path without what no request shows: names of parameters, and remarks.
fn shape(operation: &Operation) -> String {
    let mut shape = operation.method.as_str().to_owned();
    for segment in &operation.path.segments {
        shape.push('/');
        match segment {
            PathSegment::Literal(text) => shape.push_str(text),
            PathSegment::Parameter { prefix, name: _, suffix } => shape.extend([prefix, "{}", suffix]),
            PathSegment::Spanning { prefix, name: _, suffix } => shape.extend([prefix, "{+}", suffix]),
            PathSegment::Several { parts, suffix } => {
                parts.iter().for_each(|(prefix, _)| shape.extend([prefix, "{}"]));
                shape.push_str(suffix);
            }
        }
    }
    shape.push_str(&path::fixed(&operation.path.raw));
    shape
}
