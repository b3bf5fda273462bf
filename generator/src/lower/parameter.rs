//! Parameters: where they travel, how they are written, and what the runtime's styles can carry.

use openapiv3::{
    CookieStyle, HeaderStyle, Operation as Written, Parameter as Declared, ParameterData, ParameterSchemaOrContent, PathItem, PathStyle,
    QueryStyle,
};

use super::names::{self, Scope};
use super::naming::{Hint, Role};
use super::operation::Dropped;
use super::view::Use;
use super::{Lowering, media_type};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Codec, Location, Parameter, PathSegment, PathTemplate, Security, SecurityKind, Style, Type, TypeKind};
use crate::source::Pointer;

/// A parameter where it is declared.
#[derive(Clone)]
pub(super) struct Found<'a> {
    pub(super) parts: Parts<'a>,
    /// Its name among the components.
    pub(super) component: Option<&'a str>,
    pub(super) place: Pointer,
}

/// A declared parameter taken apart.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) data: &'a ParameterData,
    pub(super) location: Location,
    style: Style,
    allow_reserved: bool,
}

impl Parts<'_> {
    /// Whether both are the same parameter on the wire: header names know no case.
    fn is_same(&self, other: &Self) -> bool {
        let same = if self.location == Location::Header { str::eq_ignore_ascii_case } else { str::eq };
        self.location == other.location && same(&self.data.name, &other.data.name)
    }
}

impl<'a> Lowering<'a> {
    /// What an operation declares: the parameters of the path first, replaced by its own of the same name and place. Those
    /// that something else sets are left out.
    pub(super) fn declared(
        &mut self,
        item: &'a PathItem,
        written: &'a Written,
        security: &Security,
        pointer: &Pointer,
    ) -> Result<Vec<Found<'a>>, Dropped> {
        let shared = pointer.parent().unwrap_or_default().child("parameters");
        let own = pointer.child("parameters");
        let all = item
            .parameters
            .iter()
            .enumerate()
            .map(|(index, parameter)| (parameter, shared.child(index)))
            .chain(written.parameters.iter().enumerate().map(|(index, parameter)| (parameter, own.child(index))));
        let components = self.openapi.components.as_ref().map(|components| &components.parameters);
        let mut found: Vec<Found<'a>> = Vec::new();
        for (parameter, place) in all {
            let (declared, component, place) = self.resolved(parameter, components, "parameters", &place)?;
            let parts = parts(declared);
            found.retain(|known| !known.parts.is_same(&parts));
            found.push(Found { parts, component, place });
        }
        found.retain(|Found { parts, place, .. }| {
            let name = &parts.data.name;
            let why = if parts.location == Location::Header && is_set_otherwise(name) {
                format!("the header parameter `{name}` is set from the body or the credentials and has no parameter of its own")
            } else if parts.location == Location::Header && super::header::is_framing(name) {
                format!("the header parameter `{name}` is set by whoever sends the message and has no parameter of its own")
            } else if let Some(scheme) = self.credential(security, parts.location, name) {
                format!("the parameter `{name}` is the credential of the security scheme `{scheme}` and has no parameter of its own")
            } else {
                return true;
            };
            self.report(Diagnostic::new(Code::PARAMETER_IGNORED, why).at(Place::at(place)));
            false
        });
        Ok(found)
    }

    /// Whether the path leaves the value of a parameter to the caller.
    pub(super) fn is_free(&mut self, found: &Found<'a>, path: &str) -> bool {
        let name = &found.parts.data.name;
        let fixed = super::path::fixes(path, found.parts.location, name);
        if fixed {
            let why = format!("the path fixes the value of the parameter `{name}`, which is sent with every request");
            self.report(Diagnostic::new(Code::PARAMETER_IGNORED, why).at(Place::at(&found.place)));
        }
        !fixed
    }

    /// The security scheme of an operation whose credential travels as this parameter would.
    fn credential(&self, security: &Security, location: Location, name: &str) -> Option<String> {
        let mut schemes = security.alternatives.iter().flatten().filter_map(|requirement| self.schemes.get(requirement.scheme));
        let found = schemes.find(|scheme| match &scheme.kind {
            SecurityKind::ApiKeyHeader(known) => location == Location::Header && known.eq_ignore_ascii_case(name),
            SecurityKind::ApiKeyQuery(known) => location == Location::Query && known == name,
            SecurityKind::ApiKeyCookie(known) => location == Location::Cookie && known == name,
            SecurityKind::Basic | SecurityKind::Bearer | SecurityKind::OtherHttp(_) => false,
        });
        found.map(|scheme| scheme.id.clone())
    }

    /// The fields of an operation's request type.
    pub(super) fn parameters(
        &mut self,
        declared: Vec<Found<'a>>,
        template: &PathTemplate,
        operation: &str,
        pointer: &Pointer,
        fields: &mut Scope,
    ) -> Result<Vec<Parameter>, Dropped> {
        let mut lowered = Vec::with_capacity(declared.len());
        for found in declared {
            let hint = match found.component {
                Some(component) => Hint::new(names::type_name(component), Role::Parameter),
                None => Hint::of(operation, &names::variant_name(&found.parts.data.name), Role::Parameter),
            };
            lowered.push(self.parameter(found, &hint, fields)?);
        }
        agree(template, &mut lowered, pointer)?;
        self.give_values(lowered.iter_mut().map(|parameter| (vec![parameter.origin.clone()], &mut parameter.name)), &["body"]);
        Ok(lowered)
    }

    /// One parameter; the hint is for a type that is declared in place.
    pub(super) fn parameter(&mut self, found: Found<'a>, hint: &Hint, fields: &mut Scope) -> Result<Parameter, Dropped> {
        let Found { parts: Parts { data, location, style, allow_reserved }, component: _, place } = found;
        let (ty, style) = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => (self.lower_use(&Use::new(schema, place.child("schema")), hint), style),
            ParameterSchemaOrContent::Content(content) => self.content(content, hint, style, &place),
        };
        // a parameter has no way to write `null`; where it may be left out, leaving it out is as good
        let ty = match ty {
            Type::Nullable(inner) => *inner,
            other => other,
        };
        let mut parameter = Parameter {
            name: fields.claim(&names::field_name(&data.name)),
            wire: data.name.clone(),
            location,
            style,
            explode: data.explode.unwrap_or(style == Style::Form || style == Style::DeepObject),
            allow_reserved,
            required: data.required || location == Location::Path,
            ty,
            takes: self.takes(data),
            docs: data.description.clone(),
            deprecated: data.deprecated.unwrap_or(false),
            origin: place,
        };
        self.settle(&mut parameter);
        Ok(parameter)
    }

    /// The type of a parameter with `content`, and how it is written: JSON as it is, a text or another scalar as such.
    pub(super) fn content(&mut self, content: &'a openapiv3::Content, hint: &Hint, style: Style, place: &Pointer) -> (Type, Style) {
        let Some((name, media)) = content.first() else { return (Type::Any, Style::Json) };
        let pointer = place.child("content").child(name);
        let ty = media.schema.as_ref().map_or(Type::Any, |schema| self.lower_use(&Use::new(schema, pointer.child("schema")), hint));
        if media_type::codec(name) == Codec::Json {
            return (ty, Style::Json);
        }
        let scalar = self.depth_of(&ty, 0) == Depth::Scalar;
        if !scalar {
            let message = format!("nothing says how a value of `{name}` is written in a parameter; it travels as JSON text");
            self.report(Diagnostic::new(Code::PARAMETER_FORM, message).at(Place::key(&pointer)));
        }
        (ty, if scalar { style } else { Style::Json })
    }

    /// Says where the standard has no form for a value, and takes the nearest one there is: the JSON text of what is nested.
    /// A header escapes nothing, so that JSON text could not stand between its commas: it is JSON text as a whole.
    pub(super) fn settle(&mut self, parameter: &mut Parameter) {
        if matches!(parameter.style, Style::Json | Style::DeepObject) || self.depth_of(&parameter.ty, 0) != Depth::Deep {
            return;
        }
        let what = if parameter.location == Location::Header {
            parameter.style = Style::Json;
            parameter.explode = false;
            "all of it travels as JSON text"
        } else {
            "what is nested travels as JSON text"
        };
        let message = format!(
            "the parameter `{}` holds lists or objects inside of each other, which its style has no form for; {what}",
            parameter.wire
        );
        let hint = "say how it is written: `style: deepObject` for brackets, or `content` with `application/json`";
        self.report(Diagnostic::new(Code::PARAMETER_FORM, message).at(Place::at(&parameter.origin)).hint(hint));
    }

    /// How deep a value of this type is.
    pub(super) fn depth_of(&self, ty: &Type, steps: usize) -> Depth {
        if steps > 8 {
            return Depth::Deep;
        }
        let flat = |inner: &Type, shape: Depth| if self.depth_of(inner, steps + 1) == Depth::Scalar { shape } else { Depth::Deep };
        match ty {
            Type::List(inner) => flat(inner, Depth::List),
            Type::Map(inner) => flat(inner, Depth::Object),
            Type::Nullable(inner) => self.depth_of(inner, steps + 1),
            Type::Named(id) | Type::Boxed(id) => match self.types.get(id.0).map(|def| &def.kind) {
                Some(TypeKind::Alias(inner) | TypeKind::Newtype(inner)) => self.depth_of(inner, steps + 1),
                Some(TypeKind::Struct(object)) => {
                    let scalar = object.fields.iter().all(|field| self.depth_of(&field.ty, steps + 1) == Depth::Scalar);
                    if scalar { Depth::Object } else { Depth::Deep }
                }
                // The deepest arm.
                Some(TypeKind::Union(union)) => {
                    union.arms.iter().map(|arm| self.depth_of(&arm.ty, steps + 1)).max().unwrap_or(Depth::Scalar)
                }
                Some(TypeKind::Enum(_)) | None => Depth::Scalar,
            },
            _ => Depth::Scalar,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Depth {
    Scalar,
    List,
    Object,
    Deep,
}

/// OpenAPI 3.0, Parameter Object: header parameters of these names are to be ignored.
fn is_set_otherwise(name: &str) -> bool {
    ["accept", "content-type", "authorization"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Every parameter in the path is declared, and every declared path parameter is in the path.
fn agree(template: &PathTemplate, parameters: &mut Vec<Parameter>, pointer: &Pointer) -> Result<(), Dropped> {
    let in_path: Vec<&str> = template.segments.iter().flat_map(PathSegment::names).collect();
    if let Some(name) = in_path.iter().find(|name| !parameters.iter().any(|known| known.location == Location::Path && known.wire == **name))
    {
        let message = format!("the path parameter `{name}` is not declared");
        return Err(Dropped(Diagnostic::new(Code::UNSUPPORTED_PATH, message).at(Place::key(pointer))));
    }
    let spanning = |segment: &&PathSegment| matches!(segment, PathSegment::Spanning { .. });
    let spanning: Vec<&str> = template.segments.iter().filter(spanning).flat_map(PathSegment::names).collect();
    for parameter in parameters.iter_mut().filter(|parameter| parameter.location == Location::Path) {
        parameter.allow_reserved = spanning.contains(&parameter.wire.as_str());
    }
    parameters.retain(|parameter| parameter.location != Location::Path || in_path.contains(&parameter.wire.as_str()));
    Ok(())
}

fn parts(declared: &Declared) -> Parts<'_> {
    match declared {
        Declared::Query { parameter_data: data, allow_reserved, style, allow_empty_value: _ } => Parts {
            data,
            location: Location::Query,
            style: match style {
                QueryStyle::Form => Style::Form,
                QueryStyle::SpaceDelimited => Style::SpaceDelimited,
                QueryStyle::PipeDelimited => Style::PipeDelimited,
                QueryStyle::DeepObject => Style::DeepObject,
            },
            allow_reserved: *allow_reserved,
        },
        Declared::Header { parameter_data: data, style } => {
            let HeaderStyle::Simple = style;
            Parts { data, location: Location::Header, style: Style::Simple, allow_reserved: false }
        }
        Declared::Path { parameter_data: data, style } => Parts {
            data,
            location: Location::Path,
            style: match style {
                PathStyle::Simple => Style::Simple,
                PathStyle::Label => Style::Label,
                PathStyle::Matrix => Style::Matrix,
            },
            allow_reserved: false,
        },
        Declared::Cookie { parameter_data: data, style } => {
            let CookieStyle::Form = style;
            Parts { data, location: Location::Cookie, style: Style::Form, allow_reserved: false }
        }
    }
}
