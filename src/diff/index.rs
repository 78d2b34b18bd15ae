//! A surface becomes look-ups by name: who declares it, and is it still visible from a given header?
//!
//! Names are compared over what a header includes, not file by file: a name is gone only when the
//! header that used to provide it no longer does, directly or through its includes.

use super::few::Few;
use crate::model::{
    Constant, ConstantValue, Enumeration, Enumerator, Field, Function, FunctionMacro,
    HeaderSurface, Record, Surface, Typedef,
};
use foldhash::{HashMap, HashMapExt};
use std::collections::hash_map::Entry;
use std::hash::Hash;

/// A constant as programs see it: an enumerator or an object-like macro.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// An enumerator and its enumeration.
    Enumerator(&'a Enumeration, &'a Enumerator),
    /// An object-like macro, but not `#define NAME NAME`.
    Macro(&'a Constant),
}

impl<'a> Named<'a> {
    /// Its name.
    pub fn name(self) -> &'a str {
        match self {
            Self::Enumerator(_, enumerator) => &enumerator.name,
            Self::Macro(constant) => &constant.name,
        }
    }

    /// Its line.
    pub fn line(self) -> u32 {
        match self {
            Self::Enumerator(_, enumerator) => enumerator.line,
            Self::Macro(constant) => constant.line,
        }
    }

    /// Its integer value, if it has one.
    pub fn value(self) -> Option<i128> {
        match self {
            Self::Enumerator(_, enumerator) => Some(enumerator.value),
            Self::Macro(constant) => match constant.value {
                ConstantValue::Integer(value) => Some(value),
                _ => None,
            },
        }
    }

    /// What stands after the name: the tokens after `=`, or the replacement list.
    pub fn written(self) -> &'a str {
        match self {
            Self::Enumerator(_, enumerator) => &enumerator.written,
            Self::Macro(constant) => &constant.body,
        }
    }
}

/// Where a declaration of one name was found.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a, T> {
    /// The header that declares it.
    pub header: &'a HeaderSurface,
    /// The declaration.
    pub item: T,
}

/// What became of a name that a header declared before.
#[derive(Debug, Clone, Copy)]
pub enum Fate<'a, T> {
    /// Still visible from that header; `header` tells whether it moved.
    Visible(Found<'a, T>),
    /// Declared only by a header that the old one does not include.
    Elsewhere(&'a HeaderSurface),
    /// Declared nowhere.
    Gone,
    /// Can't be told: the declaration, or the header, could not be read.
    Unread,
}

type Names<'a, T> = HashMap<&'a str, Few<Found<'a, T>>>;

/// Look-ups over one surface.
#[derive(Debug)]
pub struct Index<'a> {
    /// The surface.
    pub surface: &'a Surface,
    /// Structs and unions.
    pub records: Names<'a, &'a Record>,
    /// Enumerators and object-like macros.
    pub constants: Names<'a, Named<'a>>,
    /// Enumerations that have a name.
    pub enumerations: Names<'a, &'a Enumeration>,
    /// Typedefs.
    pub typedefs: Names<'a, &'a Typedef>,
    /// Function-like macros.
    pub macros: Names<'a, &'a FunctionMacro>,
    /// Functions and variables.
    pub functions: Names<'a, &'a Function>,
    /// `#define NAME NAME`, by name.
    pub self_macros: HashMap<&'a str, Few<&'a str>>,
    /// Request codes by the record that is their argument.
    requests_of: HashMap<&'a str, Few<&'a str>>,
    /// Names of request codes by their values, each with the header that defines it.
    requests_by_value: HashMap<i128, Few<(&'a str, &'a str)>>,
    /// Records by the record they hold by value.
    holders_of: HashMap<&'a str, Few<&'a Record>>,
    /// Names of fields, and the headers that have such a one.
    fields: HashMap<&'a str, Few<&'a str>>,
}

impl<'a> Index<'a> {
    /// Indexes a surface.
    pub fn new(surface: &'a Surface) -> Self {
        let mut index = Self {
            surface,
            records: HashMap::new(),
            constants: HashMap::new(),
            enumerations: HashMap::new(),
            typedefs: HashMap::new(),
            macros: HashMap::new(),
            functions: HashMap::new(),
            self_macros: HashMap::new(),
            requests_of: HashMap::new(),
            requests_by_value: HashMap::new(),
            holders_of: HashMap::new(),
            fields: HashMap::new(),
        };
        for header in surface.headers.values() {
            index.add_types(header);
            index.add_constants(header);
            for item in &header.macros {
                add(&mut index.macros, &item.name, header, item);
            }
            for item in &header.functions {
                add(&mut index.functions, &item.name, header, item);
            }
        }
        index
    }

    fn add_types(&mut self, header: &'a HeaderSurface) {
        for item in &header.records {
            add(&mut self.records, &item.name, header, item);
            let mut held = Vec::new();
            held_by(&item.fields, &mut held);
            add_fields(&item.fields, &header.path, &mut self.fields);
            held.sort_unstable();
            held.dedup();
            for name in held {
                put(&mut self.holders_of, name, item);
            }
        }
        for item in &header.enumerations {
            if !item.name.is_empty() {
                add(&mut self.enumerations, &item.name, header, item);
            }
        }
        for item in &header.typedefs {
            add(&mut self.typedefs, &item.name, header, item);
        }
    }

    fn add_constants(&mut self, header: &'a HeaderSurface) {
        for enumeration in &header.enumerations {
            for item in &enumeration.enumerators {
                let named = Named::Enumerator(enumeration, item);
                add(&mut self.constants, &item.name, header, named);
            }
        }
        for item in &header.constants {
            if item.body == item.name {
                put(&mut self.self_macros, &item.name, header.path.as_str());
                continue;
            }
            add(&mut self.constants, &item.name, header, Named::Macro(item));
            if let (Some(_), ConstantValue::Integer(value)) = (&item.request, &item.value) {
                put(
                    &mut self.requests_by_value,
                    *value,
                    (item.name.as_str(), header.path.as_str()),
                );
            }
            if let Some(argument) = item
                .request
                .as_ref()
                .and_then(|request| request.argument.as_ref())
            {
                put(&mut self.requests_of, &argument.holds, item.name.as_str());
            }
        }
    }

    /// What a header's own name became in this surface. `unread_as` is its name as a subject.
    pub fn fate<T: Copy>(
        &self,
        names: &Names<'a, T>,
        header: &str,
        name: &str,
        unread_as: &str,
    ) -> Fate<'a, T> {
        let found = names.get(name).map(|few| &**few).unwrap_or_default();
        if let Some(own) = found.iter().find(|found| found.header.path == header) {
            return Fate::Visible(*own);
        }
        if let Some(through) = found
            .iter()
            .find(|found| self.sees(header, &found.header.path))
        {
            return Fate::Visible(*through);
        }
        if self.unread(header, unread_as) {
            return Fate::Unread;
        }
        match found.first() {
            Some(elsewhere) => Fate::Elsewhere(elsewhere.header),
            None => Fate::Gone,
        }
    }

    /// Whether a header takes in another one.
    pub fn sees(&self, header: &str, other: &str) -> bool {
        let Some(header) = self.surface.headers.get(header) else {
            return false;
        };
        header
            .closure
            .binary_search_by(|path| path.as_str().cmp(other))
            .is_ok()
    }

    /// Whether a declaration is among what could not be read in a header or in what it takes in.
    fn unread(&self, header: &str, item: &str) -> bool {
        let Some(surface) = self.surface.headers.get(header) else {
            return self.surface.exported.contains(header);
        };
        let through = surface
            .closure
            .iter()
            .filter_map(|path| self.surface.headers.get(path));
        std::iter::once(surface)
            .chain(through)
            .flat_map(|header| &header.unread)
            .any(|unread| unread.item.is_empty() || unread.item == item)
    }

    /// Request codes whose argument is the record or holds it by value, sorted.
    pub fn requests(&self, record: &str) -> Vec<String> {
        let mut names: Vec<String> = self
            .holders(record)
            .iter()
            .map(|holder| holder.name.as_str())
            .chain([record])
            .flat_map(|name| self.requests_of.get(name).into_iter().flatten())
            .map(|name| (*name).to_owned())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Records that hold a record by value, at any depth, each once, sorted by name.
    pub fn holders(&self, record: &str) -> Vec<&'a Record> {
        let mut found: Vec<&'a Record> = Vec::new();
        let mut next = vec![record];
        while let Some(name) = next.pop() {
            for holder in self.holders_of.get(name).into_iter().flatten() {
                if holder.name != record && !found.iter().any(|seen| seen.name == holder.name) {
                    found.push(holder);
                    next.push(&holder.name);
                }
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    /// The record of that name that a header sees, else any of that name.
    pub fn record(&self, header: &str, name: &str) -> Option<&'a Record> {
        let found = self.records.get(name)?;
        found
            .iter()
            .find(|found| found.header.path == header)
            .or_else(|| {
                found
                    .iter()
                    .find(|found| self.sees(header, &found.header.path))
            })
            .or_else(|| found.first())
            .map(|found| found.item)
    }

    /// The constant of that name that a header sees.
    pub fn constant(&self, header: &str, name: &str) -> Option<Found<'a, Named<'a>>> {
        let found = self.constants.get(name)?;
        found
            .iter()
            .find(|found| found.header.path == header)
            .or_else(|| {
                found
                    .iter()
                    .find(|found| self.sees(header, &found.header.path))
            })
            .copied()
    }

    /// Whether `#define NAME NAME` stands where a header sees it.
    pub fn self_macro(&self, header: &str, name: &str) -> bool {
        self.self_macros.get(name).is_some_and(|headers| {
            headers
                .iter()
                .any(|path| *path == header || self.sees(header, path))
        })
    }

    /// Whether a record of a header, or of what it takes in, has a field of that name.
    pub fn has_field(&self, header: &str, name: &str) -> bool {
        let holders = self.fields.get(name);
        holders.is_some_and(|holders| {
            holders
                .iter()
                .any(|path| *path == header || self.sees(header, path))
        })
    }

    /// Names of the request codes with a value that are visible from a header.
    pub fn requests_with(&self, header: &str, value: i128) -> impl Iterator<Item = &'a str> {
        let all = self.requests_by_value.get(&value).into_iter().flatten();
        all.filter(move |(_, path)| *path == header || self.sees(header, path))
            .map(|(name, _)| *name)
    }

    /// Whether a macro of that name is visible from a header, whatever it stands for.
    pub fn macro_named(&self, header: &str, name: &str) -> bool {
        matches!(
            self.constant(header, name),
            Some(Found {
                item: Named::Macro(_),
                ..
            })
        )
    }
}

fn put<K: Eq + Hash, T: Copy>(lists: &mut HashMap<K, Few<T>>, key: K, item: T) {
    match lists.entry(key) {
        Entry::Vacant(place) => drop(place.insert(Few::One(item))),
        Entry::Occupied(mut list) => list.get_mut().push(item),
    }
}

fn add<'a, T: Copy>(names: &mut Names<'a, T>, name: &'a str, header: &'a HeaderSurface, item: T) {
    put(names, name, Found { header, item });
}

fn add_fields<'a>(
    fields: &'a [Field],
    header: &'a str,
    names: &mut HashMap<&'a str, Few<&'a str>>,
) {
    for field in fields {
        put(names, &field.name, header);
        add_fields(&field.fields, header, names);
    }
}

fn held_by<'a>(fields: &'a [Field], held: &mut Vec<&'a str>) {
    for field in fields {
        if field.ty.class == crate::model::TypeClass::Record && !field.ty.holds.is_empty() {
            held.push(&field.ty.holds);
        }
        held_by(&field.fields, held);
    }
}
