//! The oracle: what should be on the wire, worked out from the document alone. It must not use `lower`, `emit`, `model` or
//! the runtime: a mistake there has to show up as a difference here.

pub mod alike;
pub mod bodies;
pub mod cases;
pub mod compare;
pub mod declared;
pub mod examples;
pub mod exercise;
pub mod fields;
pub mod form;
pub mod items;
pub mod judge;
pub mod names;
pub mod operations;
pub mod parameters;
pub mod patterns;
pub mod possible;
pub mod random;
pub mod refs;
pub mod scalars;
pub mod schema;
pub mod shape;
pub mod telling;
pub mod twins;
pub mod typed;
pub mod values;
pub mod xml;
pub mod xml_text;
