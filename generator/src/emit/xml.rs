//! XML in the types crate: for each type that an XML body reaches, what its properties are called there.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::ident::ident;
use super::plan::{File, Plan, Source};
use crate::model::{Additional, Codec, Payload, Struct, Type, TypeId, TypeKind, XmlName, XmlProperty};

/// `types/src/xml.rs`, where there is an XML body of a type with a name.
pub(crate) fn files(plan: &Plan<'_>) -> Vec<File> {
    let reached = reached(plan);
    if reached.is_empty() {
        return Vec::new();
    }
    let file = File::rust("types/src/xml.rs", |_| Source { docs: vec!["What types look like in XML.".to_owned()], ..Source::default() });
    vec![reached.into_iter().fold(file, |file, id| file.with(move |plan| implementation(plan, id)))]
}

/// Whether there is such a file.
pub(crate) fn any(plan: &Plan<'_>) -> bool {
    !reached(plan).is_empty()
}

/// All named types that XML bodies hold.
fn reached(plan: &Plan<'_>) -> BTreeSet<TypeId> {
    let operations = plan.api.exchanges().map(|(_, operation)| operation);
    let bodies = operations.flat_map(|operation| {
        let responses = operation.responses.iter().filter_map(|response| match &response.payload {
            Payload::Body(content) => Some(content),
            Payload::Empty => None,
        });
        operation.body.iter().map(|body| &body.content).chain(responses)
    });
    let media = bodies.flat_map(|content| &content.media).filter(|media| matches!(media.codec, Codec::Xml { .. }));
    let mut open: Vec<&Type> = media.map(|media| &media.ty).collect();
    let mut reached = BTreeSet::new();
    while let Some(ty) = open.pop() {
        match ty {
            Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => open.push(inner),
            Type::Named(id) | Type::Boxed(id) => {
                let Some(def) = plan.api.type_def(*id) else { continue };
                if let TypeKind::Alias(inner) = &def.kind {
                    open.push(inner);
                } else if reached.insert(*id) {
                    match &def.kind {
                        TypeKind::Struct(object) => {
                            open.extend(object.fields.iter().map(|field| &field.ty));
                            if let Additional::Kept { ty, .. } = &object.additional {
                                open.push(ty);
                            }
                        }
                        TypeKind::Newtype(inner) => open.push(inner),
                        TypeKind::Union(union) => open.extend(union.arms.iter().map(|arm| &arm.ty)),
                        TypeKind::Alias(_) | TypeKind::Enum(_) => {}
                    }
                }
            }
            _ => {}
        }
    }
    reached
}

/// One type.
///
/// ```text
/// impl Xml for Note {
///     const SHAPE: &'static XmlShape = &XmlShape::Object {
///         fields: &[XmlField::new("id", XmlName::new("Id"), shape_of::<i64>).attribute()],
///         others: None,
///     };
/// }
/// ```
fn implementation(plan: &Plan<'_>, id: TypeId) -> TokenStream {
    let Some(def) = plan.api.type_def(id) else { return TokenStream::new() };
    let name = ident(&def.name);
    let shape = match &def.kind {
        TypeKind::Struct(object) => object_shape(plan, object),
        TypeKind::Enum(_) => quote!(&::bothends_runtime::XmlShape::Text),
        TypeKind::Union(union) => {
            let arms = union.arms.iter().map(|arm| plan.ty(&arm.ty));
            quote!(&::bothends_runtime::XmlShape::OneOf(&[#(::bothends_runtime::shape_of::<#arms>),*]))
        }
        TypeKind::Newtype(inner) | TypeKind::Alias(inner) => {
            let inner = plan.ty(inner);
            quote!(<#inner as ::bothends_runtime::Xml>::SHAPE)
        }
    };
    quote! {
        impl ::bothends_runtime::Xml for api::schemas::#name {
            const SHAPE: &'static ::bothends_runtime::XmlShape = #shape;
        }
    }
}

fn object_shape(plan: &Plan<'_>, object: &Struct) -> TokenStream {
    let fields = object.fields.iter().map(|field| {
        let (wire, ty) = (&field.wire, plan.ty(&field.ty));
        let said = object.xml.iter().find(|property| property.wire == field.wire);
        let name = said.map_or_else(|| xml_name(&XmlName::new(wire)), |property| xml_name(&property.name));
        let form = match said {
            Some(XmlProperty { attribute: true, .. }) => quote!(.attribute()),
            Some(XmlProperty { wrapped: Some(item), .. }) => {
                let item = xml_name(item);
                quote!(.wrapped(#item))
            }
            _ => quote!(),
        };
        let nested = said.and_then(|property| nested(&property.nested));
        let required = if field.required { quote!(.required()) } else { quote!() };
        quote!(::bothends_runtime::XmlField::new(#wire, #name, ::bothends_runtime::shape_of::<#ty>) #form #nested #required)
    });
    let others = match &object.additional {
        Additional::Kept { ty, .. } => {
            let ty = plan.ty(ty);
            quote!(::core::option::Option::Some(::bothends_runtime::shape_of::<#ty>))
        }
        Additional::Ignored | Additional::Refused => quote!(::core::option::Option::None),
    };
    quote!(&::bothends_runtime::XmlShape::Object { fields: &[#(#fields),*], others: #others })
}

fn xml_name(name: &XmlName) -> TokenStream {
    let XmlName { name, prefix, namespace } = name;
    let prefix = prefix.iter().map(|prefix| quote!(.prefix(#prefix)));
    let namespace = namespace.iter().map(|namespace| quote!(.namespace(#namespace)));
    quote!(::bothends_runtime::XmlName::new(#name) #(#prefix)* #(#namespace)*)
}

/// The names of items of lists in a list.
fn nested(names: &[XmlName]) -> Option<TokenStream> {
    let all = names.iter().map(xml_name);
    (!names.is_empty()).then(|| quote!(.nested(const { &[#(#all),*] })))
}

/// The outermost element of a body: `&XmlRoot::new(XmlName::new("Note"))`.
pub(crate) fn root(plan: &Plan<'_>, ty: &Type, root: &XmlName, item: &XmlName, nested: &[XmlName]) -> TokenStream {
    let name = xml_name(root);
    let item = matches!(plan.value(ty), Type::List(_)).then(|| xml_name(item));
    let item = item.iter().map(|item| quote!(.item(#item)));
    let nested = self::nested(nested);
    quote!(&::bothends_runtime::XmlRoot::new(#name) #(#item)* #nested)
}
