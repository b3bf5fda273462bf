//! Names of types that the document does not name: from the place where they stand, or from what all their places have in
//! common. Given last, so that components and operations have theirs whatever stands inside of them.
//!
//! A shape that stands in one place is called by what it belongs to and its property: `UserAddress`. One that stands in
//! several is called by the property alone, `Address`; of several such shapes the one in most places has the name, the
//! others theirs from their first place. Adding something that has none of these shapes renames nothing.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use super::names::{self, Scope};
use crate::model::{Struct, Type, TypeDef, TypeId, TypeKind};

/// Where a type stands, in case it needs a name, and what it is for. Equal shapes share one type only within a role, so
/// that an answer is not called somebody else's request.
#[derive(Debug, Clone)]
pub(super) struct Hint {
    site: Rc<Site>,
    pub role: Role,
}

/// Where an unnamed type stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Part,
    Parameter,
    Body,
    Success,
    Failure,
    Headers,
}

/// A place that a type was made for.
#[derive(Debug)]
pub(super) struct Site {
    parent: Option<Rc<Site>>,
    step: Step,
    role: Role,
    /// The type that stands here, if it has or needs a name.
    ty: Cell<Option<TypeId>>,
}

/// From a place to one inside of it.
#[derive(Debug)]
enum Step {
    /// The whole of something: its full name, and the part of it that says which of its kind.
    Root { name: String, last: String },
    /// A property.
    Property(String),
    /// An item of a list.
    Item,
    /// A value of a map.
    Value,
    /// One of several shapes.
    Arm(String),
}

impl Hint {
    /// For something of this full name.
    pub(super) fn new(name: impl Into<String>, role: Role) -> Self {
        let name = name.into();
        Self::root(name.clone(), name, role)
    }

    /// For a part of an operation: a body, an answer, a parameter.
    pub(super) fn of(owner: &str, last: &str, role: Role) -> Self {
        Self::root(format!("{owner}{last}"), last.to_owned(), role)
    }

    /// For a component, whose type is known.
    pub(super) fn component(name: &str, id: TypeId) -> Self {
        let hint = Self::new(name, Role::Part);
        hint.site.ty.set(Some(id));
        hint
    }

    /// For one of several forms of the same whole.
    pub(super) fn variant(&self, name: &str) -> Self {
        let (whole, last) = match &self.site.step {
            Step::Root { name, last } => (name.as_str(), last.as_str()),
            Step::Property(name) | Step::Arm(name) => (name.as_str(), name.as_str()),
            Step::Item | Step::Value => ("", ""),
        };
        Self::root(format!("{whole}{name}"), format!("{last}{name}"), self.role)
    }

    /// The full name of the whole that this hint is for.
    pub(super) fn whole(&self) -> String {
        match &self.site.step {
            Step::Root { name, last: _ } => name.clone(),
            Step::Property(_) | Step::Item | Step::Value | Step::Arm(_) => String::new(),
        }
    }

    fn root(name: String, last: String, role: Role) -> Self {
        Self { site: Rc::new(Site { parent: None, step: Step::Root { name, last }, role, ty: Cell::new(None) }), role }
    }

    /// For a property of what this hint is for.
    pub(super) fn property(&self, wire: &str) -> Self {
        self.inner(Step::Property(names::variant_name(wire)), Role::Part)
    }

    /// For the items of the list that this hint is for.
    pub(super) fn item(&self) -> Self {
        self.inner(Step::Item, Role::Part)
    }

    /// For the values of the map that this hint is for.
    pub(super) fn value(&self) -> Self {
        self.inner(Step::Value, Role::Part)
    }

    /// For one of several shapes. It has the role of the whole.
    pub(super) fn arm(&self, name: &str) -> Self {
        self.inner(Step::Arm(name.to_owned()), self.role)
    }

    fn inner(&self, step: Step, role: Role) -> Self {
        Self { site: Rc::new(Site { parent: Some(Rc::clone(&self.site)), step, role, ty: Cell::new(None) }), role }
    }
}

/// Types without a name, and all places where each stands.
#[derive(Debug, Default)]
pub(super) struct Unnamed {
    order: Vec<TypeId>,
    sites: HashMap<TypeId, Vec<Rc<Site>>>,
}

impl Unnamed {
    /// Notes that a type stands at a place.
    pub(super) fn add(&mut self, id: TypeId, hint: &Hint) {
        hint.site.ty.set(Some(id));
        let sites = self.sites.entry(id).or_default();
        if sites.is_empty() {
            self.order.push(id);
        }
        // The media types of one body stand in one place.
        if !sites.last().is_some_and(|last| Rc::ptr_eq(last, &hint.site)) {
            sites.push(Rc::clone(&hint.site));
        }
    }

    /// How many types there are.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// In how many places they stand.
    pub(super) fn places(&self) -> usize {
        self.sites.values().map(Vec::len).sum()
    }

    /// Gives every type its name.
    pub(super) fn name(&self, types: &mut [TypeDef], names: &mut Scope) {
        let mut shared: Vec<(TypeId, String, usize)> = Vec::new();
        for id in &self.order {
            let sites = self.sites.get(id).map_or(&[][..], Vec::as_slice);
            if let Some(name) = types.get(id.0).and_then(|def| common_name(&def.kind, sites)) {
                shared.push((*id, name, sites.len()));
            }
        }
        // The sort is stable: of equally many the first stays first.
        shared.sort_by_key(|(_, _, places)| std::cmp::Reverse(*places));
        let mut naming = Naming { unnamed: self, types, names };
        for (id, name, _) in shared {
            if naming.names.is_free(&name) {
                let name = naming.names.claim(&name);
                naming.set(id, name);
            }
        }
        for id in &self.order {
            naming.name_of(*id, 0);
        }
    }
}

struct Naming<'n> {
    unnamed: &'n Unnamed,
    types: &'n mut [TypeDef],
    names: &'n mut Scope,
}

/// How deep inline types may nest while names are made; schemas are not lowered any deeper.
const DEEPEST: usize = 256;

impl Naming<'_> {
    fn set(&mut self, id: TypeId, name: String) {
        if let Some(def) = self.types.get_mut(id.0) {
            def.name = name;
        }
    }

    /// The name of a type, which it gets here if it has none.
    fn name_of(&mut self, id: TypeId, depth: usize) -> String {
        let known = self.types.get(id.0).map(|def| def.name.clone()).unwrap_or_default();
        if !known.is_empty() || depth > DEEPEST {
            return known;
        }
        let first = self.unnamed.sites.get(&id).and_then(|sites| sites.first());
        let wanted = first.map_or_else(Vec::new, |site| self.full_names(site, depth));
        let name = self.names.claim_first(&wanted, &[]);
        self.set(id, name.clone());
        name
    }

    /// What a type at this place may be called: by the type or thing that it belongs to and the way from there.
    fn full_names(&mut self, site: &Rc<Site>, depth: usize) -> Vec<String> {
        let (owner, way) = way(site);
        let start = match (&owner.step, owner.ty.get()) {
            (_, Some(id)) if !way.is_empty() => self.name_of(id, depth + 1),
            (Step::Root { name, last: _ }, _) => name.clone(),
            (Step::Property(_) | Step::Item | Step::Value | Step::Arm(_), _) => String::new(),
        };
        let (short, long) = (short(&way), long(&way));
        let mut names = vec![names::type_name(&format!("{start}{short}"))];
        if short != long {
            names.push(names::type_name(&format!("{start}{long}")));
        }
        names
    }
}

/// The nearest place around this one that has a type, or the outermost, and the places from there to this one.
fn way(site: &Rc<Site>) -> (Rc<Site>, Vec<Rc<Site>>) {
    let mut way = Vec::new();
    let mut at = Rc::clone(site);
    while let Some(parent) = &at.parent {
        way.push(Rc::clone(&at));
        let parent = Rc::clone(parent);
        at = parent;
        if at.ty.get().is_some() {
            break;
        }
    }
    way.reverse();
    (at, way)
}

/// The way in words, an item of `users` as `User`.
fn short(way: &[Rc<Site>]) -> String {
    let mut words = String::new();
    for site in way {
        match &site.step {
            Step::Property(name) | Step::Arm(name) => words.push_str(name),
            Step::Item | Step::Value => match singular(&words) {
                Some(one) => words = one,
                None if words.ends_with("Item") => {}
                None => words.push_str(if matches!(site.step, Step::Item) { "Item" } else { "Value" }),
            },
            Step::Root { .. } => {}
        }
    }
    words
}

/// The way in words, every step told.
fn long(way: &[Rc<Site>]) -> String {
    way.iter()
        .map(|site| match &site.step {
            Step::Property(name) | Step::Arm(name) => name.as_str(),
            Step::Item => "Item",
            Step::Value => "Value",
            Step::Root { .. } => "",
        })
        .collect()
}

/// What a type in several places is called by what these places have in common; nothing if it stands in one place only,
/// or in one kind of place of one type.
fn common_name(kind: &TypeKind, sites: &[Rc<Site>]) -> Option<String> {
    let (Some(first), true) = (sites.first(), sites.len() > 1) else { return None };
    let ways: Vec<(Rc<Site>, Vec<Rc<Site>>)> = sites.iter().map(way).collect();
    let same_owner = |a: &Site, b: &Site| match (a.ty.get(), b.ty.get()) {
        (Some(a), Some(b)) => a == b,
        _ => std::ptr::eq(a, b),
    };
    let (owner, _) = ways.first()?;
    if ways.iter().all(|(other, way)| same_owner(owner, other) && !way.is_empty()) {
        return None;
    }
    let lasts: Vec<String> = ways
        .iter()
        .map(|(owner, way)| match (&owner.step, way.is_empty()) {
            (Step::Root { name: _, last }, true) => last.clone(),
            _ => short(way),
        })
        .collect();
    let last = common(&lasts)?;
    let name = match first.role {
        Role::Part | Role::Parameter => last,
        Role::Body => format!("{}Body", contents(kind)?),
        Role::Success => format!("{}{last}", contents(kind)?),
        Role::Headers if lasts.iter().all(|other| *other == last) => last,
        Role::Headers => "ResponseHeaders".to_owned(),
        Role::Failure if lasts.iter().all(|other| *other == last) => last,
        Role::Failure => "Failure".to_owned(),
    };
    let name = names::type_name(&name);
    (!name.is_empty() && name != "Item" && name != "Value").then_some(name)
}

/// The word that fits most places: the one that all others end in, else the most frequent, else the first.
fn common(words: &[String]) -> Option<String> {
    let mut counts: Vec<(&String, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let end = counts.iter().find(|(end, _)| words.iter().all(|word| word.ends_with(end.as_str())));
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    end.or(most).map(|(word, _)| (*word).clone()).filter(|word| !word.is_empty())
}

/// What an object is about: its only part that is more than a scalar, else all it has, if that is little.
fn contents(kind: &TypeKind) -> Option<String> {
    const FEW: usize = 3;
    let TypeKind::Struct(Struct { fields, additional: _, xml: _ }) = kind else { return None };
    let large: Vec<&str> = fields
        .iter()
        .filter(|field| matches!(field.ty, Type::List(_) | Type::Map(_) | Type::Named(_)))
        .map(|field| field.wire.as_str())
        .collect();
    let all: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
    let told = if large.len() == 1 { large } else { all };
    (1..=FEW).contains(&told.len()).then(|| told.into_iter().map(names::variant_name).collect())
}

/// One of several: `Users` is many times `User`. Only where a rule of English says so.
fn singular(words: &str) -> Option<String> {
    const IRREGULAR: [(&str, &str); 6] = [
        ("Children", "Child"),
        ("People", "Person"),
        ("Statuses", "Status"),
        ("Aliases", "Alias"),
        ("Indices", "Index"),
        ("Matrices", "Matrix"),
    ];
    const SAME: [&str; 6] = ["News", "Series", "Species", "Lens", "Os", "Dns"];
    if let Some((start, one)) = IRREGULAR.iter().find_map(|(many, one)| Some((words.strip_suffix(many)?, one))) {
        return Some(format!("{start}{one}"));
    }
    if SAME.iter().any(|same| words.ends_with(same)) {
        return None;
    }
    if let Some(start) = words.strip_suffix("ies").filter(|start| start.len() > 2) {
        return Some(format!("{start}y"));
    }
    for (many, one) in [("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("zzes", "zz")] {
        if let Some(start) = words.strip_suffix(many) {
            return Some(format!("{start}{one}"));
        }
    }
    let start = words.strip_suffix('s').filter(|start| start.len() > 2 && !start.ends_with(['s', 'u', 'i']));
    start.map(str::to_owned)
}
