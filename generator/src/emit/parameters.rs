//! Parameters as constants in the types crate: name, style and shape, read by both halves of the wire.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident::{constant, ident};
use super::operations::parameter_type;
use super::plan::{Call, Plan};
use crate::model::{Field, FieldEncoding, Location, Parameter, Style, Type, TypeKind};

/// The constants that describe the parameters, in the parameters' order: both halves read them.
pub(crate) struct Constants {
    pub names: Vec<Ident>,
    values: Vec<TokenStream>,
}

impl Constants {
    pub fn new(plan: &Plan<'_>, call: &Call<'_>) -> Self {
        // `Operation::INFO` is known by that name.
        let mut taken = BTreeSet::from(["INFO".to_owned()]);
        let mut names = Vec::new();
        let mut values = Vec::new();
        for parameter in &call.model.parameters {
            let mut name = constant(&parameter.name).to_string();
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            names.push(ident(&name));
            values.push(parameter_constant(plan, &call.model.parameters, parameter));
        }
        Self { names, values }
    }

    /// ```text
    /// impl GetNote { const ID: Parameter = Parameter::simple("id"); }
    /// ```
    pub fn definition(&self, call: &Call<'_>) -> TokenStream {
        let (request, Self { names, values }) = (&call.request, self);
        if names.is_empty() {
            return TokenStream::new();
        }
        quote! {
            #[cfg(any(feature = "client", feature = "server"))]
            impl #request {
                #(const #names: ::bothends_runtime::Parameter = #values;)*
            }
        }
    }
}

/// `Parameter::form("ids").list()`: what differs from how the style is by default. `all`: the operation's parameters.
pub(crate) fn parameter_constant(plan: &Plan<'_>, all: &[Parameter], parameter: &Parameter) -> TokenStream {
    let Parameter { wire, style, explode, allow_reserved, .. } = parameter;
    let shape = shape(plan, parameter_type(plan, parameter), 0);
    let value = value(&FieldEncoding { wire: wire.clone(), style: *style, explode: *explode, allow_reserved: *allow_reserved }, shape);
    // An exploded object takes what stands in the query, unless it belongs to another parameter.
    let beside = if is_spread(parameter) && shape == Shape::Object {
        let others = all.iter().filter(|other| other.location == Location::Query && other.wire != *wire);
        let names: Vec<&str> = others.flat_map(|other| names_of(plan, other)).collect();
        if names.is_empty() { quote!() } else { quote!(.beside(&[#(#names),*])) }
    } else {
        quote!()
    };
    quote!(#value #beside)
}

fn value(encoding: &FieldEncoding, shape: Shape) -> TokenStream {
    let wire = &encoding.wire;
    let (start, exploded) = match encoding.style {
        Style::Simple => (quote!(simple(#wire)), false),
        Style::Form => (quote!(form(#wire)), true),
        Style::Json => (quote!(json(#wire)), false),
        Style::Label => (quote!(simple(#wire).style(::bothends_runtime::Style::Label)), false),
        Style::Matrix => (quote!(simple(#wire).style(::bothends_runtime::Style::Matrix)), false),
        Style::SpaceDelimited => (quote!(simple(#wire).style(::bothends_runtime::Style::SpaceDelimited)), false),
        Style::PipeDelimited => (quote!(simple(#wire).style(::bothends_runtime::Style::PipeDelimited)), false),
        Style::DeepObject => (quote!(simple(#wire).style(::bothends_runtime::Style::DeepObject)), false),
    };
    let explode = match (exploded, encoding.explode) {
        (false, true) => quote!(.exploded()),
        (true, false) => quote!(.explode(false)),
        (false, false) | (true, true) => quote!(),
    };
    let written = match shape {
        Shape::Scalar => quote!(),
        Shape::List => quote!(.list()),
        Shape::Object => quote!(.object()),
        Shape::Any => quote!(.shape(::bothends_runtime::Shape::Any)),
    };
    let reserved = if encoding.allow_reserved { quote!(.allow_reserved()) } else { quote!() };
    quote!(::bothends_runtime::Parameter::#start #explode #written #reserved)
}

/// How each property of a form is written: `&[Parameter::form("name"), Parameter::json("rows").list()]`.
pub(crate) fn form_fields(plan: &Plan<'_>, ty: &Type, encodings: &[FieldEncoding]) -> TokenStream {
    let fields = plan.form_fields(ty).into_iter().map(|field| {
        let shape = shape(plan, &field.ty, 0);
        let nested = match (shape, plan.value(&field.ty)) {
            (Shape::Object, _) => true,
            (Shape::List, Type::List(item)) => self::shape(plan, item, 0) != Shape::Scalar,
            _ => false,
        };
        let style = if nested { Style::Json } else { Style::Form };
        let usual = || FieldEncoding { wire: field.wire.clone(), style, explode: style == Style::Form, allow_reserved: false };
        let encoding = encodings.iter().find(|encoding| encoding.wire == field.wire).cloned().unwrap_or_else(usual);
        // JSON text is one text, but for a list, of which every item is one.
        let shape = if encoding.style == Style::Json && shape != Shape::List { Shape::Scalar } else { shape };
        value(&encoding, shape)
    });
    quote!(&[#(#fields),*])
}

/// A field of a form of parts in the style that the document asks for, unless its parts are the same without it: a list in
/// one part, or an object in a part for each property. What such a style has no form for is JSON.
pub(crate) fn styled(plan: &Plan<'_>, field: &Field, encoding: &FieldEncoding) -> Option<TokenStream> {
    let is_scalar = |ty: &Type| shape(plan, ty, 0) == Shape::Scalar;
    let fits = match (plan.value(&field.ty), encoding.style) {
        (Type::List(item), Style::Form) => !encoding.explode && is_scalar(item) && *plan.value(item) != Type::File,
        (Type::List(item), Style::SpaceDelimited | Style::PipeDelimited) => is_scalar(item) && *plan.value(item) != Type::File,
        (ty, Style::DeepObject) if shape(plan, ty, 0) == Shape::Object => {
            let others = plan.form_others(ty);
            plan.form_fields(ty).into_iter().map(|field| &field.ty).chain(others).all(is_scalar)
        }
        _ => false,
    };
    fits.then(|| value(encoding, shape(plan, &field.ty, 0)))
}

/// Whether an object in the parameter's place would be written without the parameter's name.
fn is_spread(parameter: &Parameter) -> bool {
    parameter.location == Location::Query && parameter.style == Style::Form && parameter.explode
}

/// What a query parameter is known by: its name or, if it is an exploded object, those of its properties.
fn names_of<'p>(plan: &Plan<'p>, parameter: &'p Parameter) -> Vec<&'p str> {
    let mut names = vec![parameter.wire.as_str()];
    let mut ty = parameter_type(plan, parameter);
    // Deeper than this only a circle goes.
    for _ in 0..16 {
        ty = match plan.resolve(ty) {
            Type::Named(id) | Type::Boxed(id) if is_spread(parameter) => match plan.api.type_def(*id).map(|def| &def.kind) {
                Some(TypeKind::Newtype(inner) | TypeKind::Alias(inner)) => inner,
                Some(TypeKind::Struct(object)) => {
                    names.extend(object.fields.iter().map(|field| field.wire.as_str()));
                    break;
                }
                _ => break,
            },
            _ => break,
        };
    }
    names
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Scalar,
    List,
    Object,
    Any,
}

/// What a parameter's text is cut into.
fn shape(plan: &Plan<'_>, ty: &Type, depth: usize) -> Shape {
    // Deeper than this only a circle goes, and the runtime then has to try.
    if depth > 16 {
        return Shape::Any;
    }
    match plan.resolve(ty) {
        Type::Any => Shape::Any,
        Type::List(_) => Shape::List,
        Type::Map(_) => Shape::Object,
        Type::Nullable(inner) => shape(plan, inner, depth + 1),
        Type::Named(id) | Type::Boxed(id) => match plan.api.type_def(*id).map(|def| &def.kind) {
            Some(TypeKind::Struct(_)) => Shape::Object,
            Some(TypeKind::Newtype(inner) | TypeKind::Alias(inner)) => shape(plan, inner, depth + 1),
            Some(TypeKind::Enum(_)) => Shape::Scalar,
            Some(TypeKind::Union(union)) => {
                let mut shapes = union.arms.iter().map(|arm| shape(plan, &arm.ty, depth + 1));
                let first = shapes.next().unwrap_or(Shape::Any);
                if shapes.all(|shape| shape == first) { first } else { Shape::Any }
            }
            None => Shape::Any,
        },
        Type::Bool
        | Type::Int(_)
        | Type::Float
        | Type::String
        | Type::Secret
        | Type::DateTime
        | Type::Base64
        | Type::Bytes
        | Type::File
        | Type::Blob => Shape::Scalar,
    }
}

/// The method of encoders and decoders for a place.
pub(crate) fn place(location: Location) -> Ident {
    ident(match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    })
}
